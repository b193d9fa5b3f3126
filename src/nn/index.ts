export * from "./losses.js";
export * from "./models.js";
export type { Loss, LossOptions } from "./reduction.js";
