import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  concatenate,
  matmul,
  matrix,
  multiply,
  power,
  print,
  scalar,
  sin,
  slice,
  square,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "./index.js";
import { apply } from "./node.js";
import { reshapeExpr } from "./ops/moving.js";
import type { ScanParams } from "./scan/layout.js";
import { scanInstances, scanOp } from "./scan/op.js";

const printing = suite("print");

const cubic = trace({ x: vector(2) }, ({ x }) => {
  const [x1, x2] = x;
  return add(square(x1!), square(x2!), power(x2!, 3), multiply(x1!, x2!));
});

/** c ← ½c², three times: the nodes of its body are c, the number of the step, c², ½ and the product. */
const decay = scanInstances.instances.at(-1)!.params as ScanParams;

printing("a graph reads from its inputs down to its outputs", () => {
  assert.snapshot(
    print(cubic),
    `x = input  (2)
v1 = slice(x, starts: [0], steps: [1])  (1)
v2 = reshape(v1)  ()
v3 = slice(x, starts: [1], steps: [1])  (1)
v4 = reshape(v3)  ()
v5 = square(v2)  ()
v6 = square(v4)  ()
v8 = power(v4, 3)  ()
v9 = multiply(v2, v4)  ()
v10 = add(v5, v6)  ()
v11 = add(v10, v8)  ()
v12 = add(v11, v9)  ()
return v12`,
  );
});

printing("outputs are printed by their path of names", () => {
  const f = trace({ a: scalar(), b: scalar() }, ({ a, b }) => multiply(a, b));
  assert.snapshot(
    print(valueAndGrad(f)),
    `a = input  ()
b = input  ()
v2 = multiply(a, b)  ()
v4 = multiply(1, b)  ()
v5 = multiply(1, a)  ()
return value = v2
return grad a = v4
return grad b = v5`,
  );
});

printing("a graph prints like the function that it belongs to", () => {
  assert.is(print(cubic.graph), print(cubic));
});

printing("known numbers are printed where they are used, tensors of them beside their op", () => {
  const f = trace({ x: vector(10) }, ({ x }) => {
    const shifted = add(x, [1, 2, 3, 4, 5, 6, 7, 8, 9, -0]);
    return concatenate([multiply(shifted, 2), slice(x, 1, 9, { step: 3 })]);
  });
  assert.snapshot(
    print(f),
    `x = input  (10)
v1 = constant([1, 2, 3, 4, 5, 6, 7, 8, … 10 in all])  (10)
v2 = add(x, v1)  (10)
v3 = full(2)  (10)
v4 = multiply(v2, v3)  (10)
v5 = slice(x, starts: [1], steps: [3])  (3)
v6 = assemble(v4, v5, parts: [{ starts: [0], steps: [1] }, { starts: [10], steps: [1] }])  (13)
return v6`,
  );
});

printing("−0 is told from 0, NaN and ∞ are numbers too", () => {
  const numbers = [0, -0, Number.NaN, Number.NEGATIVE_INFINITY];
  const f = trace({ x: scalar() }, ({ x }) =>
    Object.fromEntries(numbers.map((value, i) => [`n${i}`, add(x, value)])),
  );
  const uses = print(f).match(/add\(x, .*?\)/g);
  assert.equal(uses, ["add(x, 0)", "add(x, -0)", "add(x, NaN)", "add(x, -Infinity)"]);
});

printing("parameters are named, except the shape, which the line ends with", () => {
  const f = trace({ A: matrix(2, 3) }, ({ A }) => sum(matmul(A, [[1], [2], [3]]), 0));
  assert.ok(print(f).includes("sum(v2, axes: [0])  (1)"), print(f));
});

printing("the body of a loop is told by its size", () => {
  const f = trace({ x: scalar() }, ({ x }) => apply(scanOp, [reshapeExpr(x, [1])], decay));
  assert.match(print(f), /scan\(v1, body: a graph of 5 nodes, length: 3, /);
});

printing("a name of an input that is an output, and a graph without inputs", () => {
  assert.is(print(trace({ x: scalar() }, ({ x }) => x)), "x = input  ()\nreturn x");
  assert.is(print(trace({}, () => sin(2))), `return ${Math.sin(2)}`);
});

printing.run();
