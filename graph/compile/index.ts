export { type CompileOptions, compile } from "./compile.js";
export { makeFunction } from "./function.js";
export type { Kernel } from "./kernel.js";
export { inputName, outputName } from "./names.js";
export { generateModule, generateStatements } from "./texts.js";
