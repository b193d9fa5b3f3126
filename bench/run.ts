/**
 * Benchmarks Adjoint and its peers against hand-written JavaScript: `npm run bench -- --help`.
 *
 * Each workload and subject has processes of its own. A process holds the subject and the hand-written version, checks
 * that they agree, and measures them in turns, so that a ratio is of one process and one moment. What counts is the
 * median of the rounds, and of that the median of the processes. Peers, whose ratios are told by orders of magnitude,
 * have the short rounds of `--quick`, and one process where they are far behind.
 */
import { fork } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Outcome } from "./child.js";
import { type Options, quickSettings, readOptions, usage } from "./options.js";
import { adjointTable, type Cells, formatRatio, ratioTable, summarize, verdicts } from "./report.js";
import type { Settings, Subject } from "./workload.js";

/** After this many seconds a process has failed. */
const patience = (subject: Subject): number => (subject === "adjoint" ? 300 : 60);

/** A peer is measured again only where it may be near: a ratio above this, or these many seconds, need no median. */
const far = { ratio: 10, seconds: 10 };

/** Measures one workload and subject in a process, which may die in any way. */
function measureIn(workload: string, subject: Subject, { round, budget }: Settings): Promise<Outcome> {
  const path = fileURLToPath(new URL("child.ts", import.meta.url));
  const child = fork(path, [workload, subject, String(round), String(budget)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return new Promise((resolve) => {
    let outcome: Outcome | undefined;
    let complaints = "";
    const timer = setTimeout(() => {
      outcome = { failed: `no result in ${patience(subject)} s` };
      child.kill("SIGKILL");
    }, patience(subject) * 1000);
    child.on("message", (message) => {
      outcome = message as Outcome;
    });
    child.stderr!.on("data", (data) => {
      complaints += data;
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const reason =
        /^(?:FATAL ERROR|\w*Error): .*/m.exec(complaints)?.[0] ?? `it ended with ${signal ?? code}`;
      resolve(outcome ?? { failed: reason });
    });
  });
}

async function measureAll({ workloads, subjects, processes, settings }: Options): Promise<Cells> {
  const cells: Record<string, Partial<Record<Subject, readonly Outcome[]>>> = {};
  for (const { name, peers } of workloads) {
    cells[name] = {};
    for (const subject of subjects) {
      const reason = subject === "adjoint" ? undefined : peers[subject];
      if (typeof reason === "string") {
        cells[name][subject] = [{ failed: reason }];
        continue;
      }
      const outcomes: Outcome[] = [];
      const started = performance.now();
      const own = subject === "adjoint" ? settings : quickSettings;
      let again = true;
      while (again && outcomes.length < processes) {
        const outcome = await measureIn(name, subject, own);
        outcomes.push(outcome);
        const isNear =
          "measured" in outcome &&
          outcome.measured.ratio.median <= far.ratio &&
          performance.now() - started <= far.seconds * 1000;
        again = "measured" in outcome && (subject === "adjoint" || isNear);
      }
      cells[name][subject] = outcomes;
      const { ratio, failed } = summarize(outcomes);
      const result = ratio ? `${formatRatio(ratio.median)} × by hand` : failed;
      console.log(`${name.padEnd(26)}${subject.padEnd(12)}${result}`);
    }
  }
  return cells;
}

function writeResults(options: Options, cells: Cells, head: string, tables: string): string {
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const name = options.quick ? "quick" : "latest";
  writeFileSync(new URL(`${name}.md`, folder), `# Benchmark\n\n${head}\n\n${tables}\n`);
  const data = { date: new Date().toISOString(), cpu: cpus()[0]?.model, node: process.version, cells };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(data, undefined, 1)}\n`);
  return `bench/results/${name}.md`;
}

/** Puts the table where docs/speed.md has the last one. */
function writeDocument(table: string): void {
  const path = new URL("../docs/speed.md", import.meta.url);
  const text = readFileSync(path, "utf8");
  const [start, end] = ["<!-- speed -->\n", "<!-- end of speed -->"];
  const [before, rest] = text.split(start);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined)
    throw new Error(`docs/speed.md has no place for the table: ${start.trim()} … ${end}`);
  writeFileSync(path, `${before}${start}\n${table}\n\n${end}${after}`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return;
  }
  const cells = await measureAll(options);
  const date = new Date().toISOString().slice(0, 10);
  const head =
    `${date}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ` +
    `median of ${options.processes} process${options.processes > 1 ? "es" : ""}. ` +
    "Times over those of hand-written JavaScript: less is better.";
  const ratios = ratioTable(options.workloads, cells);
  const tables = `${ratios}\n\n${adjointTable(options.workloads, cells)}`;
  console.log(`\n${head}\n\n${tables}`);
  console.log(`\nwritten to ${writeResults(options, cells, head, tables)}`);
  if (options.document) writeDocument(`${head}\n\n${ratios}`);
  if (!options.check) return;
  const found = verdicts(options.workloads, cells);
  const missed = found.filter(({ holds }) => !holds);
  for (const { holds, text } of found) console.log(`${holds ? "holds " : "MISSED"}  ${text}`);
  console.log(`${found.length - missed.length} of ${found.length} bounds hold`);
  if (missed.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
