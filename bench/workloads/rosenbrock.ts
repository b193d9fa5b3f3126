/** Rosenbrock's function Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², written with slices, and written scalar by scalar. */
import { add, type Expr, index, multiply, slice, square, subtract, sum, trace, vector } from "adjoint";
import type { HandWritten, Workload } from "../workload.js";
import { gradientProgram, valueProgram } from "./programs.js";

/** The point of measurement: apart from the minimum everywhere. */
const pointOf = (n: number) => Float64Array.from({ length: n }, (_, i) => 0.5 + 0.8 * Math.sin(i));

function rosenbrockByHand(x: Float64Array, gradient: Float64Array): number {
  const last = x.length - 1;
  let value = 0;
  let current = x[0]!;
  let carried = 0;
  for (let i = 0; i < last; i++) {
    const next = x[i + 1]!;
    const bend = next - current * current;
    const rest = 1 - current;
    value += 100 * bend * bend + rest * rest;
    gradient[i] = carried - 400 * current * bend - 2 * rest;
    carried = 200 * bend;
    current = next;
  }
  gradient[last] = carried;
  return value;
}

function byHand(n: number): HandWritten {
  const x = pointOf(n);
  const value = new Float64Array(1);
  const gradient = new Float64Array(n);
  return {
    run: () => {
      value[0] = rosenbrockByHand(x, gradient);
    },
    results: () => ({ value, x: gradient }),
    parameters: { x },
  };
}

const traceSlices = (n: number) =>
  trace({ x: vector(n) }, ({ x }) => {
    const current = slice(x, 0, -1);
    const bend = subtract(slice(x, 1), square(current));
    return sum(add(multiply(100, square(bend)), square(subtract(1, current))));
  });

const traceScalars = (n: number) =>
  trace({ x: vector(n) }, ({ x }) => {
    let total: Expr | number = 0;
    for (let i = 0; i + 1 < n; i++) {
      const current = index(x, i);
      const bend = subtract(index(x, i + 1), square(current));
      total = add(total, add(multiply(100, square(bend)), square(subtract(1, current))));
    }
    return total;
  });

const bySlices = (n: number, size: string): Workload => ({
  name: `rosenbrock-${n}`,
  title: `Rosenbrock, ${size} variables`,
  hand: () => byHand(n),
  adjoint: () => gradientProgram(traceSlices(n), { x: pointOf(n) }),
  value: () => valueProgram(traceSlices(n), { x: pointOf(n) }),
  peers: {},
});

const byScalars = (n: number, size: string): Workload => ({
  name: `rosenbrock-scalars-${n}`,
  title: `Rosenbrock by scalars, ${size} variables`,
  hand: () => byHand(n),
  adjoint: () => gradientProgram(traceScalars(n), { x: pointOf(n) }),
  value: () => valueProgram(traceScalars(n), { x: pointOf(n) }),
  peers: {},
});

export const rosenbrock: readonly Workload[] = [
  bySlices(10, "10"),
  bySlices(1000, "1000"),
  bySlices(100_000, "100 000"),
  byScalars(1000, "1000"),
  byScalars(10_000, "10 000"),
];
