/** Convolutions, by way of the matrix product: the windows of the input are the rows of a matrix. */
import { describe } from "../describe.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { formatShape, isLength, sizeOf } from "../shape.js";
import type { Operand, ResultOf } from "../types.js";
import { matmulOp } from "./matmul.js";
import { reshapeExpr, transposeExpr } from "./moving.js";
import { padded, readSliding, type SlidingOptions } from "./sliding.js";
import { windowsOf } from "./windows.js";

/**
 * Options of `conv1d` and `conv2d`.
 * @example const options: ConvolutionOptions = { stride: 2, padding: "same" };
 */
export interface ConvolutionOptions extends SlidingOptions {
  /**
   * Into how many groups the channels are divided: each group of output channels sees its own group of input channels;
   * default 1. As many as there are input channels make it depthwise.
   */
  readonly groups?: number;
}

const letters = ["width", "height"];

function convolve(
  what: string,
  axes: number,
  x: Operand,
  kernel: Operand,
  options: ConvolutionOptions,
): Expr {
  const own = checkOptions(what, options, ["stride", "padding", "dilation", "groups"]);
  return withOperands(what, [x, kernel], ([input, weights]) => {
    checkRanks(what, axes, input, weights);
    const { groups = 1 } = own;
    const windows = weights.shape.slice(0, axes);
    const [inputs, each, outputs] = [input.shape.at(-1)!, weights.shape.at(-2)!, weights.shape.at(-1)!];
    if (!isLength(groups) || groups === 0 || inputs % groups !== 0 || outputs % groups !== 0) {
      throw new AdjointError(
        `${what}: groups is ${describe(groups)}; it must be a whole number that divides the ${inputs} input channels and the ${outputs} output channels.`,
      );
    }
    if (each * groups !== inputs) {
      throw new AdjointError(
        `${what}: x ${formatShape(input.shape)} has ${inputs} channels, and a kernel ${formatShape(weights.shape)} in ${groups} ${groups === 1 ? "group" : "groups"} takes ${each * groups}.`,
      );
    }
    const ones = windows.map(() => 1);
    const { sliding, widths } = readSliding(what, input, windows, own, ones);
    const whole = padded(input, widths);
    if (groups === 1) {
      const slid = windowsOf(whole, sliding);
      const shape = [...slid.shape.slice(0, axes + 1), outputs];
      return reshapeExpr(product(slid, weights, axes, []), shape);
    }
    // The groups become a batch of products, by an axis of their own in front.
    const apart = [0, ...sliding.windows.map((_, i) => i + 1)];
    const split = reshapeExpr(whole, [...whole.shape.slice(0, -1), groups, each]);
    const leading = transposeExpr(split, [axes + 1, ...apart, axes + 2]);
    const slid = windowsOf(leading, { ...sliding, axis: 2 });
    const parted = reshapeExpr(weights, [...weights.shape.slice(0, -1), groups, outputs / groups]);
    const kernels = transposeExpr(parted, [axes + 1, ...parted.shape.keys()].toSpliced(axes + 2, 1));
    const result = product(slid, kernels, axes, [groups]);
    const counts = slid.shape.slice(1, axes + 2);
    const last = transposeExpr(reshapeExpr(result, [groups, ...counts, outputs / groups]), [
      ...apart.map((axis) => axis + 1),
      0,
      axes + 2,
    ]);
    return reshapeExpr(last, [...counts, outputs]);
  });
}

/** Windows (…batch, N, n₁ … nᵣ, w₁ … wᵣ, c) times kernels (…batch, w₁ … wᵣ, c, o): a row for each window. */
function product(windows: Expr, kernels: Expr, axes: number, batch: readonly number[]): Expr {
  const behind = batch.length + axes + 1;
  const rows = sizeOf(windows.shape.slice(batch.length, behind));
  const terms = sizeOf(windows.shape.slice(behind));
  return apply(matmulOp, [
    reshapeExpr(windows, [...batch, rows, terms]),
    reshapeExpr(kernels, [...batch, terms, kernels.shape.at(-1)!]),
  ]);
}

function checkRanks(what: string, axes: number, x: Expr, kernel: Expr): void {
  const names = letters.slice(0, axes).reverse().join(", ");
  if (x.shape.length !== axes + 2) {
    throw new AdjointError(
      `${what}: x ${formatShape(x.shape)} must have the axes (batch, ${names}, channels).`,
    );
  }
  const isKernel = kernel.shape.length === axes + 2;
  if (isKernel && kernel.shape.slice(0, axes).every((length) => length > 0)) return;
  throw new AdjointError(
    `${what}: the kernel ${formatShape(kernel.shape)} must have the axes (${names}, input channels of a group, output channels), none of ${axes === 1 ? "length" : "height and width"} 0.`,
  );
}

type Convolution = <const X extends Operand, const K extends Operand>(
  x: X,
  kernel: K,
  options?: ConvolutionOptions,
) => ResultOf<[X, K], [number, number, number]>;

/**
 * The convolution of sequences, channels last: x (batch, width, cIn) and kernel (kw, cIn/groups, cOut) give
 * (batch, n, cOut). Element `[b, i, o]` is Σ x[b, i·stride + j·dilation, c]·kernel[j, c, o] over `j` and the channels `c` of
 * the group, as in TensorFlow, JAX and PyTorch: a cross-correlation, the kernel not being flipped. There are
 * n = ⌊(width + padding − (kw − 1)·dilation − 1)/stride⌋ + 1 windows; a bias is added by `add`. The padding is of zeros
 * that are multiplied, too: a NaN or ±∞ of the kernel shows wherever it meets one.
 * @throws where the channels don't fit, or the window is longer than the padded axis
 *
 * @example
 * conv1d([[[1], [2], [4]]], [[[-1]], [[1]]]); // [[[1], [2]]], the differences of neighbours
 */
export const conv1d: Convolution = (x, kernel, options = {}) =>
  convolve("conv1d", 1, x, kernel, options) as never;

type Convolution2d = <const X extends Operand, const K extends Operand>(
  x: X,
  kernel: K,
  options?: ConvolutionOptions,
) => ResultOf<[X, K], [number, number, number, number]>;

/**
 * The convolution of images, channels last: x (batch, height, width, cIn) and kernel (kh, kw, cIn/groups, cOut) give
 * (batch, n₁, n₂, cOut), as `conv1d` does along both axes (TensorFlow's NHWC and HWIO).
 * Stride, padding and dilation may differ by axis: `{ stride: [2, 1], padding: [[0, 1], 2] }`.
 *
 * V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285, 2016.
 * @throws where the channels don't fit, or the window is larger than the padded image
 *
 * @example
 * conv2d([[[[1], [2]], [[3], [4]]]], [[[[1]], [[1]]]], { padding: "same" }); // [[[[3], [2]], [[7], [4]]]]
 */
export const conv2d: Convolution2d = (x, kernel, options = {}) =>
  convolve("conv2d", 2, x, kernel, options) as never;
