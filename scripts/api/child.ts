/**
 * Makes calls in a process that can be killed. Before each call its number is written, so that whoever waits knows which
 * one hangs; faults are written as they are found.
 */
import { writeSync } from "node:fs";
import { randomSource } from "adjoint";
import { callOnce, uncaught } from "./judge.js";
import { findTargets } from "./targets.js";
import { hanging, patience } from "./time.js";
import { pollution } from "./watch.js";

/** What the child is told. */
export interface Orders {
  readonly seed: number;
  /** The first call and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly modules: readonly string[];
  readonly only?: string | undefined;
  /** Milliseconds after which a call is ended. */
  readonly patience: number;
  /** How often each hostile value made a call hang before. */
  readonly hung: readonly (readonly [string, number])[];
}

process.on("unhandledRejection", (error) => uncaught.push(error));
process.on("uncaughtException", (error) => uncaught.push(error));

/** Written to the parent at once, even where the process hangs afterwards. */
const tell = (message: unknown) => writeSync(3, `${JSON.stringify(message)}\n`);

const { seed, from, to, modules, only, hung, patience: limit } = JSON.parse(process.argv[2]!) as Orders;
patience.milliseconds = limit;
for (const [flaw, count] of hung) hanging.set(flaw, count);
const targets = (await findTargets(modules)).filter(({ name }) => only === undefined || matches(name, only));
if (targets.length === 0) throw new Error(`There is no function called ${only}.`);
// What is tried out on the way to valid calls isn't judged.
await new Promise((resolve) => setImmediate(resolve));
uncaught.length = 0;
pollution();
tell({ targets: targets.map(({ name }) => name) });

/** `adam` is itself and what it makes, `adam(…).step`; several stand with commas between them. */
function matches(name: string, wanted: string): boolean {
  return wanted
    .split(",")
    .some((one) => name === one || name.startsWith(`${one}(`) || name.startsWith(`${one}.`));
}

/** The engine is started with its `gc`. */
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

for (let i = from; i < to; i++) {
  const random = randomSource((seed + i) % 2 ** 32);
  let target = targets[random.integer(0, targets.length)]!;
  while (targets.length > 1 && target.rarity && random.uniform() > 1 / target.rarity)
    target = targets[random.integer(0, targets.length)]!;
  try {
    const faults = await callOnce(random, target, (flaws) => tell({ i, target: target.name, flaws }));
    for (const fault of faults) tell({ i, fault });
    // What it filled memory with is gone, before it is taken for the next one's.
    if (faults.some(({ kind }) => kind === "hang")) collectGarbage();
  } catch (error) {
    // It isn't the library's: what watches and judges must stand whatever it meets.
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(3);
  }
}
tell({ done: true });
process.exit(0);
