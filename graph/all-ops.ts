/**
 * Every op of the library: those behind its public functions, and those that only graphs hold. Readers of texts, printers
 * and tests take theirs from here; whoever imports it carries all ops along.
 */
import type { WithOp } from "./elementwise.js";
import { isMadeOp, type Op } from "./op.js";
import { logisticDensity } from "./ops/activation.js";
import { besselDerivative } from "./ops/bessel.js";
import { polygammaDifference } from "./ops/beta.js";
import { assembleOp } from "./ops/boxes.js";
import { choleskyAdjointOp } from "./ops/cholesky.js";
import { constantOp, fullOp, inputOp, iotaOp } from "./ops/constant.js";
import { cofactorsOp, logAbsDetOp } from "./ops/determinant.js";
import { logErfcDerivative } from "./ops/error-functions.js";
import { direction } from "./ops/exponential.js";
import { gammaByShape, gammaDensity } from "./ops/incomplete-gamma.js";
import * as functions from "./ops/index.js";
import { bent, bentBy, kink, mark, noSlope, rooted, shadow, unlessNaN, vanishing } from "./ops/kinks.js";
import { luOp } from "./ops/lu.js";
import { normOp } from "./ops/norm.js";
import { segmentedCumsumOp } from "./ops/runs.js";
import { sincDerivative } from "./ops/sinc.js";
import { logSoftmaxOp, logSumExpOp, softmaxOp } from "./ops/softmax.js";
import { normalCdf } from "./ops/special.js";
import { oneMinusSquare, sechSquared } from "./ops/trigonometric.js";
import { addWindowsOp, windowsOp } from "./ops/windows.js";
import { scanOp } from "./scan/op.js";

/** An op that is given as itself or by the function that applies it; `undefined` for anything else. */
export function opOf(given: unknown): Op | undefined {
  const carried = typeof given === "function" ? (given as Partial<WithOp>).op : given;
  return isMadeOp(carried) ? carried : undefined;
}

function listed(given: readonly unknown[]): readonly Op[] {
  const ops = new Set(given.flatMap((one) => opOf(one) ?? []));
  return [...ops].sort((a, b) => a.key - b.key);
}

/** The ops that stand behind the public functions, in the order in which they were defined. */
export const publicOps: readonly Op[] = /* @__PURE__ */ listed(Object.values(functions));

/** All of them, in the order in which they were defined. Their names differ. */
export const allOps: readonly Op[] = /* @__PURE__ */ listed([
  ...publicOps,
  assembleOp,
  choleskyAdjointOp,
  cofactorsOp,
  constantOp,
  fullOp,
  inputOp,
  iotaOp,
  kink,
  mark,
  noSlope,
  shadow,
  rooted,
  bent,
  bentBy,
  unlessNaN,
  vanishing,
  logAbsDetOp,
  luOp as Op,
  logSoftmaxOp as Op,
  logSumExpOp as Op,
  normOp as Op,
  softmaxOp as Op,
  scanOp,
  segmentedCumsumOp,
  direction,
  logisticDensity,
  normalCdf,
  oneMinusSquare,
  sechSquared,
  windowsOp,
  addWindowsOp,
  sincDerivative,
  logErfcDerivative,
  besselDerivative,
  polygammaDifference,
  gammaByShape,
  gammaDensity,
]);

/** Functions whose first argument is no operand, and the older name of one. */
const others = {
  ...{ arange: 0, concatenate: 0, einsum: 0, eye: 0, full: 0, linspace: 0 },
  ...{ meshgrid: 0, ones: 0, scatterAdd: 0, stack: 0, zeros: 0 },
};

export type MethodName = Exclude<keyof typeof functions, keyof typeof others>;

/** The public functions of an operand, and of more, by name: what can be a method. */
export const methods: readonly (readonly [name: string, f: unknown])[] = /* @__PURE__ */ Object.entries(
  functions,
).filter(([name]) => !(name in others));
