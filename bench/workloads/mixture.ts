/**
 * The log-likelihood of a Gaussian mixture with a Wishart prior, as ADBench has it (Šrajer, Kukelova, Fitzgibbon,
 * "A benchmark of selected algorithmic differentiation tools on some problems in computer vision and machine
 * learning", Optimization Methods and Software 33(4–6), 2018): 1000 points of 10 numbers, 5 components.
 *
 *     Σᵢ log Σₖ exp(αₖ + Σᵣ qₖᵣ − ½‖Qₖ(xᵢ − μₖ)‖²) − n·log Σₖ exp αₖ + ½γ²Σₖ‖Qₖ‖² − mΣqₖᵣ + constants
 *
 * Qₖ is lower triangular with the diagonal exp(qₖ); below it stand the numbers of L, column by column.
 */
import {
  add,
  concatenate,
  type Expr,
  exp,
  log,
  matrix,
  max,
  multiply,
  randomSource,
  reshape,
  slice,
  square,
  stack,
  subtract,
  sum,
  trace,
  vector,
} from "adjoint";
import { jaxGradient } from "../peers/jax.js";
import { onBothBackends, tensorFlowGradient } from "../peers/tensorflow.js";
import { type Tensors, tensorOf, type Untyped, type UntypedMap } from "../peers/tensors.js";
import { type HandWritten, none, type Workload } from "../workload.js";
import { gradientProgram, valueProgram } from "./programs.js";

const n = 1000;
const d = 10;
const K = 5;
/** The numbers below the diagonal. */
const below = (d * (d - 1)) / 2;
const gamma = 1;
const m = 0;

function makeData() {
  const random = randomSource(3);
  return {
    x: random.normals(n * d),
    alpha: random.normals(K),
    mu: random.normals(K * d),
    q: random.normals(K * d, 0, 0.5),
    L: random.normals(K * below, 0, 0.5),
  };
}

/** log Γ at a multiple of ½, by Γ(½) = √π and Γ(1) = 1. */
function logGamma(a: number): number {
  let result = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let t = a - 1; t > 0; t--) result += Math.log(t);
  return result;
}

function constantTerm(): number {
  const freedom = d + m + 1;
  let multivariate = 0.25 * d * (d - 1) * Math.log(Math.PI);
  for (let j = 1; j <= d; j++) multivariate += logGamma(0.5 * freedom + 0.5 * (1 - j));
  const prior = freedom * d * (Math.log(gamma) - 0.5 * Math.log(2)) - multivariate;
  return -n * d * 0.5 * Math.log(2 * Math.PI) - K * prior;
}

/** What doesn't depend on the parameters: the normal distribution's factor and the prior's. */
const constant = constantTerm();

/** Where the numbers below the diagonal of column j start. */
const columnStart = (j: number): number => j * d - (j * (j + 1)) / 2;

function byHand(): HandWritten {
  const { x, alpha, mu, q, L } = makeData();
  const value = new Float64Array(1);
  const grad = {
    alpha: new Float64Array(K),
    mu: new Float64Array(K * d),
    q: new Float64Array(K * d),
    L: new Float64Array(K * below),
  };
  const starts = Int32Array.from({ length: d }, (_, j) => columnStart(j) - j - 1);
  const diagonal = new Float64Array(K * d);
  const base = new Float64Array(K);
  const centered = new Float64Array(K * d);
  const scaled = new Float64Array(K * d);
  const term = new Float64Array(K);

  const evaluate = (): number => {
    for (const g of [grad.alpha, grad.mu, grad.q, grad.L]) g.fill(0);
    for (let k = 0; k < K; k++) {
      let logDeterminant = 0;
      for (let r = 0; r < d; r++) {
        logDeterminant += q[k * d + r]!;
        diagonal[k * d + r] = Math.exp(q[k * d + r]!);
      }
      base[k] = alpha[k]! + logDeterminant;
    }
    let total = 0;
    for (let i = 0; i < n; i++) {
      let top = -Infinity;
      for (let k = 0; k < K; k++) {
        const at = k * d;
        for (let r = 0; r < d; r++) {
          centered[at + r] = x[i * d + r]! - mu[at + r]!;
          scaled[at + r] = diagonal[at + r]! * centered[at + r]!;
        }
        for (let j = 0; j < d; j++) {
          const c = centered[at + j]!;
          const from = k * below + starts[j]!;
          for (let r = j + 1; r < d; r++) scaled[at + r]! += L[from + r]! * c;
        }
        let squares = 0;
        for (let r = 0; r < d; r++) squares += scaled[at + r]! * scaled[at + r]!;
        const exponent = base[k]! - 0.5 * squares;
        term[k] = exponent;
        if (exponent > top) top = exponent;
      }
      let sum = 0;
      for (let k = 0; k < K; k++) {
        term[k] = Math.exp(term[k]! - top);
        sum += term[k]!;
      }
      total += Math.log(sum) + top;
      for (let k = 0; k < K; k++) {
        const at = k * d;
        const weight = term[k]! / sum;
        grad.alpha[k]! += weight;
        for (let j = 0; j < d; j++) {
          const c = centered[at + j]!;
          const from = k * below + starts[j]!;
          const g = weight * scaled[at + j]!;
          grad.q[at + j]! -= g * c;
          let back = diagonal[at + j]! * g;
          for (let r = j + 1; r < d; r++) {
            const h = weight * scaled[at + r]!;
            grad.L[from + r]! -= h * c;
            back += L[from + r]! * h;
          }
          grad.mu[at + j]! += back;
        }
      }
    }
    let sum = 0;
    for (let k = 0; k < K; k++) sum += Math.exp(alpha[k]!);
    let prior = 0;
    for (let k = 0; k < K; k++) {
      const weight = grad.alpha[k]!;
      grad.alpha[k] = weight - (n * Math.exp(alpha[k]!)) / sum;
      for (let r = 0; r < d; r++) {
        const e = diagonal[k * d + r]!;
        prior += 0.5 * gamma * gamma * e * e - m * q[k * d + r]!;
        grad.q[k * d + r] = e * grad.q[k * d + r]! + weight + gamma * gamma * e * e - m;
      }
    }
    for (let i = 0; i < K * below; i++) {
      prior += 0.5 * gamma * gamma * L[i]! * L[i]!;
      grad.L[i]! += gamma * gamma * L[i]!;
    }
    return total - n * Math.log(sum) + prior + constant;
  };
  return {
    run: () => {
      value[0] = evaluate();
    },
    results: () => ({ value, ...grad }),
    parameters: { alpha, mu, q, L },
  };
}

/** log Σ exp along the last axis, shifted by the largest so that nothing overflows. */
function logSumExp(a: Expr): Expr {
  const axis = a.shape.length - 1;
  const largest = max(a, axis, { keepDims: true });
  return add(log(sum(exp(subtract(a, largest)), axis)), reshape(largest, a.shape.slice(0, -1)));
}

/** The triangular matrices Qₖ, K×d×d. */
function triangular(q: Expr, L: Expr): Expr {
  const columns = Array.from({ length: d }, (_, j) => {
    const diagonal = exp(slice(q, j, j + 1, { axis: 1 }));
    const rest = slice(L, columnStart(j), columnStart(j + 1), { axis: 1 });
    const zeros = Array.from({ length: K }, () => new Array<number>(j).fill(0));
    return concatenate(j === 0 ? [diagonal, rest] : [zeros, diagonal, rest], 1);
  });
  return stack(columns, 2);
}

const traceMixture = () =>
  trace(
    { x: matrix(n, d), alpha: vector(K), mu: matrix(K, d), q: matrix(K, d), L: matrix(K, below) },
    ({ x, alpha, mu, q, L }) => {
      const centered = subtract(reshape(x, [n, 1, d]), mu);
      const Q = triangular(q, L);
      const scaled = sum(multiply(Q, reshape(centered, [n, K, 1, d])), 3);
      const exponents = subtract(add(alpha, sum(q, 1)), multiply(0.5, sum(square(scaled), 2)));
      const likelihood = subtract(sum(logSumExp(exponents)), multiply(n, logSumExp(alpha)));
      const frobenius = add(sum(square(exp(q))), sum(square(L)));
      const prior = subtract(multiply(0.5 * gamma ** 2, frobenius), multiply(m, sum(q)));
      return add(likelihood, prior, constant) as Expr<[]>;
    },
  );

/** The parameters and the points for peers. */
function given(): { parameters: Tensors; data: Tensors } {
  const { x, alpha, mu, q, L } = makeData();
  // Where a number of L stands in its d×d matrix: peers have no assignment to parts, but a product with this does it.
  const places = new Float64Array(below * d * d);
  for (let j = 0; j < d; j++) {
    for (let r = j + 1; r < d; r++) places[(columnStart(j) + r - j - 1) * d * d + r * d + j] = 1;
  }
  const identity = Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0));
  return {
    parameters: {
      alpha: tensorOf(alpha, K),
      mu: tensorOf(mu, K, d),
      q: tensorOf(q, K, d),
      L: tensorOf(L, K, below),
    },
    data: {
      x: tensorOf(x, n, 1, d),
      places: tensorOf(places, below, d * d),
      identity: tensorOf(identity, d, d),
    },
  };
}

export const mixture: Workload = {
  name: "mixture",
  title: "Gaussian mixture, d = 10, K = 5, n = 1000",
  hand: byHand,
  adjoint: () => gradientProgram(traceMixture(), makeData(), { by: ["alpha", "mu", "q", "L"] }),
  value: () => valueProgram(traceMixture(), makeData()),
  peers: {
    "jax-js": () => {
      const { parameters, data } = given();
      const objective = ({ alpha, mu, q, L }: UntypedMap, own: UntypedMap, { numpy, nn }: Untyped) => {
        const diagonal = numpy.exp(q.ref);
        const lower = numpy.matmul(L.ref, own.places).reshape([K, d, d]);
        const Q = diagonal.ref.reshape([K, d, 1]).mul(own.identity).add(lower);
        const centered = own.x.sub(mu).transpose([1, 0, 2]);
        const scaled = numpy.matmul(centered, Q.transpose([0, 2, 1]));
        const base = alpha.ref.add(q.ref.sum(1)).reshape([K, 1]);
        const exponents = base.sub(numpy.square(scaled).sum(2).mul(0.5));
        const likelihood = nn.logsumexp(exponents, 0).sum().sub(nn.logsumexp(alpha).mul(n));
        const frobenius = numpy.square(diagonal).sum().add(numpy.square(L).sum());
        const prior = frobenius.mul(0.5 * gamma ** 2).sub(q.sum().mul(m));
        return likelihood.add(prior).add(constant);
      };
      return jaxGradient(parameters, objective, data);
    },
    ...onBothBackends((backend) => {
      const { parameters, data } = given();
      const objective = ({ alpha, mu, q, L }: UntypedMap, own: UntypedMap, tf: Untyped) => {
        const diagonal = tf.exp(q);
        const lower = tf.reshape(tf.matMul(L, own.places), [K, d, d]);
        const Q = tf.add(tf.mul(tf.reshape(diagonal, [K, d, 1]), own.identity), lower);
        const centered = tf.transpose(tf.sub(own.x, mu), [1, 0, 2]);
        const scaled = tf.matMul(centered, Q, false, true);
        const base = tf.reshape(tf.add(alpha, tf.sum(q, 1)), [K, 1]);
        const exponents = tf.sub(base, tf.mul(0.5, tf.sum(tf.square(scaled), 2)));
        const likelihood = tf.sub(tf.sum(tf.logSumExp(exponents, 0)), tf.mul(n, tf.logSumExp(alpha)));
        const frobenius = tf.add(tf.sum(tf.square(diagonal)), tf.sum(tf.square(L)));
        const prior = tf.sub(tf.mul(0.5 * gamma ** 2, frobenius), tf.mul(m, tf.sum(q)));
        return tf.add(tf.add(likelihood, prior), constant);
      };
      return tensorFlowGradient(backend, parameters, objective, data);
    }),
    ...none(["rose", "simplegrad", "adnn", "mathjs"], "no tensors of three axes"),
  },
};
