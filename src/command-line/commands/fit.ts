/** `adjoint fit`: a model's parameters from a table, with the report of the fit. */
import { readCsv } from "../../data/index.js";
import { model } from "../../expression/index.js";
import { curveFit } from "../../fits/index.js";
import type { Command, ExitCode } from "../command.js";
import { choiceOf, has, numberOf, textOf } from "../options.js";
import { UsageError } from "../terminal.js";
import { assignments, readNumber, readRange } from "../values.js";
import { readBytes } from "./minimize.js";
import { draw } from "./race.js";

export const fit: Command = {
  summary: "a model fitted to a table, with standard errors and intervals",
  usage: 'FILE.csv --model "TEXT" --target y --from a=1,b=2',
  examples: [
    'adjoint fit data.csv --model "b1*(1 - exp(-b2*x))" --target y --from b1=500,b2=0.0001',
    'cat data.csv | adjoint fit - --model "a*x + b" --target y --from a=1,b=0 --loss cauchy --out fit.png',
  ],
  options: {
    model: { value: "TEXT", help: "of parameters and the table's columns" },
    target: { value: "COLUMN", help: "what the model is of; default y" },
    from: { value: "a=1,b=2", help: "the parameters' start" },
    bounds: { value: "a=0..1", help: "bounds of parameters" },
    sigma: { value: "COLUMN|S", help: "the standard deviation of each row, or of all" },
    weights: { value: "COLUMN", help: "a weight for each row" },
    loss: { value: "NAME", help: "linear (default), huber, softL1, cauchy, arctan or tukey" },
    starts: { value: "N", help: "as many starts, drawn within the bounds" },
    seed: { value: "N", help: "of the starts" },
    steps: { value: "N", help: "the most steps" },
    out: { value: "FILE", help: "a figure: data, fit, bands, residuals (.png or .html)" },
  },
  async run(given, terminal): Promise<ExitCode> {
    const [path] = given.words;
    if (path === undefined)
      throw new UsageError("there is no table; write a CSV file, or - for standard input.");
    const text = textOf(given, "model");
    if (text === undefined) throw new UsageError('--model is missing: --model "a*x + b"');
    const from = textOf(given, "from");
    if (from === undefined) throw new UsageError("--from is missing: --from a=1,b=2");
    const csv = path === "-" ? await terminal.read() : new TextDecoder().decode(await readBytes("fit", path));
    const { columns } = readCsv(csv, { file: path === "-" ? "standard input" : path });
    const column = (option: string, name: string) => {
      const found = columns[name];
      if (found) return found;
      throw new UsageError(
        `--${option}: the table has no column "${name}"; it has ${Object.keys(columns).join(", ")}.`,
      );
    };
    const target = textOf(given, "target") ?? "y";
    column("target", target);
    const start = Object.fromEntries(assignments("--from", from, "a=1", readNumber));
    const [sigma, weights, bounds] = ["sigma", "weights", "bounds"].map((name) => textOf(given, name));
    const apart = new Set([target, sigma, weights, ...Object.keys(start)]);
    const words = new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []);
    const predictors = Object.entries(columns).filter(([name]) => words.has(name) && !apart.has(name));
    const fitted = curveFit(
      model(text) as never,
      start as never,
      { ...Object.fromEntries(predictors), [target]: columns[target]! } as never,
      {
        response: target,
        ...(sigma !== undefined && { sigma: readNumber(sigma) ?? column("sigma", sigma) }),
        ...(weights !== undefined && { weights: column("weights", weights) }),
        ...(bounds !== undefined && {
          bounds: Object.fromEntries(assignments("--bounds", bounds, "a=0..1", readRange)),
        }),
        ...pick(given, ["starts", "seed", "steps"]),
        ...(has(given, "loss") && {
          loss: choiceOf(given, "loss", ["linear", "huber", "softL1", "cauchy", "arctan", "tukey"] as const),
        }),
      } as never,
    );
    const out = textOf(given, "out");
    if (out !== undefined) await draw(out, { fit: fitted }, "fitFigure");
    terminal.out.write(has(given, "json") ? `${JSON.stringify(fitted)}\n` : `${String(fitted)}\n`);
    return fitted.status === "converged" ? 0 : 1;
  },
};

function pick(given: Parameters<typeof numberOf>[0], names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = numberOf(given, name, { whole: true, least: 0 });
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
