/**
 * What is known of a mask before anything runs: each element is absent, present, or one or the other. It tells which
 * derivatives go through a loop, so that masks are carried only where they must be.
 */

import type { Masked } from "../derivatives/masked.js";
import { type Builder, type Expr, isOp, type Node, operandOf, paramsIf } from "../node.js";
import type { Arithmetic } from "../op.js";
import { assemble, assembleOp, partAt, sliceOp } from "../ops/boxes.js";
import { logicalAnd, logicalNot, logicalOr } from "../ops/comparison.js";
import { constant, constantOp, full, numberIn, uniformValue } from "../ops/constant.js";
import { concatenate, slice } from "../ops/indexing.js";
import { type Shape, sizeOf } from "../shape.js";

/** So ordered that `or` is the larger, `and` the smaller, and `not` 2 − x. */
export const [absent, either, present] = [0, 1, 2] as const;
export type Presence = readonly (typeof absent | typeof either | typeof present)[];

type One = Presence[number];

export function all(one: One, size: number): Presence {
  return new Array<One>(size).fill(one);
}

/** Where one of them is. */
export function union(a: Presence, b: Presence): Presence {
  return a.map((one, i) => Math.max(one, b[i]!) as One);
}

/** What both say, and where they differ nothing. */
export function agreed(a: Presence, b: Presence): Presence {
  return a.map((one, i) => (one === b[i] ? one : either));
}

/** Whether `a` is as `b` says. */
export function within(a: Presence, b: Presence): boolean {
  return a.every((one, i) => b[i] === either || b[i] === one);
}

/** In short, for keys. */
export function textOf(presence: Presence): string {
  return runsOf(presence, () => true)
    .map(([start, stop]) => `${stop - start}${"-?+"[presence[start]!]}`)
    .join("");
}

/** Runs of equal elements among those that are wanted: where each begins and ends. */
function runsOf(presence: Presence, isWanted: (one: One) => boolean): [start: number, stop: number][] {
  const runs: [number, number][] = [];
  presence.forEach((one, i) => {
    if (!isWanted(one)) return;
    const run = runs.at(-1);
    if (run && run[1] === i && presence[i - 1] === one) run[1]++;
    else runs.push([i, i + 1]);
  });
  return runs;
}

/** Logic on what is known. */
const logic: Arithmetic<One> = {
  constant: (value) => (value ? present : absent),
  add: (a, b) => Math.max(a, b) as One,
  multiply: (a, b) => Math.min(a, b) as One,
  apply(op, operands) {
    const [a, b] = operands as [One, One];
    if (op === logicalNot.op) return (2 - a) as One;
    return op === logicalAnd.op ? logic.multiply(a, b) : logic.add(a, b);
  },
};

const connectives: readonly unknown[] = [logicalAnd.op, logicalOr.op, logicalNot.op];

/** Whether an op only moves and adds elements. */
function isCarrier({ op: { derivative } }: Node): boolean {
  return derivative.kind === "transpose" && derivative.carries === true && !derivative.discrete;
}

/** What is known of a mask. */
function presenceOf({ builder, id, shape }: Expr): Presence {
  const { nodes } = builder;
  const isUnderstood = (node: Node) => isCarrier(node) || connectives.includes(node.op);
  const needed = new Uint8Array(id + 1);
  needed[id] = 1;
  for (let at = id; at >= 0; at--)
    if (needed[at] && isUnderstood(nodes[at]!))
      for (const operand of nodes[at]!.operands) needed[operand] = 1;
  const known = new Map<number, Presence>();
  for (let at = 0; at <= id; at++) {
    if (!needed[at]) continue;
    const node = nodes[at]!;
    known.set(at, isUnderstood(node) ? through(node, nodes, known, logic) : leafPresence(node));
  }
  return known.get(id) ?? all(either, sizeOf(shape));
}

/** What an op makes of what is known of its operands. */
function through<T>(
  { op, operands, params, shape }: Node,
  nodes: readonly Node[],
  known: ReadonlyMap<number, readonly T[]>,
  arithmetic: Arithmetic<T>,
): readonly T[] {
  const shapes = { operands: operands.map((id) => nodes[id]!.shape), result: shape };
  return op.evaluate(
    arithmetic,
    operands.map((id) => known.get(id)!),
    shapes,
    params,
  );
}

function leafPresence(node: Node): Presence {
  const value = numberIn(node);
  if (value !== undefined) return all(logic.constant(value), sizeOf(node.shape));
  if (isOp(node, constantOp)) return Array.from(node.params.values, logic.constant);
  return all(either, sizeOf(node.shape));
}

/** Of an adjoint or a tangent. */
export function presenceIn(masked: Masked | undefined, shape: Shape): Presence {
  const size = sizeOf(shape);
  if (!masked) return all(absent, size);
  return masked.mask ? presenceOf(masked.mask) : all(present, size);
}

/** Of several, one behind the other. */
export function presenceInAll(list: readonly (Masked | undefined)[], shapes: readonly Shape[]): Presence {
  return list.flatMap((one, i) => presenceIn(one, shapes[i]!));
}

/** The other way round. */
export function splitBy(presence: Presence, shapes: readonly Shape[]): Presence[] {
  let next = 0;
  return shapes.map((shape) => {
    const from = next;
    next += sizeOf(shape);
    return presence.slice(from, next);
  });
}

export function isNothing(presence: Presence): boolean {
  return presence.every((one) => one === absent);
}

/** How many elements aren't known. */
export function countOf(presence: Presence): number {
  return presence.reduce<number>((sum, one) => sum + (one === either ? 1 : 0), 0);
}

/** The elements of a vector, or of each row, that aren't known. */
export function unknownOf(x: Expr, presence: Presence): Expr {
  const axis = x.shape.length - 1;
  const runs = runsOf(presence, (one) => one === either);
  if (runs.length === 0) return slice(x, 0, 0, { axis });
  return concatenate(
    runs.map(([start, stop]) => slice(x, start, stop, { axis })),
    axis,
  );
}

/** What is known of an adjoint or a tangent and isn't: so many numbers, of the masks and then of the marks. */
export function widthOf(presence: Presence): number {
  return 2 * countOf(presence);
}

/** The mask and the marks of a vector, or of each of `rows`, of what is known and what isn't; `undefined`: everywhere. */
export function maskOf(
  builder: Builder,
  presence: Presence,
  unknown: Expr,
  ...rows: readonly number[]
): Pick<Masked, "mask" | "rest"> {
  if (presence.every((one) => one === present)) return {};
  const count = countOf(presence);
  const axis = { axis: rows.length };
  const mask = filled(builder, presence, slice(unknown, 0, count, axis), 1, rows);
  if (count === 0) return { mask };
  return { mask, rest: filled(builder, presence, slice(unknown, count, 2 * count, axis), 0, rows) };
}

/** Where elements are known to be present, a number. */
function filled(
  builder: Builder,
  presence: Presence,
  unknown: Expr,
  known: number,
  rows: readonly number[],
): Expr {
  const shape = [...rows, presence.length];
  const runs = runsOf(presence, (one) => one !== absent);
  if (rows.length === 0 && runs.every(([start]) => presence[start] === present)) {
    return constant(
      builder,
      presence.map((one) => Number(one === present)),
      shape,
    );
  }
  let next = 0;
  const parts = runs.map(([start, stop]) => {
    const size = stop - start;
    if (presence[start] === present) return full(builder, known, [...rows, size]);
    next += size;
    return slice(unknown, next - size, next, { axis: rows.length });
  });
  const starts = runs.map(([start]) => partAt([...rows.map(() => 0), start]));
  return parts.length === 0 ? full(builder, 0, shape) : assemble(parts, starts, shape);
}

/** What is known of a mask of rows, all of a range taken together; and where the range of rows that have any ends. */
export interface RowPresence {
  of(from: number, to: number): Presence;
  readonly first: number;
  readonly stop: number;
  /** Whether those from `first` to `stop` are present, whole and all. */
  readonly isBlock: boolean;
}

/** A box of a matrix, with what is known of all its elements. */
interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly isFull: boolean;
}

/** Boxes in boxes are looked at so deep. */
const mostNested = 4;

/** The boxes of a matrix that is a mask; the rest of it is absent. */
function boxesOf(mask: Expr, [top, left]: readonly [number, number], depth = mostNested): Box[] {
  const [rows, width] = mask.shape as [number, number];
  const whole = { top, bottom: top + rows, left, right: left + width };
  const value = uniformValue(mask);
  if (rows * width === 0 || value === 0) return [];
  if (value !== undefined) return [{ ...whole, isFull: true }];
  if (rows === 1) {
    const presence = presenceOf(mask);
    return runsOf(presence, (one) => one !== absent).map(([start, stop]) => ({
      ...{ top, bottom: top + 1, left: left + start, right: left + stop },
      isFull: presence[start] === present,
    }));
  }
  const cut = paramsIf(mask, sliceOp);
  if (cut && depth > 0 && cut.steps.every((step) => step === 1)) {
    const [y, x] = cut.starts as [number, number];
    return boxesOf(operandOf(mask), [top - y, left - x], depth - 1).flatMap((box) => common(box, whole));
  }
  const assembled = paramsIf(mask, assembleOp);
  if (!assembled || depth === 0) return [{ ...whole, isFull: false }];
  return assembled.parts.flatMap(({ starts, steps }, i) => {
    const part = operandOf(mask, i);
    const [y, x] = starts as [number, number];
    if (steps.every((step) => step === 1)) return boxesOf(part, [top + y, left + x], depth - 1);
    const [bottom, right] = part.shape.map((size, axis) => starts[axis]! + (size - 1) * steps[axis]!);
    return [
      {
        ...{ top: top + Math.min(y, bottom!), bottom: top + Math.max(y, bottom!) + 1 },
        ...{ left: left + Math.min(x, right!), right: left + Math.max(x, right!) + 1 },
        isFull: false,
      },
    ];
  });
}

function common(box: Box, whole: Omit<Box, "isFull">): Box[] {
  const [top, bottom] = [Math.max(box.top, whole.top), Math.min(box.bottom, whole.bottom)];
  const [left, right] = [Math.max(box.left, whole.left), Math.min(box.right, whole.right)];
  return top < bottom && left < right ? [{ ...box, top, bottom, left, right }] : [];
}

/** Of a matrix of rows, which are told apart where its mask is put together of boxes. */
export function rowPresence({ mask }: Masked, [length, width]: readonly [number, number]): RowPresence {
  const whole = { top: 0, bottom: length, left: 0, right: width, isFull: true };
  const boxes = (mask ? boxesOf(mask, [0, 0]) : [whole]).sort((a, b) => a.top - b.top);
  return {
    of(from, to) {
      const known = [...all(absent, width)];
      // How far down a column is covered from the first of the rows on.
      const covered = new Array<number>(width).fill(from);
      for (const { top, bottom, left, right, isFull } of boxes) {
        if (top >= to || bottom <= from) continue;
        for (let i = left; i < right; i++) {
          if (isFull && top <= covered[i]!) covered[i] = Math.max(covered[i]!, bottom);
          known[i] = covered[i]! >= to ? present : either;
        }
      }
      return known;
    },
    first: Math.min(length, ...boxes.map(({ top }) => top)),
    stop: Math.max(0, ...boxes.map(({ bottom }) => bottom)),
    isBlock: boxes.length === 1 && boxes.every((box) => box.isFull && box.right - box.left === width),
  };
}

/** Vectors one behind the other. */
export function joined(builder: Builder, vectors: readonly Expr[]): Expr {
  const filled = vectors.filter(({ shape }) => shape[0]! > 0);
  if (filled.length === 0) return constant(builder, [], [0]);
  return filled.length === 1 ? filled[0]! : concatenate(filled);
}
