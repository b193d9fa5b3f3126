/** Rosenbrock's function Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², written with slices, and written scalar by scalar. */
import { add, type Expr, index, multiply, slice, square, subtract, sum, trace, vector } from "adjoint";
import { adnnGradient } from "../peers/adnn.js";
import { jaxGradient } from "../peers/jax.js";
import { mathjsGradient } from "../peers/mathjs.js";
import { roseGradient } from "../peers/rose.js";
import { simplegradGradient } from "../peers/simplegrad.js";
import { onBothBackends, tensorFlowGradient } from "../peers/tensorflow.js";
import { tensorOf, type Untyped } from "../peers/tensors.js";
import { type Attempt, type HandWritten, none, type Peer, type Program, type Workload } from "../workload.js";
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

const given = (n: number) => ({ x: tensorOf(pointOf(n), n) });

/** Peers of single numbers: the same as Adjoint's scalar by scalar. */
const ofNumbers = (n: number): Record<"simplegrad" | "mathjs", Attempt> => ({
  simplegrad: () =>
    simplegradGradient(given(n), ({ x }) => {
      let total: Untyped;
      for (let i = 0; i + 1 < n; i++) {
        const bend = x![i + 1].sub(x![i].mul(x![i]));
        const rest = x![i].mul(-1).add(1);
        const term = bend.mul(bend).mul(100).add(rest.mul(rest));
        total = total ? total.add(term) : term;
      }
      return total;
    }),
  mathjs:
    n > 10
      ? "its derivatives recurse over the formula, and there is one formula a variable"
      : () =>
          mathjsGradient(
            Array.from(
              { length: n - 1 },
              (_, i) => `100 * (x${i + 2} - x${i + 1}^2)^2 + (1 - x${i + 1})^2`,
            ).join(" + "),
            pointOf(n),
          ),
});

/** Of two vectors, x without its last and without its first number: an index into n − 1 numbers is none into n. */
async function byRose(n: number): Promise<Program> {
  const { add, compile, fn, mul, Real, sub, sum, Vec, vjp } = await import("rose");
  const Part = Vec(n - 1, Real);
  const Parts = { current: Part, next: Part };
  const objective = fn([Parts], Real, ({ current, next }: Untyped) =>
    sum(n - 1, (i: Untyped) => {
      const bend = sub(next[i], mul(current[i], current[i]));
      const rest = sub(1, current[i]);
      return add(mul(100, mul(bend, bend)), mul(rest, rest));
    }),
  );
  const both = fn([Parts], { value: Real, gradients: Parts }, (parts: Untyped) => {
    const { ret, grad } = vjp(objective)(parts);
    return { value: ret, gradients: grad(1) };
  });
  const kernel = await compile(both);
  const x = Array.from(pointOf(n));
  const gradient = new Float64Array(n);
  const value = new Float64Array(1);
  return {
    run: () => {
      const { value: result, gradients } = kernel({ current: x.slice(0, -1), next: x.slice(1) });
      const { current: ofCurrent, next: ofNext } = gradients;
      value[0] = result;
      gradient[0] = ofCurrent[0];
      for (let i = 1; i < n - 1; i++) gradient[i] = ofCurrent[i] + ofNext[i - 1];
      gradient[n - 1] = ofNext[n - 2];
    },
    results: () => ({ value, x: gradient }),
  };
}

const peersBySlices = (n: number): Record<Peer, Attempt> => ({
  "jax-js": () =>
    jaxGradient(given(n), ({ x }, _, { numpy }) => {
      const current = x.ref.slice([0, n - 1]);
      const bend = x.slice([1, n]).sub(numpy.square(current.ref));
      const rest = numpy.array(1).sub(current);
      return numpy.square(bend).mul(100).add(numpy.square(rest)).sum();
    }),
  ...onBothBackends((backend) =>
    tensorFlowGradient(backend, given(n), ({ x }, _, tf) => {
      const current = tf.slice(x, [0], [n - 1]);
      const bend = tf.sub(tf.slice(x, [1], [n - 1]), tf.square(current));
      return tf.sum(tf.add(tf.mul(100, tf.square(bend)), tf.square(tf.sub(1, current))));
    }),
  ),
  rose: () => byRose(n),
  adnn: () =>
    adnnGradient(given(n), ({ x }, _, { ad }) => {
      const { add, mul, range, sub, sumreduce } = ad.tensor;
      const current = range(x, 0, n - 1);
      const bend = sub(range(x, 1, n), mul(current, current));
      const rest = sub(current, 1);
      return sumreduce(add(mul(mul(bend, bend), 100), mul(rest, rest)));
    }),
  ...ofNumbers(n),
});

const peersByScalars = (n: number): Record<Peer, Attempt> => ({
  ...none(["jax-js", "tfjs-cpu", "tfjs-wasm"], "arrays only: a kernel for each single number"),
  rose: () =>
    roseGradient(pointOf(n), ({ add, mul, sub }) => (x) => {
      let total: Untyped = 0;
      for (let i = 0; i + 1 < n; i++) {
        const bend = sub(x[i + 1], mul(x[i], x[i]));
        const rest = sub(1, x[i]);
        total = add(total, add(mul(100, mul(bend, bend)), mul(rest, rest)));
      }
      return total;
    }),
  adnn: () =>
    adnnGradient(given(n), ({ x }, _, { ad }) => {
      const { add, mul, sub } = ad.scalar;
      const numbers = ad.tensor.toScalars(x);
      let total: Untyped = 0;
      for (let i = 0; i + 1 < n; i++) {
        const bend = sub(numbers[i + 1], mul(numbers[i], numbers[i]));
        const rest = sub(1, numbers[i]);
        total = add(total, add(mul(100, mul(bend, bend)), mul(rest, rest)));
      }
      return total;
    }),
  ...ofNumbers(n),
});

const bySlices = (n: number, size: string): Workload => ({
  name: `rosenbrock-${n}`,
  title: `Rosenbrock, ${size} variables`,
  hand: () => byHand(n),
  adjoint: () => gradientProgram(traceSlices(n), { x: pointOf(n) }),
  value: () => valueProgram(traceSlices(n), { x: pointOf(n) }),
  peers: peersBySlices(n),
});

const byScalars = (n: number, size: string): Workload => ({
  name: `rosenbrock-scalars-${n}`,
  title: `Rosenbrock by scalars, ${size} variables`,
  hand: () => byHand(n),
  adjoint: () => gradientProgram(traceScalars(n), { x: pointOf(n) }),
  value: () => valueProgram(traceScalars(n), { x: pointOf(n) }),
  peers: peersByScalars(n),
});

export const rosenbrock: readonly Workload[] = [
  bySlices(10, "10"),
  bySlices(1000, "1000"),
  bySlices(100_000, "100 000"),
  byScalars(1000, "1000"),
  byScalars(10_000, "10 000"),
];
