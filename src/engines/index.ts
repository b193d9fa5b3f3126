export { type COptions, toC } from "./c/to-c.js";
export { exportJax, type JaxFolderOptions } from "./jax/folder.js";
export { type JaxOptions, type JaxSource, toJax } from "./jax/to-jax.js";
export type { ExportedConstant } from "./lowering/constants.js";
export { type OnnxOptions, toOnnx } from "./onnx/to-onnx.js";
export { type StableHloOptions, type StableHloSource, toStableHlo } from "./stablehlo/to-stablehlo.js";
export { type TrainingProblem, type TrainingStep, trainingStep } from "./training-step.js";
