/** A chain of sines, sin(sin(… sin(x))): the deepest graph there can be for its size. */
import { type Expr, scalar, sin, trace } from "adjoint";
import type { HandWritten, Workload } from "../workload.js";
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

const workload = (exponent: number, power: string): Workload => {
  const n = 10 ** exponent;
  return {
    name: `chain-1e${exponent}`,
    title: `chain of 10${power} sines`,
    hand: () => byHand(n),
    adjoint: () => gradientProgram(traceChain(n), { x: at }),
    value: () => valueProgram(traceChain(n), { x: at }),
    peers: {},
  };
};

export const chain: readonly Workload[] = [workload(4, "⁴"), workload(5, "⁵"), workload(6, "⁶")];
