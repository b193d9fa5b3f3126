/** The loop of a least-squares run: it takes the steps of an engine until there is a reason to end, and says which. */
import type {
  Engine,
  Evaluations,
  LeastSquares,
  LeastSquaresSolver,
} from "../../optimizers/solvers/least-squares/index.js";

/**
 * Why a run of least squares ended.
 * - `converged`: the first-order conditions hold: what the parameters can still take away is less than `tolerance` of the
 *   residuals, or than the residuals' rounding.
 * - `stalled`: no step goes down any more, or the residuals no longer depend on a parameter, and the conditions don't hold.
 * - `max-steps`, `max-evaluations`, `max-time`: all that was allowed is used up.
 * - `stopped`: `onStep` returned false.
 */
export type LeastSquaresStatus =
  | "converged"
  | "stalled"
  | "max-steps"
  | "max-evaluations"
  | "max-time"
  | "stopped";

/** How far a run may go. */
export interface Limits {
  readonly steps: number;
  readonly maxEvaluations: number;
  readonly maxTime: number;
  readonly tolerance: number;
}

/** What is told at each point before a step. */
export interface Told {
  /** The engine that stands at the point. */
  readonly engine: Engine;
  readonly steps: number;
}

export interface Solved {
  readonly engine: Engine;
  readonly status: LeastSquaresStatus;
  readonly message: string;
  readonly steps: number;
  /** Of all attempts together. */
  readonly evaluations: Readonly<Evaluations>;
}

/**
 * Attempts, by the share of the solver's first radius: a run that stalls begins again at its start with a longer reach, then
 * with a shorter one. Where a trust region leads depends much on its first radius when a start is far off.
 */
const attempts = [1, 10, 0.1];

/**
 * Solves from a start. A run that stalls is tried again, and the best attempt is what is given.
 *
 * @param begin called as an attempt begins
 * @param told called at each point before a step; `false` stops the run
 */
export function solve(
  problem: LeastSquares,
  start: Float64Array,
  solver: LeastSquaresSolver,
  limits: Limits,
  nameOf: (parameter: number) => string,
  begin: () => void = () => {},
  told: (at: Told) => boolean = () => true,
): Solved {
  const began = Date.now();
  const spent: Evaluations = { residuals: 0, jacobians: 0, products: 0 };
  let best: Solved | undefined;
  let left = limits.steps;
  for (const share of attempts) {
    begin();
    const engine = solver.start(problem, start, limits.tolerance, share);
    const allowed = { ...limits, steps: left, maxEvaluations: limits.maxEvaluations - spent.residuals };
    const found = attempt(engine, allowed, began, nameOf, told);
    for (const key of ["residuals", "jacobians", "products"] as const) spent[key] += engine.evaluations[key];
    left -= found.steps;
    if (!best || found.status === "converged" || engine.cost < best.engine.cost)
      best = { ...found, engine, evaluations: spent };
    if (found.status !== "stalled" || left <= 0) break;
  }
  return { ...best!, steps: limits.steps - left };
}

type Ended = Pick<Solved, "status" | "message" | "steps">;

function attempt(
  engine: Engine,
  limits: Limits,
  began: number,
  nameOf: (parameter: number) => string,
  told: (at: Told) => boolean,
): Ended {
  for (let steps = 0; ; steps++) {
    const over = outOf(engine, steps, limits, began);
    if (over) return { ...over, steps };
    if (!told({ engine, steps }))
      return { status: "stopped", message: `onStep returned false after ${steps} steps.`, steps };
    const move = engine.step();
    if (move === "moved") continue;
    return {
      ...(move === "solved" ? solved(engine, limits.tolerance, nameOf) : stuck(engine, nameOf)),
      steps,
    };
  }
}

function outOf(
  engine: Engine,
  steps: number,
  limits: Limits,
  began: number,
): Omit<Ended, "steps"> | undefined {
  const where = `; the relative offset is ${short(engine.offset)}`;
  if (steps >= limits.steps) return { status: "max-steps", message: `All ${steps} steps are taken${where}.` };
  if (engine.evaluations.residuals > limits.maxEvaluations)
    return {
      status: "max-evaluations",
      message: `The residuals were evaluated as often as maxEvaluations allows${where}.`,
    };
  if (limits.maxTime < Infinity && Date.now() - began >= limits.maxTime)
    return {
      status: "max-time",
      message: `The run took the ${limits.maxTime} ms that maxTime allows${where}.`,
    };
  return undefined;
}

/** A sum of squares this small beside that of a flat parameter's residuals is as good as none. */
function solved(
  engine: Engine,
  tolerance: number,
  nameOf: (parameter: number) => string,
): Omit<Ended, "steps"> {
  if (engine.flat.length > 0 && engine.cost > 0) {
    const names = engine.flat.map(nameOf).join(", ");
    return {
      status: "stalled",
      message: `The residuals no longer depend on ${names}, as they did on the way: the run went where they are flat.`,
    };
  }
  const why =
    engine.offset <= tolerance
      ? `which is within ${tolerance}`
      : "which is what the residuals' rounding leaves";
  return {
    status: "converged",
    message: `The parameters can take away ${short(engine.offset)} of the residuals, ${why}.`,
  };
}

function stuck(engine: Engine, nameOf: (parameter: number) => string): Omit<Ended, "steps"> {
  const flat =
    engine.flat.length > 0
      ? `, and the residuals no longer depend on ${engine.flat.map(nameOf).join(", ")}`
      : "";
  return {
    status: "stalled",
    message: `No step goes down, though the parameters could take away ${short(engine.offset)} of the residuals${flat}.`,
  };
}

function short(x: number): string {
  return Number.isNaN(x) ? "unknown" : x.toPrecision(2);
}
