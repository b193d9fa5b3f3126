/** `npm run fuzz -- --text`: each text ends in a graph or one clear error, within a second and in bounded memory. */
import { longHostile, shortHostile } from "../property-tests/support/hostile-texts.js";
import { fc } from "../property-tests/support/law.js";
import { faultOf, wildTexts } from "../property-tests/support/texts.js";

/** Milliseconds of this process's own time that a text may take. */
const most = 1000;

/** Prints what is found. @returns how many faults there are */
export function fuzzTexts(runs: number, seed: number): number {
  const began = performance.now();
  let faults = 0;
  let longest = { time: 0, text: "" };
  const chunk = 10_000;
  // First the known ones.
  for (let done = -1; done < runs; done += done < 0 ? 1 : chunk) {
    const texts =
      done < 0
        ? [...shortHostile, ...longHostile]
        : fc.sample(wildTexts, { numRuns: Math.min(chunk, runs - done), seed: seed + done });
    for (const text of texts) {
      const before = process.cpuUsage();
      const fault = faultOf(text);
      const { user, system } = process.cpuUsage(before);
      const time = (user + system) / 1000;
      if (time > longest.time) longest = { time, text };
      const found =
        fault ??
        (time > most ? `${JSON.stringify(text.slice(0, 100))} takes ${time.toFixed(0)} ms` : undefined);
      if (found === undefined) continue;
      faults++;
      console.log(found.slice(0, 400));
    }
    const { heapUsed } = process.memoryUsage();
    console.log(
      `${done < 0 ? texts.length : Math.min(runs, done + chunk)} texts, ${faults} faults, heap ${(heapUsed / 2 ** 20).toFixed(0)} MB`,
    );
  }
  console.log(
    `${runs} texts in ${((performance.now() - began) / 1000).toFixed(0)} s: ${faults} faults; the longest took ` +
      `${longest.time.toFixed(0)} ms (${JSON.stringify(longest.text.slice(0, 60))})`,
  );
  return faults;
}
