export { gelu, relu, sigmoid, softplus, stopGradient } from "./activation.js";
export {
  abs,
  add,
  divide,
  maximum,
  minimum,
  multiply,
  negative,
  sign,
  square,
  subtract,
} from "./arithmetic.js";
export { arange, expandDims, flip, linspace, reshape, split, squeeze, transpose } from "./arranging.js";
export { type AttentionOptions, attention, type LayerNormOptions, layerNorm } from "./attention.js";
export { i0e, i1e } from "./bessel.js";
export { betaln } from "./beta.js";
export { broadcastTo, sum } from "./broadcast.js";
export { cholesky } from "./cholesky.js";
export * from "./comparison.js";
export { type ConvolutionOptions, conv1d, conv2d } from "./convolution.js";
export {
  full,
  fullLike,
  type MeshgridOptions,
  meshgrid,
  ones,
  onesLike,
  zeros,
  zerosLike,
} from "./creation.js";
export { type CumulativeOptions, cummax, cummin, cumprod, cumsum, logCumsumExp } from "./cumulative.js";
export { det, type SlogdetResult, slogdet } from "./determinant.js";
export { type EighResult, eigh, eigvalsh } from "./eigen.js";
export { einsum, tensordot } from "./einsum.js";
export { erfinv, logErfc } from "./error-functions.js";
export { expm } from "./expm.js";
export { cbrt, exp, expm1, hypot, log, log1p, log2, log10, sqrt } from "./exponential.js";
export { all, any, argmax, argmin } from "./finding.js";
export { isFinite, isNaN, type NanToNumOptions, nanToNum } from "./finiteness.js";
export { scatterAdd, segmentSum } from "./gather.js";
export { gammainc, gammaincc } from "./incomplete-gamma.js";
export { concatenate, index, slice, stack } from "./indexing.js";
export { type InterpOptions, interp, type SearchOptions, searchsorted } from "./interpolation.js";
export { inv, solve } from "./linear-algebra.js";
export * from "./logarithms.js";
export { dot, matmul } from "./matmul.js";
export { diag, diagonal, eye, matrixTrace, oneHot, outer, tril, triu } from "./matrices.js";
export { kron, matrixPower } from "./matrix-functions.js";
export { type PadOptions, pad } from "./padding.js";
export { type AveragePoolOptions, averagePool, maxPool, type PoolOptions } from "./pooling.js";
export { power } from "./powers.js";
export { lstsq, type QRResult, qr } from "./qr.js";
export { median, type QuantileMethod, type QuantileOptions, quantile } from "./quantiles.js";
export {
  type EluOptions,
  elu,
  hardTanh,
  type LeakyReluOptions,
  leakyRelu,
  mish,
  relu6,
  selu,
  silu,
} from "./rectifiers.js";
export { max, mean, min } from "./reduction.js";
export * from "./rounding.js";
export { sinc } from "./sinc.js";
export { pinv, type SVDResult, svd, svdvals } from "./singular-values.js";
export { logSoftmax, logSumExp, softmax } from "./softmax.js";
export { argsort, type SortOptions, sort, type TopK, topK } from "./sorting.js";
export { digamma, erf, erfc, gammaln, polygamma } from "./special.js";
export { type NormOptions, norm, prod, std, type VarianceOptions, variance } from "./statistics.js";
export { take, takeAlongAxis } from "./taking.js";
export { diff, moveaxis, repeat, roll, swapaxes, tile, unstack } from "./tiling.js";
export { choleskySolve, type TriangularOptions, triangularSolve } from "./triangular.js";
export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  sin,
  sinh,
  tan,
  tanh,
} from "./trigonometric.js";
