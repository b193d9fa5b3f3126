/** What `leastSquares` and fits are given, read: residuals, inputs, weights, limits. */
import { AdjointError } from "../../graph/index.js";
import {
  describe,
  flattenTree,
  formatShape,
  graphOf,
  isId,
  leavesOf,
  pathText,
  readCount,
  readValue,
} from "../../graph/internal.js";
import { type LeastSquares, losses, type Weighing } from "../../optimizers/solvers/least-squares/index.js";
import { type Inputs, readNumbers } from "./inputs.js";
import type { LeastSquaresOptions } from "./least-squares.js";
import type { Limits } from "./solve.js";
import { isTensor, type Tensor, type Tensors } from "./state.js";

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

/** The inputs of the residuals as numbers of their own, all of which they depend on. */
export function readResidualInputs(what: string, residuals: unknown, start: unknown, data: unknown): Inputs {
  const read = readNumbers(what, residuals, start, data);
  const { inputTree } = graphOf(residuals, what);
  checkUsed(what, residuals, inputTree, Object.keys(read.parameters));
  return read;
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
