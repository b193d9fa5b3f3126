import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, compile, type Expr, scalar, sin, sum, trace, vector } from "../../src/index.js";
import { scalarNodes, unrolledElements } from "./limits.js";

const limits = suite("limits");

/** Σ sin(x), of n elements: x, their sines and the sum. */
const sums = (n: number) => trace({ x: vector(n) }, ({ x }) => sum(sin(x)));

limits(
  "small graphs are written out, larger ones are loops, with the same numbers on both sides of the limit",
  () => {
    const most = Math.floor((unrolledElements - 1) / 2);
    for (const [n, hasLoops] of [
      [most, false],
      [most + 1, true],
    ] as const) {
      const x = Float64Array.from({ length: n }, (_, i) => i / n);
      const kernel = compile(sums(n));
      assert.is(kernel.source.includes("for ("), hasLoops, `${n} elements`);
      assert.ok(Math.abs(kernel({ x }) - sums(n)({ x })) < 1e-12 * n);
    }
  },
);

limits(
  "many scalars become WebAssembly, fewer JavaScript, with the same numbers on both sides of the limit",
  () => {
    for (const [pairs, isText] of [
      [scalarNodes / 2 - 10, true],
      [scalarNodes / 2 + 10, false],
    ] as const) {
      const f = trace({ x: scalar() }, ({ x }) => {
        let y: Expr = x;
        for (let i = 0; i < pairs; i++) y = sin(add(y, x)) as Expr;
        return y as Expr<[]>;
      });
      const kernel = compile(f);
      assert.is(kernel.source !== "", isText, `${f.graph.nodes.length} nodes`);
      assert.is(kernel({ x: 0.7 }), f({ x: 0.7 }));
    }
  },
);

limits.run();
