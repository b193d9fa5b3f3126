/** `adjoint plot`: the contours of an objective of two variables. */
import type { Command, ExitCode } from "../command.js";
import { chooseObjective } from "../objective.js";
import { has, textOf } from "../options.js";
import { UsageError } from "../terminal.js";
import { assignments, readRange } from "../values.js";
import { draw } from "./race.js";

export const plot: Command = {
  summary: "the contours of an objective of two variables",
  usage: '"TEXT" --window x=-2..2,y=-1..3 --out FILE',
  examples: [
    'adjoint plot "100(y - x^2)^2 + (1 - x)^2" --window x=-2..2,y=-1..3 --out f.png',
    "adjoint plot himmelblau --out f.html",
  ],
  options: {
    window: { value: "x=-2..2,y=-1..3", help: "the part of the plane; an objective of the library has one" },
    out: { value: "FILE", help: "where to: .png or .html" },
  },
  async run(given, { out: output }): Promise<ExitCode> {
    const chosen = chooseObjective(given.words[0]);
    const out = textOf(given, "out");
    if (out === undefined) throw new UsageError("--out is missing: --out f.png");
    const text = textOf(given, "window");
    const { inputs } = chosen.f.graph;
    let window: object | undefined;
    if (text !== undefined) {
      const ranges = [...assignments("--window", text, "x=-2..2,y=-1..3", readRange)];
      const names = inputs.length === 2 ? inputs.map(({ name }) => name) : ["x1", "x2"];
      const axes = names.map((name) => ranges.find(([one]) => one === name)?.[1]);
      if (ranges.length !== 2 || axes.some((one) => one?.lower === undefined || one.upper === undefined))
        throw new UsageError(`--window must be ${names.map((name) => `${name}=low..high`).join(",")}.`);
      const [x1, x2] = axes.map((one) => [one!.lower!, one!.upper!]);
      window = { x1, x2 };
    }
    if (!window && !chosen.known) throw new UsageError("--window is missing: --window x=-2..2,y=-1..3");
    await draw(out, { objective: chosen.known ?? chosen.f, ...(window && { window }) }, "contourFigure");
    if (has(given, "json")) output.write(`${JSON.stringify({ out })}\n`);
    return 0;
  },
};
