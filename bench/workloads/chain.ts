/** A chain of sines, sin(sin(… sin(x))): the deepest graph there can be for its size. */
import { type Expr, scalar, sin, trace } from "adjoint";
import { adnnGradient } from "../peers/adnn.js";
import { jaxGradient } from "../peers/jax.js";
import { roseGradient } from "../peers/rose.js";
import { simplegradGradient } from "../peers/simplegrad.js";
import { onBothBackends, tensorFlowGradient } from "../peers/tensorflow.js";
import { tensorOf, type Untyped } from "../peers/tensors.js";
import { type Attempt, type HandWritten, none, type Peer, type Workload } from "../workload.js";
import { gradientProgram, valueProgram } from "./programs.js";

const at = 1;

function byHand(n: number): HandWritten {
  const x = Float64Array.of(at);
  const value = new Float64Array(1);
  const gradient = new Float64Array(1);
  const passed = new Float64Array(n);
  const chain = (start: number): number => {
    let current = start;
    for (let i = 0; i < n; i++) {
      passed[i] = current;
      current = Math.sin(current);
    }
    let slope = 1;
    for (let i = n - 1; i >= 0; i--) slope *= Math.cos(passed[i]!);
    gradient[0] = slope;
    return current;
  };
  return {
    run: () => {
      value[0] = chain(x[0]!);
    },
    results: () => ({ value, x: gradient }),
    parameters: { x },
  };
}

const traceChain = (n: number) =>
  trace({ x: scalar() }, ({ x }) => {
    let current: Expr = x;
    for (let i = 0; i < n; i++) current = sin(current);
    return current;
  });

const given = { x: tensorOf(Float64Array.of(at)) };

/** `sine` n times over. */
function repeated(start: Untyped, n: number, sine: (x: Untyped) => Untyped): Untyped {
  let current = start;
  for (let i = 0; i < n; i++) current = sine(current);
  return current;
}

const peersOf = (n: number): Record<Peer, Attempt> => ({
  "jax-js": () => jaxGradient(given, ({ x }, _, { numpy }) => repeated(x, n, numpy.sin)),
  ...onBothBackends((backend) =>
    tensorFlowGradient(backend, given, ({ x }, _, tf) => repeated(x, n, tf.sin)),
  ),
  rose: () =>
    roseGradient(Float64Array.of(at), ({ Dual, fn, mul, opaque, Real }) => {
      const cos = opaque([Real], Real, Math.cos);
      const sin = opaque([Real], Real, Math.sin);
      sin.jvp = fn([Dual], Dual, ({ re, du }: Untyped) => ({ re: sin(re), du: mul(du, cos(re)) }));
      return (x) => repeated(x[0], n, sin);
    }),
  simplegrad: () => simplegradGradient(given, ({ x }) => repeated(x![0], n, (one) => one.sin())),
  adnn: () => adnnGradient(given, ({ x }, _, { ad }) => repeated(x, n, ad.scalar.sin)),
  ...none(["mathjs"], "its derivatives recurse over the formula, and there is one formula a variable"),
});

const workload = (exponent: number, power: string): Workload => {
  const n = 10 ** exponent;
  return {
    name: `chain-1e${exponent}`,
    title: `chain of 10${power} sines`,
    hand: () => byHand(n),
    adjoint: () => gradientProgram(traceChain(n), { x: at }),
    value: () => valueProgram(traceChain(n), { x: at }),
    peers: peersOf(n),
  };
};

export const chain: readonly Workload[] = [workload(4, "⁴"), workload(5, "⁵"), workload(6, "⁶")];
