/** `adjoint race`: several optimizers and solvers from one start, a table of who won, and a figure. */
import type { Optimizer } from "../../../optimizers/index.js";
import type { Solver } from "../../../optimizers/solvers/index.js";
import { minimizeAsync, type Run } from "../../runs/index.js";
import type { Command, ExitCode } from "../command.js";
import { draw } from "../figures.js";
import { checkWritable } from "../files.js";
import { limitsOf, stopping } from "../limits.js";
import { explainedMethods, methodsOf, optimizerNames, raceOptions, solverNames } from "../methods.js";
import { type Chosen, chooseObjective, elementNames } from "../objective.js";
import { type Given, has, namesOf, textOf } from "../options.js";
import { pictureOf } from "../pictures.js";
import { failed, json, paint, problemOf, short, type Terminal, table, UsageError } from "../terminal.js";
import { checkDrawing, checkStart, clearProgress, progressTo, startOf } from "./minimize.js";

/** A run that comes so near to the lowest value, as a share of the way from the start, has solved it (Moré and Wild, 2009). */
const near = 1e-3;

/** What one of them did; `reached`: the evaluations after which it was near the lowest value of all. */
interface Racer {
  readonly name: string;
  readonly run: Run;
  readonly reached: number | undefined;
}

export const race: Command = {
  summary: "several optimizers and solvers on one objective, and who wins",
  usage: "OBJECTIVE --optimizers gd,momentum,adam --methods lbfgs",
  examples: [
    "adjoint race cubic --optimizers gd,adagrad,rmsprop,momentum,adam --steps 150 --out race.gif",
    'adjoint race "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1 --optimizers adam --methods lbfgs,trustRegion',
    "adjoint race himmelblau --optimizers gd,adam --learning-rate 0.02 --draw",
  ],
  get options() {
    return {
      optimizers: { value: "A,B,…", help: "optimizers, see below", choices: optimizerNames() },
      methods: { value: "A,B,…", help: "solvers, see below", choices: solverNames() },
      from: { value: "x=1,y=2", help: "the start; an objective of the library has one of its own" },
      ...raceOptions(),
      ...stopping,
      draw: { help: "draw the ways and the losses in the terminal" },
      axes: {
        value: "x,y",
        help: "of more than two elements, those of the figure; default: pca, where most is seen",
      },
      out: { value: "FILE", help: "a figure of the race: .gif, .png, .svg, .pdf or .html" },
    };
  },
  more: { text: explainedMethods, options: raceOptions },
  async run(given, terminal): Promise<ExitCode> {
    checkDrawing(given);
    const chosen = await chooseObjective(given.words[0], terminal);
    const { start } = startOf(given, chosen);
    const named = { optimizers: namesOf(given, "optimizers"), solvers: namesOf(given, "methods") };
    if (named.optimizers.length + named.solvers.length === 0)
      throw new UsageError("--optimizers is missing: --optimizers gd,momentum,adam, or --methods lbfgs");
    const out = textOf(given, "out");
    checkWritable("--out", out);
    const axes = axesOf(given, chosen);
    const limits = limitsOf(given);
    const methods = methodsOf(given, named, ["optimizers", "methods"]);
    const runs = await raced(chosen, start, methods, limits, terminal);
    const objective = chosen.known ?? chosen.f;
    const problem =
      out === undefined
        ? undefined
        : await problemOf(draw(out, { objective, runs: Object.fromEntries(runs), ...axes }, "raceFigure"));
    const order = await rank(runs, chosen, start, methods, limits);
    if (has(given, "json")) terminal.out.write(json(documentOf(order, problem)));
    else {
      tell(order, terminal);
      if (has(given, "draw"))
        terminal.out.write(`\n${pictureOf(runs, chosen, terminal, { order: textOf(given, "from") ?? "" })}`);
    }
    if (problem) return has(given, "json") ? 2 : failed(terminal, problem, false);
    return terminal.signal.aborted || !winnerOf(order) ? 1 : 0;
  },
};

/** What the figure shows of more than two elements: the plane of the runs, where none are named. */
function axesOf(given: Given, chosen: Chosen): { readonly axes?: unknown } {
  const text = textOf(given, "axes");
  if (text === undefined) return elementNames(chosen).length > 2 ? { axes: "pca" } : {};
  // The commas of W[2, 3] part nothing.
  return { axes: text === "pca" ? text : text.split(/,(?![^[]*\])/).map((name) => name.trim()) };
}

type Methods = ReadonlyMap<string, Optimizer | Solver>;
type Limits = Readonly<Record<string, unknown>>;

const runOf = async (chosen: Chosen, start: object, method: unknown, options: object): Promise<Run> =>
  (await minimizeAsync(
    chosen.f as never,
    start as never,
    method as never,
    options as never,
  )) as unknown as Run;

/** The runs one after the other; Ctrl-C ends the one that is on, and there are no others. */
async function raced(
  chosen: Chosen,
  start: object,
  methods: Methods,
  limits: Limits,
  terminal: Terminal,
): Promise<Map<string, Run>> {
  const runs = new Map<string, Run>();
  for (const [name, method] of methods) {
    if (runs.size > 0 && terminal.signal.aborted) break;
    const run = await runOf(chosen, start, method, {
      ...limits,
      signal: terminal.signal,
      ...progressTo(terminal, name),
    });
    clearProgress(terminal);
    checkStart(run);
    runs.set(name, run);
  }
  return runs;
}

/** By their last values, with the evaluations after which each was near the lowest of all. */
async function rank(
  runs: ReadonlyMap<string, Run>,
  chosen: Chosen,
  start: object,
  methods: Methods,
  limits: Limits,
): Promise<Racer[]> {
  const order = [...runs].sort(([, a], [, b]) => compare(a.value, b.value));
  const best = order.find(([, { status }]) => status !== "diverged")?.[1].value;
  const racers: Racer[] = [];
  for (const [name, run] of order) {
    const { values } = run.trajectory;
    const goal = best === undefined ? Number.NaN : best + near * ((values[0] ?? run.value) - best);
    const steps = values.findIndex((value) => value <= goal);
    const isLast = steps < 0 && run.value <= goal && run.status !== "diverged";
    let reached: number | undefined;
    if (isLast) reached = run.evaluations;
    // A run of so many steps tells how often it evaluates for them.
    else if (steps >= 0)
      reached = (
        await runOf(chosen, start, methods.get(name), {
          ...limits,
          steps: steps * run.trajectory.stride,
          trajectory: false,
        })
      ).evaluations;
    racers.push({ name, run, reached });
  }
  return racers;
}

/** The lowest first; what isn't a number is last. */
function compare(a: number, b: number): number {
  return Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b;
}

/** Whoever ended lowest. Whoever diverged ran away, whatever it fell to. */
const winnerOf = (order: readonly Racer[]) => order.find(({ run }) => run.status !== "diverged");

function quickestOf(order: readonly Racer[]): Racer | undefined {
  const [first] = order
    .filter(({ run, reached }) => run.status !== "diverged" && reached !== undefined)
    .sort((a, b) => a.reached! - b.reached!);
  return first;
}

function documentOf(order: readonly Racer[], problem: UsageError | undefined): object {
  return {
    lowest: winnerOf(order)?.name ?? null,
    quickest: quickestOf(order)?.name ?? null,
    results: order.map(({ name, run: { value, steps, evaluations, status }, reached }) => ({
      ...{ name, value, steps, evaluations, reached: reached ?? null, status },
    })),
    ...(problem && { error: { message: problem.message } }),
  };
}

function tell(order: readonly Racer[], terminal: Terminal): void {
  const rows = order.map(({ name, run, reached }) => [
    name,
    short(run.value, 8),
    String(run.steps),
    String(run.evaluations),
    reached === undefined ? "never" : String(reached),
    run.status,
  ]);
  const head = ["method", "value", "steps", "evaluations", "near after", "status"];
  terminal.out.write(`${table([head, ...rows])}\n\n`);
  const [best, quickest] = [winnerOf(order), quickestOf(order)];
  if (!best) {
    terminal.out.write("All diverged.\n");
    return;
  }
  const name = (one: Racer) => paint(terminal, "bold", one.name);
  terminal.out.write(`By value, ${name(best)} wins: it ends lowest.\n`);
  if (quickest)
    terminal.out.write(
      `By evaluations, ${name(quickest)} wins: after ${quickest.reached} it was within ${100 * near} % of the way to the lowest value.\n`,
    );
}
