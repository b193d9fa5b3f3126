import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  type Expr,
  matmul,
  matrix,
  multiply,
  print,
  scalar,
  scan,
  square,
  sum,
  trace,
  vector,
  withDerivative,
} from "../../src/index.js";
import { lower } from "./lower.js";
import { prepare } from "./prepare.js";

const preparing = suite("prepare and lower");

const own = withDerivative((x: Expr) => square(x) as Expr, {
  name: "own",
  derivative: { kind: "partials", partials: ({ operands: [x] }) => [() => multiply(2, x!) as Expr] },
});
const nested = withDerivative((x: Expr) => add(own(x), 1) as Expr, {
  name: "nested",
  derivative: { kind: "partials", partials: ({ operands: [x] }) => [() => multiply(2, x!) as Expr] },
});

preparing("ops made of others are expanded, whatever they are made of", () => {
  for (const kind of [scalar(), vector(3)]) {
    const { graph } = trace({ x: kind }, ({ x }) => nested(x as Expr));
    assert.ok(graph.nodes.some(({ op }) => op.expand));
    assert.equal(
      prepare(graph).nodes.filter(({ op }) => op.expand),
      [],
    );
  }
});

preparing(
  "known factors are collected where one is a power of two, since only then nothing is rounded anew",
  () => {
    const text = (a: number, b: number) =>
      print(prepare(trace({ x: scalar() }, ({ x }) => multiply(a, multiply(b, x))).graph));
    assert.match(text(100, 2), /multiply\(200, x\)/);
    assert.match(text(0.5, 3), /multiply\(1\.5, x\)/);
    assert.match(text(100, 3), /multiply\(100, v\d+\)/);
  },
);

preparing("a prepared graph is prepared: once more changes nothing", () => {
  const { graph } = trace({ x: vector(4) }, ({ x }) =>
    sum(multiply(3, multiply(4, nested(add(x, 0.5) as Expr)))),
  );
  const once = prepare(graph);
  assert.is(print(prepare(once)), print(once));
});

const opsOf = (graph: { readonly nodes: readonly { readonly op: { readonly name: string } }[] }) =>
  graph.nodes.map(({ op }) => op.name);

preparing("small products become sums of products, large ones stay unless there is no WebAssembly", () => {
  const product = (n: number) =>
    prepare(trace({ a: matrix(n, n), b: matrix(n, n) }, ({ a, b }) => matmul(a, b)).graph);
  assert.not.ok(opsOf(lower(product(4))).includes("matmul"));
  assert.ok(opsOf(lower(product(40))).includes("matmul"));
  assert.not.ok(opsOf(lower(product(40), true)).includes("matmul"));
});

preparing(
  "the last carry of a loop whose history is there is its last row, so that there is one loop",
  () => {
    for (const reverse of [false, true]) {
      const f = trace({ x: vector(3) }, ({ x }) => {
        const looped = scan((c: Expr) => multiply(c, c) as Expr, x as Expr, { length: 3, reverse });
        return { last: looped.last, history: looped.history };
      });
      assert.is(opsOf(prepare(f.graph)).filter((name) => name === "scan").length, 2);
      assert.is(opsOf(lower(prepare(f.graph))).filter((name) => name === "scan").length, 1);
      assert.equal(compile(f)({ x: [1, 2, 3] }).last, Float64Array.of(1, 256, 6561));
    }
  },
);

preparing.run();
