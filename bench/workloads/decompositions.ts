/**
 * Decompositions of dense matrices. By hand they are the same methods as plain loops: Jacobi's rotations of rows and columns
 * (eigh) or of columns alone (svd), Householder's reflections (qr, lstsq). Of the first two the gradient is compared, too;
 * of the others Adjoint's is timed against its own value.
 */
import {
  type Expr,
  eigvalsh,
  lstsq,
  matrix,
  multiply,
  qr,
  randomSource,
  sum,
  svdvals,
  trace,
  vector,
} from "adjoint";
import { type HandWritten, none, type Workload } from "../workload.js";
import { gradientProgram, ofValue, valueProgram } from "./programs.js";

const peers = none(
  ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
  "no decomposition to differentiate",
);

/** The weights 1, 2, … of sorted values, so that each counts by itself. */
const weights = (count: number) => Float64Array.from({ length: count }, (_, i) => i + 1);

/** The angle that makes two numbers and what couples them diagonal: its cosine and sine. */
function rotation(low: number, high: number, coupling: number): readonly [number, number] {
  const slope = (high - low) / (2 * coupling);
  const tangent = Math.sign(slope || 1) / (Math.abs(slope) + Math.hypot(1, slope));
  const cosine = 1 / Math.hypot(1, tangent);
  return [cosine, cosine * tangent];
}

/** Rotates two rows of `length` elements, `step` apart, from `p` and `q` on. */
function rotate(
  a: Float64Array,
  p: number,
  q: number,
  length: number,
  step: number,
  [cosine, sine]: readonly [number, number],
): void {
  for (let k = 0; k < length; k++) {
    const x = a[p + k * step]!;
    const y = a[q + k * step]!;
    a[p + k * step] = cosine * x - sine * y;
    a[q + k * step] = sine * x + cosine * y;
  }
}

/** The places of values in ascending order. */
const ascending = (values: Float64Array) => Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);

const eighSide = 40;

function symmetric() {
  const b = randomSource(11).normals(eighSide ** 2);
  return {
    a: b.map((x, at) => (x + b[(at % eighSide) * eighSide + Math.floor(at / eighSide)]!) / 2),
  };
}

function eighByHand(): HandWritten {
  const { a } = symmetric();
  const n = eighSide;
  const [value, gradient, d, v] = [1, n * n, n * n, n * n].map((length) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const values = new Float64Array(n);
  return {
    run: () => {
      d.set(a);
      // Rows of v are the eigenvectors.
      v.fill(0);
      for (let i = 0; i < n; i++) v[i * n + i] = 1;
      for (let isDone = false; !isDone; ) {
        isDone = true;
        for (let p = 0; p < n; p++) {
          for (let q = p + 1; q < n; q++) {
            const coupling = d[p * n + q]!;
            const size = Math.sqrt(Math.abs(d[p * n + p]! * d[q * n + q]!));
            if (Math.abs(coupling) <= Number.EPSILON * size) continue;
            isDone = false;
            const by = rotation(d[p * n + p]!, d[q * n + q]!, coupling);
            rotate(d, p, q, n, n, by);
            rotate(d, p * n, q * n, n, 1, by);
            rotate(v, p * n, q * n, n, 1, by);
          }
        }
      }
      for (let i = 0; i < n; i++) values[i] = d[i * n + i]!;
      value[0] = 0;
      gradient.fill(0);
      ascending(values).forEach((from, rank) => {
        value[0]! += (rank + 1) * values[from]!;
        for (let i = 0; i < n; i++) {
          const factor = (rank + 1) * v[from * n + i]!;
          for (let j = 0; j < n; j++) gradient[i * n + j]! += factor * v[from * n + j]!;
        }
      });
    },
    results: () => ({ value, a: gradient }),
  };
}

const [svdRows, svdColumns] = [50, 30];

const tall = () => ({ a: randomSource(12).normals(svdRows * svdColumns) });

function svdByHand(): HandWritten {
  const { a } = tall();
  const [m, n] = [svdRows, svdColumns];
  const [value, gradient, u, v] = [new Float64Array(1), a.slice(), a.slice(), new Float64Array(n * n)];
  const sizes = new Float64Array(n);
  return {
    run: () => {
      // Columns of `a` as rows, which are rotated until each is orthogonal to the others.
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) u[j * m + i] = a[i * n + j]!;
      v.fill(0);
      for (let i = 0; i < n; i++) v[i * n + i] = 1;
      for (let isDone = false; !isDone; ) {
        isDone = true;
        for (let p = 0; p < n; p++) {
          for (let q = p + 1; q < n; q++) {
            let [low, high, coupling] = [0, 0, 0];
            for (let k = 0; k < m; k++) {
              const [x, y] = [u[p * m + k]!, u[q * m + k]!];
              low += x * x;
              high += y * y;
              coupling += x * y;
            }
            if (Math.abs(coupling) <= 4 * Number.EPSILON * Math.sqrt(low * high)) continue;
            isDone = false;
            const by = rotation(low, high, coupling);
            rotate(u, p * m, q * m, m, 1, by);
            rotate(v, p * n, q * n, n, 1, by);
          }
        }
      }
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let k = 0; k < m; k++) total += u[j * m + k]! ** 2;
        sizes[j] = Math.sqrt(total);
      }
      value[0] = 0;
      gradient.fill(0);
      ascending(sizes).forEach((from, rank) => {
        // The largest comes first.
        const weight = n - rank;
        value[0]! += weight * sizes[from]!;
        for (let i = 0; i < m; i++) {
          const factor = (weight * u[from * m + i]!) / sizes[from]!;
          for (let j = 0; j < n; j++) gradient[i * n + j]! += factor * v[from * n + j]!;
        }
      });
    },
    results: () => ({ value, a: gradient }),
    parameters: { a },
  };
}

const [qrRows, qrColumns] = [80, 40];

const system = () => ({
  a: randomSource(13).normals(qrRows * qrColumns),
  b: randomSource(14).normals(qrRows),
});

/** R in place of A, row-major, and what the reflections make of the columns of B. */
function reflect(a: Float64Array, m: number, n: number, b: Float64Array, width: number): void {
  const v = new Float64Array(m);
  const apply = (to: Float64Array, from: number, count: number, k: number, scale: number) => {
    const dots = new Float64Array(count);
    for (let i = k; i < m; i++) for (let j = from; j < count; j++) dots[j]! += v[i]! * to[i * count + j]!;
    for (let i = k; i < m; i++)
      for (let j = from; j < count; j++) to[i * count + j]! -= scale * v[i]! * dots[j]!;
  };
  for (let k = 0; k < n; k++) {
    let size = 0;
    for (let i = k; i < m; i++) {
      v[i] = a[i * n + k]!;
      size += v[i]! ** 2;
    }
    const length = Math.sqrt(size);
    const sign = v[k]! < 0 ? -1 : 1;
    const scale = 1 / (size + Math.abs(v[k]!) * length);
    v[k]! += sign * length;
    apply(a, k, n, k, scale);
    apply(b, 0, width, k, scale);
  }
}

function qrByHand(): HandWritten {
  const { a } = system();
  const [m, n] = [qrRows, qrColumns];
  const [value, r, none] = [new Float64Array(1), a.slice(), new Float64Array()];
  return {
    run: () => {
      r.set(a);
      reflect(r, m, n, none, 0);
      value[0] = 0;
      for (let i = 0; i < n; i++) for (let j = i; j < n; j++) value[0]! += r[i * n + j]! ** 2 * (j + 1);
    },
    results: () => ({ value }),
  };
}

function lstsqByHand(): HandWritten {
  const { a, b } = system();
  const [m, n] = [qrRows, qrColumns];
  const [value, r, y] = [new Float64Array(1), a.slice(), b.slice()];
  return {
    run: () => {
      r.set(a);
      y.set(b);
      reflect(r, m, n, y, 1);
      value[0] = 0;
      for (let i = n - 1; i >= 0; i--) {
        for (let j = i + 1; j < n; j++) y[i]! -= r[i * n + j]! * y[j]!;
        y[i]! /= r[i * n + i]!;
        value[0]! += y[i]! ** 2;
      }
    },
    results: () => ({ value }),
  };
}

const weighed = (x: Expr) => sum(multiply(x, weights(x.shape.at(-1)!))) as Expr<[]>;

const eighObjective = () => trace({ a: matrix(eighSide, eighSide) }, ({ a }) => weighed(eigvalsh(a)));
const svdObjective = () =>
  trace({ a: matrix(svdRows, svdColumns) }, ({ a }) => {
    const values = svdvals(a);
    return sum(multiply(values, weights(svdColumns))) as Expr<[]>;
  });
const qrObjective = () =>
  trace({ a: matrix(qrRows, qrColumns) }, ({ a }) => {
    const { R } = qr(a);
    return weighed(multiply(R, R));
  });
const lstsqObjective = () =>
  trace({ a: matrix(qrRows, qrColumns), b: vector(qrRows) }, ({ a, b }) => {
    const x = lstsq(a, b);
    return sum(multiply(x, x)) as Expr<[]>;
  });

export const decompositions: readonly Workload[] = [
  {
    name: "eigh",
    title: `eigenvalues of a symmetric matrix, ${eighSide}×${eighSide}`,
    hand: eighByHand,
    adjoint: () => gradientProgram(eighObjective(), symmetric()),
    value: () => valueProgram(eighObjective(), symmetric()),
    peers,
  },
  {
    name: "svd",
    title: `singular values, ${svdRows}×${svdColumns}`,
    hand: svdByHand,
    adjoint: () => gradientProgram(svdObjective(), tall()),
    value: () => valueProgram(svdObjective(), tall()),
    peers,
  },
  {
    name: "qr",
    title: `R of a QR decomposition, ${qrRows}×${qrColumns}`,
    hand: qrByHand,
    ...ofValue(qrObjective, () => ({ a: system().a })),
    peers,
  },
  {
    name: "lstsq",
    title: `linear least squares, ${qrRows}×${qrColumns}`,
    hand: lstsqByHand,
    ...ofValue(lstsqObjective, system),
    peers,
  },
];
