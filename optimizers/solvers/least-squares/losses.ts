/**
 * Robust losses: the sum of squares Σ r² becomes Σ s²·ρ(r²/s²), in which residuals beyond the scale s count for less.
 *
 * Source: Triggs, McLauchlan, Hartley and Fitzgibbon, "Bundle Adjustment: A Modern Synthesis" (2000), section 4.3 and
 * Huber, "Robust Statistics" (1981); names and scale are those of SciPy's `least_squares` (`loss`, `f_scale`).
 */

/** ρ, ρ′ and ρ″ at z = (r/s)² ≥ 0, with ρ(0) = 0 and ρ′(0) = 1. */
export interface Loss {
  readonly value: (z: number) => number;
  readonly slope: (z: number) => number;
  readonly bend: (z: number) => number;
}

/** The losses by name; `linear` is the plain sum of squares. */
export const losses = {
  linear: { value: (z) => z, slope: () => 1, bend: () => 0 },
  /** z up to 1, then 2√z − 1: squares near, distances far. */
  huber: {
    value: (z) => (z <= 1 ? z : 2 * Math.sqrt(z) - 1),
    slope: (z) => (z <= 1 ? 1 : 1 / Math.sqrt(z)),
    bend: (z) => (z <= 1 ? 0 : -0.5 / (z * Math.sqrt(z))),
  },
  /** 2(√(1 + z) − 1), smooth everywhere; the difference is written so that a small z keeps its digits. */
  softL1: {
    value: (z) => (2 * z) / (1 + Math.sqrt(1 + z)),
    slope: (z) => 1 / Math.sqrt(1 + z),
    bend: (z) => -0.5 / ((1 + z) * Math.sqrt(1 + z)),
  },
  /** log(1 + z). */
  cauchy: {
    value: (z) => Math.log1p(z),
    slope: (z) => 1 / (1 + z),
    bend: (z) => -1 / (1 + z) ** 2,
  },
  /** atan z: no residual counts for more than π/2. */
  arctan: {
    value: (z) => Math.atan(z),
    slope: (z) => 1 / (1 + z * z),
    bend: (z) => (-2 * z) / (1 + z * z) ** 2,
  },
  /** Tukey's biweight, (1 − (1 − z)³)/3 up to 1, then 1/3: what lies beyond the scale doesn't count at all. */
  tukey: {
    value: (z) => (z <= 1 ? (z * (3 - z * (3 - z))) / 3 : 1 / 3),
    slope: (z) => (z <= 1 ? (1 - z) ** 2 : 0),
    bend: (z) => (z <= 1 ? -2 * (1 - z) : 0),
  },
} as const satisfies Readonly<Record<string, Loss>>;

/**
 * The losses by name.
 * @example const loss: LossName = "huber";
 */
export type LossName = keyof typeof losses;

/** What a sum of squares is made of besides its residuals. */
export interface Weighing {
  /** A weight for each residual's loss: a 2 counts a sample twice. */
  readonly weights: Float64Array | undefined;
  readonly loss: LossName;
  /** The scale s of the loss. */
  readonly scale: number;
}

/** ½ Σ w·s²·ρ(r²/s²). */
export function costOf(r: Float64Array, { weights, loss, scale }: Weighing): number {
  let sum = 0;
  if (loss === "linear") {
    for (let i = 0; i < r.length; i++) sum += (weights ? weights[i]! : 1) * r[i]! * r[i]!;
    return sum / 2;
  }
  const { value } = losses[loss];
  for (let i = 0; i < r.length; i++) sum += (weights ? weights[i]! : 1) * value((r[i]! / scale) ** 2);
  return (sum * scale * scale) / 2;
}

/** The least share of ρ′ that ρ′ + 2zρ″ counts as: beyond, a step by the corrected Hessian would leave the region. */
const leastBend = 0.1;

/**
 * Factors of the rows of J and residuals in their place, such that the sum of squares of the two has the gradient of the
 * cost, Jᵀ(w·ρ′·r), and about its Hessian, Jᵀ diag(w(ρ′ + 2zρ″)) J. `undefined` where the rows are as they are.
 */
export function reweigh(
  r: Float64Array,
  { weights, loss, scale }: Weighing,
  factors: Float64Array,
  residuals: Float64Array,
): Float64Array | undefined {
  if (loss === "linear" && !weights) {
    residuals.set(r);
    return undefined;
  }
  const { slope, bend } = losses[loss];
  for (let i = 0; i < r.length; i++) {
    const z = (r[i]! / scale) ** 2;
    const first = slope(z);
    const second = Math.max(first + 2 * z * bend(z), leastBend * first);
    const weight = Math.sqrt(weights ? weights[i]! : 1);
    factors[i] = weight * Math.sqrt(second);
    residuals[i] = second > 0 ? (weight * first * r[i]!) / Math.sqrt(second) : 0;
  }
  return factors;
}
