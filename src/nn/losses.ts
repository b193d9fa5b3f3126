/**
 * Losses: what a model's predictions cost, given the targets, as one scalar expression.
 *
 * One normalization holds for all: a loss is the **mean over the samples** (the first axis, K long) of the
 * **sum over everything else** (the outputs). So the gradient of a linear model's `halfMeanSquaredError` is
 * the course's, Xᵀ(outputs − y)/K, however many outputs there are; PyTorch's and Keras' means divide by the
 * number of outputs too. With one output, or for `softmaxCrossEntropy`, there is no difference.
 *
 * All throw an AdjointError where predictions and targets differ in shape (broadcasting K×1 against K would
 * give K×K differences, and a wrong loss), and where there is no sample. A scalar is one sample.
 */
import {
  AdjointError,
  abs,
  add,
  divide,
  type Expr,
  equal,
  greater,
  lessEqual,
  logicalAnd,
  logSoftmax,
  multiply,
  softplus,
  square,
  subtract,
  sum,
  where,
} from "../../graph/index.js";
import { checkOptions, describe, formatShape, sameShape } from "../../graph/internal.js";

/**
 * The squared error Σ(prediction − target)²/K: what the course reports. Gradient: 2·(prediction −
 * target)/K.
 */
export function meanSquaredError(predictions: Expr, targets: Expr): Expr<[]> {
  return meanOverSamples(square(residuals("meanSquaredError", predictions, targets)));
}

/**
 * Half the squared error, Σ(prediction − target)²/(2K), whose gradient (prediction − target)/K is the
 * course's.
 */
export function halfMeanSquaredError(predictions: Expr, targets: Expr): Expr<[]> {
  return multiply(0.5, meanOverSamples(square(residuals("halfMeanSquaredError", predictions, targets))));
}

/** The absolute error Σ|prediction − target|/K. Its gradient is 0 where the two agree. */
export function meanAbsoluteError(predictions: Expr, targets: Expr): Expr<[]> {
  return meanOverSamples(abs(residuals("meanAbsoluteError", predictions, targets)));
}

export interface HuberOptions {
  /** Where the loss goes over from squared to absolute; a finite number above 0, by default 1. */
  readonly delta?: number;
}

/**
 * Huber's loss: with r = prediction − target, the mean of r²/2 where |r| ≤ δ and of δ(|r| − δ/2) beyond, so
 * that outliers pull with the constant force δ. P. J. Huber, "Robust estimation of a location parameter",
 * Annals of Mathematical Statistics 35(1), 1964, pp. 73–101.
 * @throws AdjointError also where δ isn't a finite number above 0
 */
export function huber(predictions: Expr, targets: Expr, options: HuberOptions = {}): Expr<[]> {
  checkOptions("huber", options, ["delta"]);
  const { delta = 1 } = options;
  if (!(Number.isFinite(delta) && delta > 0)) {
    throw new AdjointError(`huber: delta is ${describe(delta)}; pass a finite number above 0.`);
  }
  const r = residuals("huber", predictions, targets);
  const squared = multiply(0.5, square(r));
  const absolute = multiply(delta, subtract(abs(r), 0.5 * delta));
  return meanOverSamples(where(lessEqual(abs(r), delta), squared, absolute));
}

/**
 * Binary cross-entropy of logits: with p = 1/(1 + e⁻ᶻ) for a logit z and a target t in [0, 1], the mean of
 * −t log p − (1 − t) log(1 − p) = softplus(z) − t·z; gradient (p − t)/K. Value and gradient keep their relative
 * accuracy for logits of any size. An infinite logit on the side of a target 0 or 1 costs nothing.
 */
export function binaryCrossEntropy(logits: Expr, targets: Expr): Expr<[]> {
  checkShapes("binaryCrossEntropy", logits, targets);
  // z·([z > 0] − t) + softplus(−|z|): no term is negative, so that none cancels. −|z| is written as a choice, since |z|
  // has the slope 0 at 0, where a model of zero weights starts, and the second derivative there is ¼.
  const positive = greater(logits, 0);
  const linear = multiply(logits, subtract(positive, targets));
  const isCertain = logicalAnd(equal(positive, targets), equal(abs(logits), Number.POSITIVE_INFINITY));
  const rest = softplus(where(positive, multiply(-1, logits), logits));
  return meanOverSamples(add(where(isCertain, 0, linear), rest));
}

/**
 * Cross-entropy of logits over classes: logits and targets are K×C, each row of targets a distribution over
 * the C classes (one 1 and zeros, or soft labels); the mean over the samples of Σ t·(logΣeᶻ − z). Exact for
 * logits of any size; a logit −∞ excludes a class, which costs nothing where its target is 0. With p the softmax of a row, the gradient is (p − t)/K for rows that sum to 1.
 * @throws AdjointError also where the logits aren't a matrix, or have no class
 */
export function softmaxCrossEntropy(logits: Expr, targets: Expr): Expr<[]> {
  checkShapes("softmaxCrossEntropy", logits, targets);
  if (logits.shape.length !== 2 || logits.shape[1] === 0) {
    throw new AdjointError(
      `softmaxCrossEntropy: logits have the shape ${formatShape(logits.shape)}; ` +
        "pass samples × classes, at least one class.",
    );
  }
  const surprise = multiply(-1, logSoftmax(logits, 1));
  // 0·log 0 is 0: a class that is neither wanted nor possible costs nothing.
  const isAbsent = logicalAnd(equal(targets, 0), equal(surprise, Number.POSITIVE_INFINITY));
  return meanOverSamples(where(isAbsent, 0, multiply(targets, surprise)));
}

function residuals(name: string, predictions: Expr, targets: Expr): Expr {
  checkShapes(name, predictions, targets);
  return subtract(predictions, targets);
}

function meanOverSamples(losses: Expr): Expr<[]> {
  return divide(sum(losses), losses.shape[0] ?? 1);
}

function checkShapes(name: string, predictions: Expr, targets: Expr): void {
  const { shape } = predictions;
  if (!sameShape(shape, targets.shape)) {
    throw new AdjointError(
      `${name}: predictions have the shape ${formatShape(shape)} and targets ${formatShape(targets.shape)}; ` +
        "they must be the same, so reshape one of them.",
    );
  }
  if (shape[0] === 0)
    throw new AdjointError(`${name}: there is no sample in the shape ${formatShape(shape)}.`);
}
