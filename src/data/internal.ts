/** The door for the rest of `src/`: what checkpoints and files need of the layout of safetensors, and of bytes. */
export { joined } from "./bytes.js";
export { decodeNamed, safetensorsParts } from "./safetensors.js";
