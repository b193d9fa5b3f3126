/** What calls cost: the convenient one, which gives fresh results, and one kernel among 300. */
import { compile, type Dtype, valueAndGrad } from "adjoint";
import { checkAgreement } from "../agreement.js";
import { compare, spread } from "../measure.js";
import {
  type HandWritten,
  type Measurement,
  none,
  type Peer,
  type Program,
  type Settings,
  type Workload,
} from "../workload.js";
import { cubic, cubicAt, cubicByHand, traceCubic } from "./course.js";

interface Fresh {
  readonly value: number;
  readonly grad: { readonly x: Float64Array };
}

function freshByHand(): HandWritten {
  const x = Float64Array.from(cubicAt);
  let fresh: Fresh;
  return {
    run: () => {
      const gradient = new Float64Array(2);
      fresh = { value: cubicByHand(x, gradient), grad: { x: gradient } };
    },
    results: () => ({ value: [fresh.value], x: fresh.grad.x }),
  };
}

function freshByAdjoint(): Program {
  const inputs = { x: Float64Array.from(cubicAt) };
  const kernel = compile(valueAndGrad(traceCubic()));
  let fresh: Fresh;
  return {
    run: () => {
      fresh = kernel(inputs);
    },
    results: () => ({ value: [fresh.value], x: fresh.grad.x }),
  };
}

const peers: Record<Peer, string> = none(
  ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
  "see the cubic: they have one kind of call",
);

export const convenientCall: Workload = {
  name: "call",
  title: "convenient call on the cubic",
  hand: freshByHand,
  adjoint: freshByAdjoint,
  peers,
};

const kernels = 300;

/** A kernel of the cubic with its own arrays and a loop that isn't shared. Every tenth is f32, as it may be in a program. */
function makeKernel(serial: number): Program {
  const dtype: Dtype = serial % 10 === 9 ? "f32" : "f64";
  const Elements = dtype === "f32" ? Float32Array : Float64Array;
  const kernel = compile(valueAndGrad(traceCubic()), { dtype });
  const inputs = { x: Elements.from(cubicAt) };
  const outputs = { value: new Elements(1), grad: { x: new Elements(2) } };
  // The text keeps the call apart from that of the other kernels, as calls in a program are.
  const make = new Function(
    "kernel",
    "inputs",
    "outputs",
    `return () => { /* ${serial} */ kernel.into(inputs, outputs); };`,
  );
  return {
    run: make(kernel, inputs, outputs) as () => void,
    results: () => ({ value: outputs.value, x: outputs.grad.x }),
  };
}

/**
 * The time of a kernel while there are 300 over that of the same kernel alone. Each of the two is relative to the
 * hand-written version of the same moment.
 */
function measureAlive(settings: Settings): Measurement {
  const hand = cubic.hand() as HandWritten;
  const started = performance.now();
  const first = makeKernel(0);
  first.run();
  const firstResult = performance.now() - started;
  const alone = compare(first, hand, settings);

  const all = [first, ...Array.from({ length: kernels - 1 }, (_, k) => makeKernel(k + 1))];
  for (const kernel of all) {
    // Enough for the engine to optimize each.
    for (let i = 0; i < 20_000; i++) kernel.run();
    checkAgreement(kernel.results(), hand.results(), 1e-6);
  }
  const among = [0, 100, 150, 200, 298].map((k) =>
    compare(all[k]!, hand, { ...settings, budget: settings.budget / 5 }),
  );
  return {
    ratio: spread(among.map(({ ratio }) => ratio.median / alone.ratio.median)),
    subject: spread(among.map(({ first }) => first.median)),
    hand: alone.second,
    first: firstResult,
    memory: process.resourceUsage().maxRSS / 1024,
  };
}

export const manyKernels: Workload = {
  name: "kernels",
  title: "a kernel among 300, to one alone",
  hand: cubic.hand,
  adjoint: () => makeKernel(0),
  measure: measureAlive,
  peers,
};
