/** Elements and parts of arrays, as mathjs writes them: x[2], A[1, :], x[2:end], counted from 1. */
import * as ops from "../../graph/index.js";
import { AdjointError } from "../../graph/index.js";
import { rowsOf } from "../../graph/internal.js";
import { shapeOf, type Value, wholeOf } from "./functions.js";
import type { Node } from "./nodes.js";

/** An array's part at places, one for each axis. `worthOf` gives a place's value, where `end` is the length of its axis. */
export function elementsOf(
  array: Value,
  places: readonly Node[],
  worthOf: (place: Node, length: number) => Value,
): Value {
  const shape = shapeOf(array);
  if (places.length !== shape.length) {
    const has = shape.length === 0 ? "a number has no elements" : `there are ${shape.length} axes`;
    throw new AdjointError(
      `index: ${has}, and ${places.length} ${places.length === 1 ? "index" : "indices"}.`,
    );
  }
  let part = array;
  let axis = 0;
  for (const [i, place] of places.entries()) {
    const length = shape[i]!;
    const given = worthOf(place, length);
    const check = (one: Value) => {
      const k = wholeOf(one, "index: an index");
      if (k >= 1 && k <= length) return k - 1;
      throw new AdjointError(`index: ${k} is outside; the indices go from 1 to ${length}.`);
    };
    const rows = rowsOf(given);
    if (typeof given === "number" || !rows) {
      part = ops.take(part as never, check(given), axis) as Value;
      continue;
    }
    const list = Array.from(rows as ArrayLike<Value>, check);
    const isAll = list.length === length && list.every((k, j) => k === j);
    if (!isAll) part = partOf(part, list, axis);
    axis++;
  }
  return part;
}

function partOf(x: Value, list: readonly number[], axis: number): Value {
  const isRun = list.every((k, j) => j === 0 || k === list[j - 1]! + 1);
  return list.length > 0 && isRun
    ? (ops.slice(x as never, list[0], list.at(-1)! + 1, { axis } as never) as Value)
    : (ops.take(x as never, list as never, axis) as Value);
}
