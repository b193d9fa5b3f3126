/** Valid calls of the functions that work element by element. */
import type { Example, Examples } from "./examples.js";

const of = (...calls: Example[]): Examples => ({ calls });
const V = () => [0.5, 0.25, 0.75];
const M = () => [
  [2, 0.5],
  [0.5, 1],
];

const ofOne = of(
  () => [0.5],
  () => [V()],
  () => [M()],
);
const ofTwo = of(
  () => [0.5, 2],
  () => [V(), Float64Array.of(0.25, 1.25, 0.75)],
  () => [M(), [1, 2]],
);
const ofSeveral = of(
  () => [0.5, 2],
  () => [V(), 0.5, [1, 2, 3]],
);

const named = (examples: Examples, names: string): Record<string, Examples> =>
  Object.fromEntries(names.split(" ").map((name) => [name, examples]));

export const elementwise: Readonly<Record<string, Examples>> = {
  ...named(
    ofOne,
    "abs acos acosh asin asinh atan atanh cbrt ceil cos cosh digamma erf erfc erfinv exp expm1 floor gammaln gelu " +
      "hardTanh i0e i1e isFinite isNaN log log10 log1mexp log1p log2 logErfc logSigmoid logicalNot mish negative " +
      "relu relu6 round selu sigmoid sign silu sin sinc sinh softplus sqrt square stopGradient tan tanh trunc",
  ),
  ...named(
    ofTwo,
    "atan2 betaln divide equal gammainc gammaincc greater greaterEqual hypot less lessEqual logAddExp logicalAnd " +
      "logicalOr maximum minimum notEqual power remainder subtract xlog1py xlogy",
  ),
  ...named(ofSeveral, "add multiply"),
  elu: of(() => [V(), { alpha: 0.5 }]),
  leakyRelu: of(() => [V(), { negativeSlope: 0.1 }]),
  nanToNum: of(() => [V(), { nan: 0, posInf: 1, negInf: -1 }]),
};
