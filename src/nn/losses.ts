/**
 * Losses: what a model's predictions cost, given the targets, as one scalar expression.
 *
 * One normalization holds for all: a loss is the **mean over the samples** (the first axis, K long) of the
 * **sum over everything else** (the outputs). So the gradient of a linear model's `halfMeanSquaredError` is
 * the course's, Xᵀ(outputs − y)/K, however many outputs there are; PyTorch's and Keras' means divide by the
 * number of outputs too. With one output, or for `softmaxCrossEntropy`, there is no difference.
 *
 * All take the options `reduction`, `weights` and `mask`, see `LossFunctionOptions`. Predictions and targets are expressions or plain
 * numbers and arrays; a number stands for an array of it.
 *
 * All throw an AdjointError where predictions and targets differ in shape (broadcasting K×1 against K would
 * give K×K differences, and a wrong loss), and where there is no sample. A scalar is one sample.
 */
import {
  AdjointError,
  abs,
  add,
  type Expr,
  equal,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logSoftmax,
  multiply,
  oneHot,
  type Shape,
  softplus,
  square,
  subtract,
  sum,
  where,
} from "../../graph/index.js";
import { describe, formatShape, sameShape, unlessNaN } from "../../graph/internal.js";
import { type Loss, type LossFunctionOptions, lossOf } from "./reduction.js";

/**
 * The squared error Σ(prediction − target)²/K: what the course reports. Gradient: 2·(prediction −
 * target)/K.
 *
 * @example
 * meanSquaredError([1, 2, 3], [1, 2, 5], { weights: [1, 1, 2] }); // 8/4 = 2
 */
export const meanSquaredError: Loss = /* @__PURE__ */ lossOf("meanSquaredError", (predictions, targets) =>
  square(residuals("meanSquaredError", predictions, targets)),
);

/**
 * Half the squared error, Σ(prediction − target)²/(2K), whose gradient (prediction − target)/K is the
 * course's.
 *
 * @example
 * halfMeanSquaredError([1, 2, 3], [1, 2, 5]); // 0.666666…
 */
export const halfMeanSquaredError: Loss = /* @__PURE__ */ lossOf(
  "halfMeanSquaredError",
  (predictions, targets) => multiply(0.5, square(residuals("halfMeanSquaredError", predictions, targets))),
);

/**
 * The absolute error Σ|prediction − target|/K. Its gradient is 0 where the two agree.
 *
 * @example
 * meanAbsoluteError([1, 2, 3], [1, 2, 5]); // 0.666666…
 */
export const meanAbsoluteError: Loss = /* @__PURE__ */ lossOf("meanAbsoluteError", (predictions, targets) =>
  abs(residuals("meanAbsoluteError", predictions, targets)),
);

export interface HuberOptions extends LossFunctionOptions {
  /** Where the loss goes over from squared to absolute; a finite number above 0, by default 1. */
  readonly delta?: number;
}

/**
 * Huber's loss: with r = prediction − target, the mean of r²/2 where |r| ≤ δ and of δ(|r| − δ/2) beyond, so
 * that outliers pull with the constant force δ. P. J. Huber, "Robust estimation of a location parameter",
 * Annals of Mathematical Statistics 35(1), 1964, pp. 73–101.
 *
 * @example
 * huber([0.5, 10], [0, 0], { delta: 1 }); // 4.8125
 *
 * @throws AdjointError also where δ isn't a finite number above 0
 */
export const huber: Loss<HuberOptions> = /* @__PURE__ */ lossOf<HuberOptions>(
  "huber",
  (predictions, targets, { delta = 1 }) => {
    if (!(Number.isFinite(delta) && delta > 0)) {
      throw new AdjointError(`huber: delta is ${describe(delta)}; pass a finite number above 0.`);
    }
    const r = residuals("huber", predictions, targets);
    const squared = multiply(0.5, square(r));
    const absolute = multiply(delta, subtract(abs(unlessNaN(r)), 0.5 * delta));
    return where(lessEqual(abs(r), delta), squared, absolute);
  },
  ["delta"],
);

/**
 * Binary cross-entropy of logits: with p = 1/(1 + e⁻ᶻ) for a logit z and a target t in [0, 1], the mean of
 * −t log p − (1 − t) log(1 − p) = softplus(z) − t·z; gradient (p − t)/K. Value and gradient keep their relative
 * accuracy for logits of any size. An infinite logit on the side of a target 0 or 1 costs nothing.
 *
 * @example
 * binaryCrossEntropy([0, 100], [1, 1]); // 0.346573…
 */
export const binaryCrossEntropy: Loss = /* @__PURE__ */ lossOf("binaryCrossEntropy", (given, wanted) => {
  const [logits, targets] = matched("binaryCrossEntropy", given, wanted);
  // z·([z > 0] − t) + softplus(−|z|): no term is negative, so that none cancels. −|z| is written as a choice, since |z|
  // has the slope 0 at 0, where a model of zero weights starts, and the second derivative there is ¼.
  const positive = greater(logits, 0);
  const linear = multiply(logits, subtract(positive, targets));
  const isCertain = logicalAnd(equal(positive, targets), equal(abs(logits), Number.POSITIVE_INFINITY));
  const rest = softplus(where(positive, multiply(-1, logits), logits));
  return add(where(isCertain, 0, linear), rest);
});

/**
 * Cross-entropy of logits over classes: logits are K×C. Targets are K×C, each row a distribution over the C classes (one 1
 * and zeros, or soft labels), or K **labels**: class numbers from 0 to C − 1. The mean over the samples of Σ t·(logΣeᶻ − z),
 * or of logΣeᶻ − z of the label. Exact for logits of any size; a logit −∞ excludes a class, which costs nothing where its
 * target is 0. With p the softmax of a row, the gradient is (p − t)/K for rows that sum to 1. A label that is no class makes
 * the loss NaN, unless its sample is masked: PyTorch's `ignore_index` is `{ mask: notEqual(labels, −100) }`.
 * @throws AdjointError also where the logits aren't a matrix, or have no class
 *
 * @example
 * softmaxCrossEntropy([[0, 0], [0, 0]], [0, 1]); // log 2 = 0.6931471805599453
 */
export const softmaxCrossEntropy: Loss = /* @__PURE__ */ lossOf("softmaxCrossEntropy", (logits, targets) => {
  const { shape } = logits;
  if (shape.length !== 2 || shape[1] === 0) {
    throw new AdjointError(
      `softmaxCrossEntropy: logits have the shape ${formatShape(shape)}; pass samples × classes, at least one class.`,
    );
  }
  const [samples, classes] = shape as readonly [number, number];
  const surprise = multiply(-1, logSoftmax(logits, 1));
  if (sameShape(targets.shape, [samples])) {
    const own = sum(where(oneHot(targets, classes), surprise, 0), 1);
    const isWhole = equal(floor(targets), targets);
    const isClass = logicalAnd(isWhole, logicalAnd(greaterEqual(targets, 0), less(targets, classes)));
    return where(isClass, own, Number.NaN);
  }
  checkShapes("softmaxCrossEntropy", shape, targets.shape, ", or targets one label for each sample");
  // 0·log 0 is 0: a class that is neither wanted nor possible costs nothing.
  const isAbsent = logicalAnd(equal(targets, 0), equal(surprise, Number.POSITIVE_INFINITY));
  return where(isAbsent, 0, multiply(targets, surprise));
});

function residuals(name: string, predictions: Expr, targets: Expr): Expr {
  return subtract(...matched(name, predictions, targets));
}

/** Both, of one shape, or one of them a number that stands for an array of it. */
function matched(name: string, predictions: Expr, targets: Expr): readonly [Expr, Expr] {
  if (predictions.shape.length > 0 && targets.shape.length > 0)
    checkShapes(name, predictions.shape, targets.shape);
  return [predictions, targets];
}

function checkShapes(name: string, predictions: Shape, targets: Shape, instead = ""): void {
  if (sameShape(predictions, targets)) return;
  throw new AdjointError(
    `${name}: predictions have the shape ${formatShape(predictions)} and targets ${formatShape(targets)}; ` +
      `they must be the same${instead}, so reshape one of them.`,
  );
}
