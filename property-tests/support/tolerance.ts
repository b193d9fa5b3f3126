/**
 * How far two numbers are apart by ADBench's rule: |x − y|, divided by |x| + |y| once that sum exceeds 1.
 * (F. Šrajer, Z. Kukelova and A. Fitzgibbon, "A benchmark of selected algorithmic differentiation tools on some
 * problems in computer vision and machine learning", Optimization Methods and Software 33(4–6), 2018.)
 * NaN is 0 apart from NaN, and an infinity from itself.
 */
export function distance(x: number, y: number): number {
  if (Object.is(x, y) || x === y) return 0;
  const difference = Math.abs(x - y);
  const size = Math.abs(x) + Math.abs(y);
  const apart = size > 1 ? difference / size : difference;
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
}

/** Throws where numbers are more than `tolerance` apart; `what` says what they are. */
export function assertClose(
  actual: ArrayLike<number> | number,
  expected: ArrayLike<number> | number,
  tolerance: number,
  what: string | (() => string),
): void {
  compare(
    actual,
    expected,
    (x, y) => distance(x, y) <= tolerance,
    what,
    (x, y) => `, ${distance(x, y)} apart`,
  );
}

/** Throws where numbers differ in any bit that arithmetic can see: −0 isn't 0, NaN is NaN. */
export function assertSame(
  actual: ArrayLike<number> | number,
  expected: ArrayLike<number> | number,
  what: string | (() => string),
): void {
  compare(actual, expected, Object.is, what, () => "");
}

function compare(
  actual: ArrayLike<number> | number,
  expected: ArrayLike<number> | number,
  agrees: (x: number, y: number) => boolean,
  what: string | (() => string),
  detail: (x: number, y: number) => string,
): void {
  const a = typeof actual === "number" ? [actual] : actual;
  const b = typeof expected === "number" ? [expected] : expected;
  const name = () => (typeof what === "string" ? what : what());
  if (a.length !== b.length) throw new Error(`${name()}: ${a.length} numbers instead of ${b.length}`);
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (agrees(x, y)) continue;
    throw new Error(
      `${name()}: element ${i} is ${show(x)} instead of ${show(y)}${detail(x, y)}\n` +
        `  actual    ${list(a)}\n  expected  ${list(b)}`,
    );
  }
}

function show(x: number): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

function list(values: ArrayLike<number>): string {
  return `[${Array.from({ length: Math.min(values.length, 24) }, (_, i) => show(values[i]!)).join(", ")}]`;
}
