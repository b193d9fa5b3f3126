/** What `minimize` and `train` refuse before their first step. */
import { AdjointError, Expr } from "../../graph/index.js";
import { describe, formatShape, isRecord } from "../../graph/internal.js";

/** Throws where a start isn't a map that names a parameter. */
export function checkStart(what: string, start: unknown): void {
  if (isRecord(start) && Object.keys(start).length > 0) return;
  const found = isRecord(start) ? "an empty one" : Array.isArray(start) ? "an array" : describe(start);
  throw new AdjointError(
    `${what}: start must be an object with the parameters by name, such as { x: [2, 3] }, not ${found}.`,
  );
}

/** Throws where a name is that of a parameter and of data. */
export function checkApart(what: string, start: object, data: object): void {
  const name = Object.keys(data).find((key) => Object.hasOwn(start, key));
  if (name === undefined) return;
  throw new AdjointError(`${what}: "${name}" is in both start and data; a name is a parameter or data.`);
}

/** Throws where parameters or data hold a number that no step could mend. */
export function checkFinite(what: string, name: string, data: Float64Array): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new AdjointError(`${what}: "${name}" holds ${data[i]} at element ${i}; pass finite numbers.`);
  }
}

/** Throws where what is to be reported is an expression, but no scalar. */
export function checkScalar(what: string, name: string, reported: unknown): void {
  if (!(reported instanceof Expr) || reported.shape.length === 0) return;
  throw new AdjointError(
    `${what}: ${name} must be a scalar, not of shape ${formatShape(reported.shape)}; sum or mean it.`,
  );
}

/** Throws where an optimizer isn't one. */
export function checkOptimizer(what: string, optimizer: unknown): void {
  if (typeof optimizer === "object" && optimizer !== null && "update" in optimizer && "init" in optimizer)
    return;
  throw new AdjointError(
    `${what}: the optimizer is ${describe(optimizer)}; pass one such as adam({ learningRate: 0.1 }).`,
  );
}
