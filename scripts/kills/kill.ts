/** Kills runs at random moments, and looks at what they leave. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { randomSource } from "adjoint";
import { checkpointFile } from "adjoint/files";
import { build } from "esbuild";

export interface KillOptions {
  /** How many runs are killed. */
  readonly kills: number;
  /** Columns of the weights, on which the size of a file depends. */
  readonly hidden: number;
  readonly epochs: number;
  readonly seed: number;
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

export async function killRuns({ kills, hidden, epochs, seed }: KillOptions): Promise<KillReport> {
  const directory = mkdtempSync(join(tmpdir(), "adjoint-kills-"));
  const random = randomSource(seed);
  const faults: string[] = [];
  let [killed, completed, whileWriting] = [0, 0, 0];
  try {
    const child = await bundleChild(directory);
    const command = (name: string) => [child, join(directory, name), String(hidden), String(epochs)];
    const began = Date.now();
    const whole = await runFor(command("whole"), Number.POSITIVE_INFINITY);
    const longest = Date.now() - began;
    if (whole.result === undefined) return { killed, completed, whileWriting, faults: [whole.errors] };
    let saved = 0;
    while (killed < kills && faults.length < 10) {
      const ended = await runFor(command("run"), random.uniform(0, longest));
      saved = Math.max(saved, ended.saved);
      if (!ended.killed) {
        completed++;
        if (ended.result !== whole.result) faults.push(`a run came to ${ended.result ?? ended.errors}`);
        for (const name of readdirSync(directory)) if (name.startsWith("run")) rmSync(join(directory, name));
        saved = 0;
        continue;
      }
      killed++;
      if (readdirSync(directory).includes("run.tmp")) whileWriting++;
      try {
        const steps = checkpointFile(join(directory, "run")).load()?.steps ?? 0;
        if (steps < saved) faults.push(`kill ${killed}: ${saved} steps were saved, and ${steps} are there`);
      } catch (error) {
        faults.push(`kill ${killed}: ${String(error)}`);
      }
    }
    return { killed, completed, whileWriting, faults };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
