/** What `minimize` and `train` refuse before their first step. */
import { AdjointError, Expr } from "../../graph/index.js";
import {
  describe,
  formatShape,
  isRecord,
  type Path,
  type Place,
  pathText,
  reading,
} from "../../graph/internal.js";
import type { Optimizer } from "../../optimizers/index.js";
import { isOptimizer } from "../../optimizers/internal.js";
import type { Floats } from "./state.js";

/** A map by name, in which what stands at a name isn't known yet. */
export type Given = Readonly<Record<string, unknown>>;

/** A copy of a start, so that it is read once. @throws where it isn't a map that names a parameter */
export function readStart(what: string, start: unknown): Given {
  const own = isRecord(start) ? reading(`${what}: start`, () => ({ ...start })) : {};
  if (Object.keys(own).length > 0) return own;
  throw new AdjointError(
    `${what}: start must be an object with the parameters by name, such as { x: [2, 3] }, ` +
      `not ${isRecord(start) ? "an empty one" : describe(start)}.`,
  );
}

/** A copy of data. @throws where it isn't a map, or has a name that is in start, too */
export function readData(what: string, data: unknown, start: Given): Given {
  if (!isRecord(data)) {
    throw new AdjointError(
      `${what}: data must be an object with arrays by name, such as { y: [1, 2] }, not ${describe(data)}.`,
    );
  }
  const own = reading(`${what}: data`, () => ({ ...data }));
  const name = Object.keys(own).find((key) => Object.hasOwn(start, key));
  if (name === undefined) return own;
  throw new AdjointError(`${what}: "${name}" is in both start and data; a name is a parameter or data.`);
}

/** How errors name a part of what is given: `train: "layers.0.W"`. */
export function placeIn(what: string): Place {
  return (path) => (path.length === 0 ? what : `${what}: "${pathText(path)}"`);
}

/** Throws where what is given is no dtype. */
export function readDtype(what: string, dtype: unknown): void {
  if (dtype === "f64" || dtype === "f32") return;
  throw new AdjointError(`${what}: dtype is "f64" or "f32", not ${describe(dtype)}.`);
}

/** Throws where parameters or data hold a number that no step could mend. */
export function checkFinite(what: string, path: Path, data: Floats): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new AdjointError(`${placeIn(what)(path)} holds ${data[i]} at element ${i}; pass finite numbers.`);
  }
}

/** What a user's function gives, where that is a scalar: an expression, or a number. */
export function readScalar(what: string, name: string, given: unknown): Expr<[]> | number {
  if (typeof given === "number") return given;
  if (given instanceof Expr && given.shape.length === 0) return given as Expr<[]>;
  const found =
    given instanceof Expr ? `of shape ${formatShape(given.shape)}; sum or mean it` : describe(given);
  throw new AdjointError(`${what}: ${name} must be a scalar, not ${found}.`);
}

/** The optimizer, where it is one. */
export function readOptimizer(what: string, optimizer: unknown): Optimizer {
  if (isOptimizer(optimizer)) return optimizer;
  throw new AdjointError(
    `${what}: the optimizer is ${describe(optimizer)}; pass one such as adam({ learningRate: 0.1 }), ` +
      "or what defineOptimizer returns.",
  );
}
