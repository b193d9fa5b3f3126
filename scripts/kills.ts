/**
 * `npm run kills`: 200 runs that save checkpoints, half of them of optimizers and half of solvers, are killed (SIGKILL) at random moments and resumed; none may lose a step
 * before its last checkpoint, leave a file that can't be read, or come to other bits than a run that is left alone.
 * `-- KILLS SEED` for others.
 */
import { killRuns } from "./kills/kill.js";

const [kills = 200, seed = 1] = process.argv.slice(2).map(Number);
const [quarter, half] = [Math.round(kills / 4), kills - 2 * Math.round(kills / 4)];
for (const run of [
  { kind: "train", kills: half, size: 5000, length: 6 },
  { kind: "minimize", kills: quarter, size: 5000, length: 200 },
  { kind: "leastSquares", kills: quarter, size: 20_000, length: 40 },
] as const) {
  const report = await killRuns({
    ...{ ...run, seed },
    onKill: (killed) => {
      if (killed % 20 === 0) console.log(`${run.kind}: ${killed} of ${run.kills} killed`);
    },
  });
  console.log(
    `${run.kind}: ${report.killed} runs killed, ${report.whileWriting} while they wrote, ${report.completed} came to ` +
      `their end, ${report.faults.length} faults`,
  );
  for (const fault of report.faults) console.log(fault);
  if (report.faults.length > 0) process.exitCode = 1;
}
