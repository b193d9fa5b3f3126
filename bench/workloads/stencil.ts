/** The energy ½Σ(∂ᵢu)² + ½Σ(∂ⱼu)² of a square grid of numbers, whose gradient is the 2-D Laplace stencil. */
import { add, matrix, multiply, slice, square, subtract, sum, trace } from "adjoint";
import { jaxGradient } from "../peers/jax.js";
import { simplegradGradient } from "../peers/simplegrad.js";
import { onBothBackends, tensorFlowGradient } from "../peers/tensorflow.js";
import { tensorOf, type Untyped } from "../peers/tensors.js";
import { type Attempt, type HandWritten, none, type Peer, type Workload } from "../workload.js";
import { gradientProgram, valueProgram } from "./programs.js";

const gridOf = (n: number) =>
  Float64Array.from({ length: n * n }, (_, i) => Math.sin(i % n) + Math.cos(3 * Math.floor(i / n)));

/** Each point once, with the differences to its four neighbours; the two of earlier points belong to their energy. */
function energyByHand(u: Float64Array, gradient: Float64Array, n: number): number {
  let energy = 0;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    if (i === 0 || i === n - 1) {
      // The first and the last row, where a neighbour is missing.
      for (let j = 0; j < n; j++) {
        const here = u[row + j]!;
        const up = i > 0 ? here - u[row + j - n]! : 0;
        const down = i < n - 1 ? u[row + j + n]! - here : 0;
        const left = j > 0 ? here - u[row + j - 1]! : 0;
        const right = j < n - 1 ? u[row + j + 1]! - here : 0;
        gradient[row + j] = up - down + left - right;
        energy += down * down + right * right;
      }
      continue;
    }
    let here = u[row]!;
    let left = 0;
    for (let j = 0; j < n - 1; j++) {
      const next = u[row + j + 1]!;
      const right = next - here;
      const down = u[row + j + n]! - here;
      const up = here - u[row + j - n]!;
      gradient[row + j] = up - down + left - right;
      energy += down * down + right * right;
      left = right;
      here = next;
    }
    const down = u[row + 2 * n - 1]! - here;
    gradient[row + n - 1] = here - u[row - 1]! - down + left;
    energy += down * down;
  }
  return energy / 2;
}

function byHand(n: number): HandWritten {
  const u = gridOf(n);
  const value = new Float64Array(1);
  const gradient = new Float64Array(n * n);
  return {
    run: () => {
      value[0] = energyByHand(u, gradient, n);
    },
    results: () => ({ value, u: gradient }),
    parameters: { u },
  };
}

const traceEnergy = (n: number) =>
  trace({ u: matrix(n, n) }, ({ u }) => {
    const down = subtract(slice(u, 1), slice(u, 0, -1));
    const right = subtract(slice(u, 1, n, { axis: 1 }), slice(u, 0, -1, { axis: 1 }));
    return multiply(0.5, add(sum(square(down)), sum(square(right))));
  });

const given = (n: number) => ({ u: tensorOf(gridOf(n), n, n) });

const peersOf = (n: number): Record<Peer, Attempt> => ({
  "jax-js": () =>
    jaxGradient(given(n), ({ u }, _, { numpy }) => {
      const down = u.ref.slice([1, n]).sub(u.ref.slice([0, n - 1]));
      const right = u.ref.slice([], [1, n]).sub(u.slice([], [0, n - 1]));
      return numpy.square(down).sum().add(numpy.square(right).sum()).mul(0.5);
    }),
  ...onBothBackends((backend) =>
    tensorFlowGradient(backend, given(n), ({ u }, _, tf) => {
      const down = tf.sub(tf.slice(u, [1, 0], [n - 1, n]), tf.slice(u, [0, 0], [n - 1, n]));
      const right = tf.sub(tf.slice(u, [0, 1], [n, n - 1]), tf.slice(u, [0, 0], [n, n - 1]));
      return tf.mul(0.5, tf.add(tf.sum(tf.square(down)), tf.sum(tf.square(right))));
    }),
  ),
  ...none(["rose", "adnn"], "no slices of a matrix"),
  simplegrad:
    n > 200
      ? "no result in minutes: its code has millions of lines"
      : () =>
          simplegradGradient(given(n), ({ u }) => {
            let total: Untyped;
            const addSquare = (from: number, to: number): void => {
              const difference = u![to].sub(u![from]);
              const square = difference.mul(difference);
              total = total ? total.add(square) : square;
            };
            for (let i = 0; i < n * n; i++) {
              if (i + n < n * n) addSquare(i, i + n);
              if ((i + 1) % n > 0) addSquare(i, i + 1);
            }
            return total.mul(0.5);
          }),
  mathjs: "its derivatives recurse over the formula, and there is one formula a variable",
});

const workload = (n: number): Workload => ({
  name: `stencil-${n}`,
  title: `Laplace stencil, ${n}² points`,
  hand: () => byHand(n),
  adjoint: () => gradientProgram(traceEnergy(n), { u: gridOf(n) }),
  value: () => valueProgram(traceEnergy(n), { u: gridOf(n) }),
  peers: peersOf(n),
});

export const stencil: readonly Workload[] = [workload(200), workload(1000)];
