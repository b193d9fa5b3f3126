/** `leastSquares`: the parameters that make a sum of squares least, within bounds and by robust losses. */
import { AdjointError, type Expr, type Shapes, type Traced } from "../../graph/index.js";
import {
  checkKeys,
  checkOptions,
  describe,
  flattenTree,
  formatShape,
  graphOf,
  isId,
  leavesOf,
  pathText,
  readAlong,
  readCount,
  readValue,
  type ValuesOf,
} from "../../graph/internal.js";
import { project } from "../../optimizers/solvers/internal.js";
import {
  type Evaluations,
  type LeastSquares,
  type LeastSquaresSolver,
  type LossName,
  levenbergMarquardt,
  losses,
  readLeastSquaresSolver,
  type Weighing,
} from "../../optimizers/solvers/least-squares/index.js";
import { type BoundsByName, readBounds } from "./bounds.js";
import { checkFinite, type Given, placeIn, readData, readStart } from "./checks.js";
import type { PointOf, Trajectory } from "./minimize.js";
import { BeforeStep } from "./progress.js";
import { defaultMemoryLimit, makeRecorder } from "./recorder.js";
import { makeResiduals, type ResidualFunction } from "./residuals.js";
import { type LeastSquaresStatus, type Limits, type Solved, solve, type Told } from "./solve.js";
import { isTensor, State, type Tensor, type Tensors } from "./state.js";

/** What a callback of `leastSquares` is told before each step. */
export interface LeastSquaresProgress<P extends Shapes = Shapes> {
  /** The step that is about to be taken, from 1. */
  readonly step: number;
  /** ½ Σ w·s²·ρ(r²/s²) at the point: half the sum of squares. */
  readonly value: number;
  /** The largest absolute element of the gradient without those that bounds hold, of the point before. */
  readonly gradientNorm: number;
  /** The point as a copy, made when it is asked for, which must be during the callback. */
  readonly parameters: PointOf<P>;
}

export interface LeastSquaresOptions<P extends Shapes = Shapes, D = Readonly<Record<string, never>>> {
  /** Bounds by parameter, as in `{ k: { lower: 0 } }`: numbers, or arrays of the parameter's shape. Equal ones hold it fixed. */
  readonly bounds?: { readonly [K in keyof P]?: { readonly lower?: unknown; readonly upper?: unknown } };
  /** A weight ≥ 0 for each residual; 2 counts it twice. */
  readonly weights?: ArrayLike<number>;
  /** What becomes of large residuals; default "linear", the plain sum of squares. */
  readonly loss?: LossName;
  /** The size from which on residuals are large; default 1. SciPy's `f_scale`. */
  readonly lossScale?: number;
  /** The relative offset at which a point is a solution; default 1e-10. */
  readonly tolerance?: number;
  /** The most steps to take; default 1000. */
  readonly steps?: number;
  /** The most evaluations of the residuals. */
  readonly maxEvaluations?: number;
  /** The most milliseconds. */
  readonly maxTime?: number;
  /** Record the point and the value before each step; default true. */
  readonly trajectory?: boolean;
  /** The most bytes that the trajectory takes; default 2²⁸. */
  readonly memoryLimit?: number;
  /** Inputs of the residuals that stay as they are. */
  readonly data?: D;
  /** Called before each step; returning false stops the run. */
  readonly onStep?: (progress: LeastSquaresProgress<P>) => unknown;
}

export interface LeastSquaresRun<P extends Shapes = Shapes> {
  readonly parameters: PointOf<P>;
  /** ½ Σ w·s²·ρ(r²/s²) there. */
  readonly value: number;
  /** The residuals there, without weights or loss. */
  readonly residuals: Float64Array;
  readonly status: LeastSquaresStatus;
  /** Why it ended, in a sentence. */
  readonly message: string;
  readonly steps: number;
  /** How often residuals, Jacobians and products were evaluated. */
  readonly evaluations: Readonly<Evaluations>;
  /** The part of the residuals that the free parameters can still take away: 0 where the first-order conditions hold. */
  readonly offset: number;
  /** The largest absolute element of the gradient without those that bounds hold. */
  readonly gradientNorm: number;
  /** Directions of the free parameters on which the residuals depend; NaN where only products were computed. */
  readonly rank: number;
  /** Parameters of which an element stands at a bound, by their paths. */
  readonly atBounds: readonly string[];
  /** The start as it was moved into the bounds; `undefined` where it lay within. */
  readonly movedStart: PointOf<P> | undefined;
  readonly trajectory: Trajectory<P>;
}

/**
 * Lowers ½ Σ rᵢ² from `start`, where the residuals r are a traced function's output, a vector. The inputs named in `start`
 * are the parameters; all others are `data`. Jacobians and products are exact, and compiled.
 *
 * Weights and a robust loss make it ½ Σ wᵢ·s²·ρ(rᵢ²/s²): `huber`, `softL1`, `cauchy`, `arctan` or `tukey`, with s the
 * `lossScale`. A run is `converged` only where the first-order conditions hold; its `offset` tells how well (Bates and
 * Watts, 1981).
 *
 * @example
 * const line = trace({ a: scalar(), b: scalar() }, ({ a, b }) =>
 *   subtract(add(multiply(a, [0, 1, 2, 3]), b), [1, 3, 5, 7]),
 * );
 * const run = leastSquares(line, { a: 0, b: 0 });
 * Math.round(1e9 * run.parameters.a) / 1e9; // 2
 * run.status; // "converged"
 *
 * @throws where start, data, bounds or an option can't be used, or a residual isn't finite at the start
 */
export function leastSquares<I extends Shapes, O extends Expr, const N extends keyof I & string>(
  residuals: Traced<I, O>,
  start: { readonly [K in N]: ValuesOf<I[K]> },
  solver: LeastSquaresSolver = levenbergMarquardt(),
  options: LeastSquaresOptions<Pick<I, N>, ValuesOf<Omit<I, N>>> = {},
): LeastSquaresRun<Pick<I, N>> {
  const what = "leastSquares";
  readLeastSquaresSolver(solver, what);
  const given = checkOptions(what, options as unknown as LeastSquaresOptions<Shapes, object>, known);
  const { parameters, data } = readInputs(what, residuals, start, given.data === undefined ? {} : given.data);
  const weighed = readWeighing(what, given, countOf(what, residuals));
  const bounds = readBounds(what, given.bounds as BoundsByName | undefined, parameters);
  const limits = readLimits(what, given);
  const { trajectory = true, memoryLimit = defaultMemoryLimit, onStep } = given;
  readCount(memoryLimit, `${what}: memoryLimit`, 0, Number.MAX_SAFE_INTEGER);

  const problem: LeastSquares = {
    residuals: makeResiduals(residuals as unknown as ResidualFunction, parameters, data),
    weighing: weighed,
    bounds,
  };
  const state = new State({ parameters, slots: {} });
  const first = Float64Array.from(state.now);
  const isMoved = project(bounds, first) > 0;
  if (isMoved) state.now.set(first);
  const movedStart = isMoved ? state.point() : undefined;
  checkStart(what, problem, first);

  let recorder = makeRecorder(state, trajectory ? limits.steps : 0, memoryLimit);
  const begin = () => {
    recorder = makeRecorder(state, trajectory ? limits.steps : 0, memoryLimit);
  };
  const told = ({ engine, steps }: Told): boolean => {
    state.now.set(engine.x);
    if (trajectory) recorder.record(steps, engine.cost);
    if (!onStep) return true;
    state.told = steps + 1;
    const goesOn = onStep(new BeforeStep<never>(steps + 1, engine.cost, engine.norm, state)) !== false;
    state.told = 0;
    return goesOn;
  };
  const found = solve(problem, first, solver, limits, (j) => nameOf(parameters, j), begin, told);
  return runOf(found, state, parameters, problem, movedStart, recorder.finish(found.steps)) as never;
}

const known = {
  bounds: "any",
  weights: "any",
  loss: "any",
  lossScale: "any",
  tolerance: "any",
  steps: "any",
  maxEvaluations: "any",
  maxTime: "any",
  trajectory: "boolean",
  memoryLimit: "any",
  data: "any",
  onStep: "function",
} as const;

function runOf(
  { engine, status, message, steps, evaluations }: Solved,
  state: State,
  parameters: Tensors,
  { bounds: { lower, upper } }: LeastSquares,
  movedStart: unknown,
  trajectory: unknown,
): object {
  state.now.set(engine.x);
  const held = new Set<string>();
  for (let j = 0; j < engine.x.length; j++)
    if (engine.x[j] === lower[j] || engine.x[j] === upper[j]) held.add(nameOf(parameters, j));
  return {
    parameters: state.point(),
    value: engine.cost,
    residuals: engine.r.slice(),
    status,
    message,
    steps,
    evaluations: { ...evaluations },
    offset: engine.offset,
    gradientNorm: engine.norm,
    rank: engine.rank,
    atBounds: [...held],
    movedStart,
    trajectory,
  };
}

/** The path of the parameter that holds element j of all. */
export function nameOf(parameters: Tensors, j: number): string {
  let offset = 0;
  for (const { path, leaf } of flattenTree<Tensor>(parameters, isTensor)) {
    offset += leaf.data.length;
    if (j < offset) return pathText(path);
  }
  return String(j);
}

/** How many residuals there are. @throws where they aren't a vector */
export function countOf(what: string, residuals: unknown): number {
  const { outputs, nodes } = graphOf(residuals, what);
  const shape = typeof outputs === "number" ? nodes[outputs]!.shape : undefined;
  if (shape?.length === 1) return shape[0]!;
  const found = shape
    ? shape.length === 0
      ? "a scalar; give them one by one, and leastSquares sums their squares"
      : `of shape ${formatShape(shape)}; reshape them to one axis`
    : "a record of outputs; concatenate them";
  throw new AdjointError(`${what}: the residuals must be a vector, not ${found}.`);
}

/** The inputs of the residuals as numbers of their own. */
function readInputs(
  what: string,
  residuals: unknown,
  start: unknown,
  data: unknown,
): { parameters: Tensors; data: Tensors } {
  const { inputs, inputTree } = graphOf(residuals, what);
  const own = readStart(what, start);
  const others = readData(what, data, own);
  checkKeys({ ...own, ...others }, Object.keys(inputTree), `${what}: start and data`);
  const place = placeIn(what);
  const read = (given: Given): Tensors => {
    const like = Object.fromEntries(Object.entries(inputTree).filter(([key]) => Object.hasOwn(given, key)));
    return readAlong(like, isId, given, place, (value, i): Tensor => {
      const { path, shape } = inputs[i]!;
      const numbers = readValue(value, shape, place(path));
      checkFinite(what, path, numbers);
      return { data: numbers.slice(), shape };
    }) as Tensors;
  };
  const parameters = read(own);
  checkUsed(what, residuals, inputTree, Object.keys(own));
  return { parameters, data: read(others) };
}

/** @throws where the residuals don't depend on a parameter, as their graph tells */
export function checkUsed(
  what: string,
  residuals: unknown,
  inputTree: unknown,
  names: readonly string[],
): void {
  const { nodes, outputs, inputs } = graphOf(residuals, what);
  const used = new Set<number>(leavesOf(outputs, isId));
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (used.has(i)) for (const operand of nodes[i]!.operands) used.add(operand as number);
  }
  for (const name of names) {
    const unused = leavesOf((inputTree as never)[name], isId).find((i) => !used.has(i));
    if (unused === undefined) continue;
    const path = pathText(inputs[unused]!.path);
    throw new AdjointError(`${what}: the residuals don't depend on "${path}"; leave it out of start.`);
  }
}

/** @throws where a residual isn't finite at the start */
export function checkStart(what: string, { residuals }: LeastSquares, start: Float64Array): void {
  const r = new Float64Array(residuals.count);
  residuals.residuals(start, r);
  const place = r.findIndex((one) => !Number.isFinite(one));
  if (place < 0) return;
  throw new AdjointError(
    `${what}: residual ${place} is ${r[place]} at the start; start where all are finite.`,
  );
}

export function readLimits(
  what: string,
  given: Pick<LeastSquaresOptions, "steps" | "maxEvaluations" | "maxTime" | "tolerance">,
): Limits {
  const { steps = 1000, maxEvaluations = Infinity, maxTime = Infinity, tolerance = 1e-10 } = given;
  readCount(steps, `${what}: steps`);
  if (maxEvaluations !== Infinity) readCount(maxEvaluations, `${what}: maxEvaluations`, 1);
  if (!(typeof maxTime === "number" && maxTime >= 0))
    throw new AdjointError(`${what}: maxTime must be milliseconds ≥ 0, not ${describe(maxTime)}.`);
  if (!(typeof tolerance === "number" && tolerance >= 0 && tolerance < 1))
    throw new AdjointError(`${what}: tolerance must be a number in [0, 1), not ${describe(tolerance)}.`);
  return { steps, maxEvaluations, maxTime, tolerance };
}

export function readWeighing(
  what: string,
  { weights, loss = "linear", lossScale = 1 }: Pick<LeastSquaresOptions, "weights" | "loss" | "lossScale">,
  count: number,
): Weighing {
  if (typeof loss !== "string" || !Object.hasOwn(losses, loss))
    throw new AdjointError(
      `${what}: loss is ${describe(loss)}; it must be one of ${Object.keys(losses).join(", ")}.`,
    );
  if (!(typeof lossScale === "number" && lossScale > 0 && lossScale < Infinity))
    throw new AdjointError(`${what}: lossScale must be a finite number > 0, not ${describe(lossScale)}.`);
  return { weights: readWeights(what, "weights", weights, count), loss, scale: lossScale };
}

/** @throws where there is another number of weights than of residuals, or one isn't a finite number ≥ 0 */
export function readWeights(
  what: string,
  name: string,
  given: unknown,
  count: number,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  const read = readValue(given, [count], `${what}: ${name}`).slice();
  const place = read.findIndex((one) => !(one >= 0 && one < Infinity));
  if (place >= 0)
    throw new AdjointError(
      `${what}: ${name} holds ${read[place]} at element ${place}; pass finite numbers ≥ 0.`,
    );
  return read;
}
