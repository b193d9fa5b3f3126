/**
 * `node scripts/import-time.js [MODULE]`: the CPU time that importing a module costs beyond a bare Node, in the folder where it is
 * started; of the built package unless another is named. The medians of twenty processes of each kind, in turns.
 */
import { execFileSync } from "node:child_process";

const module = process.argv[2] ?? "adjoint";
const told = "const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);";
const cost = (text) =>
  Number(execFileSync(process.execPath, ["--input-type=module", "-e", text], { encoding: "utf8" }));

const [bare, full] = [[], []];
for (let i = 0; i < 20; i++) {
  bare.push(cost(told));
  full.push(cost(`import ${JSON.stringify(module)}; ${told}`));
}
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
console.log(
  `${(median(full) - median(bare)).toFixed(1)} ms beyond a bare Node (${median(bare).toFixed(1)} ms) to import ${module}`,
);
