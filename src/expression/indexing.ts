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
  const wanted = places.map((place, i) => readIndex(worthOf(place, shape[i]!), shape[i]!));
  if (wanted.every((one) => typeof one === "number")) return ops.index(array as never, ...wanted) as Value;
  let part = array;
  for (const [axis, one] of wanted.entries()) {
    const list = typeof one === "number" ? [one] : one;
    const isAll = list.length === shape[axis] && list.every((k, j) => k === j);
    if (!isAll) part = partOf(part, list, axis);
  }
  const kept = wanted.flatMap((one) => (typeof one === "number" ? [] : [one.length]));
  return kept.length === shape.length ? part : (ops.reshape(part as never, kept) as Value);
}

/** A place or a list of them, counted from 0. */
function readIndex(given: Value, length: number): number | readonly number[] {
  const check = (one: Value) => {
    const k = wholeOf(one, "index: an index");
    if (k >= 1 && k <= length) return k - 1;
    throw new AdjointError(`index: ${k} is outside; the indices go from 1 to ${length}.`);
  };
  const rows = rowsOf(given);
  return rows ? Array.from(rows as ArrayLike<Value>, check) : check(given);
}

function partOf(x: Value, list: readonly number[], axis: number): Value {
  const isRun = list.every((k, j) => j === 0 || k === list[j - 1]! + 1);
  return list.length > 0 && isRun
    ? (ops.slice(x as never, list[0], list.at(-1)! + 1, { axis } as never) as Value)
    : (ops.take(x as never, list as never, axis) as Value);
}
