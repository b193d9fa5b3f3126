/**
 * The door for the rest of the library: what optimizers, runs, exports, pictures and tests of derivatives need of graphs
 * besides what users do. Users' names stand in `index.ts`.
 */

export { type Affine, along, at, isFixed, scaled } from "./affine.js";
export { allOps, type MethodName, methods, opOf, publicOps } from "./all-ops.js";
export {
  readCount,
  readFunction,
  readList,
  readShape,
  readText,
  readWhole,
} from "./arguments.js";
export { makeBuilder } from "./builder.js";
export { generateModule, generateStatements, inputName, makeFunction, outputName } from "./compile/index.js";
export { contentOf, serialOf } from "./content.js";
export { whatIsNotFinite } from "./debug.js";
export { describe, isFunction, reading, shortened } from "./describe.js";
export { type ArrayOf, arrayOf } from "./dtype.js";
export { inNameOf } from "./errors.js";
export { type Place, placeOf, readAlong, readTree, readValues } from "./given.js";
export {
  declareInputs,
  finish,
  isExpr,
  isId,
  isSpec,
  outputsOf,
  rebuild,
  type Signature,
  signatureOf,
} from "./graph.js";
export { doubles, interpretNodes } from "./interpret.js";
export { lru } from "./lru.js";
export { checkKeys, checkNames, knownNames, nearest } from "./names.js";
export { apply, checkSize, isOp } from "./node.js";
export { boolean, type Domain, type Instances, type ShapesOf } from "./op.js";
export { lift, liftTo, listOf, ownerOf, withOperands } from "./operand.js";
export { logisticDensity } from "./ops/activation.js";
export type { ReductionOptions } from "./ops/axes.js";
export { type AssembleParams, assembleOp } from "./ops/boxes.js";
export {
  type ConstantParams,
  constant,
  constantOp,
  full,
  fullOp,
  inputOp,
  iota,
  iotaOp,
} from "./ops/constant.js";
export { direction } from "./ops/exponential.js";
export type { SliceOptions } from "./ops/indexing.js";
export { bent, bentBy, kink, mark, rooted, unlessNaN } from "./ops/kinks.js";
export { matmulOp } from "./ops/matmul.js";
export { normalCdf } from "./ops/special.js";
export { oneMinusSquare, sechSquared } from "./ops/trigonometric.js";
export {
  checkOptions,
  type Option,
  type OptionsOf,
  readOptions,
} from "./options.js";
export { printParams } from "./print.js";
export {
  type Comparison,
  type Condition,
  generalRecipe,
  isInstruction,
  type MathFunction,
  recipeOf,
} from "./recipe.js";
export {
  joinInputs,
  joinOperands,
  type ScanParams,
  splitInputs,
  splitOperands,
} from "./scan/layout.js";
export { scanOp } from "./scan/op.js";
export {
  broadcastShapes,
  formatShape,
  isLength,
  sameShape,
  sizeOf,
  stridesOf,
  unravel,
} from "./shape.js";
export type * from "./shape-types.js";
export { simplifyGraph } from "./simplify.js";
export { graphOf, isTraced, makeTraced, type ValueOf, type ValuesOf } from "./trace.js";
export {
  atPath,
  flattenTree,
  foldTree,
  isRecord,
  type Listed,
  leavesOf,
  mapTree,
  type Path,
  pathText,
  rowsOf,
  unflattenTree,
} from "./tree.js";
export type * from "./types.js";
export { validate } from "./validate.js";
export {
  flatten,
  isNumeric,
  isShaped,
  keepShape,
  nest,
  readValue,
  shapeOfValue,
  unpacked,
} from "./values.js";
