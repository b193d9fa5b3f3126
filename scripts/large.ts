/**
 * `npm run large [-- --only RE] [--check]`: how long each public op with its gradient takes to trace and compile at 10⁶
 * elements, and to run, per element, at 10⁵ and 10⁶. With `--check` it fails beyond half a second of compiling, or where
 * ten times the elements take more than forty times the time.
 */
import { parseArgs } from "node:util";
import { compile, valueAndGrad } from "../graph/index.js";
import { largeCalls, traceLarge } from "../property-tests/support/large.js";

const { values: options } = parseArgs({ options: { only: { type: "string" }, check: { type: "boolean" } } });
const pattern = new RegExp(options.only ?? "");

const compileBound = 500;
/** Caches end between the sizes, so that ten would be too strict; n² would be a hundred. */
const growthBound = 40;

interface Timed {
  readonly compiling: number;
  readonly running: number;
  readonly size: number;
}

/** Milliseconds of the processor: what else runs on the machine doesn't count. */
function since(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Those of the fastest of a few runs. */
function fastest(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    run();
    return since(start);
  });
  return Math.min(...times);
}

let missed = 0;
console.log("call                  compile ms   ns an element at 10⁵   at 10⁶");
for (const [name, call] of Object.entries(largeCalls)) {
  if (!pattern.test(name)) continue;
  const [few, many] = [100_000, 1_000_000].map((size) => {
    const start = process.cpuUsage();
    const kernel = compile(valueAndGrad(traceLarge(call, size)));
    const compiling = since(start);
    const x = Float64Array.from({ length: size }, (_, i) => 0.5 + 0.499 * Math.sin(i * 12.9898));
    kernel({ x });
    return { compiling, running: fastest(() => kernel({ x })), size };
  }) as [Timed, Timed];
  const isMissed = many.compiling > compileBound || many.running > growthBound * Math.max(few.running, 0.1);
  if (isMissed) missed++;
  const each = ({ running, size }: Timed) => ((running * 1e6) / size).toFixed(2);
  const cells = [many.compiling.toFixed(1).padStart(10), each(few).padStart(22), each(many).padStart(9)];
  console.log(`${name.padEnd(21)} ${cells.join("")}${isMissed ? "  beyond the bounds" : ""}`);
}
console.log(`${missed} beyond the bounds of ${compileBound} ms and ${growthBound} times the time.`);
if (options.check && missed > 0) process.exitCode = 1;
