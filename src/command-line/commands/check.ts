/** `adjoint check`: exact derivatives against differences, at points that are drawn. */
import type { Command, ExitCode } from "../command.js";
import { chooseObjective } from "../objective.js";
import { has, numberOf, textOf } from "../options.js";
import { json, UsageError } from "../terminal.js";
import { assignments, readRange } from "../values.js";

export const check: Command = {
  summary: "the gradient of an objective against finite differences",
  usage: '"TEXT" --domain x=-1..1',
  examples: [
    'adjoint check "where(x > 0, sqrt(x), 0)" --domain x=-1..1',
    'adjoint check "sin(x y)" --order 2 --points 100',
  ],
  options: {
    domain: { value: "x=-1..1", help: "where inputs are drawn from; default -2..2" },
    order: { value: "N", help: "of derivatives, 1 to 3; default 1" },
    points: { value: "N", help: "how many are drawn; default 20" },
    seed: { value: "N", help: "of the points; default 0" },
    tolerance: { value: "T", help: "how far a derivative may be off, relative; default 1e-6" },
  },
  async run(given, terminal): Promise<ExitCode> {
    const { out } = terminal;
    const { f } = await chooseObjective(given.words[0], terminal);
    const { checkGradient, real } = await import("../../testing/index.js");
    const text = textOf(given, "domain");
    const ranges = text === undefined ? undefined : assignments("--domain", text, "x=-1..1", readRange);
    const names = f.graph.inputs.map(({ name }) => name);
    const odd = [...(ranges?.keys() ?? [])].find((name) => !names.includes(name));
    if (odd !== undefined)
      throw new UsageError(`--domain: the objective has no "${odd}"; it has ${names.join(", ")}.`);
    const domain =
      ranges &&
      Object.fromEntries([...ranges].map(([name, { lower = -2, upper = 2 }]) => [name, real(lower, upper)]));
    const options = Object.fromEntries(
      (["order", "points", "seed", "tolerance"] as const).flatMap((name) => {
        const value = numberOf(given, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const report = checkGradient(f, { ...options, ...(domain && { domain: domain as never }) });
    out.write(has(given, "json") ? json(report) : `${report.message}\n`);
    return report.ok ? 0 : 1;
  },
};
