/** The command line as a process: with pipes that close, disks that are full, and a terminal that util-linux's `script` makes. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** Runs it to its end. @param to where standard output goes: a file instead of a pipe */
export function runProgram(program: string, args: readonly string[], folder: string, to?: string): Ended {
  const out = to === undefined ? "pipe" : openSync(to, "w");
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", out, "pipe"],
  });
  if (typeof out === "number") closeSync(out);
  return { out: stdout ?? "", err: stderr, code: status };
}

/** Reads the first piece of what it prints and closes the pipe, as `head -1` does. */
export function readFirst(program: string, args: readonly string[], folder: string): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { out: "", err: "" };
  child.stdout.once("data", (piece) => {
    written.out = String(piece);
    child.stdout.destroy();
  });
  child.stderr.on("data", (piece) => {
    written.err += piece;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...written, code })));
}

/** Whether there is a `script` that makes a terminal for a command and ends with its exit code. */
export function hasTerminal(): boolean {
  try {
    return execFileSync("script", ["--version"], { encoding: "utf8", stdio: "pipe" }).includes("util-linux");
  } catch {
    return false;
  }
}

/** Runs it in a terminal; as soon as it has written what `until` says, `keys` are typed. */
export function runInTerminal(
  program: string,
  args: readonly string[],
  folder: string,
  { until, keys }: { readonly until: RegExp; readonly keys: string },
): Promise<Ended> {
  const quoted = [process.execPath, program, ...args].map((one) => `'${one}'`).join(" ");
  // Whatever shell `script` takes, none is left between: some would be ended by the same Ctrl-C, and tell that instead.
  const child = spawn("script", ["-qec", `exec ${quoted}`, "/dev/null"], {
    cwd: folder,
    env: { ...process.env, TERM: "xterm", NO_COLOR: "" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let isTyped = false;
  child.stdout.on("data", (piece) => {
    out += piece;
    if (isTyped || !until.test(out)) return;
    isTyped = true;
    child.stdin.write(keys);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ out, err: "", code })));
}
