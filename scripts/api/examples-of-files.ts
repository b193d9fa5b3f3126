/** Valid calls of what reads and writes files, in a folder that goes with the process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointFile, writeSafetensors } from "adjoint/files";
import type { Examples, Made } from "./examples.js";
import { checkpoint } from "./examples-of-runs.js";

const folder = mkdtempSync(join(tmpdir(), "adjoint-files-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const pathOf = (name: string) => join(folder, name);

const tree = () => ({ layers: [{ W: [[1, 2]], b: [3] }] });

export const files: Readonly<Record<string, Examples>> = {
  checkpointFile: { calls: [() => [pathOf("run.safetensors")]] },
  writeSafetensors: {
    calls: [
      () => [pathOf("weights.safetensors"), tree(), { epoch: "5" }],
      () => [pathOf("weights.safetensors"), tree()],
    ],
    free: /^1/,
    maps: [2],
  },
  writeFolder: { calls: [() => [pathOf("folder"), new Map([["a.txt", "text"]]), { force: true }]] },
  readSafetensors: {
    calls: [
      () => {
        writeSafetensors(pathOf("read.safetensors"), tree());
        return [pathOf("read.safetensors")];
      },
    ],
  },
};

export const madeOfFiles: Readonly<Record<string, Made>> = {
  "checkpointFile(…).save": {
    make: () => checkpointFile(pathOf("made.safetensors")).save,
    names: ["checkpointFile", "save"],
    calls: [() => [checkpoint]],
    free: /^0\.(run|method|steps|tensors)/,
  },
  "checkpointFile(…).load": {
    make: () => checkpointFile(pathOf("made.safetensors")).load,
    names: ["checkpointFile", "load"],
    calls: [() => []],
  },
};
