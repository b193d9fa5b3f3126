/**
 * Derivatives of orders 0 to 3 at the corners: zeros of both signs, ties, numbers close to the smallest and the largest,
 * ±∞ and NaN. Where a function has a value of 64 digits it is that, or a documented NaN; where it has none, what it is
 * approached by from the sides, or NaN. What is no number is never taken for one.
 */
import { toDouble } from "./precise/floats.js";
import { derivativesOf, type Partial, rightAt, unitsApart } from "./precise/measure.js";
import type { Subject } from "./precise/subjects.js";

export const corners: readonly number[] = [
  ...[0, -0, 1, -1, 1e-160, -1e-160, 1e160, -1e160, 1e-300, -1e-300, 1e300, -1e300, 0.5, -2],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
];

const highest = 3;

/** Errors are the accuracy table's matter: what is this far off is wrong. */
const wrong = 1e8;
/** Below, numbers may be 0. */
const tiny = 1e-290;

/** What is wrong: another number, NaN or ±∞ instead of a number, not the same in kernel and interpreter, an error. */
export type Kind = "wrong" | "missing" | "infinite" | "differs" | "thrown";

export interface Fault {
  readonly name: string;
  readonly order: number;
  readonly kind: Kind;
  /** The numbers, or the corner's name. */
  readonly place: string;
  readonly text: string;
}

export function pointsOf({ variables }: Subject): number[][] {
  if (variables === 1) return corners.map((x) => [x]);
  return corners.flatMap((a) => corners.map((b) => [a, b]));
}

type Of = (partial: Partial) => number | undefined;

/** A derivative close to a point; what has none is `undefined`. */
function near(subject: Subject, point: readonly number[]): Of | undefined {
  const [low, high] = subject.range;
  if (!point.every((x) => Number.isFinite(x) && x >= low && x <= high)) return undefined;
  const right = rightAt(subject, point, highest);
  return typeof right === "function" ? (partial) => toDouble(right(partial).value) : undefined;
}

/** Ever closer to x, from one side. */
function towards(x: number, side: number): readonly number[] {
  if (x === 0) return [1e-90, 1e-150, 1e-210].map((h) => side * h);
  if (Number.isFinite(x)) return [1e-11, 1e-13, 1e-15].map((h) => x * (1 + side * h));
  return side > 0 && !Number.isNaN(x) ? [1e303, 1e305, 1e307].map((y) => Math.sign(x) * y) : [];
}

/** What three numbers tend to, as far as they tell. */
export function limitOf([a, b, c]: readonly number[]): number | undefined {
  if (![a, b, c].every((x) => x !== undefined && !Number.isNaN(x))) return undefined;
  if (Math.abs(c! - b!) <= 1e-5 * Math.abs(c!) || b === c) return c;
  if (Math.abs(c!) < Math.abs(b!) / 5 && Math.abs(b!) < Math.abs(a!) / 5) return 0;
  if (Math.abs(c!) < 1e-30 && Math.abs(b!) < 1e-30) return 0;
  const grows = Math.abs(c!) > Math.abs(b!) && Math.abs(b!) > Math.abs(a!);
  return grows && Math.sign(c!) === Math.sign(b!) ? Math.sign(c!) * Number.POSITIVE_INFINITY : undefined;
}

/** The limits of a derivative from all sides that have some. */
function limitsAt(subject: Subject, point: readonly number[]): (partial: Partial) => number[] | undefined {
  const sides = [1, -1];
  const alone = point.flatMap((x, i) =>
    sides.map((side) => towards(x, side).map((moved) => point.with(i, moved))),
  );
  const together =
    point.length === 1
      ? []
      : sides.flatMap((s) =>
          sides.map((t) => {
            const [a, b] = [towards(point[0]!, s), towards(point[1]!, t)];
            return a.length === b.length ? a.map((x, k) => [x, b[k]!]) : [];
          }),
        );
  const paths = [...alone, ...together]
    .filter((path) => path.length > 0)
    .map((path) => path.map((one) => near(subject, one)))
    .filter((path): path is Of[] => path.every((one) => one !== undefined));
  return (partial) =>
    paths.length === 0
      ? undefined
      : paths.flatMap((path) => {
          const limit = limitOf(path.map((of) => of(partial)!));
          return limit === undefined ? [] : [limit];
        });
}

/** Numbers in place of NaN: a result that NaN leaves a number must not depend on it. */
export const others: readonly number[] = [0.3, -1e160, 7];

/** All that is wrong with a subject at its corners. */
export function cornerFaults(subject: Subject, { every = 1, draw = 0 } = {}): Fault[] {
  const { name, op } = subject;
  // 0 by decree; comparisons are false of NaN.
  if (op?.derivative.kind === "constant") return [];
  const faults: Fault[] = [];
  const derivatives = derivativesOf(subject, highest);
  for (const [index, point] of pointsOf(subject).entries()) {
    if ((index + draw) % every !== 0) continue;
    // Beyond, the meaning's digits can't be had.
    if (point.some((x) => x < subject.range[0] || x > subject.range[1])) continue;
    const right = point.every(Number.isFinite) ? rightAt(subject, point, highest) : undefined;
    const limits = typeof right === "function" ? undefined : limitsAt(subject, point);
    const [a, b] = [point[0]!, point[1] ?? 0];
    for (const { order, partial, compiled, interpreted } of derivatives) {
      const actual = compiled(a, b);
      const slowly = interpreted(a, b);
      const report = (kind: Fault["kind"], wanted: unknown) =>
        faults.push({
          name,
          order,
          kind,
          place: point.map(show).join(),
          text: `${name} ${partial} at ${point.map(show)}: ${actual}, not ${wanted}`,
        });
      if (!Object.is(actual, slowly)) report("differs", `${slowly}, as interpreted`);
      if (typeof right === "function") {
        const known = right(partial);
        const value = toDouble(known.value);
        if (Math.abs(value) < tiny && Math.abs(actual) < tiny) continue;
        if (Number.isNaN(actual)) report("missing", value);
        // The sign of a zero may tell the side from which the value is approached.
        else if (unitsApart(actual, known) > wrong && !(point.some(isMinusZero) && actual === -value))
          report(Number.isFinite(actual) ? "wrong" : "infinite", value);
        continue;
      }
      if (!Number.isFinite(actual) && order > 0) continue;
      if (point.some(Number.isNaN)) {
        if (Number.isNaN(actual)) continue;
        const moved = others.map((x) => compiled(Number.isNaN(a) ? x : a, Number.isNaN(b) ? x : b));
        if (moved.some((x) => x !== actual)) report("wrong", `one number, ${moved}`);
        continue;
      }
      if (order === 0 && !Number.isFinite(actual)) continue;
      const known = limits!(partial);
      if (known === undefined) continue;
      if (known.length === 0) {
        report("wrong", "NaN, there being no limit");
        continue;
      }
      const [low, high] = [Math.min(...known), Math.max(...known)];
      const slack = 1e-4 * Math.max(tiny, ...[low, high].map(Math.abs).filter(Number.isFinite));
      if (!(actual >= low - slack && actual <= high + slack)) report("wrong", `one of ${known}`);
    }
  }
  return faults;
}

const isMinusZero = (x: number) => Object.is(x, -0);
const show = (x: number) => (isMinusZero(x) ? "-0" : String(x));
