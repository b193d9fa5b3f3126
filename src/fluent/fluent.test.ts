import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, Expr, matmul, matrix, square, sum, trace, vector } from "../../graph/index.js";
import { type MethodName, methods } from "../../graph/internal.js";
import "./fluent.js";

const fluent = suite("fluent");

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the methods that are typed are those that there are. */
const areAllTyped: Same<keyof AdjointMethods, MethodName> = true;

fluent("each function of an operand is a method, and none hides what expressions have", () => {
  assert.ok(areAllTyped);
  assert.ok(methods.length > 150);
  for (const [name] of methods) {
    const { value } = Object.getOwnPropertyDescriptor(Expr.prototype, name)!;
    assert.type(value, "function", name);
    assert.not(["builder", "id", "shape", "length", "constructor"].includes(name));
  }
});

fluent("a method is its function, the expression being its first operand", () => {
  const inputs = { x: vector(2), A: matrix(2, 2) };
  const chained = trace(inputs, ({ x, A }) => A.matmul(x).square().add(x, 1).sum());
  const nested = trace(inputs, ({ x, A }) => sum(add(square(matmul(A, x)), x, 1)));
  assert.equal(chained.graph, nested.graph);
  trace(inputs, ({ A, x }) => {
    assert.equal(A.slice(0, 1).shape, [1, 2]);
    assert.equal(A.transpose().sum(0, { keepDims: true }).shape, [1, 2]);
    assert.equal(
      [...x].map((element) => element.exp().shape),
      [[], []],
    );
    assert.throws(() => A.reshape([3]), /^reshape: \(2×2\)/);
    return x.dot(x);
  });
});

fluent.run();
