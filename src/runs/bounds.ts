/** Bounds of parameters as users give them, by name. */
import { AdjointError, type Shape } from "../../graph/index.js";
import {
  checkKeys,
  checkOptions,
  describe,
  flattenTree,
  isRecord,
  pathText,
  readValue,
} from "../../graph/internal.js";
import { type Bounds, makeBounds } from "../../optimizers/solvers/internal.js";
import { isTensor, type Tensor, type Tensors } from "./state.js";

/**
 * A lower and an upper bound: a number for all elements, or one for each. None is no bound; equal ones hold it fixed.
 * @example const bounds: BoundsOf = { lower: 0, upper: 1 };
 */
export interface BoundsOf<V = unknown> {
  readonly lower?: number | V;
  readonly upper?: number | V;
}

/**
 * The bounds of parameters by name, or by the path of one within a tree (`"layers.0.W"`).
 * @example const bounds: BoundsByName = { x: { lower: 0 }, y: { lower: [0, 1], upper: 2 } };
 */
export type BoundsByName = { readonly [name: string]: BoundsOf };

/** Reads bounds into flat arrays. @throws where a name isn't known, or bounds are crossed or can't be read */
export function readBounds(what: string, given: unknown, parameters: Tensors): Bounds {
  const leaves = flattenTree<Tensor>(parameters, isTensor);
  const size = leaves.reduce((sum, { leaf }) => sum + leaf.data.length, 0);
  const lower = new Float64Array(size).fill(-Infinity);
  const upper = new Float64Array(size).fill(Infinity);
  if (given === undefined) return makeBounds(lower, upper);
  if (!isRecord(given))
    throw new AdjointError(
      `${what}: bounds must be an object such as { x: { lower: 0, upper: 1 } }, not ${describe(given)}.`,
    );
  const names = leaves.map(({ path }) => pathText(path));
  checkKeys(
    { ...Object.fromEntries(names.map((name) => [name, undefined])), ...given },
    names,
    `${what}: bounds`,
  );
  let offset = 0;
  leaves.forEach(({ leaf: { data, shape } }, i) => {
    const length = data.length;
    const name = names[i]!;
    if (Object.hasOwn(given, name) && given[name] !== undefined) {
      const own = checkOptions(`${what}: bounds of "${name}"`, given[name] as BoundsOf, ["lower", "upper"]);
      fill(lower, own.lower, `${what}: the lower bound of "${name}"`, shape, offset, length);
      fill(upper, own.upper, `${what}: the upper bound of "${name}"`, shape, offset, length);
      for (let k = offset; k < offset + length; k++) {
        if (lower[k]! <= upper[k]! && lower[k]! < Infinity && upper[k]! > -Infinity) continue;
        const at = length === 1 ? "" : ` at element ${k - offset}`;
        throw new AdjointError(
          `${what}: the bounds of "${name}" are crossed${at}: lower ${lower[k]}, upper ${upper[k]}.`,
        );
      }
    }
    offset += length;
  });
  return makeBounds(lower, upper);
}

function fill(
  into: Float64Array,
  given: unknown,
  what: string,
  shape: Shape,
  offset: number,
  length: number,
): void {
  if (given === undefined) return;
  if (typeof given === "number") {
    if (Number.isNaN(given)) throw new AdjointError(`${what} is NaN; leave out what isn't bounded.`);
    into.fill(given, offset, offset + length);
    return;
  }
  const read = readValue(given as never, shape, what);
  const place = read.findIndex(Number.isNaN);
  if (place >= 0) throw new AdjointError(`${what} holds NaN at element ${place}; use ±Infinity for none.`);
  into.set(read, offset);
}
