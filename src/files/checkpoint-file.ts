/** A file that holds the last checkpoint of a run. */
import { existsSync, readFileSync } from "node:fs";
import { AdjointError } from "../../graph/index.js";
import { readText } from "../../graph/internal.js";
import type { Checkpoint } from "../runs/index.js";
import { checkpointOf, checkpointParts } from "../runs/internal.js";
import { before, reasonOf, shown, writeAtomically } from "./atomic.js";

/**
 * What `checkpointFile` gives.
 * @example const file: CheckpointFile = checkpointFile("run.safetensors");
 */
export interface CheckpointFile {
  /** Writes a checkpoint; the one before is kept beside it, as `….previous`. */
  save(checkpoint: Checkpoint): void;
  /** The last checkpoint; `undefined` where none was saved. */
  load(): Checkpoint | undefined;
}

/**
 * A file for the checkpoints of one run, which may be killed at any moment, in the middle of writing one, too: what is at
 * the path is always whole, and at most one checkpoint old. Its layout is that of safetensors, which other tools read.
 *
 * @example
 * const file = checkpointFile("cubic.safetensors");
 * const run = minimize(cubic.f, { x: [2, 3] }, adam({ learningRate: 0.1 }), {
 *   steps: 150,
 *   checkpoint: { every: 50, save: file.save },
 *   resume: file.load(),
 * });
 * file.load()!.steps; // 150
 *
 * @throws `save` where the file can't be written, or is no checkpoint of a run; it is left as it is. `load` where it is
 * damaged, cut off, foreign, or of another version
 */
export function checkpointFile(path: string): CheckpointFile {
  const what = "checkpointFile";
  readText(path, `${what}: the path`);
  let isOwn = false;
  const read = (from: string): Checkpoint => {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(from);
    } catch (error) {
      throw new AdjointError(`${what}: ${shown(from)} can't be read: ${reasonOf(error)}.`);
    }
    return checkpointOf(`${what}: ${shown(from)}`, bytes);
  };
  const load = (): Checkpoint | undefined => {
    const from = [path, before(path)].find((one) => existsSync(one));
    if (from === undefined) return undefined;
    try {
      const checkpoint = read(from);
      isOwn = true;
      return checkpoint;
    } catch (error) {
      const kept =
        from === path && existsSync(before(path)) ? `; the one before is ${shown(before(path))}` : "";
      throw kept === "" ? error : new AdjointError(`${(error as Error).message}${kept}`);
    }
  };
  return {
    load,
    save(checkpoint) {
      // What isn't this program's work is not to be overwritten, nor to take the place of the checkpoint before.
      if (!isOwn) load();
      writeAtomically(what, path, checkpointParts(what, checkpoint), true);
      isOwn = true;
    },
  };
}
