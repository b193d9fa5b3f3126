/** Faults of the solvers' formulas: conditions of line searches, updates, ratios, scalings, projections, coefficients. */
import { type Change, faultsOf } from "./switches.js";

const changes: Readonly<Record<string, readonly Change[]>> = {
  "line-search.ts": [
    ["slope < curvature * start", "slope < 0.1 * start"],
    ["value - first <= sufficientDecrease * step * start", "value - first <= 0"],
    ["slope <= (2 * sufficientDecrease - 1) * start", "slope <= 0"],
    ["value <= from.value + sufficientDecrease * predicted", "value <= from.value"],
    ["(low.step * trial.slope - trial.step * low.slope) / (trial.slope - low.slope)", "trial.step * 2"],
    ["Math.max(aim, leastGrowth * trial.step)", "leastGrowth * trial.step"],
    ["(-this.#slope * trial.step * trial.step) / (2 * rise)", "0.5 * trial.step"],
    ["(a.step * b.slope - b.step * a.slope) / (b.slope - a.slope)", "(a.step + b.step) / 2"],
    ["b !== b0 ? secantOf(b0, b) : a !== a0 ? secantOf(a0, a) : Number.NaN", "Number.NaN"],
    ["(0.01 * size) / norm", "1 / norm"],
  ],
  "recursion.ts": [
    ["factors[i] = along / product", "factors[i] = along"],
    ["latest.product / inner(latest.change, latest.change)", "1"],
    ["factors[i]! - along / product", "factors[i]!"],
    ["-factors[i]!", "factors[i]!"],
  ],
  "pairs.ts": [
    ["nextGradient[i]! - gradient[i]!", "nextGradient[i]!"],
    ["nextX[i]! - x[i]!", "nextX[i]!"],
    [
      "(this.#counts[1]! - 1 - age + 2 * all) % all",
      "(this.#counts[1]! - 1 - (this.count - 1 - age) + 2 * all) % all",
    ],
    ["(place + 1) % this.steps.length", "place"],
  ],
  "lbfgsb.ts": [
    ["[0, -slope / curve]", "[0, (-2 * slope) / curve]"],
    ["wait * curve + g * g + model.theta * g * z - g * model.between(w, c)", "wait * curve"],
    ["-model.theta * g * g - 2 * g * model.between(w, p) - g * g * model.between(w, w)", "0"],
    ["p[j]! + g * w[j]!", "p[j]!"],
    ["c[j]! + wait * p[j]!", "c[j]!"],
    ["gradient[i]! + theta * (this.#x[i]! - x[i]!)", "gradient[i]!"],
    ["-1 / (theta * theta)", "-1 / theta"],
    ["search.search(iterate, direction, 1)", "search.search(iterate, direction, 1e-3)"],
  ],
  "compact.ts": [
    ["dot(changes[latest]!, changes[latest]!) / dot(steps[latest]!, changes[latest]!)", "1"],
    ["i === j ? -product : 0", "i === j ? product : 0"],
    ["this.theta * dot(s, steps[this.#place(j)]!)", "dot(s, steps[this.#place(j)]!)"],
  ],
  "conjugate-gradient.ts": [
    ["(changed - (2 * bySelf * byNext) / along) / along", "changed / along"],
    ["Math.max(beta, least)", "Math.max(beta, 0)"],
    ["(last![step]! * last![slope]!) / start", "1"],
    ["last![age]! >= Math.max(count, 10)", "last![age]! >= 2"],
  ],
  "newton-cg.ts": [["Math.min(0.5, Math.sqrt(iterate.norm / iterate.firstNorm))", "0.5"]],
  "steihaug.ts": [
    ["squares / curve", "1 / curve"],
    ["squares / Math.abs(curve)", "0"],
    ["next / squares", "0"],
    ["b > 0 ? -c / (b + root) : (root - b) / a", "1"],
    ["!(curve > 0)", "false"],
  ],
  "trust-region.ts": [
    ["(iterate.value - value) / decrease", "decrease / (iterate.value - value)"],
    ["!(ratio >= poor)", "!(ratio >= 0)"],
    ["ratio > good && edge", "edge"],
    ["Math.max(radius[0]!, 2 * length, ratio > 0.95 && ratio < 1.05 ? 4 * length : 0)", "1.1 * length"],
    ["(-0.5 * slope) / (reached - value - slope)", "0.5"],
    ["Math.max(own, 10 * cauchy)", "1"],
  ],
  "more-sorensen.ts": [
    ["(length / norm(w.subarray(0, n))) ** 2 * (length - radius)", "(length - radius)"],
    ["Math.abs(length - radius) <= tolerance * radius", "length <= radius"],
    ["Math.max(0, -diagonal, size / radius - high)", "0"],
  ],
  "faces.ts": [
    ["change <= sufficient * slope && slope < 0", "change <= 0"],
    ["g[i]! + this.#product[i]!", "g[i]!"],
    ["Math.sqrt(Math.max(left, 0.01 * radius * radius))", "radius"],
  ],
  "nelder-mead.ts": [
    ["1 + 2 / n", "1.5"],
    ["0.75 - 1 / (2 * n)", "0.25"],
    ["n === 1 ? 0.5 : 1 - 1 / n", "0.25"],
    [
      "centre[i]! + factor * (centre[i]! - worst[i]!)",
      "centre[i]! + 0.9 * factor * (centre[i]! - worst[i]!)",
    ],
    ["expanded < reflected", "true"],
    ["reflected < values![n - 1]!", "reflected < values![n]!"],
  ],
  "cholesky.ts": [["into[i * n + k]! ** 2", "0"]],
  "bounds.ts": [["x[i]! <= lower[i]!", "false"]],
  "solver.ts": [
    ["norm <= tolerance * firstNorm && (ended || work <= little)", "norm <= tolerance"],
    ["ended || decrease <= little", "true"],
    ["(Number.EPSILON * change) / share", "Number.EPSILON"],
  ],
  "least-squares/dense.ts": [
    ["Math.max(D[j]!, norms[j]!)", "1"],
    ["gained / promised", "promised / gained"],
    ["share >= 0.1 ? Math.min(share, 0.5) : 0.1", "0.5"],
    ["ratio > 0.75 || lambda === 0", "false"],
    ["Math.abs(ratio - 1) <= exact", "true"],
    ["slope / (2 * (gained + slope))", "0.3"],
  ],
  "least-squares/subproblem.ts": [
    ["-(s[j]! * UtQ[j]!) / (s[j]! * s[j]! + lambda)", "-(s[j]! * UtQ[j]!) / (s[j]! + lambda)"],
    ["lambda + (length / radius - 1) * ((length * length) / slope)", "lambda + (length / radius - 1)"],
    ["-Math.min(gradient / curved, radius / Math.sqrt(gradient))", "-radius / Math.sqrt(gradient)"],
    ["-bb / (ab + Math.sqrt(ab * ab - aa * bb))", "0.5"],
  ],
  "least-squares/acceleration.ts": [
    ["p[j]! + a[j]! / 2", "p[j]! + a[j]!"],
    ["-dot / (s[c]! * s[c]! + lambda)", "-dot"],
    ["p[j]! - share * (gone[j]! + p[j]! - before[j]!)", "p[j]!"],
  ],
  "least-squares/losses.ts": [
    ["Math.max(first + 2 * z * bend(z), leastBend * first)", "first"],
    ["(weight * first * r[i]!) / Math.sqrt(second)", "weight * first * r[i]!"],
    ["weight * Math.sqrt(second)", "Math.sqrt(second)"],
  ],
  "least-squares/model.ts": [
    ["(0.01 * radius) ** 2", "0"],
    ["promised >= 0.1 * safe.promised", "true"],
  ],
  "least-squares/lsmr.ts": [
    ["(thetaBar * rho) / (before * barBefore)", "0"],
    ["(theta / rho) * h[j]!", "0"],
    ["left / (pd + Math.sqrt(pd * pd + dd * left))", "left / dd"],
  ],
  "least-squares/products.ts": [
    ["shares[j]! < flatShare", "false"],
    ["shares[j]! <= leastShare * most", "false"],
    ["Math.max(largest[j]!, sizes[j]!)", "sizes[j]!"],
    ["Math.abs(this.x[j]!) + Math.abs(this.#gone[j]!)", "0"],
    ["Math.min(length, numbers[radius]!) / 4", "numbers[radius]! / 1.1"],
    ["-dot(this.#gradient, p) - dot(along, along) / 2", "-dot(this.#gradient, p)"],
  ],
  "least-squares/attempts.ts": [["shares[this.#numbers[attempt]!]!", "1"]],
};

export const solverFaults = faultsOf(changes);
