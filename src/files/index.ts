export { type CheckpointFile, checkpointFile } from "./checkpoint-file.js";
export { readSafetensors, writeSafetensors } from "./safetensors-file.js";
