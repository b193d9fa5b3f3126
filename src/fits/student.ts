/** Student's t distribution: what an interval's half-width is in standard errors. */
import { AdjointError } from "../../graph/index.js";
import { describe, lru } from "../../graph/internal.js";

/** log Γ(x) for x > 0: Stirling's series beyond 15, to which the recurrence leads. DLMF 5.11.1. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 15; at++) shift -= Math.log(at);
  const square = 1 / (at * at);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / at;
  return shift + (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series;
}

/** The regularized incomplete beta function by its continued fraction. DLMF 8.17.22, evaluated by Lentz's method. */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  );
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return front * value;
}

/** The probability of more than t > 0 in either direction. */
function twoTails(t: number, dof: number): number {
  return incompleteBeta(dof / 2, 0.5, dof / (dof + t * t));
}

/** Quantiles of the last fits: many are of equally many data. */
const quantiles = lru<string, number>(16);

/** The t of which |T| ≤ t with probability `level`, for so many degrees of freedom. */
export function studentT(level: number, dof: number): number {
  return quantiles(`${level} ${dof}`, () => quantileOf(level, dof));
}

function quantileOf(level: number, dof: number): number {
  const beyond = 1 - level;
  let low = 0;
  let high = 1;
  while (twoTails(high, dof) > beyond) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (twoTails(middle, dof) > beyond) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** @throws where a level of confidence isn't between 0 and 1 */
export function readLevel(what: string, level: unknown): number {
  if (typeof level === "number" && level > 0 && level < 1) return level;
  throw new AdjointError(`${what}: level must be a number between 0 and 1, not ${describe(level)}.`);
}
