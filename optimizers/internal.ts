/** The door for the rest of the library: what runs need of optimizers besides what users do. */
export { initialOf, slotShape } from "./maps.js";
export { isOptimizer } from "./optimizer.js";
