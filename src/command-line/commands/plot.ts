/** `adjoint plot`: the contours of an objective of two elements, or the curve of one; without a file in the terminal. */
import type { Command, ExitCode } from "../command.js";
import { contourLines } from "../drawing.js";
import { draw } from "../figures.js";
import { checkWritable } from "../files.js";
import { type Chosen, chooseObjective, elementNames } from "../objective.js";
import { type Given, has, textOf } from "../options.js";
import { canvasOf, curveOf } from "../pictures.js";
import { elementOf, heldElements, numbersOf, sectionOf } from "../plane.js";
import { json, UsageError } from "../terminal.js";
import { assignments, readRange, readValue } from "../values.js";

type Range = readonly [low: number, high: number];

export const plot: Command = {
  summary: "the contours of an objective of two elements, or the curve of one",
  usage: '"TEXT" --window x=-2..2,y=-1..3 --out FILE',
  examples: [
    'adjoint plot "100(y - x^2)^2 + (1 - x)^2" --window x=-2..2,y=-1..3 --out f.png',
    "adjoint plot himmelblau --out f.html",
    'adjoint plot "x^2 + y^2*z" --window x=-2..2,y=-1..3 --at z=1',
    'adjoint plot "sin(x)/x" --window x=-10..10',
    'adjoint plot "sin(x)/x" --window x=-10..10 --out sinc.svg',
  ],
  options: {
    window: {
      value: "x=-2..2,y=-1..3",
      help: "which elements, to the right and upwards, from where to where; an objective of the library has one",
    },
    at: { value: "z=1", help: "the values of all others" },
    out: { value: "FILE", help: "where to: .png, .svg, .pdf or .html; without it into the terminal" },
  },
  async run(given, terminal): Promise<ExitCode> {
    const chosen = await chooseObjective(given.words[0], terminal);
    const axes = readAxes(given, chosen);
    const at = textOf(given, "at");
    const held =
      at === undefined ? new Map() : heldElements("--at", assignments("--at", at, "z=1", readValue), chosen);
    const both = axes.find(([name]) => held.has(name));
    if (both) throw new UsageError(`"${both[0]}" is in --window and in --at; leave out one of them.`);
    const out = textOf(given, "out");
    if (out !== undefined) {
      checkWritable("--out", out);
      await drawFile(out, chosen, axes, held);
      if (has(given, "json")) terminal.out.write(json({ out }));
      return 0;
    }
    if (has(given, "json")) throw new UsageError("--json needs --out; without it the picture is for people.");
    const f = numbersOf(
      chosen,
      axes.map(([name]) => name),
      held,
    );
    const [[name, range], second] = axes as [[string, Range], [string, Range] | undefined];
    terminal.out.write(
      second
        ? `${contourLines({ f, names: [name, second[0]], window: [range, second[1]], paths: [] }, canvasOf(terminal, 24)).join("\n")}\n`
        : curveOf(f, name, range, terminal),
    );
    return 0;
  },
};

/** The elements that are drawn, with their ranges. */
function readAxes(given: Given, chosen: Chosen): (readonly [string, Range])[] {
  const text = textOf(given, "window");
  const names = elementNames(chosen);
  if (text === undefined) {
    if (!chosen.known)
      throw new UsageError(
        `--window is missing: --window ${names
          .slice(0, 2)
          .map((name) => `${name}=-2..2`)
          .join(",")}`,
      );
    const { x1, x2 } = chosen.known.window;
    return [
      [names[0]!, x1],
      [names[1]!, x2],
    ];
  }
  const ranges = [...assignments("--window", text, "x=-2..2,y=-1..3", readRange)];
  if (ranges.length > 2) throw new UsageError("--window: a picture has one or two axes.");
  return ranges.map(([name, { lower, upper }]) => {
    const element = elementOf("--window", name, chosen);
    if (lower === undefined || upper === undefined || !(lower < upper) || !Number.isFinite(upper - lower))
      throw new UsageError(`--window: "${name}" must be low..high, two numbers with low < high.`);
    return [element, [lower, upper]] as const;
  });
}

async function drawFile(
  out: string,
  chosen: Chosen,
  axes: readonly (readonly [string, Range])[],
  held: ReadonlyMap<string, number>,
): Promise<void> {
  const [first, second] = axes;
  if (!second) {
    const [name, window] = first!;
    return draw(out, { objective: sectionOf(chosen, [name], held), window }, "curveFigure");
  }
  const names = elementNames(chosen);
  const isOwn = names.length === 2 && first![0] === names[0] && second[0] === names[1];
  const window = { x1: first![1], x2: second[1] };
  const { known } = chosen;
  if (known && isOwn) return draw(out, { objective: known, window }, "contourFigure");
  const turned = known?.minima.map(({ x }) => ({ x1: x[1]!, x2: x[0]! }));
  await draw(
    out,
    {
      objective: sectionOf(chosen, [first![0], second[0]], held),
      window,
      ...(turned && { minima: turned }),
    },
    "contourFigure",
  );
}
