import { suite } from "uvu";
import * as assert from "uvu/assert";
import { contentOf, serialOf } from "./content.js";
import type { Graph } from "./graph.js";
import { multiply, scalar, trace, unary, vector } from "./index.js";

const contents = suite("content");

const times = (factor: number): Graph => trace({ x: vector(2) }, ({ x }) => multiply(factor, x)).graph;

contents("the same graph, traced twice, has the same text", () => {
  assert.is(contentOf(times(3)), contentOf(times(3)));
  assert.ok(contentOf(times(3)));
});

contents("numbers that differ in a bit have others, and so have those that JSON knows not", () => {
  const numbers = [1, 1 + Number.EPSILON, 0, -0, Number.NaN, Infinity, -Infinity, 5e-324];
  assert.is(new Set(numbers.map((one) => contentOf(times(one)))).size, numbers.length);
});

contents("ops are told by who they are, not by what they are called", () => {
  const own = () => unary({ name: "own", compute: (a: number) => a, partials: () => [() => 1] });
  const [f, g] = [own(), own()];
  const traced = (op: typeof f) => contentOf(trace({ x: scalar() }, ({ x }) => op(x) as typeof x).graph);
  assert.is(traced(f), traced(f));
  assert.is.not(traced(f), traced(g));
});

/** A graph of one node with these parameters. */
const withParams = (params: object): Graph =>
  ({ nodes: [{ op: {}, operands: [], params, shape: [] }], inputs: [], outputs: 0 }) as unknown as Graph;

contents("parameters: records and lists by what they hold, all else by who it is", () => {
  const f = () => 0;
  const op = {};
  const text = (params: object) =>
    contentOf({ ...withParams(params), nodes: [{ ...withParams(params).nodes[0]!, op: op as never }] });
  assert.is(text({ a: [1, { b: 2 }], f }), text({ a: [1, { b: 2 }], f }));
  assert.is.not(text({ a: [1, { b: 2 }] }), text({ a: [1, { b: 3 }] }));
  assert.is.not(text({ f }), text({ f: () => 0 }));
  const ones = [1, "1", "#1", [1], { 0: 1 }, Float64Array.of(1), Float32Array.of(1)];
  assert.is(new Set(ones.map((a) => text({ a }))).size, ones.length);
  assert.is.not(text({ map: new Map([[1, 2]]) }), text({ map: new Map([[1, 3]]) }));
  assert.is.not(text({ values: Float64Array.of(1) }), text({ values: Float64Array.of(2) }));
});

contents("what holds itself has none", () => {
  const params: { self?: object } = {};
  params.self = params;
  assert.is(contentOf(withParams(params)), undefined);
});

contents("an object has one number, another object another", () => {
  const [a, b] = [{}, {}];
  assert.is(serialOf(a), serialOf(a));
  assert.is.not(serialOf(a), serialOf(b));
});

contents.run();
