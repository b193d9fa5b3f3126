/** log det A of a symmetric positive definite matrix of 100×100, by its Cholesky factor; the gradient is A⁻¹. */
import { cholesky, diagonal, type Expr, log, matrix, multiply, randomSource, sum, trace } from "adjoint";
import { jaxGradient } from "../peers/jax.js";
import { tensorOf, type Untyped, type UntypedMap } from "../peers/tensors.js";
import { type HandWritten, none, type Workload } from "../workload.js";
import { gradientProgram, valueProgram } from "./programs.js";

const n = 100;

/** B·Bᵀ/n + 1 on the diagonal. */
function makeData() {
  const b = randomSource(5).normals(n * n);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let total = i === j ? n : 0;
      for (let k = 0; k < n; k++) total += b[i * n + k]! * b[j * n + k]!;
      a[i * n + j] = total / n;
    }
  }
  return { a };
}

/** L of A = L·Lᵀ, row by row; gives log det A. */
function factorize(a: Float64Array, L: Float64Array): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const above = j * n;
      let rest = (a[row + j]! + a[above + i]!) / 2;
      for (let k = 0; k < j; k++) rest -= L[row + k]! * L[above + k]!;
      L[row + j] = i === j ? Math.sqrt(rest) : rest / L[above + j]!;
    }
    total += Math.log(L[row + i]!);
  }
  return 2 * total;
}

/** L⁻¹, row by row: what is below a row adds multiples of those above it. */
function invert(L: Float64Array, inverse: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const d = 1 / L[row + i]!;
    for (let j = 0; j < i; j++) inverse[row + j] = 0;
    for (let k = 0; k < i; k++) {
      const factor = L[row + k]! * d;
      for (let j = 0; j <= k; j++) inverse[row + j]! -= factor * inverse[k * n + j]!;
    }
    inverse[row + i] = d;
  }
}

/** L⁻ᵀ·L⁻¹ */
function squareOf(inverse: Float64Array, result: Float64Array): void {
  result.fill(0);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = inverse[k * n + i]!;
      for (let j = 0; j <= i; j++) result[i * n + j]! += factor * inverse[k * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) result[j * n + i] = result[i * n + j]!;
}

function byHand(): HandWritten {
  const { a } = makeData();
  const [value, L, inverse, gradient] = [
    new Float64Array(1),
    new Float64Array(n * n),
    new Float64Array(n * n),
    new Float64Array(n * n),
  ];
  return {
    run: () => {
      value[0] = factorize(a, L);
      invert(L, inverse);
      squareOf(inverse, gradient);
    },
    results: () => ({ value, a: gradient }),
    parameters: { a },
  };
}

const traceLogDeterminant = () =>
  trace({ a: matrix(n, n) }, ({ a }) => multiply(2, sum(log(diagonal(cholesky(a)) as Expr))) as Expr<[]>);

export const logDeterminant: Workload = {
  name: "log-determinant",
  title: "log det by Cholesky, 100×100",
  hand: byHand,
  adjoint: () => gradientProgram(traceLogDeterminant(), makeData()),
  value: () => valueProgram(traceLogDeterminant(), makeData()),
  peers: {
    "jax-js": () => {
      const objective = ({ a }: UntypedMap, _own: UntypedMap, { numpy }: Untyped) =>
        numpy
          .log(numpy.diagonal(numpy.linalg.cholesky(a)))
          .sum()
          .mul(2);
      return jaxGradient({ a: tensorOf(makeData().a, n, n) }, objective, {});
    },
    ...none(
      ["tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
      "no factorization to differentiate",
    ),
  },
};
