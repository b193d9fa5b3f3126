/** The door for the command line. */
export { toJaxFiles, withConstants } from "./jax/to-jax.js";
