export * from "./arithmetic.js";
export { broadcastTo, sum } from "./broadcast.js";
export * from "./comparison.js";
export * from "./exponential.js";
export { concatenate, index, pad, slice, stack } from "./indexing.js";
export { dot, matmul } from "./matmul.js";
export { reshape, transpose } from "./moving.js";
export { max, mean, min } from "./reduction.js";
export * from "./trigonometric.js";
