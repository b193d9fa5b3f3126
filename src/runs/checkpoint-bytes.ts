/** Checkpoints as bytes, in the layout of safetensors, which other tools read as well. */
import { AdjointError } from "../../graph/index.js";
import { decodeNamed, joined, safetensorsParts } from "../data/internal.js";
import { type Checkpoint, isRunName, readCheckpoint } from "./checkpoint.js";

/** What the metadata name it. */
const format = "adjoint checkpoint";

/**
 * The bytes of a checkpoint: a safetensors file with its tensors by path, its version and a checksum.
 *
 * @example
 * let bytes: Uint8Array = new Uint8Array();
 * const save = (checkpoint: Checkpoint) => {
 *   bytes = encodeCheckpoint(checkpoint);
 * };
 * const optimizer = adam({ learningRate: 0.1 });
 * minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 50, checkpoint: { save } });
 * const run = minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 150, resume: decodeCheckpoint(bytes) });
 * run.steps; // 150
 *
 * @throws where it is no checkpoint
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return joined(checkpointParts("encodeCheckpoint", checkpoint));
}

/** The bytes in parts, the large ones views of the checkpoint. */
export function checkpointParts(what: string, checkpoint: Checkpoint): Uint8Array[] {
  const { version, run, method, steps, tensors } = readCheckpoint(`${what}: the checkpoint`, checkpoint);
  const metadata = { format, version: String(version), run, method, steps: String(steps) };
  return safetensorsParts(what, tensors, metadata);
}

/**
 * The checkpoint of bytes that `encodeCheckpoint` made, or a file of `checkpointFile`'s holds.
 *
 * @example
 * let bytes: Uint8Array = new Uint8Array();
 * const save = (checkpoint: Checkpoint) => {
 *   bytes = encodeCheckpoint(checkpoint);
 * };
 * minimize(cubic.f, { x: [2, 3] }, adam({ learningRate: 0.1 }), { steps: 50, checkpoint: { save } });
 * decodeCheckpoint(bytes).steps; // 50
 *
 * @throws where the bytes are cut off or damaged, hold no checkpoint, or one of another version
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  return checkpointOf("decodeCheckpoint", bytes);
}

/** As `decodeCheckpoint`, for another function. */
export function checkpointOf(what: string, bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeNamed(what, bytes);
  const { version, run, method, steps } = metadata;
  if (metadata.format !== format || metadata.checksum === undefined || !isRunName(run))
    throw new AdjointError(`${what}: the bytes are a safetensors file, but hold no checkpoint of a run.`);
  const checkpoint = { version: Number(version), run, method: method ?? "", steps: Number(steps), tensors };
  return readCheckpoint(what, checkpoint);
}
