/** A file of the state of a run over a million parameters, on the disk before the call is over. */
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adam, type Checkpoint, minimize, square, sum, trace, vector } from "adjoint";
import { checkpointFile } from "adjoint/files";
import { type HandWritten, none, type Program, type Workload } from "../workload.js";

const size = 1_000_000;

/** The parameters and what Adam remembers of them: 24 MB. */
function takeCheckpoint(): Checkpoint {
  const f = trace({ x: vector(size) }, ({ x }) => sum(square(x)));
  let taken: Checkpoint | undefined;
  minimize(f, { x: new Float64Array(size).fill(1) }, adam({ learningRate: 0.1 }), {
    steps: 2,
    trajectory: false,
    checkpoint: {
      save: (checkpoint) => {
        taken = checkpoint;
      },
    },
  });
  return taken!;
}

function makePath(): string {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "state.safetensors");
}

/** The end of the file, which is of the last tensor. */
const results = (path: string) => () => ({ end: Float64Array.from(readFileSync(path).subarray(-1000)) });

/** The arrays one after the other, on the disk, and then under their name. */
function byHand(): HandWritten {
  const { tensors } = takeCheckpoint();
  const path = makePath();
  const parts = Object.values(tensors).map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  const run = (): void => {
    const file = openSync(`${path}.tmp`, "w");
    for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.tmp`, path);
  };
  return { run, results: results(path) };
}

function byAdjoint(): Program {
  const checkpoint = takeCheckpoint();
  const path = makePath();
  const file = checkpointFile(path);
  return { run: () => file.save(checkpoint), results: results(path) };
}

export const stateFile: Workload = {
  name: "state-file",
  title: "a file of Adam's state over 10⁶ parameters, with its checksum",
  hand: byHand,
  adjoint: byAdjoint,
  peers: none(
    ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
    "no file of a run's state",
  ),
};
