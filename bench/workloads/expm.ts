/**
 * The exponential of a dense matrix. By hand it is the textbook's: Padé's approximant of order 13, scaled by the 1-norm, with
 * an elimination and products as plain loops. The gradient of Adjoint's is timed against its own value.
 */
import { type Expr, expm, matrix, multiply, randomSource, sum, trace } from "adjoint";
import { type HandWritten, none, type Workload } from "../workload.js";
import { productByHand } from "./products.js";
import { ofValue } from "./programs.js";

const expmSide = 40;

const generator = () => ({ a: randomSource(15).normals(expmSide ** 2) });

/** The coefficients of Padé's numerator of order 13, the constant first. */
const pade = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];

/** A⁻¹·B in place of B, of n×n matrices. */
function solve(a: Float64Array, b: Float64Array, n: number): void {
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    for (const rows of pivot === k ? [] : [a, b]) {
      for (let j = 0; j < n; j++) {
        const x = rows[k * n + j]!;
        rows[k * n + j] = rows[pivot * n + j]!;
        rows[pivot * n + j] = x;
      }
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / a[k * n + k]!;
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!;
      for (let j = 0; j < n; j++) b[i * n + j]! -= factor * b[k * n + j]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      const factor = a[i * n + k]!;
      for (let j = 0; j < n; j++) b[i * n + j]! -= factor * b[k * n + j]!;
    }
    for (let j = 0; j < n; j++) b[i * n + j]! /= a[i * n + i]!;
  }
}

function expmByHand(): HandWritten {
  const { a } = generator();
  const n = expmSide;
  const value = new Float64Array(1);
  const times = (x: Float64Array, y: Float64Array) => {
    const result = new Float64Array(n * n);
    productByHand(x, y, result, n, n, n);
    return result;
  };
  return {
    run: () => {
      const sums = new Float64Array(n);
      for (let i = 0; i < n * n; i++) sums[i % n]! += Math.abs(a[i]!);
      const squarings = Math.max(0, Math.ceil(Math.log2(Math.max(...sums) / 5.371920351148152)));
      const x = a.map((one) => one / 2 ** squarings);
      const x2 = times(x, x);
      const x4 = times(x2, x2);
      const x6 = times(x4, x2);
      const [even, odd] = [0, 1].map((parity) => {
        const high = x2.map(
          (one, i) => pade[8 + parity]! * one + pade[10 + parity]! * x4[i]! + pade[12 + parity]! * x6[i]!,
        );
        return times(x6, high).map(
          (one, i) =>
            one +
            pade[2 + parity]! * x2[i]! +
            pade[4 + parity]! * x4[i]! +
            pade[6 + parity]! * x6[i]! +
            (i % (n + 1) === 0 ? pade[parity]! : 0),
        );
      }) as [Float64Array, Float64Array];
      const u = times(x, odd);
      let result: Float64Array = even.map((one, i) => one + u[i]!);
      solve(
        even.map((one, i) => one - u[i]!),
        result,
        n,
      );
      for (let k = 0; k < squarings; k++) result = times(result, result);
      value[0] = 0;
      for (let i = 0; i < n * n; i++) value[0]! += result[i]! * ((i % n) + 1);
    },
    results: () => ({ value }),
  };
}

const objective = () =>
  trace({ a: matrix(expmSide, expmSide) }, ({ a }) => {
    const weights = Float64Array.from({ length: expmSide }, (_, i) => i + 1);
    return sum(multiply(expm(a), weights)) as Expr<[]>;
  });

export const exponential: Workload = {
  name: "expm",
  title: `exponential of a matrix, ${expmSide}×${expmSide}`,
  hand: expmByHand,
  ...ofValue(objective, generator),
  peers: none(
    ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
    "no exponential of matrices to differentiate",
  ),
};
