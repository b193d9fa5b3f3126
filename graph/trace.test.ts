import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saying } from "../property-tests/support/saying.js";
import {
  add,
  compile,
  dot,
  type Expr,
  grad,
  matrix,
  multiply,
  scalar,
  simplify,
  square,
  sum,
  tensor,
  trace,
  valueAndGrad,
  vector,
} from "./index.js";

const tracing = suite("trace");

const cubic = trace({ x: vector(2) }, ({ x }) => {
  const [x1, x2] = x;
  return add(square(x1!), square(x2!), multiply(x2!, x2!, x2!), multiply(x1!, x2!));
});

tracing("a traced function computes on numbers", () => {
  assert.is(cubic({ x: [2, 3] }), 46);
  assert.is(cubic({ x: Float64Array.of(2, 3) }), 46);
  assert.equal(valueAndGrad(cubic)({ x: [2, 3] }), { value: 46, grad: { x: Float64Array.of(7, 35) } });
});

tracing("the function runs once, whatever is done with its graph", () => {
  let runs = 0;
  const f = trace({ x: scalar() }, ({ x }) => {
    runs++;
    return multiply(x, x);
  });
  f({ x: 1 });
  f({ x: 2 });
  compile(valueAndGrad(simplify(f)))({ x: 3 });
  assert.is(runs, 1);
});

tracing("inside another trace it composes, sharing what both have", () => {
  const shifted = trace({ y: vector(2) }, ({ y }) => {
    const x = add(y, 1);
    return add(cubic({ x }), cubic({ x }));
  });
  assert.is(shifted({ y: [1, 2] }), 92);
  const count = shifted.graph.nodes.filter(({ op }) => op.name === "square").length;
  assert.is(count, 2);
});

tracing("composition mixes expressions, numbers and data", () => {
  const f = trace({ a: scalar(), x: vector(2) }, ({ a, x }) => dot(multiply(a, x), x));
  const g = trace({ x: vector(2) }, ({ x }) => f({ a: 3, x }));
  const h = trace({ a: scalar() }, ({ a }) => f({ a, x: [1, 2] }));
  assert.is(g({ x: [1, 2] }), 15);
  assert.is(h({ a: 3 }), 15);
});

tracing("outputs are trees of names, numbers among them become constants", () => {
  const f = trace({ x: vector(2) }, ({ x }) => ({ twice: multiply(x, 2), more: { one: 1, sum: sum(x) } }));
  assert.equal(f({ x: [1, 2] }), { twice: Float64Array.of(2, 4), more: { one: 1, sum: 3 } });
  assert.is(trace({}, () => 5)({}), 5);
  assert.equal(trace({ x: scalar() }, () => ({}))({ x: 1 }), {});
});

tracing("an input can be an output, and one expression two of them", () => {
  const f = trace({ x: vector(2) }, ({ x }) => ({ a: x, b: x, c: square(x) }));
  const x = Float64Array.of(1, 2);
  const results = f({ x });
  assert.equal(results, { a: x, b: x, c: Float64Array.of(1, 4) });
  assert.is.not(results.a, x);
  assert.is.not(results.a, results.b);
});

tracing("a graph keeps the nodes that its outputs need, and all inputs", () => {
  const f = trace({ unused: vector(3), x: scalar() }, ({ x }) => {
    add(x, 17);
    return square(x);
  });
  assert.equal(
    f.graph.nodes.map(({ op }) => op.name),
    ["input", "input", "square"],
  );
});

// Names that are special elsewhere must simply work.
const special = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "length",
  "value",
  "0",
  "",
];

for (const name of special) {
  tracing(`an input and an output may be named "${name}"`, () => {
    const f = trace(Object.fromEntries([[name, vector(2)]]), (inputs) => {
      assert.equal(Object.keys(inputs), [name]);
      return Object.fromEntries([[name, square(inputs[name]!)]]);
    });
    const inputs = Object.fromEntries([[name, [1, 3]]]);
    for (const run of [f, simplify(f), compile(f)]) {
      const results = run(inputs) as Record<string, Float64Array>;
      assert.ok(Object.hasOwn(results, name));
      assert.equal(Object.getOwnPropertyDescriptor(results, name)!.value, Float64Array.of(1, 9));
    }
    const loss = trace(
      Object.fromEntries([[name, vector(2)]]),
      (exprs) => sum(square(exprs[name]!)) as Expr<[]>,
    );
    const gradients = grad(loss, name)(inputs) as Record<string, Float64Array>;
    assert.equal(Object.getOwnPropertyDescriptor(gradients, name)!.value, Float64Array.of(2, 6));
    assert.throws(() => f({}), saying(`inputs: "${name}" is missing`));
  });
}

tracing("an input that isn't declared isn't found on the prototype", () => {
  const f = trace({ x: scalar() }, ({ x }) => x);
  assert.throws(() => f(Object.create({ x: 1 })), saying("inputs: expected an object with the keys x"));
});

tracing("bad inputs are named", () => {
  const f = trace({ W: matrix(2, 3), b: vector(3) }, ({ W, b }) => add(sum(W), sum(b)));
  const b = [1, 2, 3];
  const W = [b, b];
  const call = f as (inputs: unknown) => unknown;
  assert.throws(() => call({ W }), saying('inputs: "b" is missing; the keys are W, b.'));
  assert.throws(() => call({ W, b, bias: 1 }), saying('inputs: unknown key "bias"; the keys are W, b.'));
  assert.throws(() => call({ W: [b], b }), saying('input "W": expected shape (2×3), got (1×3).'));
  assert.throws(() => call({ W, b: 4 }), saying('input "b": expected shape (3), got ().'));
  assert.throws(() => call({ W, b: "1 2 3" }), saying('input "b": expected a number or an array of numbers'));
  assert.throws(
    () => call(undefined),
    saying("inputs: expected an object with the keys W, b, got undefined."),
  );
  assert.throws(() => call([W, b]), saying("inputs: expected an object with the keys W, b, got the list"));
});

tracing("kernels say the same of bad inputs", () => {
  const f = trace({ W: matrix(2, 3), b: vector(3) }, ({ W, b }) => add(sum(W), sum(b)));
  const kernel = compile(f) as (inputs: unknown) => unknown;
  const b = [1, 2, 3];
  assert.throws(() => kernel({ W: [b, b] }), saying('inputs: "b" is missing; the keys are W, b.'));
  assert.throws(() => kernel({ W: [b, b], b, c: 1 }), saying('inputs: unknown key "c"'));
  assert.throws(() => kernel({ W: [b, b], b: [1] }), saying('input "b": expected shape (3), got (1).'));
  assert.throws(() => kernel(null), saying("inputs: expected an object with the keys W, b, got null."));
});

tracing("expressions of another shape, or of another trace, are refused where they are given", () => {
  const f = trace({ x: vector(2) }, ({ x }) => sum(x));
  const use = (x: unknown) => f({ x } as never);
  assert.throws(
    () => trace({ y: vector(3) }, ({ y }) => use(y) as unknown as Expr),
    saying('input "x": expected shape (2), got an expression of shape (3).'),
  );
  let stolen: Expr | undefined;
  trace({ y: vector(2) }, ({ y }) => {
    stolen = y;
    return sum(y);
  });
  const message =
    "belongs to another trace; it lives only inside the function that is traced, so pass it in as an input.";
  assert.throws(
    () => trace({ x: vector(2) }, ({ x }) => add(x, stolen!) as Expr),
    saying(`add: operand 2: an expression of shape (2) ${message}`),
  );
  assert.throws(
    () => trace({ x: vector(2) }, () => stolen!),
    saying(`trace: the result: an expression of shape (2) ${message}`),
  );
  assert.throws(
    () => trace({ x: scalar() }, ({ x }) => ({ a: x, b: stolen! })),
    saying(`trace: output "b": an expression of shape (2) ${message}`),
  );
});

tracing("what a function may not return", () => {
  const returning = (value: unknown) => () => trace({ x: vector(2) }, (() => value) as never);
  assert.throws(
    returning(new Map()),
    saying(
      "trace: the result is a Map; return an expression, or a record or a list of expressions. stack([a, b]) makes one vector of several scalars.",
    ),
  );
  assert.throws(returning(undefined), saying("trace: the result is undefined; return an expression"));
  assert.throws(returning(null), saying("trace: the result is null;"));
  assert.throws(returning("x"), saying('trace: the result is the text "x";'));
  assert.throws(returning(true), saying("trace: the result is true;"));
  assert.throws(returning(new Float64Array(2)), saying("trace: the result is a Float64Array"));
  assert.throws(returning({ a: { b: undefined } }), saying('trace: output "a.b" is undefined;'));
});

tracing("what an input may not be", () => {
  const declaring = (spec: unknown) => () => trace({ x: spec } as never, () => 1);
  const remedy =
    "give its kind, scalar(), vector(2), matrix(3, 2) or tensor([2, 3, 4]), or a record or a list of kinds.";
  assert.throws(declaring(3), saying(`trace: input "x" is 3; ${remedy}`));
  assert.throws(declaring(undefined), saying(`trace: input "x" is undefined; ${remedy}`));
  assert.throws(declaring([2]), saying(`trace: input "x.0" is 2; ${remedy}`));
  for (const length of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => tensor([2, length]),
      saying(`tensor: a length must be a whole number of at least 0, not ${length}.`),
    );
  }
  assert.throws(() => tensor(3 as never), saying("tensor: the shape must be a list [a, b], not 3."));
  assert.throws(() => vector(-1), saying("vector: the length must be a whole number of at least 0, not -1."));
});

tracing("a shape given once isn't changed by changing the array that gave it", () => {
  const shape = [2, 2];
  const f = trace({ x: tensor(shape) }, ({ x }) => sum(x) as Expr<[]>);
  shape[0] = 5;
  assert.equal(f.graph.inputs[0]!.shape, [2, 2]);
});

tracing.run();
