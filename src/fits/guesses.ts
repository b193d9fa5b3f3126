/**
 * Start values for the usual families of curves, from the data alone: what makes a fit of them need no start. Each gives
 * parameters by name for the family as its formula says.
 */
import { AdjointError } from "../../graph/index.js";
import { describe } from "../../graph/internal.js";
import { readTable } from "./table.js";

/** The families that are guessed, with their formulas. */
export const families = {
  /** a·e^(k·x) + c. */
  exponential: guessExponential,
  /** top/(1 + e^(−rate·(x − middle))). */
  logistic: guessLogistic,
  /** height·e^(−((x − centre)/width)²/2) + base. */
  gaussianPeak: guessPeak,
  /** a·x^power. */
  powerLaw: guessPower,
  /** top·x/(half + x). */
  michaelisMenten: guessSaturation,
  /** amplitude·sin(frequency·x + phase) + offset. */
  sine: guessSine,
} as const;

/**
 * Names of families of curves whose start can be guessed.
 * @example const family: Family = "gaussianPeak";
 */
export type Family = keyof typeof families;

/**
 * Start values by the names in a family's formula.
 * @example const guess: Guess = { a: 1, k: 0.5 };
 */
export type Guess = Readonly<Record<string, number>>;

/** Rows in the order of x. */
interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * Start values of a family for `curveFit`, from data `x` and `y`: a·e^(k·x) + c (`exponential`), top/(1 + e^(−rate·(x − middle)))
 * (`logistic`), height·e^(−((x − centre)/width)²/2) + base (`gaussianPeak`), a·x^power (`powerLaw`), top·x/(half + x)
 * (`michaelisMenten`), amplitude·sin(frequency·x + phase) + offset (`sine`).
 *
 * @example
 * const { a, power } = guessStart("powerLaw", { x: [1, 2, 4], y: [3, 12, 48] });
 * Math.round(1e9 * a!) / 1e9; // 3
 * Math.round(1e9 * power!) / 1e9; // 2
 *
 * @throws where the family isn't known, or the data can't be read
 */
export function guessStart(
  family: Family,
  data: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> },
): Guess {
  if (typeof family !== "string" || !Object.hasOwn(families, family))
    throw new AdjointError(
      `guessStart: the family is ${describe(family)}; it must be one of ${Object.keys(families).join(", ")}.`,
    );
  const { columns, rows } = readTable(data, "guessStart");
  const { x, y } = columns;
  if (!x || !y || rows < 3)
    throw new AdjointError(`guessStart: data must have columns "x" and "y" of at least three rows.`);
  const order = Array.from(x.data.keys()).sort((a, b) => x.data[a]! - x.data[b]!);
  const at = (from: Float64Array) => Float64Array.from(order, (i) => from[i]!);
  return families[family]({ x: at(x.data), y: at(y.data) });
}

/** The line a + b·u by least squares, each point with a weight. */
function line(u: Float64Array, v: Float64Array, w?: Float64Array): { a: number; b: number } {
  let mass = 0;
  let mu = 0;
  let mv = 0;
  for (let i = 0; i < u.length; i++) {
    const own = w ? w[i]! : 1;
    mass += own;
    mu += own * u[i]!;
    mv += own * v[i]!;
  }
  mu /= mass;
  mv /= mass;
  let uu = 0;
  let uv = 0;
  for (let i = 0; i < u.length; i++) {
    const own = w ? w[i]! : 1;
    uu += own * (u[i]! - mu) ** 2;
    uv += own * (u[i]! - mu) * (v[i]! - mv);
  }
  const b = uu === 0 ? 0 : uv / uu;
  return { a: mv - b * mu, b };
}

/** The integral from the first point on, by trapezoids. */
function integral({ x, y }: Points): Float64Array {
  const sums = new Float64Array(x.length);
  for (let i = 1; i < x.length; i++) sums[i] = sums[i - 1]! + ((y[i]! + y[i - 1]!) / 2) * (x[i]! - x[i - 1]!);
  return sums;
}

/** Σ of products over Σ of squares in three unknowns, by the normal equations, of which the second unknown is told. */
function solve3(rows: readonly (readonly [number, number, number, number])[]): [number, number, number] {
  const M = [0, 1, 2].map((i) =>
    [0, 1, 2, 3].map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  for (let k = 0; k < 3; k++) {
    const best = [k, k + 1, k + 2]
      .filter((i) => i < 3)
      .reduce((a, b) => (Math.abs(M[b]![k]!) > Math.abs(M[a]![k]!) ? b : a));
    [M[k], M[best]] = [M[best]!, M[k]!];
    for (let i = 0; i < 3; i++) {
      if (i === k || M[k]![k] === 0) continue;
      const share = M[i]![k]! / M[k]![k]!;
      for (let j = k; j < 4; j++) M[i]![j]! -= share * M[k]![j]!;
    }
  }
  return [0, 1, 2].map((i) => (M[i]![i] === 0 ? 0 : M[i]![3]! / M[i]![i]!)) as [number, number, number];
}

/** y = k·∫y − k·c·(x − x₀) + const, an equation linear in what is asked (Jacquelin, "Régressions et équations intégrales", 2009). */
function guessExponential(points: Points): Guess {
  const { x, y } = points;
  const sums = integral(points);
  const rows = Array.from(x, (one, i) => [1, sums[i]!, one - x[0]!, y[i]!] as const);
  const [, k] = solve3(rows);
  const u = x.map((one) => Math.exp(k * (one - x[0]!)));
  const { a, b } = line(u, y);
  return { a: b * Math.exp(-k * x[0]!), k, c: a };
}

/** The top a little above the highest; then log(y/(top − y)) is a line. */
function guessLogistic({ x, y }: Points): Guess {
  const top = 1.02 * Math.max(...y);
  const inner = y.map((one) => Math.min(Math.max(one / top, 1e-3), 1 - 1e-3));
  const { a, b } = line(
    x,
    inner.map((p) => Math.log(p / (1 - p))),
    inner.map((p) => p * (1 - p)),
  );
  return { top, rate: b, middle: b === 0 ? x[x.length >> 1]! : -a / b };
}

/** The base is what most points are near; the width comes from the area. */
function guessPeak(points: Points): Guess {
  const { x, y } = points;
  const sorted = [...y].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1]!;
  const isUp = sorted.at(-1)! - middle >= middle - sorted[0]!;
  const base = isUp
    ? sorted[Math.floor(sorted.length / 10)]!
    : sorted[Math.ceil((9 * sorted.length) / 10) - 1]!;
  const peak = y.indexOf(isUp ? sorted.at(-1)! : sorted[0]!);
  const height = y[peak]! - base;
  const area = integral({ x, y: y.map((one) => one - base) }).at(-1)!;
  const width = Math.abs(area / (height * Math.sqrt(2 * Math.PI))) || (x.at(-1)! - x[0]!) / 6;
  return { height, centre: x[peak]!, width, base };
}

/** A line in logarithms, of the points where there are any. */
function guessPower({ x, y }: Points): Guess {
  const sign = y.reduce((sum, one) => sum + Math.sign(one), 0) < 0 ? -1 : 1;
  const usable = [...x.keys()].filter((i) => x[i]! > 0 && sign * y[i]! > 0);
  if (usable.length < 2) return { a: sign, power: 1 };
  const { a, b } = line(
    Float64Array.from(usable, (i) => Math.log(x[i]!)),
    Float64Array.from(usable, (i) => Math.log(sign * y[i]!)),
  );
  return { a: sign * Math.exp(a), power: b };
}

/** Hanes and Woolf's line: x/y = half/top + x/top. */
function guessSaturation({ x, y }: Points): Guess {
  const usable = [...x.keys()].filter((i) => y[i] !== 0 && x[i] !== 0);
  const u = Float64Array.from(usable, (i) => x[i]!);
  const { a, b } = line(
    u,
    Float64Array.from(usable, (i) => x[i]! / y[i]!),
    Float64Array.from(usable, (i) => y[i]! ** 2),
  );
  return b === 0 ? { top: Math.max(...y), half: x[x.length >> 1]! } : { top: 1 / b, half: a / b };
}

/** The frequency by the periodogram on a grid, four times as fine as the data's span says; the rest by linear least squares. */
function guessSine({ x, y }: Points): Guess {
  const span = x.at(-1)! - x[0]!;
  const mean = y.reduce((sum, one) => sum + one, 0) / y.length;
  let best = { power: -Infinity, frequency: 1, sine: 0, cosine: 0, offset: mean };
  for (let k = 1; k <= 2 * x.length; k++) {
    const frequency = (2 * Math.PI * k) / (4 * span);
    const rows = Array.from(
      x,
      (one, i) => [Math.sin(frequency * one), Math.cos(frequency * one), 1, y[i]!] as const,
    );
    const [sine, cosine, offset] = solve3(rows);
    const power = -rows.reduce((sum, [s, c, , own]) => sum + (own - sine * s - cosine * c - offset) ** 2, 0);
    if (power > best.power) best = { power, frequency, sine, cosine, offset };
  }
  const { frequency, sine, cosine, offset } = best;
  return { amplitude: Math.hypot(sine, cosine), frequency, phase: Math.atan2(cosine, sine), offset };
}
