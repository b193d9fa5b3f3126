/** How far an engine's numbers are from the interpreter's, and by which kind of difference. */

/** Differences that an engine's arithmetic brings. */
export const kinds = {
  lastPlaces: "another order of adding, other last places of functions",
  zeroSign: "−0 that became 0, or 0 that became −0",
  flushed: "numbers below 2⁻¹⁰²² that became 0",
} as const;

export interface Difference {
  /** The largest one of those in last places, by the measure. */
  readonly worst: number;
  /** How many elements differ by each kind. */
  readonly counts: Readonly<Record<keyof typeof kinds, number>>;
  /** The first few elements that none of them explains. */
  readonly beyond: readonly string[];
}

/** Of the size of the number, or of 1 where that is larger. */
export const mixed = (x: number, y: number): number => Math.abs(x - y) / (1 + Math.abs(x));
export const relative = (x: number, y: number): number =>
  Math.abs(x - y) / Math.max(Math.abs(x), Number.MIN_VALUE);

/** All numbers of a result against those that are expected. */
export function differenceOf(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
  measure: (x: number, y: number) => number = mixed,
): Difference {
  const counts = { lastPlaces: 0, zeroSign: 0, flushed: 0 };
  const beyond: string[] = [];
  let worst = 0;
  if (found.length !== expected.length)
    return { worst: Infinity, counts, beyond: [`${found.length} numbers instead of ${expected.length}`] };
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [expected[i]!, found[i]!];
    if (Object.is(x, y)) continue;
    if (x === y) counts.zeroSign++;
    else if (y === 0 && Math.abs(x) < 2 ** -1022) counts.flushed++;
    else {
      const error = measure(x, y);
      if (error <= bound) {
        counts.lastPlaces++;
        worst = Math.max(worst, error);
      } else if (beyond.length < 4) beyond.push(`[${i}] ${y} instead of ${x}`);
    }
  }
  return { worst, counts, beyond };
}
