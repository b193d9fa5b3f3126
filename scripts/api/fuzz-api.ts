/**
 * Every public function against hostile arguments. A call must give a value or an AdjointError whose message begins with
 * the function's name, within a second; it changes none of its arguments. Errors that a callback throws are the user's
 * own and go through. The calls are made by a child process: one that never ends or takes all memory is stopped there.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Orders } from "./child.js";
import type { Fault } from "./judge.js";

export interface FuzzOptions {
  readonly runs: number;
  readonly seconds: number;
  readonly seed: number;
  /** One function and what it makes, or several with commas between them. */
  readonly only?: string | undefined;
  /** What is imported in place of the library's entries. */
  readonly modules: readonly string[];
  /** Milliseconds after which a call is ended; some time after twice as many the process is. Default 4000. */
  readonly patience?: number;
  /** Bytes that the process may take; default 2 GiB. */
  readonly memory?: number;
}

export interface Found extends Fault {
  count: number;
  /** The number of the call: with it as the seed, it is the first one. */
  readonly run: number;
}

export interface FuzzReport {
  readonly calls: number;
  readonly targets: readonly string[];
  readonly faults: readonly Found[];
}

/** A message of the child's. */
interface Told {
  readonly i?: number;
  readonly target?: string;
  readonly flaws?: readonly string[];
  readonly fault?: Fault;
  readonly targets?: readonly string[];
  readonly done?: boolean;
}

export const entries = [
  "adjoint",
  "adjoint/graph",
  "adjoint/optimizers",
  "adjoint/solvers",
  "adjoint/expression",
  "adjoint/export",
  "adjoint/figures",
  "adjoint/testing",
  "adjoint/files",
];

/** Fuzzes, and gives each distinct fault with its shortest call. */
export async function fuzzApi(options: FuzzOptions): Promise<FuzzReport> {
  const { runs, seed, modules, only, patience = 4000, memory = 2 ** 31 } = options;
  const until = performance.now() + options.seconds * 1000;
  const faults = new Map<string, Found>();
  let targets: readonly string[] = [];
  let from = 0;
  // A new process needn't find out again which values make calls hang.
  const hung = new Map<string, number>();
  const directory = mkdtempSync(join(tmpdir(), "adjoint-fuzz-"));
  const blame = ({ flaws = [] }: Told, times: number) => {
    for (const flaw of flaws) hung.set(flaw, (hung.get(flaw) ?? 0) + times);
  };
  const note = (run: number, fault: Fault) => {
    // Numbers and names differ from call to call; the fault is the same.
    const what = fault.what.replaceAll(/"[^"]*"|-?\d[\d.e+]*|\([^)]*\)/g, "#");
    const key = `${fault.target} ${fault.kind} ${what} ${fault.place}`;
    const known = faults.get(key);
    if (!known) faults.set(key, { ...fault, run, count: 1 });
    else if (known.call.length <= fault.call.length) known.count++;
    else faults.set(key, { ...fault, run, count: known.count + 1 });
  };
  try {
    while (from < runs && performance.now() < until) {
      const orders: Orders = { seed, from, to: runs, modules, only, patience, hung: [...hung] };
      let last: Told & { readonly i: number } = { i: from };
      const end = await runChild(orders, directory, { until, memory }, (told) => {
        if (told.targets) targets = told.targets;
        if (told.i === undefined) return;
        if (told.target !== undefined) last = { ...told, i: told.i };
        if (told.fault) note(told.i, told.fault);
        if (told.fault?.kind === "hang") blame(last, 1);
      });
      if (end === "done") return { calls: runs, targets, faults: [...faults.values()] };
      if (targets.length === 0) throw new Error(`The child process doesn't start: ${end}`);
      from = last.i + 1;
      if (end !== "time") {
        const call = `seed ${seed + last.i}: ${last.flaws?.join(", ")}`;
        note(last.i, { target: last.target ?? "the start", call, kind: "crash", what: end, place: "" });
        blame(last, 3);
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return { calls: from, targets, faults: [...faults.values()] };
}

/** Runs a child to its end, or stops it; says why it ended. */
function runChild(
  orders: Orders,
  directory: string,
  limits: { readonly until: number; readonly memory: number },
  listen: (told: Told) => void,
): Promise<string> {
  const script = fileURLToPath(new URL("child.ts", import.meta.url));
  const flags = [
    "-C",
    "adjoint-source",
    "--import",
    import.meta.resolve("tsx"),
    "--max-old-space-size=700",
    "--expose-gc",
  ];
  const child = spawn(
    process.execPath,
    [...flags, "--stack-trace-limit=30", script, JSON.stringify(orders)],
    {
      cwd: directory,
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    },
  );
  let reason: string | undefined;
  let done = false;
  let errors = "";
  // It takes a second to start, and minutes where others keep the machine busy.
  let heard = performance.now() + 180_000;
  const stop = (why: string) => {
    reason ??= why;
    child.kill("SIGKILL");
  };
  child.stderr!.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000);
  });
  const lines = createInterface({ input: child.stdio[3] as Readable });
  lines.on("line", (line) => {
    heard = performance.now();
    const told = JSON.parse(line) as Told;
    if (told.done) done = true;
    listen(told);
  });
  const timer = setInterval(() => {
    const now = performance.now();
    if (now > limits.until) stop("time");
    // On a busy machine one that could end waits for long.
    else if (now - heard > 2 * orders.patience + 10_000) stop("doesn't end, nor can it be interrupted");
    else if (residentBytes(child.pid!) > limits.memory) stop("takes all the memory");
  }, 100);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearInterval(timer);
      const fatal = /FATAL ERROR: .*/.exec(errors)?.[0];
      resolve(
        done ? "done" : (reason ?? fatal ?? `the process ends with ${signal ?? code}: ${errors.slice(-300)}`),
      );
    });
  });
}

/** 0 where the system doesn't tell. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096;
  } catch {
    return 0;
  }
}

/** Prints faults by kind and place, each with its functions and the shortest call. */
export function printReport({ calls, targets, faults }: FuzzReport, seconds: number): void {
  const groups = new Map<string, Found[]>();
  for (const fault of faults) {
    const key = `${fault.kind}  ${fault.place || fault.what.slice(0, 60)}`;
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, group] of sorted) {
    const total = group.reduce((sum, { count }) => sum + count, 0);
    console.log(`\n${key}: ${total} times`);
    for (const { target, call, what, count, run } of group) {
      console.log(`  ${target} (${count}): ${shorten(call)} ${shorten(what)}  [call ${run}]`);
    }
  }
  console.log(
    `\n${calls} calls of ${targets.length} functions in ${seconds.toFixed(0)} s: ${faults.length} distinct faults ` +
      `in ${groups.size} places`,
  );
}

const shorten = (text: string) => (text.length > 160 ? `${text.slice(0, 157)}…` : text).replaceAll("\n", "⏎");
