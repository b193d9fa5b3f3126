/** What networks that attend are made of: attention, and the normalization of layers. */
import { describe } from "../describe.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { ownerOf, withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { broadcastShapes, formatShape, type Shape, sameShape, sizeOf } from "../shape.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { flatten } from "../values.js";
import { stopGradient } from "./activation.js";
import { abs, add, divide, maximum, multiply, square, subtract } from "./arithmetic.js";
import { readAxes } from "./axes.js";
import { broadcastLike, insertAxes, sum } from "./broadcast.js";
import { equal, logicalAnd, notEqual, where } from "./comparison.js";
import { full } from "./constant.js";
import { sqrt } from "./exponential.js";
import { matmulExpr, swapLast } from "./matmul.js";
import { scaleOf } from "./norm.js";
import { max, mean } from "./reduction.js";
import { softmax } from "./softmax.js";

/**
 * Options of `attention`.
 * @example const options: AttentionOptions = { mask: [[1, 0], [1, 1]] };
 */
export interface AttentionOptions {
  /** Which keys a query may attend to: those where it is true (neither 0 nor NaN). Broadcast to (…, n, m). */
  readonly mask?: Operand;
  /** What is added to the scores, such as penalties of distance; −∞ excludes a key. Broadcast to (…, n, m). */
  readonly bias?: Operand;
  /** What the products of queries and keys are multiplied by; default 1/√d. */
  readonly scale?: number;
}

/**
 * Scaled dot-product attention: queries q (…, n, d), keys k (…, m, d) and values v (…, m, e) give (…, n, e),
 * softmax(q·kᵀ·scale + bias)·v. Leading axes are batches (heads, too) and are broadcast.
 * A query that may attend to no key gives 0, the sum of no values, with the gradient 0 (as PyTorch gives since 2.5, where
 * others give NaN or the mean of what was masked). Keys and values that no query may attend to can hold anything, NaN too;
 * what one query sees and another doesn't (a causal mask) must be finite, since both go through the same products.
 *
 * A. Vaswani et al., "Attention is all you need", arXiv 1706.03762, 2017, equation 1.
 * @throws where the shapes don't fit
 *
 * @example
 * attention([[1, 0]], [[1, 0], [0, 1]], [[1], [3]], { mask: [[1, 0]] }); // [[1]]
 */
export function attention<const Q extends Operand, const K extends Operand, const V extends Operand>(
  q: Q,
  k: K,
  v: V,
  options: AttentionOptions = {},
): ResultOf<[Q, K, V], Shape> {
  const { mask, bias, scale } = checkOptions("attention", options, ["mask", "bias", "scale"]);
  if (scale !== undefined && !Number.isFinite(scale))
    throw new AdjointError(`attention: scale is ${describe(scale)}; it must be a finite number.`);
  const given = [
    q,
    k,
    v,
    readOption(mask, 1, "attention: mask"),
    readOption(bias, 0, "attention: bias"),
  ] as const;
  return withOperands("attention", given, ([queries, keys, values, allowed, added]) => {
    const batch = checkShapes(queries.shape, keys.shape, values.shape);
    const [n, d] = queries.shape.slice(-2) as [number, number];
    const [m, e] = values.shape.slice(-2) as [number, number];
    if (m === 0) return full(queries.builder, 0, [...batch, n, e]);
    const shape = [...batch, n, m];
    const axis = shape.length - 1;
    const scores = (some: Expr): Expr => {
      const products = matmulExpr(queries, swapLast(some));
      return broadcastLike(multiply(products, scale ?? 1 / Math.sqrt(Math.max(1, d))) as Expr, shape);
    };
    if (mask === undefined && bias === undefined) return matmulExpr(softmax(scores(keys)), values);
    const penalties = spread(added, shape, "bias");
    const isOpen = logicalAnd(
      spread(allowed, shape, "mask"),
      notEqual(penalties, Number.NEGATIVE_INFINITY),
    ) as Expr;
    // Of what no query sees nothing is taken, whatever it holds: 0·NaN is NaN.
    const isSeen = sum(isOpen, axis - 1);
    const seen = (x: Expr): Expr => {
      const whole = [...batch, ...x.shape.slice(-2)];
      return where(insertAxes(isSeen, whole, [axis]), broadcastLike(x, whole), 0) as Expr;
    };
    const biased = bias === undefined ? scores(seen(keys)) : add(scores(seen(keys)), penalties);
    const masked = where(isOpen, biased, Number.NEGATIVE_INFINITY);
    const attendsToNone = equal(max(masked, axis), Number.NEGATIVE_INFINITY);
    const weights = softmax(where(insertAxes(attendsToNone, shape, [axis]), 0, masked));
    const sums = matmulExpr(weights, seen(values));
    return where(insertAxes(attendsToNone, sums.shape, [axis]), 0, sums);
  }) as never;
}

/** An operand that is an option, checked under its own name, or what stands for one that isn't given. */
function readOption(given: Operand | undefined, absent: number, what: string): Operand {
  if (given === undefined) return absent;
  if (!ownerOf(given, what)) flatten(given, what);
  return given;
}

/** The axes in front of the last two, broadcast. */
function checkShapes(q: Shape, k: Shape, v: Shape): Shape {
  const shapes = `q ${formatShape(q)}, k ${formatShape(k)} and v ${formatShape(v)}`;
  if ([q, k, v].some(({ length }) => length < 2))
    throw new AdjointError(
      `attention: ${shapes} must have two axes or more, (…, n, d), (…, m, d), (…, m, e).`,
    );
  if (q.at(-1) !== k.at(-1) || k.at(-2) !== v.at(-2)) {
    throw new AdjointError(
      `attention: ${shapes} must be (…, n, d), (…, m, d) and (…, m, e): queries and keys of one length, a value for each key.`,
    );
  }
  const both = broadcastShapes(q.slice(0, -2), k.slice(0, -2));
  const batch = both && broadcastShapes(both, v.slice(0, -2));
  if (batch) return batch;
  throw new AdjointError(`attention: the leading axes of ${shapes} don't broadcast.`);
}

/** The mask or the bias, in the shape of the scores. */
function spread(x: Expr, shape: Shape, option: string): Expr {
  const common = broadcastShapes(x.shape, shape);
  if (common && sameShape(common, shape)) return broadcastLike(x, shape);
  throw new AdjointError(
    `attention: ${option} has the shape ${formatShape(x.shape)}, which can't be broadcast to that of the scores, ${formatShape(shape)}.`,
  );
}

/**
 * Options of `layerNorm`.
 * @example const options: LayerNormOptions = { axes: -1 };
 */
export interface LayerNormOptions<S extends Operand = Operand, T extends Operand = Operand> {
  /** The axes to normalize along; default −1, the last. */
  readonly axes?: number | readonly number[];
  /** Added to the variance; default 1e−5. */
  readonly epsilon?: number;
  /** What the normalized elements are multiplied by, and what is added then: a number, or one for each place along `axes`. */
  readonly scale?: S;
  readonly shift?: T;
}

/**
 * Elements less their mean, divided by √(variance + epsilon), along axes; then times `scale`, plus `shift`. The variance is
 * Σ(x − mean)²/n, and epsilon stands under the root, as in PyTorch and JAX.
 *
 * J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", arXiv 1607.06450, 2016.
 * @throws where there is no element to normalize, or scale or shift have another shape than the axes
 *
 * @example
 * layerNorm([1, 3], { epsilon: 0, scale: [2, 2] }); // [-2, 2]
 */
export function layerNorm<
  const X extends Operand,
  const S extends Operand = number,
  const T extends Operand = number,
>(x: X, options: LayerNormOptions<S, T> = {}): ResultOf<[X, S, T], ShapeOf<X>> {
  const known = ["axes", "epsilon", "scale", "shift"];
  const { axes = -1, epsilon = 1e-5, scale, shift } = checkOptions("layerNorm", options, known);
  if (!(Number.isFinite(epsilon) && epsilon >= 0)) {
    throw new AdjointError(
      `layerNorm: epsilon is ${describe(epsilon)}; it must be a finite number of at least 0.`,
    );
  }
  const given = [
    x,
    readOption(scale, 1, "layerNorm: scale"),
    readOption(shift, 0, "layerNorm: shift"),
  ] as const;
  return withOperands("layerNorm", given as readonly [Operand, Operand, Operand], ([input, by, plus]) => {
    const { shape } = input;
    const along = readAxes(axes, shape.length, "layerNorm: axes").sort((a, b) => a - b);
    const lengths = along.map((axis) => shape[axis]!);
    if (lengths.length === 0 || sizeOf(lengths) === 0)
      throw new AdjointError(`layerNorm: ${formatShape(shape)} has no element along the axes [${along}].`);
    const spreadOver = (one: Expr, name: string) => parameter(one, name, shape, along);
    const centred = subtract(input, insertAxes(mean(input, along), shape, along));
    // As std: epsilon counts too, so that small numbers don't make it infinite.
    const largest = stopGradient(max(abs(input), along));
    const unit = scaleOf(epsilon > 0 ? maximum(largest, Math.sqrt(epsilon)) : largest);
    const squares = square(multiply(centred, insertAxes(unit, shape, along)));
    const variance = add(mean(squares, along), multiply(multiply(unit, epsilon), unit));
    const normalized = divide(centred, insertAxes(divide(sqrt(variance), unit), shape, along));
    const scaled = scale === undefined ? normalized : multiply(normalized, spreadOver(by, "scale"));
    return shift === undefined ? scaled : add(scaled, spreadOver(plus, "shift"));
  }) as never;
}

/** Scale or shift in the shape of the input, along whose axes they are given. */
function parameter(given: Expr, name: string, shape: Shape, axes: readonly number[]): Expr {
  const others = [...shape.keys()].filter((axis) => !axes.includes(axis));
  const own = axes.map((axis) => shape[axis]!);
  if (given.shape.length === 0) return insertAxes(given, shape, [...shape.keys()]);
  if (sameShape(given.shape, own)) return insertAxes(given, shape, others);
  throw new AdjointError(
    `layerNorm: ${name} has the shape ${formatShape(given.shape)}; it must be a number or have that of the axes [${axes}], ${formatShape(own)}.`,
  );
}
