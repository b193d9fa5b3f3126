export { type CompileOptions, compile } from "./compile.js";
export { environmentText, makeEnvironment } from "./environment.js";
export { makeFunction } from "./function.js";
export { generate, straightCode, unrollLimit } from "./generate.js";
export type { Kernel } from "./kernel.js";
export { mergeConstants } from "./merge-constants.js";
export { inputName, outputName } from "./names.js";
export { countElements, scalarize } from "./scalars/scalarize.js";
export { writeStatements } from "./scalars/unroll.js";
