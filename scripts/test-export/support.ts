/** What the groups of `npm run test:export` share: running programs, a line for each case, the counts. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** What every group is given. */
export interface Setting {
  /** A Python that has JAX; nothing where the chosen groups need none. */
  readonly python: string;
  /** Of long lists of cases every so many. */
  readonly every: number;
  /** Of them those with such names. */
  readonly only: RegExp;
  /** How many random programs, and the seed of the first. */
  readonly count: number;
  readonly seed: number;
}

/** Where all groups work; removed at the end. */
export const place = mkdtempSync(join(tmpdir(), "adjoint-export-"));
export const cleanUp = (): void => rmSync(place, { recursive: true, force: true, maxRetries: 3 });

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly errors: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of the output. */
  readonly line?: (text: string) => void;
  /** Called with the process as soon as it runs. */
  readonly started?: (child: ChildProcess) => void;
}

// Devices are virtual and few threads are enough, so that the machine stays usable; nothing but the CPU is asked.
const usual = { JAX_PLATFORMS: "cpu", OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" };

/** Runs a program to its end, whatever that is. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd = place, env = {}, line, started } = options;
  const child = spawn(command, args, { cwd, env: { ...process.env, ...usual, ...env } });
  let [out, errors, rest] = ["", "", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if (line) lines.forEach(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  started?.(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, out, errors }));
  });
}

/** The end of what a program complained of. */
export const complaint = ({ errors, status }: Ran): string =>
  `${errors.trim().split("\n").slice(-6).join("\n").slice(-1500)} (exit ${status})`;

/** What a program writes. @throws where it fails, with the end of its complaints */
export async function succeed(command: string, args: readonly string[], options?: RunOptions): Promise<Ran> {
  const ran = await run(command, args, options);
  if (ran.status !== 0) throw new Error(complaint(ran));
  return ran;
}

/** A case throws one of these where the machine lacks what it needs. */
export class Skipped extends Error {}

const counts = { passed: 0, failed: 0, skipped: 0 };

/** The line of a case. */
export function tell(kind: keyof typeof counts, name: string, note = ""): void {
  counts[kind]++;
  const word = { passed: "ok      ", failed: "FAILED  ", skipped: "skipped " }[kind];
  console.log(`${word} ${name.padEnd(44)} ${note.replaceAll("\n", `\n${" ".repeat(10)}`)}`.trimEnd());
}

/** Runs a case and writes its line. */
export async function check(name: string, body: () => Promise<string> | string): Promise<void> {
  const before = performance.now();
  try {
    const note = await body();
    tell("passed", name, `${note} · ${((performance.now() - before) / 1000).toFixed(1)} s`);
  } catch (error) {
    tell(error instanceof Skipped ? "skipped" : "failed", name, (error as Error).message.trim());
  }
}

export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The counts of all cases; sets the exit status. */
export function finish(): void {
  const { passed, failed, skipped } = counts;
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
