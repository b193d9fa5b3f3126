/**
 * Benchmarks Adjoint and its peers against hand-written JavaScript: `npm run bench -- --help`.
 *
 * Each workload and subject has processes of its own. A process holds the subject and the hand-written version, checks
 * that they agree, and measures them in turns, so that a ratio is of one process and one moment. What counts is the
 * median of the rounds, and of that the median of the processes. Peers, whose ratios are told by orders of magnitude,
 * have the short rounds of `--quick`.
 */
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Outcome } from "./child.js";
import { type Options, quickSettings, readOptions, usage } from "./options.js";
import { adjointTable, type Cells, formatRatio, ratioTable, summarize, verdicts } from "./report.js";
import type { Settings, Subject } from "./workload.js";

/** After this many seconds a process has failed. */
const patience = 60;

/** A peer that has taken this many seconds isn't measured again: what is that slow needs no median. */
const enough = 10;

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
      outcome = { failed: `no result in ${patience} s` };
      child.kill("SIGKILL");
    }, patience * 1000);
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
      const isSlow = () => subject !== "adjoint" && performance.now() - started > enough * 1000;
      const own = subject === "adjoint" ? settings : quickSettings;
      do outcomes.push(await measureIn(name, subject, own));
      while (outcomes.length < processes && "measured" in outcomes.at(-1)! && !isSlow());
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
    `${options.processes} process${options.processes > 1 ? "es" : ""} for each workload and subject. ` +
    "Times over those of hand-written JavaScript, less is better.";
  const tables = [ratioTable(options.workloads, cells), adjointTable(options.workloads, cells)].join("\n\n");
  console.log(`\n${head}\n\n${tables}`);
  console.log(`\nwritten to ${writeResults(options, cells, head, tables)}`);
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
