export { type EmitOptions, emit } from "./emit.js";
export { deserialize, serialize } from "./serialize.js";
