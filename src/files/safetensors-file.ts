/** Safetensors files: weights to and from other tools. */
import { readFileSync } from "node:fs";
import { AdjointError } from "../../graph/index.js";
import { readText } from "../../graph/internal.js";
import type { encodeSafetensors, Safetensors } from "../data/index.js";
import { decodeNamed, safetensorsParts } from "../data/internal.js";
import { reasonOf, shown, writeAtomically } from "./atomic.js";

/**
 * The tensors of a `.safetensors` file, as PyTorch and JAX save them; see `decodeSafetensors`.
 *
 * @example
 * const path = "weights.safetensors";
 * writeSafetensors(path, { layers: [{ W: [[1, 2]], b: [3] }] });
 * const { layers } = treeOfNames(readSafetensors(path).tensors);
 *
 * @throws where the file can't be read, or is none
 */
export function readSafetensors(path: string): Safetensors {
  readText(path, "readSafetensors: the path");
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new AdjointError(`readSafetensors: ${shown(path)} can't be read: ${reasonOf(error)}.`);
  }
  return decodeNamed(`readSafetensors: ${shown(path)}`, bytes);
}

/**
 * Writes a tree of numbers as a `.safetensors` file, whole or not at all; see `encodeSafetensors`.
 *
 * @example
 * writeSafetensors("weights.safetensors", { W: [[1, 2]], b: [3] }, { epoch: "5" });
 *
 * @throws where something is no tensor, or the file can't be written
 */
export function writeSafetensors(
  path: string,
  tree: Parameters<typeof encodeSafetensors>[0],
  metadata: Readonly<Record<string, string>> = {},
): void {
  readText(path, "writeSafetensors: the path");
  writeAtomically("writeSafetensors", path, safetensorsParts("writeSafetensors", tree, metadata), false);
}
