export { exportJax, type JaxFolderOptions, type JaxProblem } from "./jax/folder.js";
export type { JaxConstant } from "./jax/module.js";
export { type JaxOptions, type JaxSource, toJax } from "./jax/to-jax.js";
export { type StableHloOptions, toStableHlo } from "./stablehlo/to-stablehlo.js";
