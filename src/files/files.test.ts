/** Files of checkpoints and weights: written whole, kept, refused by name. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { killRuns } from "../../scripts/kills/kill.js";
import { adam, type Checkpoint, cubic, minimize } from "../index.js";
import { checkpointFile, readSafetensors, writeFolder, writeSafetensors } from "./index.js";

const files = suite("files");

let directory = "";
files.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "adjoint-files-"));
});
files.after.each(() => rmSync(directory, { recursive: true, force: true }));

const optimizer = adam({ learningRate: 0.1 });
const run = (steps: number, options: object = {}) =>
  minimize(cubic.f, { x: [2, 3] }, optimizer, { steps, ...options });
const saveRun = (path: string, steps: number) =>
  run(steps, { checkpoint: { every: 10, save: checkpointFile(path).save } });

files("a run goes on from its file; the checkpoint before is kept", () => {
  const path = join(directory, "run.safetensors");
  assert.is(checkpointFile(path).load(), undefined);
  saveRun(path, 30);
  assert.equal(readdirSync(directory).sort(), ["run.safetensors", "run.safetensors.previous"]);
  assert.is(checkpointFile(path).load()!.steps, 30);
  assert.is(checkpointFile(`${path}.previous`).load()!.steps, 20);
  const resumed = run(50, { resume: checkpointFile(path).load() });
  assert.equal([resumed.parameters, resumed.value], [run(50).parameters, run(50).value]);
  // Between two renames there may be the one before only.
  rmSync(path);
  assert.is(checkpointFile(path).load()!.steps, 20);
});

files("a damaged or foreign file is refused by name, left as it is, and the one before is named", () => {
  const path = join(directory, "run.safetensors");
  saveRun(path, 30);
  const bytes = readFileSync(path);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(path, bytes);
  const told =
    /checkpointFile: ".*run\.safetensors": this is no whole safetensors file: it is damaged.*the one before is ".*previous"/;
  assert.throws(() => checkpointFile(path).load(), told);
  const ended = saveRun(path, 40);
  assert.match(ended.message, /The last checkpoint couldn't be saved: checkpointFile: ".*it is damaged/);
  assert.equal(ended.parameters, run(40).parameters);
  assert.ok(readFileSync(path).equals(bytes));
  assert.is(checkpointFile(`${path}.previous`).load()!.steps, 20);
  const weights = join(directory, "weights.safetensors");
  writeSafetensors(weights, { W: [1, 2] });
  assert.throws(
    () => checkpointFile(weights).load(),
    /weights\.safetensors": the bytes are a safetensors file, but hold no checkpoint/,
  );
  assert.match(saveRun(weights, 10).message, /hold no checkpoint of a run/);
  assert.equal(readSafetensors(weights).tensors.W!.data, Float64Array.of(1, 2));
});

files("a folder that can't be written to, or isn't there, costs no result", () => {
  const none = saveRun(join(directory, "none", "run.safetensors"), 10);
  assert.match(
    none.message,
    /"[^"]*none.run\.safetensors" can't be written, and is as it was: no such file or directory/,
  );
  assert.equal(none.parameters, run(10).parameters);
  assert.throws(
    () => readSafetensors(join(directory, "none")),
    /readSafetensors: ".*none" can't be read: no such file/,
  );
  // To who may do anything, nothing is forbidden.
  if (process.getuid?.() === 0) return;
  chmodSync(directory, 0o500);
  assert.match(
    saveRun(join(directory, "run.safetensors"), 10).message,
    /can't be written, and is as it was: permission denied/,
  );
  chmodSync(directory, 0o700);
});

files("a full disk: one sentence, nothing half-written, the file before is left", () => {
  // Every write to this device says that there is no space.
  if (!existsSync("/dev/full")) return;
  const path = join(directory, "run.safetensors");
  saveRun(path, 30);
  symlinkSync("/dev/full", `${path}.tmp`);
  const ended = run(40, { checkpoint: { save: checkpointFile(path).save } });
  assert.match(
    ended.message,
    /run\.safetensors" can't be written, and is as it was: no space left on device/,
  );
  assert.equal(ended.parameters, run(40).parameters);
  assert.is(checkpointFile(path).load()!.steps, 30);
  assert.equal(readdirSync(directory).sort(), ["run.safetensors", "run.safetensors.previous"]);
});

/** Bytes of memory by the system's count; undefined where it keeps none. */
function resident(kind: "VmRSS" | "VmHWM"): number | undefined {
  if (!existsSync("/proc/self/status")) return undefined;
  const found = new RegExp(`${kind}:\\s+(\\d+) kB`).exec(readFileSync("/proc/self/status", "utf8"));
  return found ? 1024 * Number(found[1]) : undefined;
}

/** Bytes by which the peak of memory rises while `run` runs; undefined where the system doesn't tell. */
function peakOf(run: () => void): number | undefined {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    return undefined;
  }
  const [before, peak] = [resident("VmRSS"), resident("VmHWM")];
  // Some systems take the order and keep the old peak.
  if (before === undefined || peak === undefined || peak > before + 1e6) return undefined;
  run();
  return resident("VmHWM")! - before;
}

files("a state of a million parameters is written within 10 MB beyond its own, as the system counts", () => {
  const size = 1_000_000;
  const data = new Float64Array(size).fill(1.5);
  const tensors = Object.fromEntries(
    ["parameters.x", "slots.mean.x", "slots.meanSquare.x"].map((name) => [name, { data, shape: [size] }]),
  );
  let taken: Checkpoint | undefined;
  run(1, {
    checkpoint: {
      every: 1,
      save: (checkpoint: Checkpoint) => {
        taken = checkpoint;
      },
    },
  });
  const file = checkpointFile(join(directory, "large.safetensors"));
  const whole = { ...taken!, tensors };
  // Twice: what else the process does meanwhile (it compiles, it collects) counts, too. A third copy would find room left by two.
  const peaks = [1, 2].map(() => peakOf(() => file.save(whole)));
  assert.ok(readFileSync(join(directory, "large.safetensors")).length > 24 * size);
  const least = Math.min(...peaks.filter((peak) => peak !== undefined));
  assert.ok(least === Number.POSITIVE_INFINITY || least < 10e6, `${peaks.join(", ")} bytes`);
});

files("weights are written and read", () => {
  const path = join(directory, "weights.safetensors");
  writeSafetensors(path, { layers: [{ W: [[1, 2]], b: Float32Array.of(3) }] }, { from: "test" });
  const { tensors, metadata } = readSafetensors(path);
  assert.equal(tensors["layers.0.W"], { data: Float64Array.of(1, 2), shape: [1, 2] });
  assert.is(metadata.from, "test");
  assert.equal(readdirSync(directory), ["weights.safetensors"]);
});

files(
  "runs that are killed lose nothing before their last checkpoint (a sample of `npm run kills`)",
  async () => {
    for (const [kind, kills, size, length] of [
      ["train", 2, 500, 4],
      ["minimize", 2, 500, 40],
      ["leastSquares", 1, 500, 20],
    ] as const) {
      const report = await killRuns({ kind, kills, size, length, seed: 3 });
      assert.equal(report.faults, [], kind);
      assert.is(report.killed, kills, kind);
    }
  },
);

files("a folder is written as it is given; nothing is, where a name or a content is none", () => {
  const path = join(directory, "made", "folder");
  const contents = new Map<string, string | Uint8Array>([
    ["a.txt", "text"],
    ["b.bin", Uint8Array.of(1, 2)],
  ]);
  writeFolder(path, contents);
  assert.is(readFileSync(join(path, "a.txt"), "utf8"), "text");
  assert.equal([...readFileSync(join(path, "b.bin"))], [1, 2]);
  assert.throws(() => writeFolder(path, contents), /is there and isn't empty/);
  const other = join(directory, "other");
  const wrong = new Map<string, unknown>([...contents, ["c.txt", 5]]) as typeof contents;
  assert.throws(() => writeFolder(other, wrong), /writeFolder: "c.txt" is 5; it must be a text or bytes/);
  assert.not(existsSync(other));
});

files.run();
