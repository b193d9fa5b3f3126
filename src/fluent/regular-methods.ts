/** The types of methods of which many are alike. */
import type {
  CumulativeOptions,
  Expr,
  NormOptions,
  Operand,
  Shape,
  SortOptions,
  VarianceOptions,
} from "../../graph/index.js";
import type {
  AllBroadcastable,
  Axes,
  Broadcast,
  BroadcastAll,
  Broadcastable,
  Reduced,
  ReductionOptions,
  Replaced,
  SameRows,
  ShapeOf,
  SolutionShape,
  Square,
} from "../../graph/internal.js";

/**
 * Of each element.
 * @example x.square();
 */
type Plain = <S extends Shape>(this: Expr<S>) => Expr<S>;
/**
 * Along an axis, the last one by default.
 * @example x.softmax();
 */
type Along<O = never> = <S extends Shape>(this: Expr<S>, axis?: number, options?: O) => Expr<S>;
/**
 * Where something stands along an axis.
 * @example x.argmax();
 */
type Place = <S extends Shape, const X extends number = -1>(
  this: Expr<S>,
  axis?: X,
) => Expr<Replaced<S, X, []>>;
/**
 * Of two operands, broadcast.
 * @example x.divide([1, 2, 4]);
 */
type Binary = <S extends Shape, const B extends Operand>(
  this: Expr<S>,
  b: B & Broadcastable<Expr<S>, B>,
) => Expr<Broadcast<S, ShapeOf<B>>>;
/**
 * Of as many operands as there are, broadcast.
 * @example x.add([1, 2, 3], 4);
 */
type Variadic = <S extends Shape, const T extends readonly Operand[]>(
  this: Expr<S>,
  ...operands: T & AllBroadcastable<[Expr<S>, ...T]>
) => Expr<BroadcastAll<[Expr<S>, ...T]>>;
/**
 * Over axes, by default over all.
 * @example A.sum(0, { keepDims: true });
 */
type Reduction<O = unknown> = <
  S extends Shape,
  const X extends Axes | undefined = undefined,
  K extends boolean = false,
>(
  this: Expr<S>,
  axes?: X,
  options?: ReductionOptions<K> & O,
) => Expr<Reduced<S, X, K>>;
/**
 * Of a square matrix.
 * @example A.inv();
 */
type SquareToSquare = <S extends Shape>(this: Expr<S> & Square<Expr<S>>) => Expr<S>;
/**
 * With a square matrix.
 * @example A.solve([1, 2]);
 */
type Solving = <S extends Shape, const B extends Operand>(
  this: Expr<S> & Square<Expr<S>>,
  b: B & SameRows<Expr<S>, B>,
) => Expr<SolutionShape<S, ShapeOf<B>>>;

declare global {
  interface AdjointMethods {
    abs: Plain;
    acos: Plain;
    acosh: Plain;
    add: Variadic;
    all: Reduction;
    any: Reduction;
    argmax: Place;
    argmin: Place;
    argsort: Along<SortOptions>;
    asin: Plain;
    asinh: Plain;
    atan: Plain;
    atan2: Binary;
    atanh: Plain;
    betaln: Binary;
    cbrt: Plain;
    ceil: Plain;
    cholesky: SquareToSquare;
    choleskySolve: Solving;
    cos: Plain;
    cosh: Plain;
    cummax: Along<CumulativeOptions>;
    cummin: Along<CumulativeOptions>;
    cumprod: Along<CumulativeOptions>;
    cumsum: Along<CumulativeOptions>;
    digamma: Plain;
    divide: Binary;
    equal: Binary;
    erf: Plain;
    erfc: Plain;
    erfinv: Plain;
    exp: Plain;
    expm: SquareToSquare;
    expm1: Plain;
    floor: Plain;
    gammainc: Binary;
    gammaincc: Binary;
    gammaln: Plain;
    gelu: Plain;
    greater: Binary;
    greaterEqual: Binary;
    hardTanh: Plain;
    hypot: Binary;
    i0e: Plain;
    i1e: Plain;
    inv: SquareToSquare;
    isFinite: Plain;
    isNaN: Plain;
    less: Binary;
    lessEqual: Binary;
    log: Plain;
    log10: Plain;
    log1mexp: Plain;
    log1p: Plain;
    log2: Plain;
    logAddExp: Binary;
    logCumsumExp: Along<CumulativeOptions>;
    logErfc: Plain;
    logSigmoid: Plain;
    logSoftmax: Along;
    logSumExp: Reduction;
    logicalAnd: Binary;
    logicalNot: Plain;
    logicalOr: Binary;
    max: Reduction;
    maximum: Variadic;
    mean: Reduction;
    median: Reduction;
    min: Reduction;
    minimum: Variadic;
    mish: Plain;
    multiply: Variadic;
    negative: Plain;
    norm: Reduction<NormOptions>;
    notEqual: Binary;
    onesLike: Plain;
    polygamma: Binary;
    power: Binary;
    prod: Reduction;
    relu: Plain;
    relu6: Plain;
    remainder: Binary;
    round: Plain;
    selu: Plain;
    sigmoid: Plain;
    sign: Plain;
    silu: Plain;
    sin: Plain;
    sinc: Plain;
    sinh: Plain;
    softmax: Along;
    softplus: Plain;
    solve: Solving;
    sort: Along<SortOptions>;
    sqrt: Plain;
    square: Plain;
    std: Reduction<VarianceOptions>;
    stopGradient: Plain;
    subtract: Binary;
    sum: Reduction;
    tan: Plain;
    tanh: Plain;
    trunc: Plain;
    variance: Reduction<VarianceOptions>;
    xlog1py: Binary;
    xlogy: Binary;
    zerosLike: Plain;
  }
}
