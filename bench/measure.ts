/** Timing two programs against each other in one process. */
import type { Program, Settings, Spread } from "./workload.js";

type Loop = (times: number) => void;

let loops = 0;

/** A loop of its own text for each program: engines share the type feedback of equal texts, and then inline nothing. */
function loopOf({ run }: Program): Loop {
  const text = `return function loop${loops++}(times) { for (let i = 0; i < times; i++) run(); };`;
  return new Function("run", text)(run) as Loop;
}

/** Milliseconds that `times` runs take. */
function time(loop: Loop, times: number): number {
  const start = performance.now();
  loop(times);
  return performance.now() - start;
}

/** Runs after which code is as fast as it gets, if there is time for so many: engines optimize what has run often. */
const warmRuns = 10_000;

/** Runs a program until it is as fast as it gets, and tells how often it runs in a round. */
function warmUp(loop: Loop, { round, budget }: Settings): number {
  let times = 1;
  let total = 0;
  let runs = 0;
  let last = 0;
  do {
    last = time(loop, times);
    total += last;
    runs += times;
    if (last < round) times = last < round / 8 ? times * 4 : Math.ceil((times * round) / last);
  } while (last < round || total < budget / 4 || (runs < warmRuns && total < budget));
  return times;
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

export interface Comparison {
  /** The first program's time over the second's, of neighbouring rounds. */
  readonly ratio: Spread;
  /** Nanoseconds a run. */
  readonly first: Spread;
  readonly second: Spread;
}

/** Rounds of one program and of another take turns, so that what slows the machine slows both. */
export function compare(one: Program, other: Program, settings: Settings): Comparison {
  const loops = [loopOf(one), loopOf(other)] as const;
  const times = [warmUp(loops[0], settings), warmUp(loops[1], settings)] as const;
  const first: number[] = [];
  const second: number[] = [];
  const end = performance.now() + settings.budget;
  do {
    first.push((time(loops[0], times[0]) / times[0]) * 1e6);
    second.push((time(loops[1], times[1]) / times[1]) * 1e6);
  } while (performance.now() < end || first.length < 3);
  return {
    ratio: spread(first.map((ns, round) => ns / second[round]!)),
    first: spread(first),
    second: spread(second),
  };
}
