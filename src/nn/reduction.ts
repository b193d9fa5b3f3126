/** From what single elements cost to a loss: weights, masks, and the mean, the sum or nothing of it. */
import {
  AdjointError,
  divide,
  type Expr,
  multiply,
  type Operand,
  reshape,
  type Shape,
  sum,
  where,
} from "../../graph/index.js";
import {
  checkOptions,
  describe,
  flatten,
  formatShape,
  ownerOf,
  type ResultOf,
  type ShapeOf,
  sameShape,
  sizeOf,
  withOperands,
} from "../../graph/internal.js";

const reductions = ["mean", "sum", "none"] as const;

/**
 * The options of all losses.
 * @example const options: LossFunctionOptions = { reduction: "sum" };
 */
export interface LossFunctionOptions {
  /** What becomes of the samples' losses: their mean (the default), their sum, or "none": a loss for each sample. */
  readonly reduction?: (typeof reductions)[number];
  /**
   * Weights, one for each sample or for each element of the predictions. The mean is then the weighted one, Σ w·loss/Σ w, as
   * NumPy's `average`, scikit-learn's `sample_weight` and PyTorch's class weights have it (Keras divides by the number of
   * samples). Weights of classes are `take(weightsOfClasses, labels)`.
   */
  readonly weights?: Operand;
  /**
   * What counts, one truth for each sample or for each element of the predictions: where it is 0, an element costs nothing
   * and has no gradient, whatever prediction and target are there, and the mean doesn't count it. The mean of nothing is NaN.
   */
  readonly mask?: Operand;
}

type Given<O, K extends keyof LossFunctionOptions> = O extends { readonly [N in K]: infer T extends Operand }
  ? T
  : number;

/** The shape of one loss for each sample. */
type SamplesOf<P> = ShapeOf<P> extends readonly [infer K extends number, ...Shape] ? [K] : Shape;

/** Plain operands give plain results, an expression among them gives an expression. */
type LossResult<P, T, O, S extends Shape> = ResultOf<[P, T, Given<O, "weights">, Given<O, "mask">], S>;

interface ForEach {
  readonly reduction: "none";
}

interface InAll {
  readonly reduction?: "mean" | "sum";
}

/**
 * A loss of predictions and targets: one number, or with the reduction "none" one for each sample.
 * @example const loss: Loss = meanSquaredError;
 */
export interface Loss<More = unknown> {
  <const P extends Operand, const T extends Operand, const O extends LossFunctionOptions & More & ForEach>(
    predictions: P,
    targets: T,
    options: O,
  ): LossResult<P, T, O, SamplesOf<P>>;
  <
    const P extends Operand,
    const T extends Operand,
    const O extends LossFunctionOptions & More & InAll = LossFunctionOptions & More & InAll,
  >(
    predictions: P,
    targets: T,
    options?: O,
  ): Extract<LossResult<P, T, O, []>, Expr | number>;
}

/** The loss called `name`, of what `cost` says that each element costs (or each sample). */
export function lossOf<Options extends LossFunctionOptions>(
  name: string,
  cost: (predictions: Expr, targets: Expr, options: Options) => Expr,
  more: readonly (keyof Options & string)[] = [],
): Loss<Options> {
  const loss = (predictions: Operand, targets: Operand, given: Options = {} as Options): Expr => {
    const options = checkOptions(name, given, ["reduction", "weights", "mask", ...more]);
    const { reduction = "mean", weights, mask } = options;
    if (!reductions.includes(reduction)) {
      throw new AdjointError(
        `${name}: reduction is ${describe(reduction)}; it must be "mean", "sum" or "none".`,
      );
    }
    // Each is read under its own name first: an operand's error would name the loss alone.
    for (const [option, value] of Object.entries({ weights, mask }))
      if (value !== undefined && !ownerOf(value, `${name}: ${option}`)) flatten(value, `${name}: ${option}`);
    const factors = [weights, mask].filter((one) => one !== undefined);
    return withOperands(name, [predictions, targets, ...factors], ([p, t, ...rest]) => {
      const elements = cost(p!, t!, options);
      return reduce(name, elements, {
        reduction,
        weights: weights === undefined ? undefined : rest[0],
        mask: mask === undefined ? undefined : rest.at(-1),
      });
    });
  };
  return loss as unknown as Loss<Options>;
}

interface Reduction {
  readonly reduction: (typeof reductions)[number];
  readonly weights: Expr | undefined;
  readonly mask: Expr | undefined;
}

function reduce(name: string, elements: Expr, { reduction, weights, mask }: Reduction): Expr {
  const { shape } = elements;
  if (shape[0] === 0) {
    throw new AdjointError(`${name}: there is no sample in the shape ${formatShape(shape)}.`);
  }
  const w = weights && spread(name, "weights", weights, shape);
  const m = mask && spread(name, "mask", mask, shape);
  const weighted = w ? (multiply(w, elements) as Expr) : elements;
  const counted = m ? where(m, weighted, 0) : weighted;
  if (reduction === "sum") return sum(counted);
  const inner = shape.map((_, axis) => axis).slice(1);
  if (reduction === "none") return inner.length === 0 ? counted : (sum(counted, inner) as Expr);
  const samples = shape[0] ?? 1;
  const share = m ? where(m, w ?? 1, 0) : w;
  if (!share) return divide(sum(counted), samples);
  // Weights of elements count by their mean over the sample.
  return divide(sum(counted), divide(sum(share), sizeOf(share.shape) / samples)) as Expr;
}

/** Numbers of samples or of elements, so that they broadcast against the elements. */
function spread(name: string, what: string, given: Expr, shape: Shape): Expr {
  if (sameShape(given.shape, shape)) return given;
  if (given.shape.length === 1 && given.shape[0] === shape[0])
    return reshape(
      given,
      shape.map((length, axis) => (axis === 0 ? length : 1)),
    ) as Expr;
  throw new AdjointError(
    `${name}: ${what} of shape ${formatShape(given.shape)} can't go with what is of shape ${formatShape(shape)}; ` +
      "pass one for each sample, or for each element.",
  );
}
