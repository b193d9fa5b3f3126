/** What calls cost where arrays change from call to call, and where inputs are trees: both to the same call without that. */
import { add, compile, divide, type Expr, scalar, square, sum, trace, valueAndGrad, vector } from "adjoint";
import { type HandWritten, none, type Peer, type Workload } from "../workload.js";
import { cubicAt, traceCubic } from "./course.js";

const peers: Record<Peer, string> = none(
  ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
  "a call of Adjoint's is measured against another one",
);

/** Calls of one kernel into so many sets of arrays in turn. */
function intoSets(count: number): HandWritten {
  const kernel = compile(valueAndGrad(traceCubic()));
  const sets = Array.from({ length: count }, () => ({
    inputs: { x: Float64Array.from(cubicAt) },
    outputs: { value: new Float64Array(1), grad: { x: new Float64Array(2) } },
  }));
  let next = 0;
  return {
    run: () => {
      const { inputs, outputs } = sets[next]!;
      kernel.into(inputs, outputs);
      next = next + 1 === count ? 0 : next + 1;
    },
    results: () => ({ value: sets[0]!.outputs.value, x: sets[0]!.outputs.grad.x }),
  };
}

export const setsInTurn: Workload = {
  name: "sets",
  title: "the cubic into eight sets of arrays in turn, to one set",
  hand: () => intoSets(1),
  adjoint: () => intoSets(8),
  peers,
};

const layer = { W: vector(2), b: scalar() };
const numbers = () => ({ W: Float64Array.of(0.5, -1), b: 2 });
const squares = ({ W, b }: { readonly W: Expr<[2]>; readonly b: Expr<[]> }): Expr<[]>[] => [
  sum(square(W)),
  square(b),
];

/** A convenient call on the mean of the layers' squares, which is the same for any count of them. */
function callOnLayers(count: number): HandWritten {
  const kernel = compile(
    trace({ layers: Array.from({ length: count }, () => layer) }, ({ layers }) =>
      divide(add(...layers.flatMap(squares)), count),
    ),
  );
  const inputs = { layers: Array.from({ length: count }, numbers) };
  return callOf(() => kernel(inputs));
}

function callOnFlat(): HandWritten {
  const kernel = compile(trace(layer, (inputs) => add(...squares(inputs))));
  const inputs = numbers();
  return callOf(() => kernel(inputs));
}

function callOf(call: () => number): HandWritten {
  let value = 0;
  return {
    run: () => {
      value = call();
    },
    results: () => ({ value: [value] }),
  };
}

export const treeCall: Workload = {
  name: "tree",
  title: "convenient call on a tree of ten leaves, to a flat one of two",
  hand: callOnFlat,
  adjoint: () => callOnLayers(5),
  peers,
};
