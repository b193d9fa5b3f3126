/** Derivatives of all orders in doubles against those of the same meaning in any precision, in units in the last place. */
import { compile, type Expr, grad, scalar, type Traced, trace } from "../../../graph/index.js";
import {
  absolute,
  exponentOf,
  type Float,
  Floats,
  fromDouble,
  scaleBinary,
  toDouble,
  Undefined,
  zero,
} from "./floats.js";
import { pointsOf } from "./grid.js";
import { type Series, SeriesOf } from "./series.js";
import type { Subject } from "./subjects.js";

export const highestOrder = 5;

/** How far results may be off, in ulps, by the order of the derivative: from the third on 10⁻¹² of the number itself. */
export const bounds: readonly number[] = [4, 4, 16, ...new Array<number>(3).fill(1e-12 / 2 ** -52)];

/**
 * Up to this condition number a function is taken to be well conditioned. Beyond, values and gradients may be off by what
 * an ulp of the operands makes.
 */
const wellConditioned = 4;

/**
 * Binary digits: a result is right where a few more change nothing. Few are enough almost everywhere; 1 + x² needs
 * thousands where x is 10⁻³⁰⁰.
 */
const precisions = [224, 288, 1300, 1364, 2400, 2464, 4800, 4864];

/** Numbers this far below the smallest double are 0 to it. */
const nothing = -1200;

interface Right {
  readonly value: Float;
  /** The distance to which an error of one ulp counts: an ulp of the value, or of what an ulp of the operands moves. */
  readonly unit: Float;
}

/** How often a partial derivative is by the first, and how often by the second operand. */
export type Partial = readonly [byFirst: number, bySecond: number];

/** All derivatives of a subject at a point, up to an order; `undefined` where it has none, or where its digits can't be had. */
export function rightAt(
  subject: Subject,
  point: readonly number[],
  highest = highestOrder,
): ((partial: Partial) => Right) | "unknown" | undefined {
  const seen: Series[] = [];
  for (const bits of precisions) {
    const s = new SeriesOf(bits, subject.variables, highest + 1);
    const [a, b] = [0, 1].map((i) => s.variable(point[i] ?? 0, i < subject.variables ? i : 0));
    try {
      seen.push(subject.meaning(s, a!, b!));
    } catch (error) {
      if (error instanceof Undefined) return undefined;
      throw error;
    }
    const settled = seen.length > 1 && settle(s.f, seen, highest);
    if (settled) return ([i, j]) => right(s, point, (k, l) => s.derivative(settled, k, l), i, j);
  }
  return "unknown";
}

/** The last of these series, if all its terms but those of the highest order are known to 30 decimal digits. */
function settle(f: Floats, seen: readonly Series[], highest: number): Series | undefined {
  const [last, before] = [seen.at(-1)!, seen.at(-2)!];
  const shorter = seen.length === precisions.length ? seen.slice(0, -2) : [];
  let isSettled = true;
  const terms = last.map((list, degree) =>
    list.map((x, i) => {
      if (agree(f, before[degree]![i]!, x)) return x;
      // What shrinks with the last digit is 0.
      if (shorter.some((series) => exponentOf(x) < exponentOf(series[degree]![i]!) - 2000)) return zero;
      if (degree <= highest) isSettled = false;
      return x;
    }),
  );
  return isSettled ? terms : undefined;
}

/** What is 0 may be so for want of digits, as long as these are few. */
function agree(f: Floats, a: Float, b: Float): boolean {
  const [x, y] = [exponentOf(a), exponentOf(b)];
  if (f.bits > 2400 && x < nothing && y < nothing) return true;
  return exponentOf(f.subtract(a, b)) < y - 100;
}

function right(
  { f, variables }: SeriesOf,
  point: readonly number[],
  derivative: (i: number, j: number) => Float,
  i: number,
  j: number,
): Right {
  const value = derivative(i, j);
  const moves = point.slice(0, variables).map((x, k) => {
    const slope = k === 0 ? derivative(i + 1, j) : derivative(i, j + 1);
    return absolute(f.multiply(fromDouble(x), slope));
  });
  const moved = f.ratio(
    moves.reduce((sum, x) => f.add(sum, x)),
    1,
    wellConditioned,
  );
  const size = Math.max(exponentOf(value), exponentOf(moved), -1022);
  return { value, unit: { m: 1n, e: Math.min(size, 1023) - 52 } };
}

/** |x − y| in units; an infinity is taken for 2¹⁰²⁴, the double that would come next. */
export function unitsApart(actual: number, { value, unit }: Right): number {
  if (Number.isNaN(actual)) return Number.POSITIVE_INFINITY;
  const largest: Float = { m: 1n, e: 1024 };
  const f = new Floats(224);
  const clamp = (x: Float): Float => {
    if (exponentOf(x) < 1024) return x;
    return x.m < 0n ? { m: -1n, e: 1024 } : largest;
  };
  const given = Number.isFinite(actual) ? fromDouble(actual) : { m: BigInt(Math.sign(actual)), e: 1024 };
  const apart = f.subtract(given, clamp(value));
  return Math.abs(toDouble(scaleBinary(apart, -unit.e)));
}

type Scalars = { a: []; b: [] };
type Objective = Traced<Scalars, Expr<[]>>;

const names = ["a", "b"] as const;

/** The derivative of a function by one of its inputs, as such a function. */
function derive(f: Objective, by: 0 | 1): Objective {
  const gradient = grad(f, names[by]) as Traced<Scalars, Record<string, Expr<[]>>>;
  return trace({ a: scalar(), b: scalar() }, (inputs) => gradient(inputs)[names[by]]!) as Objective;
}

/** A derivative as the library has it. */
interface Derived {
  readonly order: number;
  readonly partial: Partial;
  interpreted(a: number, b: number): number;
  compiled(a: number, b: number): number;
}

/** Those by the first operand first; of second order those by the second operand first, too. */
export function derivativesOf(subject: Subject, highest = highestOrder): Derived[] {
  const f = trace({ a: scalar(), b: scalar() }, ({ a, b }) => subject.build(a, b) as Expr) as Objective;
  const list: Derived[] = [];
  const keep = (g: Objective, partial: Partial) => {
    const kernel = compile(g);
    list.push({
      order: partial[0] + partial[1],
      partial,
      interpreted: (a, b) => g({ a, b }),
      compiled: (a, b) => kernel({ a, b }),
    });
  };
  let byFirst = f;
  for (let i = 0; i <= highest; i++) {
    let both = byFirst;
    for (let j = 0; i + j <= highest; j++) {
      keep(both, [i, j]);
      if (subject.variables === 1) break;
      if (i + j < highest) both = derive(both, 1);
    }
    if (i < highest) byFirst = derive(byFirst, 0);
  }
  if (subject.variables === 2 && highest >= 2) keep(derive(derive(f, 1), 0), [1, 1]);
  return list;
}

/** What was found of one order of one subject. */
export interface Row {
  readonly name: string;
  readonly order: number;
  /** Of how many numbers: points, times derivatives of the order. */
  readonly count: number;
  readonly median: number;
  readonly worst: number;
  /** The worst where operands are between 10⁻⁶ and 10⁶, or 0. */
  readonly usual: number;
  /** Where the worst is: the derivative, the point, what comes out, what is right. */
  readonly at: Place | undefined;
  /** Where kernel and interpreter differ in a bit. */
  readonly differs: Place | undefined;
}

export interface Place {
  readonly partial: Partial;
  readonly point: readonly number[];
  readonly actual: number;
  readonly right: number;
}

export interface Measured {
  readonly rows: readonly Row[];
  /** Points whose digits couldn't be had: a fault of the meaning. */
  readonly unknown: readonly (readonly number[])[];
}

interface Tally {
  readonly errors: number[];
  worst: number;
  usual: number;
  at: Place | undefined;
  differs: Place | undefined;
}

/** Where `every` is more than 1 it looks at so many times fewer points. */
export function measure(subject: Subject, { density = 1, highest = highestOrder, every = 1 } = {}): Measured {
  const derivatives = derivativesOf(subject, highest);
  const tallies = Array.from(
    { length: highest + 1 },
    (): Tally => ({ errors: [], worst: 0, usual: 0, at: undefined, differs: undefined }),
  );
  const unknown: (readonly number[])[] = [];
  const points = pointsOf(subject, density).filter((_, i) => i % every === every >> 1);
  for (const [index, point] of points.entries()) {
    // The interpreter takes far longer than the kernel.
    const both = subject.variables === 1 || index % 8 === 0;
    const rightOf = rightAt(subject, point);
    if (rightOf === "unknown") unknown.push(point);
    if (typeof rightOf !== "function") continue;
    for (const derived of derivatives)
      look(tallies[derived.order]!, derived, point, rightOf(derived.partial), both);
  }
  const rows = tallies.map(({ errors, ...rest }, order) => {
    errors.sort((a, b) => a - b);
    return {
      name: subject.name,
      order,
      count: errors.length,
      median: errors[errors.length >> 1] ?? 0,
      ...rest,
    };
  });
  return { rows, unknown };
}

const isUsual = (x: number) => x === 0 || (Math.abs(x) > 1e-6 && Math.abs(x) < 1e6);

function look(
  tally: Tally,
  { partial, compiled, interpreted }: Derived,
  point: readonly number[],
  right: Right,
  both: boolean,
): void {
  const [a, b] = [point[0]!, point[1] ?? 0];
  const actual = compiled(a, b);
  const place = (got: number): Place => ({ partial, point, actual: got, right: toDouble(right.value) });
  const error = unitsApart(actual, right);
  tally.errors.push(error);
  if (point.every(isUsual)) tally.usual = Math.max(tally.usual, error);
  if (error > tally.worst) {
    tally.worst = error;
    tally.at = place(actual);
  }
  if (!both) return;
  const slowly = interpreted(a, b);
  if (!Object.is(actual, slowly)) tally.differs ??= place(slowly);
}
