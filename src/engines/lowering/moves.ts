/** Boxes, gathers and scatters on a dialect's primitives: negative steps, overlapping parts, indices that may be anything. */
import type { Node, Shape } from "../../../graph/index.js";
import { type AssembleParams, constantOp, fullOp, iotaOp, isOp, sizeOf } from "../../../graph/internal.js";
import type { Dialect, Value } from "./dialect.js";

interface Part {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
}

/** Of an axis along which a box runs backwards, the same elements forwards. */
function forwards({ starts, steps }: Part, extents: Shape): Part {
  return {
    starts: starts.map((start, axis) =>
      steps[axis]! < 0 ? start + Math.max(0, extents[axis]! - 1) * steps[axis]! : start,
    ),
    steps: steps.map((step) => Math.abs(step)),
  };
}

const reversedAxes = ({ steps }: Part, extents: Shape) =>
  [...steps.keys()].filter((axis) => steps[axis]! < 0 && extents[axis]! > 1);

export function sliced<V extends Value>(dialect: Dialect<V>, x: V, part: Part, shape: Shape): V {
  if (sizeOf(shape) === 0) return dialect.full(0, shape);
  // Of axes with one element the step is whatever one likes.
  const { starts, steps } = forwards(part, shape);
  const box = dialect.slice(
    x,
    starts,
    shape,
    steps.map((step, axis) => (shape[axis] === 1 ? 1 : step)),
  );
  const axes = reversedAxes(part, shape);
  return axes.length === 0 ? box : dialect.reverse(box, axes);
}

export function assembled<V extends Value>(
  dialect: Dialect<V>,
  operands: readonly V[],
  { parts }: AssembleParams,
  shape: Shape,
): V {
  const used = [...operands.keys()].filter((i) => sizeOf(operands[i]!.shape) > 0);
  if (used.length === 0 || sizeOf(shape) === 0) return dialect.full(0, shape);
  const boxes = used.map((i) => {
    const [x, part] = [operands[i]!, parts[i]!];
    const axes = reversedAxes(part, x.shape);
    return { ...forwards(part, x.shape), x: axes.length === 0 ? x : dialect.reverse(x, axes) };
  });
  return (
    concatenated(dialect, boxes, shape) ??
    boxes.map((box) => padded(dialect, box, shape)).reduce((a, b) => dialect.binary("add", a, b))
  );
}

interface Box<V> extends Part {
  readonly x: V;
}

/** Boxes that follow each other along one axis and leave nothing between them. */
function concatenated<V extends Value>(
  dialect: Dialect<V>,
  boxes: readonly Box<V>[],
  shape: Shape,
): V | undefined {
  const spans = (box: Box<V>, axis: number) =>
    box.starts[axis] === 0 &&
    box.x.shape[axis] === shape[axis] &&
    (box.steps[axis] === 1 || shape[axis] === 1);
  const axes = [...shape.keys()].filter((axis) => !boxes.every((box) => spans(box, axis)));
  if (axes.length > 1) return undefined;
  const [axis] = axes;
  if (axis === undefined) return boxes.length === 1 ? boxes[0]!.x : undefined;
  const parts: V[] = [];
  let next = 0;
  const gap = (to: number) => {
    if (to > next) parts.push(dialect.full(0, shape.with(axis, to - next)));
  };
  for (const { x, starts, steps } of [...boxes].sort((a, b) => a.starts[axis]! - b.starts[axis]!)) {
    const start = starts[axis]!;
    if (start < next || (steps[axis] !== 1 && x.shape[axis]! > 1)) return undefined;
    gap(start);
    parts.push(x);
    next = start + x.shape[axis]!;
  }
  if (parts.length === 1) return undefined;
  gap(shape[axis]!);
  return dialect.concatenate(parts, axis);
}

function padded<V extends Value>(dialect: Dialect<V>, { x, starts, steps }: Box<V>, shape: Shape): V {
  const between = steps.map((step, axis) => (x.shape[axis] === 1 ? 0 : step - 1));
  const ends = starts.map((start, axis) => start + (x.shape[axis]! - 1) * (between[axis]! + 1) + 1);
  const high = ends.map((end, axis) => shape[axis]! - end);
  const isWhole = [...starts, ...high, ...between].every((count) => count === 0);
  return isWhole ? x : dialect.pad(x, starts, high, between);
}

interface GatherParams {
  readonly axis: number;
  readonly batch: number;
}

/** The indices as whole numbers inside, and where they were that, if that isn't known. */
function guarded<V extends Value>(
  dialect: Dialect<V>,
  at: V,
  length: number,
  node: Node,
): { readonly index: V; readonly inside: V | undefined } {
  if (areInside(node, length)) return { index: dialect.toIndex(at), inside: undefined };
  const [zero, end] = [dialect.full(0, at.shape), dialect.full(length, at.shape)];
  const isIn = dialect.and(dialect.compare("greaterEqual", at, zero), dialect.compare("less", at, end));
  const isWhole = dialect.compare("equal", at, dialect.unary("floor", at));
  const inside = dialect.bind(dialect.and(isIn, isWhole), { uses: 2 });
  return { index: dialect.toIndex(dialect.select(inside, at, zero)), inside };
}

function areInside(node: Node, length: number): boolean {
  const isInside = (x: number) => Number.isInteger(x) && x >= 0 && x < length;
  if (isOp(node, constantOp)) return node.params.values.every(isInside);
  if (isOp(node, fullOp)) return isInside(node.params.value);
  return isOp(node, iotaOp) && node.shape[0]! <= length;
}

/** `truth`, of the shape of indices, spread over what is gathered by them. */
function spread<V extends Value>(
  dialect: Dialect<V>,
  truth: V,
  { axis, batch }: GatherParams,
  shape: Shape,
): V {
  const own = [
    ...[...shape.keys()].slice(0, batch),
    ...[...shape.keys()].slice(axis, axis + truth.shape.length - batch),
  ];
  const axes = [...shape.keys()].filter((one) => !own.includes(one));
  return axes.length === 0 ? truth : dialect.broadcast(truth, shape, axes);
}

export function gathered<V extends Value>(
  dialect: Dialect<V>,
  x: V,
  at: V,
  params: GatherParams,
  shape: Shape,
  node: Node,
): V {
  const { axis, batch } = params;
  if (sizeOf(shape) === 0 || sizeOf(x.shape) === 0) return dialect.full(Number.NaN, shape);
  const { index, inside } = guarded(dialect, at, x.shape[axis]!, node);
  const found = dialect.gather(x, index, axis, batch);
  if (!inside) return found;
  return dialect.select(spread(dialect, inside, params, shape), found, dialect.full(Number.NaN, shape));
}

export function scattered<V extends Value>(
  dialect: Dialect<V>,
  values: V,
  at: V,
  params: GatherParams & { readonly length: number },
  shape: Shape,
  node: Node,
): V {
  if (sizeOf(values.shape) === 0 || sizeOf(shape) === 0) return dialect.full(0, shape);
  const { index, inside } = guarded(dialect, at, params.length, node);
  const kept = inside
    ? dialect.select(spread(dialect, inside, params, values.shape), values, dialect.full(0, values.shape))
    : values;
  return dialect.scatterAdd(kept, index, params.axis, params.batch, shape);
}
