/** The door for the rest of `src/`: what checkpoints and files need of the layout of safetensors. */
export { decodeNamed, safetensorsParts } from "./safetensors.js";
