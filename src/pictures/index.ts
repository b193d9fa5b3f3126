export { toDot } from "./dot.js";
export { toMermaid } from "./mermaid.js";
export { toTex } from "./tex.js";
export { nameTex } from "./tex-text.js";
