/** The door for the rest of the library: what runs need of optimizers besides what users do. */
export { isOptimizer } from "./optimizer.js";
