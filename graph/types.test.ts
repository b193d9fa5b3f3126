/**
 * What the compiler knows: shapes of results, names and kinds, and the mistakes that it refuses. Most of this file is
 * checked by `tsc`; running it shows that the shapes are those at run time too.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  broadcastTo,
  compile,
  dot,
  type Expr,
  grad,
  greater,
  index,
  matmul,
  matrix,
  maximum,
  mean,
  multiply,
  type NestedArray,
  type Results,
  reshape,
  scalar,
  sin,
  square,
  subtract,
  sum,
  tensor,
  trace,
  transpose,
  valueAndGrad,
  vector,
  where,
} from "./index.js";

const types = suite("types");

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the expression's type has exactly this shape; at run time the shape must be the same. */
function shaped<S extends readonly number[]>(...shape: S) {
  return <A extends readonly number[]>(
    expr: Expr<A>,
    _same: Same<A, { -readonly [K in keyof S]: S[K] }>,
  ): void => {
    assert.equal(expr.shape, shape);
  };
}

types("literal shapes are carried through the ops", () => {
  trace({ s: scalar(), x: vector(2), y: vector(3), A: matrix(2, 3), T: tensor([4, 2, 3]) }, (inputs) => {
    const { s, x, y, A, T } = inputs;
    shaped()(s, true);
    shaped(2)(x, true);
    shaped(2, 3)(A, true);
    shaped(4, 2, 3)(T, true);
    shaped(2)(sin(x), true);
    shaped(2, 3)(square(A), true);
    // Broadcasting.
    shaped(2)(add(s, x), true);
    shaped(2)(add(x, 1), true);
    shaped(2, 3)(subtract(A, y), true);
    shaped(2, 3)(multiply(y, A), true);
    shaped(4, 2, 3)(maximum(T, A), true);
    shaped(4, 2, 3)(add(T, y, s, 2), true);
    shaped(2, 3)(greater(A, 0), true);
    shaped(2, 3)(where(greater(y, 0), A, s), true);
    // Products.
    shaped(2)(matmul(A, y), true);
    shaped(3)(matmul(x, A), true);
    shaped()(matmul(x, x), true);
    shaped()(dot(y, y), true);
    shaped(2, 2)(matmul(A, transpose(A)), true);
    // Moves and reductions.
    shaped(3, 2)(transpose(A), true);
    shaped(3, 2, 4)(transpose(T), true);
    shaped(6)(reshape(A, [6]), true);
    shaped(5, 2)(broadcastTo(x, [5, 2]), true);
    shaped()(sum(A), true);
    shaped()(mean(T), true);
    shaped(3)(index(A, 0), true);
    shaped()(index(x, 1), true);
    const [row] = A;
    shaped(3)(row!, true);
    const [element] = x;
    shaped()(element!, true);
    return s;
  });
});

types("unknown lengths and ranks fall back", () => {
  const n = [2, 3].length;
  trace({ x: vector(n), A: matrix(n, 3), anything: tensor([2, n] as number[]) }, ({ x, A, anything }) => {
    const sums: Expr<[number]> = add(x, x);
    const product: Expr<[number, 3]> = add(A, 1);
    const unknown: Expr = add(anything, x);
    const scalars: Expr<[]> = sum(anything);
    assert.equal([sums.shape, product.shape, unknown.shape, scalars.shape], [[2], [2, 3], [2, 2], []]);
    return scalars;
  });
});

types("plain operands give plain results, an expression among them an expression", () => {
  const number: number = add(1, 2);
  const sine: number = sin(0);
  const many: number = multiply(1, 2, 3);
  const nested: number | NestedArray = add([1, 2], 1);
  assert.equal([number, sine, many, nested], [3, 0, 6, [2, 3]]);
  // @ts-expect-error: arrays may be nested, so the result isn't a number
  const wrong: number = add([1, 2], 1);
  assert.equal(wrong, [2, 3]);
});

types("results are numbers and typed arrays by the names of outputs", () => {
  const f = trace({ x: vector(2), s: scalar() }, ({ x, s }) => ({
    total: sum(x),
    inner: { twice: multiply(x, s) },
  }));
  const results = f({ x: [1, 2], s: 3 });
  const total: number = results.total;
  const twice: Float64Array = results.inner.twice;
  assert.equal([total, twice], [3, Float64Array.of(3, 6)]);
  const same: Results<{ total: Expr<[]>; inner: { twice: Expr<[2]> } }> = results;
  assert.is(same, results);
  // @ts-expect-error: there is no such output
  assert.is(results.sum, undefined);
  // @ts-expect-error: a tensor isn't a number
  const wrong: number = results.inner.twice;
  assert.is(wrong, twice);
});

const objective = trace({ W: matrix(2, 1), b: scalar() }, ({ W, b }) => add(sum(square(W)), multiply(b, b)));

types("gradients have the inputs' names and kinds", () => {
  const { value, grad: slopes } = valueAndGrad(objective)({ W: [[1], [2]], b: 3 });
  const v: number = value;
  const W: Float64Array = slopes.W;
  const b: number = slopes.b;
  assert.equal([v, W, b], [14, Float64Array.of(2, 4), 6]);
  const compiled = compile(valueAndGrad(objective))({ W: [[1], [2]], b: 3 });
  const again: Float64Array = compiled.grad.W;
  assert.equal(again, W);
  const onlyW = grad(objective, "W")({ W: [[1], [2]], b: 3 });
  assert.equal(onlyW.W, W);
  // @ts-expect-error: it wasn't asked for
  assert.is(onlyW.b, undefined);
});

types("shapes that don't broadcast don't compile", () => {
  trace({ x: vector(2), y: vector(3), A: matrix(2, 3) }, ({ x, y, A }) => {
    // @ts-expect-error: shapes (2) and (3) don't broadcast
    assert.throws(() => add(x, y));
    // @ts-expect-error: shapes (2×3) and (2) don't broadcast
    assert.throws(() => multiply(A, x));
    // @ts-expect-error: shapes (2) and (2×3) don't broadcast
    assert.throws(() => greater(x, A));
    return x;
  });
});

types("matrices that don't multiply don't compile", () => {
  trace({ x: vector(2), y: vector(3), A: matrix(2, 3), column: matrix(3, 1) }, ({ x, y, A, column }) => {
    // @ts-expect-error: columns of a (2×3) and rows of b (2) differ
    assert.throws(() => matmul(A, x));
    // @ts-expect-error: columns of a (2×3) and rows of b (2×3) differ
    assert.throws(() => matmul(A, A));
    // @ts-expect-error: columns of a (3×1) and rows of b (3) differ: unlike in broadcasting, a 1 doesn't fit
    assert.throws(() => matmul(column, y));
    // @ts-expect-error: columns of a (2) and rows of b (3) differ
    assert.throws(() => dot(x, y));
    return x;
  });
});

types("names and kinds of inputs are checked", () => {
  // @ts-expect-error: b is missing
  assert.throws(() => objective({ W: [[1], [2]] }));
  // @ts-expect-error: c is unknown
  assert.throws(() => objective({ W: [[1], [2]], b: 3, c: 4 }));
  // @ts-expect-error: there is no input of that name
  assert.throws(() => grad(objective, "V"));
  const twoOutputs = trace({ x: scalar() }, ({ x }) => ({ a: x, b: x }));
  // @ts-expect-error: an objective is one scalar
  assert.throws(() => grad(twoOutputs));
  const ofVector = trace({ x: vector(2) }, ({ x }) => square(x));
  // @ts-expect-error: an objective is a scalar
  assert.throws(() => valueAndGrad(ofVector));
});

types("only expressions, and records and lists of them, are returned", () => {
  assert.equal(trace({ x: scalar() }, ({ x }) => [x, x])({ x: 1 }), [1, 1]);
  // @ts-expect-error: a text is no output
  assert.throws(() => trace({ x: scalar() }, () => "x"));
  // @ts-expect-error: an input needs its kind
  assert.throws(() => trace({ x: 3 }, () => 1));
});

types.run();
