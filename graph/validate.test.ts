import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saying } from "../property-tests/support/saying.js";
import { type Graph, signatureOf } from "./graph.js";
import { add, matrix, multiply, simplify, subtract, sum, trace, valueAndGrad, vector } from "./index.js";
import type { Node } from "./node.js";
import type { Op } from "./op.js";
import { fullOp, inputOp } from "./ops/constant.js";
import { noParams } from "./params.js";
import { validate } from "./validate.js";

const validation = suite("validate");

const f = trace({ x: vector(2), y: vector(2) }, ({ x, y }) => sum(multiply(add(x, y), subtract(x, y))));

validation("what is traced, differentiated and simplified is legal", () => {
  for (const made of [f, valueAndGrad(f), simplify(valueAndGrad(f))]) validate(made.graph);
  validate(trace({}, () => 1).graph);
});

/** The graph of x, y, x + y with one thing changed. */
function changed(change: Partial<Graph> | ((node: Node, id: number) => Node)): Graph {
  const { graph } = trace({ x: vector(2), y: vector(2) }, ({ x, y }) => add(x, y));
  return typeof change === "function"
    ? { ...graph, nodes: graph.nodes.map(change) }
    : { ...graph, ...change };
}

const last =
  (change: Partial<Node>) =>
  (node: Node, id: number): Node =>
    id === 2 ? { ...node, ...change } : node;

const input = (index: number, shape: readonly number[]): Node => ({
  op: inputOp as Op,
  operands: [],
  params: { index, shape },
  shape,
});

const full: Node = { op: fullOp as Op, operands: [], params: { value: 1, shape: [2] }, shape: [2] };

/** Vectors of two by these names; a shape may be another. */
const taking = (names: string, shapes: Readonly<Record<string, readonly number[]>> = {}) =>
  signatureOf(Object.fromEntries([...names].map((name) => [name, { shape: shapes[name] ?? [2] }])));
const { inputs } = taking("xy");
const sumOf = (a: number, b: number): Node => ({
  op: add.op,
  operands: [a, b],
  params: noParams,
  shape: [2],
});

const illegal: readonly (readonly [string, Graph, string])[] = [
  [
    "an operand behind its use",
    changed(last({ operands: [0, 2] })),
    "v2 = add(v0, v2) takes node 2, which doesn't stand before it",
  ],
  ["an operand that isn't there", changed(last({ operands: [0, -1] })), "v2 = add(v0, v-1) takes node -1"],
  ["half an operand", changed(last({ operands: [0, 0.5] })), "v2 = add(v0, v0.5) takes node 0.5"],
  ["too few operands", changed(last({ operands: [0] })), "v2 = add(v0) has 1 operands; add takes 2"],
  ["another shape", changed(last({ shape: [3] })), "v2 = add(v0, v1) is (3), but add gives (2)"],
  ["no shape", changed(last({ shape: [-1] })), "v2 = add(v0, v1) has no shape: (-1)"],
  [
    "an output beyond the nodes",
    changed({ outputs: { a: { b: 3 } } }),
    "output a.b is node 3, but there are 3",
  ],
  ["an output that is no position", changed({ outputs: Number.NaN }), "output (the only one) is node NaN"],
  [
    "two inputs at one place",
    changed({ inputs: [inputs[0]!, inputs[0]!] }),
    'input 1 is at ["x"], but ["y"] is 1',
  ],
  ["inputs that the tree lacks", changed({ inputTree: { x: 0 } }), "there are 2 inputs, but 1 in their tree"],
  ["a tree in another order", changed({ inputTree: { y: 1, x: 0 } }), 'input 0 is at ["x"], but ["y"] is 1'],
  [
    "an input without a node",
    changed(taking("xyz")),
    'input "z" stands at position 2, but v2 = add(v0, v1) does',
  ],
  [
    "an input beyond the nodes",
    { nodes: [], ...taking("x"), outputs: {} },
    'input "x" stands at position 0, but nothing does',
  ],
  ["an input of another shape", changed(taking("xy", { y: [] })), 'input "y" is (), but v1 = input() is (2)'],
  [
    "an input that isn't listed",
    changed(taking("x")),
    "v1 = input() is an input behind the 1 that are listed",
  ],
  [
    "inputs in another order",
    { nodes: [input(1, [2]), input(0, [2])], ...taking("xy"), outputs: 0 },
    "v0 = input() is numbered 1",
  ],
  [
    "the same node twice",
    { nodes: [full, { ...full }], ...taking(""), outputs: 0 },
    "v1 = full() is the same as v0 = full()",
  ],
  [
    "the same sum, the other way round",
    { nodes: [input(0, [2]), input(1, [2]), sumOf(0, 1), sumOf(1, 0)], ...taking("xy"), outputs: 3 },
    "v3 = add(v1, v0) is the same as v2 = add(v0, v1)",
  ],
];

for (const [what, graph, message] of illegal) {
  validation(`${what} is told with the node that it is at`, () => {
    assert.throws(() => validate(graph), saying(`validate: ${message}`));
  });
}

validation("operands that the op refuses are told with their shapes", () => {
  const { graph } = trace({ a: matrix(2, 3), x: vector(2) }, ({ a, x }) => ({ a: add(a, 1), b: add(x, 1) }));
  const nodes = graph.nodes.map((node) =>
    node.op === add.op && node.shape.length === 1 ? { ...node, operands: [0, node.operands[1]!] } : node,
  );
  assert.throws(
    () => validate({ ...graph, nodes }),
    /validate: v\d = add\(v0, v\d\) on \(2×3\), \(2\): add: shapes/,
  );
});

validation.run();
