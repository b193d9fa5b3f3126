export { type CheckpointFile, checkpointFile } from "./checkpoint-file.js";
export { type FolderOptions, writeFolder } from "./folder.js";
export { readSafetensors, writeSafetensors } from "./safetensors-file.js";
