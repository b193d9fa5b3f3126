/** What runs cost besides their kernels: recording, callbacks, and optimizers that are made anew. */
import {
  adam,
  add,
  minimize,
  multiply,
  type Optimizer,
  slice,
  square,
  subtract,
  sum,
  trace,
  vector,
} from "adjoint";
import { none, type Peer, type Program, type Workload } from "../workload.js";
import { cubicAt, traceCubic } from "./course.js";

const peers: Record<Peer, string> = none(
  ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
  "what Adjoint's runs cost, beside other runs of Adjoint",
);

/** Runs of the same objective and optimizer, compared with each other. */
function running<R>(run: () => R, results: (last: R) => ReturnType<Program["results"]>): Program {
  let last: R;
  return {
    run: () => {
      last = run();
    },
    results: () => results(last),
  };
}

const variables = 1000;
const rosenbrockStart = Float64Array.from({ length: variables }, (_, i) => (i % 2 === 0 ? -1.2 : 1));

function traceRosenbrock() {
  return trace({ x: vector(variables) }, ({ x }) => {
    const head = slice(x, 0, variables - 1);
    const tail = slice(x, 1, variables);
    const valley = multiply(100, square(subtract(tail, square(head))));
    return sum(add(valley, square(subtract(1, head))));
  });
}

function longRun(trajectory: boolean): Program {
  const f = traceRosenbrock();
  const optimizer = adam({ learningRate: 0.01 });
  return running(
    () => minimize(f, { x: rosenbrockStart }, optimizer, { steps: 2000, tolerance: 0, trajectory }),
    ({ value, parameters }) => ({ value: [value], x: parameters.x }),
  );
}

function observed(onStep?: (progress: { readonly value: number }) => unknown): Program {
  const f = traceCubic();
  const optimizer = adam({ learningRate: 0.1 });
  const options = { steps: 10_000, tolerance: 0, trajectory: false, ...(onStep && { onStep }) };
  return running(
    () => minimize(f, { x: cubicAt }, optimizer, options),
    ({ parameters }) => ({ x: parameters.x }),
  );
}

/** A callback that reads the value only. */
function observedByValue(): Program {
  let least = Number.POSITIVE_INFINITY;
  return observed(({ value }) => {
    least = Math.min(least, value);
  });
}

function manyRuns(makeOptimizer: () => Optimizer): Program {
  const f = traceCubic();
  return running(
    () => {
      let value = 0;
      for (let i = 0; i < 300; i++) {
        value = minimize(f, { x: [2, 3 + i / 300] }, makeOptimizer(), { steps: 150 }).value;
      }
      return value;
    },
    (value) => ({ value: [value] }),
  );
}

const makeAdam = (): Optimizer => adam({ learningRate: 0.1 }) as unknown as Optimizer;

export const runs: readonly Workload[] = [
  {
    name: "recorded",
    title: "2000 Adam steps on Rosenbrock 1000, recorded, to those that aren't",
    hand: () => longRun(false),
    adjoint: () => longRun(true),
    peers,
  },
  {
    name: "on-step",
    title: "10 000 Adam steps on the cubic with onStep, to those without",
    hand: () => observed(),
    adjoint: observedByValue,
    peers,
  },
  {
    name: "anew",
    title: "300 runs, Adam made anew for each, to Adam made before",
    hand: () => {
      const optimizer = makeAdam();
      return manyRuns(() => optimizer);
    },
    adjoint: () => manyRuns(makeAdam),
    peers,
  },
];
