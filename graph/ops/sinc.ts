/** The cardinal sine. */
import { binary, unary, type WithOp } from "../elementwise.js";
import { integer, real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { add } from "./arithmetic.js";
import { computedBy } from "./numeric.js";

/**
 * sin(πx)/(πx), 1 at 0 and exactly 0 at the other whole numbers: the normalized convention, that of NumPy and JAX. For
 * sin(x)/x take `sinc(divide(x, Math.PI))`. All its derivatives are exact at 0 and near it too.
 *
 * @example
 * sinc(0.5); // 2/π = 0.6366197723675814
 */
export const sinc: Unary & WithOp = /* @__PURE__ */ unary({
  name: "sinc",
  .../* @__PURE__ */ computedBy({}, sincFunction, 0),
  partials: (x) => [() => sincDerivative(1, x)],
  domains: [/* @__PURE__ */ real(-4, 4)],
});

/** The derivative of `sinc` of order n, a whole number from 0 to 170. */
export const sincDerivative: Binary & WithOp = /* @__PURE__ */ binary({
  name: "sincDerivative",
  .../* @__PURE__ */ computedBy({}, sincFunction),
  partials: (n, x) => [undefined, () => sincDerivative(add(n, 1), x)],
  domains: [/* @__PURE__ */ integer(0, 3), /* @__PURE__ */ real(-4, 4)],
});

/**
 * With t = πx and s⁽ⁿ⁾ the derivatives of sin(t)/t, t·s⁽ⁿ⁾ + n·s⁽ⁿ⁻¹⁾ = sin(t + nπ/2): stable upwards for t > n, downwards
 * from any start far above otherwise. W. Gautschi, "Computational aspects of three-term recurrence relations", SIAM Review
 * 9(1), 1967.
 */
function sincFunction(_lib: object, n: number, x: number): number {
  if (!(n >= 0 && n <= 170 && n === Math.floor(n)) || Number.isNaN(x)) return Number.NaN;
  const y = Math.abs(x);
  if (y === Number.POSITIVE_INFINITY) return 0;
  const sign = x < 0 && n % 2 === 1 ? -1 : 1;
  const t = Math.PI * y;
  if (n === 0 && y < 1e-9) return 1;
  // Sine and cosine of πy: whole turns are taken away without error.
  const rest = y - 2 * Math.round(y / 2);
  const turn = Math.abs(rest);
  const across = Math.PI * (0.5 - turn);
  let sine = turn > 0.25 ? Math.cos(across) : Math.sin(Math.PI * turn);
  let cosine = turn > 0.25 ? Math.sin(across) : Math.cos(Math.PI * turn);
  if (turn > 0.75) {
    sine = Math.sin(Math.PI * (1 - turn));
    cosine = -Math.cos(Math.PI * (1 - turn));
  }
  if (rest < 0) sine = -sine;
  // sin(t + kπ/2), k = 0 to 3
  const waves = [sine, cosine, -sine, -cosine];
  if (t > n) {
    // The derivatives by x: x·S⁽ᵏ⁾ + k·S⁽ᵏ⁻¹⁾ = πᵏ⁻¹·sin(t + kπ/2)
    let value = sine / Math.PI / y;
    let scale = 1;
    for (let k = 1; k <= n; k++) {
      value = (scale * waves[k % 4]! - k * value) / y;
      scale *= Math.PI;
    }
    return sign * value;
  }
  let value = 0;
  for (let k = n + 30 + Math.ceil(8 * Math.sqrt(n)); k > n; k--) value = (waves[k % 4]! - t * value) / k;
  return sign * value * Math.PI ** n;
}
