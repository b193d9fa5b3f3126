/** Kills runs at random moments, and looks at what they leave. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { randomSource } from "adjoint";
import { checkpointFile } from "adjoint/files";
import { build } from "esbuild";

export interface KillOptions {
  /** How many runs are killed. */
  readonly kills: number;
  /** What is run: by an optimizer in batches, by a solver, or by one of least squares. */
  readonly kind: "train" | "minimize" | "leastSquares";
  /** Columns of the weights, or parameters, on which the size of a file depends. */
  readonly size: number;
  /** Epochs, or the most steps. */
  readonly length: number;
  readonly seed: number;
  /** Told after each kill. */
  readonly onKill?: (killed: number) => void;
}

export interface KillReport {
  readonly killed: number;
  /** Runs that came to their end, each after some that were killed. */
  readonly completed: number;
  /** Kills that left a file half-written under its temporary name. */
  readonly whileWriting: number;
  readonly faults: readonly string[];
}

interface Ended {
  /** Killed by us. */
  readonly killed: boolean;
  /** The steps of the last checkpoint that it said it had saved. */
  readonly saved: number;
  /** What it came to. */
  readonly result: string | undefined;
  readonly errors: string;
}

/** Runs the child for so many milliseconds, or to its end. */
function runFor(command: readonly string[], milliseconds: number): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    let [output, errors] = ["", ""];
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (errors += data));
    const timer = Number.isFinite(milliseconds) && setTimeout(() => child.kill("SIGKILL"), milliseconds);
    child.on("close", (_, signal) => {
      if (timer) clearTimeout(timer);
      const saved = [...output.matchAll(/^saved (\d+)$/gm)].at(-1);
      const result = /^done (.*)$/m.exec(output)?.[1];
      done({ killed: signal === "SIGKILL", saved: Number(saved?.[1] ?? 0), result, errors });
    });
  });
}

/** The child as one module, which starts faster than its sources. */
async function bundleChild(directory: string): Promise<string> {
  const outfile = join(directory, "child.mjs");
  await build({
    entryPoints: [resolve(import.meta.dirname, "child.ts")],
    ...{ bundle: true, platform: "node", format: "esm", conditions: ["adjoint-source"], outfile },
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return outfile;
}

/** How many runs are on their way at once: most of the time they wait for the disk. */
const lanes = 4;

export async function killRuns({
  kills,
  kind,
  size,
  length,
  seed,
  onKill,
}: KillOptions): Promise<KillReport> {
  const directory = mkdtempSync(join(tmpdir(), "adjoint-kills-"));
  const random = randomSource(seed);
  const faults: string[] = [];
  let [begun, killed, completed, whileWriting] = [0, 0, 0, 0];
  const report = (): KillReport => ({ killed, completed, whileWriting, faults });
  try {
    const child = await bundleChild(directory);
    const command = (path: string) => [child, path, kind, String(size), String(length)];
    const began = Date.now();
    const whole = await runFor(command(join(directory, "whole")), Number.POSITIVE_INFINITY);
    const longest = Date.now() - began;
    if (whole.result === undefined) return { ...report(), faults: [whole.errors] };
    const kill = async (lane: number): Promise<void> => {
      const folder = join(directory, String(lane));
      const path = join(folder, "run");
      let saved = 0;
      mkdirSync(folder);
      while (begun < kills && faults.length < 10) {
        begun++;
        const ended = await runFor(command(path), random.uniform(0, longest));
        saved = Math.max(saved, ended.saved);
        if (!ended.killed) {
          begun--;
          completed++;
          if (ended.result !== whole.result) faults.push(`a run came to ${ended.result ?? ended.errors}`);
          for (const name of readdirSync(folder)) rmSync(join(folder, name));
          saved = 0;
          continue;
        }
        killed++;
        if (readdirSync(folder).includes("run.tmp")) whileWriting++;
        try {
          const steps = checkpointFile(path).load()?.steps ?? 0;
          if (steps < saved) faults.push(`kill ${killed}: ${saved} steps were saved, and ${steps} are there`);
        } catch (error) {
          faults.push(`kill ${killed}: ${String(error)}`);
        }
        onKill?.(killed);
      }
    };
    await Promise.all(Array.from({ length: Math.min(lanes, kills) }, (_, lane) => kill(lane)));
    return report();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
