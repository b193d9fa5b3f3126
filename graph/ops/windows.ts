/** Windows that slide over axes: taking them out, and adding them up where they lie, each other's transpose. */
import { type Affine, plus, scaled } from "../affine.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { forEachOffset, type Shape, sizeOf, stridesOf } from "../shape.js";
import { box } from "./boxes.js";
import { pick, reshapeExpr } from "./moving.js";

/** How windows slide over consecutive axes: a length, a stride and a dilation for each. */
export interface Sliding {
  /** The first of the axes. */
  readonly axis: number;
  /** How many elements a window has along each axis. */
  readonly windows: readonly number[];
  /** How far a window lies from the next. */
  readonly strides: readonly number[];
  /** How far an element of a window lies from the next. */
  readonly dilations: readonly number[];
}

/** How many elements a window spans, those between its own included. */
export function spanOf(window: number, dilation: number): number {
  return window === 0 ? 0 : (window - 1) * dilation + 1;
}

/** How many windows lie along an axis. */
export function windowCount(length: number, span: number, stride: number): number {
  return span > length ? 0 : Math.floor((length - span) / stride) + 1;
}

/** (…, L₁ … Lᵣ, …) → (…, n₁ … nᵣ, w₁ … wᵣ, …): how many windows there are, and what each holds. */
function windowsShape(whole: Shape, { axis, windows, strides, dilations }: Sliding): Shape {
  const counts = windows.map((window, i) =>
    windowCount(whole[axis + i]!, spanOf(window, dilations[i]!), strides[i]!),
  );
  return [...whole.slice(0, axis), ...counts, ...windows, ...whole.slice(axis + windows.length)];
}

/** The place in the whole of an element of the windows. */
function placeInWhole(
  index: readonly Affine[],
  { axis, windows, strides, dilations }: Sliding,
): readonly Affine[] {
  const rank = windows.length;
  const places = windows.map((_, i) =>
    plus(scaled(index[axis + i]!, strides[i]!, 0), scaled(index[axis + rank + i]!, dilations[i]!, 0)),
  );
  return [...index.slice(0, axis), ...places, ...index.slice(axis + 2 * rank)];
}

/** How far the neighbours along each axis of the windows lie from each other in the whole's memory. */
function stridesInWhole(whole: Shape, { axis, windows, strides, dilations }: Sliding): number[] {
  const own = stridesOf(whole);
  const [before, along, behind] = [
    own.slice(0, axis),
    own.slice(axis, axis + windows.length),
    own.slice(axis + windows.length),
  ];
  const times = (factors: readonly number[]) => along.map((stride, i) => stride * factors[i]!);
  return [...before, ...times(strides), ...times(dilations), ...behind];
}

/** Whether each element of the whole certainly lies in a window. */
function coversAll(whole: Shape, { axis, windows, strides, dilations }: Sliding): boolean {
  return windows.every((window, i) => {
    const [stride, dilation] = [strides[i]!, window === 1 ? 1 : dilations[i]!];
    const span = spanOf(window, dilation);
    const count = windowCount(whole[axis + i]!, span, stride);
    const reachesEnd = count > 0 && (count - 1) * stride + span === whole[axis + i];
    const hasGaps = dilation === 1 ? count > 1 && stride > window : stride > 1 || count < dilation;
    return reachesEnd && !hasGaps;
  });
}

function slidingOf({ axis, windows, strides, dilations }: Sliding): Sliding {
  return { axis, windows, strides, dilations };
}

export const windowsOp: Op<Sliding> = defineOp<Sliding, One>({
  name: "windows",
  shape: ([whole], sliding) => windowsShape(whole, sliding),
  evaluate: (_arithmetic, [values], { operands: [whole], result }, sliding) =>
    pick(values, result, stridesInWhole(whole, sliding)),
  move: (index, _shapes, sliding) => placeInWhole(index, sliding),
  overlaps: ({ windows, strides, dilations }) =>
    windows.some((window, i) => spanOf(window, dilations[i]!) > strides[i]!),
  rewrite({ operands: [x], params, shape }) {
    const { axis, windows, strides } = params;
    // Windows of one element each are a slice.
    if (!windows.every((window) => window === 1) || sizeOf(shape) === 0) return undefined;
    const steps = x.shape.map((_, i) => strides[i - axis] ?? 1);
    const part = { starts: steps.map(() => 0), steps };
    return reshapeExpr(box(x, part, shape.toSpliced(axis + windows.length, windows.length)), shape);
  },
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    sparse: true,
    covers: ({ operands: [x], params }) => coversAll(x.shape, params),
    transpose: (adjoint, _operand, { operands: [x], params }) => addWindows(adjoint, params, x.shape),
  },
  domains: [real()],
});

const instances: readonly { readonly whole: Shape; readonly sliding: Sliding }[] = [
  { whole: [5], sliding: { axis: 0, windows: [2], strides: [1], dilations: [1] } },
  { whole: [7], sliding: { axis: 0, windows: [2], strides: [3], dilations: [2] } },
  { whole: [2, 4, 3, 2], sliding: { axis: 1, windows: [2, 2], strides: [1, 1], dilations: [2, 1] } },
  { whole: [1, 3, 4], sliding: { axis: 1, windows: [1, 1], strides: [2, 3], dilations: [1, 1] } },
  { whole: [0, 3], sliding: { axis: 1, windows: [2], strides: [1], dilations: [1] } },
];

export const windowsInstances: Instances = {
  op: windowsOp as Op,
  instances: /* @__PURE__ */ instances.map(({ whole, sliding }) => ({
    shapes: [whole],
    params: { ...sliding },
  })),
};

interface WholeParams extends Sliding {
  /** That of what the windows are added up in. */
  readonly shape: Shape;
}

/** Each element of the windows is added to the place that it stands at in the whole; what no window holds is 0. */
export const addWindowsOp: Op<WholeParams> = defineOp<WholeParams, One>({
  name: "addWindows",
  shape: (_operands, { shape }) => shape,
  evaluate(arithmetic, [values], { operands: [given], result }, sliding) {
    const sums = new Array(sizeOf(result)).fill(arithmetic.constant(0));
    let next = 0;
    forEachOffset(given, stridesInWhole(result, sliding), 0, (offset) => {
      sums[offset] = arithmetic.add(sums[offset], values[next++]!);
    });
    return sums;
  },
  accumulate: placeInWhole,
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    transpose: (adjoint, _operand, { params }) => windowsOf(adjoint, slidingOf(params)),
  },
  domains: [real()],
});

export const addWindowsInstances: Instances = {
  op: addWindowsOp as Op,
  instances: /* @__PURE__ */ instances.map(({ whole, sliding }) => ({
    shapes: [windowsShape(whole, sliding)],
    params: { ...sliding, shape: whole },
  })),
};

/** The windows of `x`: the axes that say which window, then those within it, stand where the sliding axes stood. */
export function windowsOf(x: Expr, sliding: Sliding): Expr {
  return apply(windowsOp, [x], { ...sliding });
}

/** The transpose of `windowsOf` a tensor of `shape`. */
export function addWindows(x: Expr, sliding: Sliding, shape: Shape): Expr {
  return apply(addWindowsOp, [x], { ...slidingOf(sliding), shape });
}
