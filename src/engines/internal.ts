/** The door for the command line. */
export { npz } from "./jax/npz.js";
export { toJaxFiles, withConstants } from "./jax/to-jax.js";
export { readProblem } from "./training-step.js";
