/**
 * `npm run kills`: 200 runs that save checkpoints are killed (SIGKILL) at random moments and resumed; none may lose a step
 * before its last checkpoint, leave a file that can't be read, or come to other bits than a run that is left alone.
 * `-- KILLS SEED` for others.
 */
import { killRuns } from "./kills/kill.js";

const [kills = 200, seed = 1] = process.argv.slice(2).map(Number);
const report = await killRuns({
  ...{ kills, hidden: 5000, epochs: 6, seed },
  onKill: (killed) => {
    if (killed % 20 === 0) console.log(`${killed} of ${kills} killed`);
  },
});
console.log(
  `${report.killed} runs killed, ${report.whileWriting} while they wrote, ${report.completed} came to their end, ` +
    `${report.faults.length} faults`,
);
for (const fault of report.faults) console.log(fault);
process.exitCode = report.faults.length > 0 ? 1 : 0;
