/** The door for the command line. */
export { toJaxFiles } from "./jax/to-jax.js";
