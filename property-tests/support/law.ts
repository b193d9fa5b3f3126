import fc from "fast-check";

/*
 * CI draws the same cases every time, so that a red suite means a change and not bad luck.
 * `SEED=random` (or a number) draws others, `RUNS=20` draws twenty times as many as a law says; without it a third of
 * them are drawn, a dozen at least, so that `npm test` takes about three minutes.
 */
const seed = process.env.SEED === "random" ? Date.now() : Number(process.env.SEED ?? 20);
const factor = Number(process.env.RUNS ?? 1 / 3);
const fewest = 12;

// Without it the report names the counterexample but not what was wrong with it.
fc.configureGlobal({ includeErrorInReport: true, seed });

/** Checks a law on `runs` drawn cases, times the factor; a counterexample is shrunk and reported with what it broke. */
export function forAll<T>(runs: number, cases: fc.Arbitrary<T>, law: (drawn: T) => void): void {
  fc.assert(fc.property(cases, law), {
    numRuns: Math.max(Math.min(runs, fewest), Math.round(runs * factor)),
  });
}

export { fc };
