/** `adjoint fit`: a model's parameters from a table, with the report of the fit. */
import { readCsv, type Table } from "../../data/index.js";
import { model } from "../../expression/index.js";
import { curveFitAsync } from "../../fits/index.js";
import type { curveFitOptions } from "../../fits/internal.js";
import type { Command, ExitCode } from "../command.js";
import { draw } from "../figures.js";
import { checkWritable, readBytes } from "../files.js";
import { explainedFitters, fitterNames, fitterOf, fitterOptions } from "../methods.js";
import { choiceOf, type Given, has, namesOf, numberOf, type Option, textOf } from "../options.js";
import { failed, json, problemOf, type Terminal, UsageError } from "../terminal.js";
import { assignments, readNumber, readRange } from "../values.js";
import { checkpointing, checkpoints, clearProgress, progressTo } from "./minimize.js";

const losses = ["linear", "huber", "softL1", "cauchy", "arctan", "tukey"] as const;

/** What this terminal sees to, or what isn't typed by a value. */
type Apart = "onProgress" | "checkpoint" | "resume";

type FitOption = Exclude<keyof typeof curveFitOptions, Apart>;

// By the names that curveFit reads: one that it gets is missed here by the compiler.
const fitOptions: Readonly<Record<FitOption, Option & { readonly name: string }>> = {
  response: { name: "target", value: "COLUMN", help: "what the model is of; default y" },
  sigma: { name: "sigma", value: "COLUMN|S", help: "the standard deviation of each row, or of all" },
  xSigma: { name: "x-sigma", value: "x=COLUMN|S", help: "standard deviations of predictors" },
  absoluteSigma: { name: "absolute-sigma", help: "sigmas are known, not only their ratios" },
  weights: { name: "weights", value: "COLUMN", help: "a weight for each row" },
  groups: { name: "groups", value: "COLUMN", help: "the group of each row" },
  own: { name: "own", value: "a,b", help: "parameters of which each group has its own" },
  fixed: { name: "fix", value: "a,b", help: "parameters that stay as they start" },
  expressions: { name: "ties", value: '"b=2*a"', help: "parameters that follow from others" },
  bounds: { name: "bounds", value: "a=0..1", help: "bounds of parameters" },
  loss: { name: "loss", value: "NAME", help: `${losses.join(", ")}; default linear`, choices: losses },
  lossScale: { name: "loss-scale", value: "S", help: "where large residuals begin, in sigmas" },
  level: { name: "level", value: "P", help: "the confidence of intervals; default 0.95" },
  starts: { name: "starts", value: "N", help: "as many starts about the given one, drawn by the seed" },
  seed: { name: "seed", value: "N", help: "of the starts" },
  solver: {
    name: "solver",
    value: "NAME",
    help: "levenbergMarquardt (default) or gaussNewton",
    choices: fitterNames,
  },
  tolerance: { name: "tolerance", value: "T", help: "of the gradient, relative" },
  steps: { name: "steps", value: "N", help: "the most steps" },
  maxEvaluations: { name: "max-evaluations", value: "N", help: "the most evaluations" },
  maxTime: { name: "max-time", value: "MS", help: "the most milliseconds" },
};

export const fit: Command = {
  summary: "a model fitted to a table, with standard errors and intervals",
  usage: 'FILE.csv --model "TEXT" --target y --from a=1,b=2',
  examples: [
    'adjoint fit data.csv --model "b1*(1 - exp(-b2*x))" --target y --from b1=500,b2=0.0001',
    'cat data.csv | adjoint fit - --model "a*x + b" --target y --from a=1,b=0 --loss cauchy --out fit.png',
    'adjoint fit data.csv --model "a*exp(-k*x)" --target y --from a=1,k=1 --bounds "k=0..2" --starts 50 --seed 1',
  ],
  options: {
    model: { value: "TEXT", help: "of parameters and the table's columns" },
    from: { value: "a=1,b=2", help: "the parameters' start" },
    delimiter: { value: "C", help: "what parts cells; default a comma" },
    ...Object.fromEntries(Object.values(fitOptions).map(({ name, ...option }) => [name, option])),
    ...fitterOptions,
    ...checkpoints,
    out: { value: "FILE", help: "a figure: data, fit, bands, residuals (.png, .svg, .pdf or .html)" },
  },
  more: { text: explainedFitters, options: () => fitterOptions },
  async run(given, terminal): Promise<ExitCode> {
    const text = textOf(given, "model");
    if (given.words[0] === undefined)
      throw new UsageError("there is no table; write a CSV file, or - for standard input.");
    if (text === undefined) throw new UsageError('--model is missing: --model "a*x + b"');
    const from = textOf(given, "from");
    if (from === undefined) throw new UsageError("--from is missing: --from a=1,b=2");
    const start = Object.fromEntries(assignments("--from", from, "a=1", readNumber));
    const out = textOf(given, "out");
    checkWritable("--out", out);
    const { columns, options } = await readTask(given, text, start, terminal);
    const fitted = await curveFitAsync(model(text) as never, start as never, columns as never, {
      ...options,
      ...(await checkpointing(given)),
      ...progressTo(terminal),
      signal: terminal.signal,
    });
    clearProgress(terminal);
    const problem = out === undefined ? undefined : await problemOf(draw(out, { fit: fitted }, "fitFigure"));
    const error = problem && { error: { message: problem.message } };
    terminal.out.write(has(given, "json") ? json({ ...fitted.toJSON(), ...error }) : `${String(fitted)}\n`);
    if (problem) return has(given, "json") ? 2 : failed(terminal, problem, false);
    return fitted.status === "converged" ? 0 : 1;
  },
};

type Column = (option: string, name: string) => Float64Array;

/** The columns that are fitted, and the options. */
async function readTask(
  given: Given,
  text: string,
  start: object,
  terminal: Terminal,
): Promise<{ readonly columns: object; readonly options: object }> {
  const target = textOf(given, "target") ?? "y";
  const groups = textOf(given, "groups");
  const words = new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []);
  const named = [target, groups, textOf(given, "sigma"), textOf(given, "weights")];
  const spread = [...xSigmas(given).values()];
  const wanted = new Set([...words, ...named, ...spread].filter((one) => one !== undefined));
  const { columns } = await readTable(given, wanted, terminal);
  const column: Column = (option, name) => {
    if (Object.hasOwn(columns, name)) return columns[name]!;
    throw new UsageError(
      `--${option}: the table has no column "${name.slice(0, 40)}"; it has ${Object.keys(columns).join(", ")}.`,
    );
  };
  column("target", target);
  const apart = new Set([target, groups, ...Object.keys(start)]);
  const predictors = Object.entries(columns).filter(([name]) => words.has(name) && !apart.has(name));
  const used = {
    ...Object.fromEntries(predictors),
    [target]: columns[target]!,
    ...(groups !== undefined && { [groups]: column("groups", groups) }),
  };
  return { columns: used, options: readOptions(given, column) };
}

const xSigmas = (given: Given): ReadonlyMap<string, string> => {
  const text = textOf(given, "x-sigma");
  return text === undefined ? new Map() : assignments("--x-sigma", text, "x=0.1", (one) => one.trim());
};

/** The table, of which columns that nobody asks for may hold anything. */
async function readTable(
  given: Given,
  wanted: ReadonlySet<string>,
  terminal: Terminal,
): Promise<Pick<Table, "columns">> {
  const path = given.words[0]!;
  const csv = path === "-" ? await terminal.read() : new TextDecoder().decode(await readBytes("fit", path));
  const delimiter = textOf(given, "delimiter") ?? ",";
  const header = csv
    .split(/\r\n|\n|\r/, 1)[0]!
    .replace(/^\uFEFF/, "")
    .split(delimiter)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const columns = header.filter((name) => wanted.has(name));
  const isPlain = header.every((name) => !name.includes('"')) && columns.length > 0;
  const file = path === "-" ? "standard input" : path;
  return readCsv(csv, { file, delimiter, ...(isPlain && { columns }) });
}

/** What curveFit is told. */
function readOptions(given: Given, column: Column): object {
  const whole = (name: string, least: number) => numberOf(given, name, { whole: true, least });
  const perRow = (name: string, text: string | undefined) =>
    text === undefined ? undefined : (readNumber(text) ?? column(name, text));
  const [bounds, ties, weights] = ["bounds", "ties", "weights"].map((name) => textOf(given, name));
  const spread = [...xSigmas(given)].map(([name, text]) => [name, perRow("x-sigma", text)]);
  const options: Readonly<Record<FitOption, unknown>> = {
    response: textOf(given, "target"),
    sigma: perRow("sigma", textOf(given, "sigma")),
    xSigma: spread.length > 0 ? Object.fromEntries(spread) : undefined,
    absoluteSigma: has(given, "absolute-sigma") || undefined,
    weights: weights === undefined ? undefined : column("weights", weights),
    groups: textOf(given, "groups"),
    own: has(given, "own") ? namesOf(given, "own") : undefined,
    fixed: has(given, "fix") ? namesOf(given, "fix") : undefined,
    expressions: ties && Object.fromEntries(assignments("--ties", ties, '"b=2*a"', (one) => model(one))),
    bounds: bounds && Object.fromEntries(assignments("--bounds", bounds, "a=0..1", readRange)),
    loss: choiceOf(given, "loss", losses),
    lossScale: numberOf(given, "loss-scale"),
    level: numberOf(given, "level"),
    starts: whole("starts", 1),
    seed: whole("seed", 0),
    solver: fitterOf(given),
    tolerance: numberOf(given, "tolerance", { least: 0 }),
    steps: whole("steps", 0),
    maxEvaluations: whole("max-evaluations", 1),
    maxTime: numberOf(given, "max-time", { least: 0 }),
  };
  return Object.fromEntries(Object.entries(options).filter(([, one]) => one !== undefined));
}
