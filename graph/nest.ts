import { readShape } from "./arguments.js";
import { placeOf, readAlong, readTree } from "./given.js";
import { isSpec } from "./graph.js";
import type { Shape } from "./shape.js";
import type { Tree } from "./tree.js";
import { readValue, nest as rowsOfFlat, type ShapedValues, type Value } from "./values.js";

/**
 * Flat row-major numbers as nested arrays of a shape, a number for a scalar; of a tree of them, with a tree of shapes, the
 * same tree. So what runs give becomes what JSON and other libraries take.
 *
 * @param values what a kernel, an optimizer or a run gives, or what JSON made of it
 * @param shapes a shape, or a tree of shapes: a run's or a state's `shapes`
 *
 * @example
 * nest(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]); // [[1, 2, 3], [4, 5, 6]]
 * nest({ W: Float64Array.of(1, 2), b: 3 }, { W: [2, 1], b: [] }); // { W: [[1], [2]], b: 3 }
 *
 * @throws where the numbers don't fill a shape, or the trees differ
 */
export function nest(values: Value | ShapedValues, shapes: Shape): Value;
export function nest(values: Tree<Value | ShapedValues>, shapes: Tree<Shape>): Tree<Value>;
export function nest(values: unknown, shapes: unknown): Tree<Value> {
  const place = placeOf("nest", "nest:");
  const like = readTree(
    shapes,
    (one) => isSpec({ shape: one }),
    place,
    (shape, path) => ({ shape: readShape(shape, place(path)) }),
  );
  return readAlong(like, isSpec, values, place, (value, { shape }, path) =>
    rowsOfFlat(readValue(value, shape, place(path)), shape),
  );
}
