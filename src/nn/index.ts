export * from "./losses.js";
export * from "./models.js";
