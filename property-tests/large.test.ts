/**
 * Compiling depends on a graph's nodes, not on its elements: at 10⁶ elements each public op is as much code as at 10⁴, and
 * no constant grows with its operands. `npm run large` has the times.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  argmax,
  compile,
  reshape,
  segmentSum,
  subtract,
  take,
  trace,
  valueAndGrad,
  vector,
} from "../graph/index.js";
import { isOp } from "../graph/node.js";
import { constantOp } from "../graph/ops/constant.js";
import { largeCalls, traceLarge } from "./support/large.js";

const large = suite("large");

for (const [name, call] of Object.entries(largeCalls)) {
  large(`${name}: its code and that of its gradient don't grow with the elements`, () => {
    const [few, many] = [10_000, 1_000_000].map((size) => {
      const f = valueAndGrad(traceLarge(call, size));
      const known = f.graph.nodes.reduce(
        (sum, node) => sum + (isOp(node, constantOp) ? node.params.values.length : 0),
        0,
      );
      return { nodes: f.graph.nodes.length, source: compile(f).source.length, known };
    }) as [Measured, Measured];
    // A tree of halves has a level more each time that the elements double.
    assert.ok(many.nodes <= 2 * few.nodes, `${few.nodes} nodes become ${many.nodes}`);
    assert.ok(many.source <= 2 * few.source + 1000, `${few.source} characters become ${many.source}`);
    assert.is(many.known, few.known, "numbers in constants");
  });
}

interface Measured {
  readonly nodes: number;
  readonly source: number;
  readonly known: number;
}

large("f32 kernels know places beyond 2²⁴, which f32 doesn't hold", () => {
  const first = 2 ** 24;
  const size = first + 4;
  const f = trace({ x: vector(size), at: vector(4) }, ({ x, at }) => ({
    known: take(x, [first, first + 1, first + 2, first + 3]),
    given: take(x, at),
    computed: take(x, subtract(at, 1)),
    best: argmax(x),
    rows: argmax(reshape(x, [1, size])),
    ofBest: take(x, argmax(x)),
    back: take(segmentSum([1, 2, 3, 4], at, size), at),
  }));
  const x = new Float32Array(size);
  x.set([1, 2, 3, 4], first);
  const places = [first, first + 1, first + 2, first + 3];
  const kernel = compile(f, { dtype: "f32" });
  const { known, given, computed, best, rows, ofBest, back } = kernel({ x, at: places });
  assert.equal(
    [known, given, computed, back].map((one) => [...(one as Float32Array)]),
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [0, 1, 2, 3],
      [1, 2, 3, 4],
    ],
  );
  assert.equal([best, [...(rows as unknown as Float64Array)], ofBest], [first + 3, [first + 3], 4]);
  const outputs = {
    ...{ known: new Float32Array(4), given: new Float32Array(4), computed: new Float32Array(4) },
    ...{ best: new Float64Array(1), rows: new Float64Array(1), ofBest: new Float32Array(1) },
    back: new Float32Array(4),
  };
  kernel.into({ x, at: Float64Array.from(places) } as never, outputs as never);
  assert.equal([...outputs.rows, ...outputs.best, ...outputs.given], [first + 3, first + 3, 1, 2, 3, 4]);
});

large.run();
