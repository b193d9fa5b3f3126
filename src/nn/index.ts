export * from "./losses.js";
export * from "./models.js";
export type { Loss, LossFunctionOptions } from "./reduction.js";
