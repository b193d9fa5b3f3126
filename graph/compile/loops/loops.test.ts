import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  concatenate,
  type Expr,
  exp,
  matmul,
  matrix,
  multiply,
  pad,
  reshape,
  sin,
  slice,
  sum,
  type Traced,
  trace,
  transpose,
  vector,
} from "../../../src/index.js";
import { chainDepth } from "../limits.js";
import { prepare } from "../prepare.js";
import { behindReshapes, partEnds, viewOf } from "./access.js";
import { planMemory } from "./memory.js";
import { findBreaks, findNests } from "./nests.js";
import { findRoots } from "./roots.js";

const loops = suite("access, roots and nests");

const graphOf = (f: unknown) => prepare((f as Traced).graph);

const rootsOf = (f: unknown) => {
  const graph = graphOf(f);
  return findRoots(graph).map(({ id, kind, level }) => ({ op: graph.nodes[id]!.op.name, kind, level }));
};

loops("a view is followed to the tensor in memory: which element is asked for there", () => {
  const graph = graphOf(trace({ x: matrix(4, 6) }, ({ x }) => transpose(slice(x, 1, 3, { step: 1 }))));
  const view = viewOf(graph, graph.outputs as number);
  assert.is(view.id, 0);
  assert.equal(view.place, {
    terms: [
      [0, 1],
      [1, 6],
    ],
    offset: 6,
  });
});

loops("reshapes are no work: the same elements in the same order", () => {
  const graph = graphOf(trace({ x: vector(6) }, ({ x }) => reshape(sin(x), [2, 3])));
  assert.is(graph.nodes[behindReshapes(graph, graph.outputs as number)]!.op.name, "sin");
});

loops("a part covers places between its ends, whichever way it goes", () => {
  assert.equal(partEnds(2, 1, 3), [2, 4]);
  assert.equal(partEnds(4, -2, 3), [0, 4]);
});

loops("a long reduction is a fold, a short one is written out, elementwise ops are fused", () => {
  const sums = (n: number) => trace({ x: matrix(300, n) }, ({ x }) => sum(multiply(x, sin(x)), 1));
  assert.equal(rootsOf(sums(100)), [{ op: "sum", kind: "fold", level: 0 }]);
  assert.equal(rootsOf(sums(10)), [{ op: "sum", kind: "store", level: 0 }]);
});

loops("a product wants its operands in memory, and whoever uses it waits", () => {
  const f = trace({ a: matrix(40, 40) }, ({ a }) => add(matmul(sin(a), a), 1));
  assert.equal(rootsOf(f), [
    { op: "sin", kind: "store", level: 0 },
    { op: "matmul", kind: "product", level: 1 },
    { op: "add", kind: "store", level: 2 },
  ]);
});

loops("what costs much and is needed in two nests is kept, what costs little is computed twice", () => {
  const twice = (inner: (x: Expr) => Expr) =>
    trace({ x: matrix(100, 60), y: vector(700) }, ({ x, y }) => ({
      rows: sum(inner(x as Expr), 1),
      columns: matmul(transpose(inner(x as Expr)), inner(x as Expr)),
      other: sum(y),
    }));
  assert.ok(rootsOf(twice((x) => exp(x) as Expr)).some(({ op }) => op === "exp"));
  const alone = trace({ x: matrix(100, 60) }, ({ x }) => {
    const cheap = add(x, 1) as Expr;
    return { rows: sum(cheap, 1), total: sum(multiply(cheap, cheap)) };
  });
  assert.not.ok(rootsOf(alone).some(({ op }) => op === "add"));
});

loops("a chain deeper than the limit is cut", () => {
  const chain = (depth: number) =>
    trace({ x: vector(700) }, ({ x }) => {
      let y = x as Expr;
      for (let i = 0; i < depth; i++) y = sin(add(y, i)) as Expr;
      return y;
    });
  assert.is(rootsOf(chain(chainDepth / 4)).length, 1);
  assert.ok(rootsOf(chain(2 * chainDepth)).length > 3);
});

loops(
  "neighbours share a nest though their lengths differ by one, and its loop is split where the shorter ends",
  () => {
    const graph = graphOf(
      trace({ x: vector(1000) }, ({ x }) => ({
        whole: sin(x),
        differences: add(slice(x, 1), slice(x, 0, -1)),
      })),
    );
    const roots = findRoots(graph);
    const nests = findNests(roots);
    assert.is(nests.length, 1);
    assert.equal(findBreaks(graph, nests[0]!, new Set(roots.map(({ id }) => id))), [[0, 999, 1000]]);
    const apart = graphOf(
      trace({ x: vector(1000) }, ({ x }) => ({ whole: sin(x), half: sin(slice(x, 0, 500)) })),
    );
    assert.is(findNests(findRoots(apart)).length, 2);
  },
);

loops("loops are split where a part of what is put together begins or ends", () => {
  const padded = trace({ x: vector(700) }, ({ x }) => sin(pad(x, [3], [2])));
  const graph = graphOf(padded);
  const [nest] = findNests(findRoots(graph));
  assert.equal(findBreaks(graph, nest!, new Set()), [[0, 3, 703, 705]]);
  const joined = graphOf(trace({ x: vector(300), y: vector(400) }, ({ x, y }) => sin(concatenate([x, y]))));
  assert.equal(findBreaks(joined, findNests(findRoots(joined))[0]!, new Set()), [[0, 300, 700]]);
});

loops("outputs lie in the caller's arrays, given tensors where they are, the rest in one arena", () => {
  const graph = graphOf(trace({ a: matrix(40, 40) }, ({ a }) => sum(matmul(sin(a), a))));
  const { arrays, copies, arena, buffers } = planMemory(graph, findNests(findRoots(graph)));
  assert.is(arrays.get(0), "x0");
  assert.is(arrays.get(graph.outputs as number), "o0");
  assert.equal(copies, []);
  // sin(a), a copy of a, and the product.
  assert.is(buffers.length, 3);
  assert.is(arena, 3 * 1600);
});

loops.run();
