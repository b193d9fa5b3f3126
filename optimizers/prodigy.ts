import {
  abs,
  add,
  divide,
  type Expr,
  equal,
  multiply,
  power,
  sqrt,
  square,
  subtract,
  sum,
  where,
} from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import {
  atLeastZero,
  fixedPositive,
  flag,
  fraction,
  type LearningRate,
  learningRate,
  positive,
} from "./options.js";
import { decayed, descentGradient, larger, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import { sharedTree } from "./tree.js";
import type { Optimizer, Slot } from "./types.js";

const common = {
  /** A factor of the estimated rate: 1, or a schedule that ends at 0. */
  learningRate: { ...learningRate, default: 1 as LearningRate },
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): that of their squares; √β₂ is that of the estimate's sums. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
  /** d₀ > 0: the estimate to begin with, which must be too small. */
  initialEstimate: fixedPositive(1e-6),
  /** λ ≥ 0 takes the rate times λ of the parameter away at each step. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

const prodigyOptions = {
  ...common,
  /** A factor of every estimate: below 1 for smaller steps. */
  estimateFactor: positive(1),
  /** Whether the rate is left out of the estimate's sums, for a schedule with a warm-up. */
  safeguardWarmup: flag(false),
};

/**
 * Options of `prodigy`.
 * @example const options: ProdigyOptions = { weightDecay: 0.01 };
 */
export type ProdigyOptions = OptionsOf<typeof prodigyOptions>;

/**
 * Options of `dadaptAdamW`.
 * @example const options: DAdaptAdamWOptions = { weightDecay: 0.01 };
 */
export type DAdaptAdamWOptions = OptionsOf<typeof common>;

type EstimateSlots = {
  readonly mean: Slot;
  readonly meanSquare: Slot;
  readonly gradientSum: Slot;
  /** d: the distance to the solution as estimated, one for all parameters. */
  readonly estimate: Slot;
  readonly numerator: Slot;
};

const slots = (estimate: number) => ({
  mean: { initial: 0 },
  meanSquare: { initial: 0 },
  gradientSum: { initial: 0 },
  estimate: { initial: estimate, scalar: true },
  numerator: { initial: 0, scalar: true },
});

/** The sum of all, one after the other. */
const total = (terms: readonly Expr[]): Expr => terms.reduce((a, b) => add(a, b) as Expr);

/** Σ⟨a, b⟩ over all parameters. */
const dot = (a: readonly Expr[], b: readonly Expr[]): Expr =>
  total(a.map((one, i) => sum(multiply(one, b[i]!)) as Expr));

/** What corrects both means for their start at 0: √(1−β₂ᵗ)/(1−β₁ᵗ). */
function correctionAt(
  step: Expr,
  { beta1, beta2 }: Required<Pick<DAdaptAdamWOptions, "beta1" | "beta2">>,
): Expr {
  return divide(sqrt(subtract(1, power(beta2!, step))), subtract(1, power(beta1!, step))) as Expr;
}

/** An estimate that never falls; without gradients there is none. */
function raised(estimate: Expr, numerator: Expr, denominator: Expr): Expr {
  const known = equal(denominator, 0);
  return larger(estimate, where(known, estimate, divide(numerator, where(known, 1, denominator))) as Expr);
}

/**
 * Prodigy: AdamW whose rate is an estimate d of the distance to the solution, made from how gradients lie to the way gone so
 * far. It looks at all parameters at once.
 *
 *     γ = d·lr·√(1−β₂ᵗ)/(1−β₁ᵗ),   r ← √β₂·r + γd/d₀·⟨g, x₀ − x⟩,   s ← √β₂·s + γd/d₀·g
 *     M ← β₁M + (1−β₁)dg,   G ← β₂G + (1−β₂)d²g²
 *     d ← max(d, c·r/‖s‖₁),   x ← x − γ·(M/(√G + dε) + λx)
 *
 * @param given `learningRate` = 1, `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-8, `initialEstimate` d₀ = 1e-6,
 * `estimateFactor` c = 1, `safeguardWarmup` = false, `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = prodigy();
 * const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
 * const run = minimize(f, { x: [3, 4] }, optimizer, { steps: 300 });
 * run.value < 1e-3; // true: no rate was given
 *
 * Mishchenko, Defazio, "Prodigy: an expeditiously adaptive parameter-free learner", ICML 2024. As optax's `prodigy`.
 */
export function prodigy(given: ProdigyOptions = {}): Optimizer<EstimateSlots & { readonly start: Slot }> {
  const hyperparameters = readOptions("prodigy", prodigyOptions, given);
  const { learningRate, beta1, beta2, epsilon, initialEstimate, estimateFactor } = hyperparameters;
  const { safeguardWarmup, weightDecay, maximize } = hyperparameters;
  return sharedTree<EstimateSlots & { readonly start: Slot }>({
    name: "prodigy",
    hyperparameters,
    slots: { ...slots(initialEstimate), start: { initial: 0 } },
    treeRule(places, step) {
      if (places.length === 0) return [];
      const { estimate: d, numerator: r } = places[0]!.slots;
      const beta3 = sqrt(beta2);
      const g = places.map(({ gradient, parameter }) =>
        descentGradient(gradient, parameter, { weightDecay: 0, maximize }),
      );
      const start = places.map((one) => where(equal(step, 1), one.parameter, one.slots.start) as Expr);
      const correction = correctionAt(step, hyperparameters);
      const rate = multiply(d, rateFor("prodigy", learningRate, step), correction);
      const weight = divide(safeguardWarmup ? d : rate, initialEstimate);
      const way = places.map(({ parameter }, i) => subtract(start[i]!, parameter));
      const weighed = multiply(divide(d, initialEstimate), rate);
      const numerator = add(multiply(beta3, r), multiply(weighed, dot(g, way))) as Expr;
      const own = places.map(({ slots }, i) => {
        const dg = multiply(d, g[i]!);
        return {
          mean: runningMean(slots.mean, dg, beta1),
          meanSquare: runningMean(slots.meanSquare, square(dg), beta2),
          gradientSum: add(multiply(beta3, slots.gradientSum), multiply(weight, dg)),
        };
      });
      const length = total(own.map(({ gradientSum }) => sum(abs(gradientSum)) as Expr));
      const estimate = raised(d, multiply(estimateFactor, numerator) as Expr, length);
      return places.map(({ parameter }, i) => {
        const { mean, meanSquare } = own[i]!;
        const direction = divide(mean, rootPlusEpsilon(meanSquare, multiply(estimate, epsilon), false));
        const decay = weightDecay === 0 ? direction : add(direction, multiply(weightDecay, parameter));
        return {
          parameter: subtract(parameter, multiply(rate, decay)),
          slots: { ...own[i]!, start: start[i]!, estimate, numerator },
        };
      });
    },
  });
}

/**
 * D-Adaptation of AdamW: as `prodigy`, its estimate made from how gradients lie to the sum of those before.
 *
 *     γ = d·lr·√(1−β₂ᵗ)/(1−β₁ᵗ),   r ← √β₂·r + (1−√β₂)γ·⟨g, s/(√G + ε)⟩
 *     M ← β₁M + (1−β₁)γg,   G ← β₂G + (1−β₂)g²,   s ← √β₂·s + (1−√β₂)γg
 *     d ← max(d, r/((1−√β₂)‖s‖₁)),   x ← x − M/(√G + ε) − γλx
 *
 * @param given `learningRate` = 1, `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-8, `initialEstimate` d₀ = 1e-6,
 * `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
 * minimize(f, { x: [3, 4] }, dadaptAdamW(), { steps: 600 }).value < 1; // true: no rate was given
 *
 * Defazio, Mishchenko, "Learning-rate-free learning by D-Adaptation", ICML 2023. As optax's `dadapt_adamw`.
 */
export function dadaptAdamW(given: DAdaptAdamWOptions = {}): Optimizer<EstimateSlots> {
  const hyperparameters = readOptions("dadaptAdamW", common, given);
  const { learningRate, beta1, beta2, epsilon, initialEstimate, weightDecay, maximize } = hyperparameters;
  return sharedTree<EstimateSlots>({
    name: "dadaptAdamW",
    hyperparameters,
    slots: slots(initialEstimate),
    treeRule(places, step) {
      if (places.length === 0) return [];
      const { estimate: d, numerator: r } = places[0]!.slots;
      const beta3 = sqrt(beta2);
      const rate = multiply(
        d,
        rateFor("dadaptAdamW", learningRate, step),
        correctionAt(step, hyperparameters),
      );
      const g = places.map(({ gradient, parameter }) =>
        descentGradient(gradient, parameter, { weightDecay: 0, maximize }),
      );
      const divided = places.map(({ slots }) =>
        divide(slots.gradientSum, rootPlusEpsilon(slots.meanSquare, epsilon, false)),
      );
      const numerator = runningMean(r, multiply(rate, dot(g, divided)) as Expr, beta3);
      const own = places.map(({ slots }, i) => ({
        mean: runningMean(slots.mean, multiply(rate, g[i]!) as Expr, beta1),
        meanSquare: runningMean(slots.meanSquare, square(g[i]!), beta2),
        gradientSum: runningMean(slots.gradientSum, multiply(rate, g[i]!) as Expr, beta3),
      }));
      const length = total(own.map(({ gradientSum }) => sum(abs(gradientSum)) as Expr));
      const estimate = raised(d, numerator, multiply(subtract(1, beta3), length) as Expr);
      return places.map(({ parameter }, i) => {
        const { mean, meanSquare } = own[i]!;
        const move = divide(mean, rootPlusEpsilon(meanSquare, epsilon, false));
        return {
          parameter: subtract(decayed(parameter, rate as Expr, weightDecay), move),
          slots: { ...own[i]!, estimate, numerator },
        };
      });
    },
  });
}
