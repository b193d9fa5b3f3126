export * from "../graph/index.js";
export * from "../optimizers/index.js";
export * from "../optimizers/solvers/index.js";
export * from "./data/index.js";
export * from "./export/index.js";
export * from "./nn/index.js";
export * from "./objectives/index.js";
export { toDot, toMermaid, toTex } from "./pictures/index.js";
export * from "./runs/index.js";
