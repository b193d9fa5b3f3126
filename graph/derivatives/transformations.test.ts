import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  dot,
  type Expr,
  exp,
  grad,
  matrix,
  multiply,
  negative,
  power,
  scalar,
  simplify,
  sin,
  square,
  stack,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "../index.js";

const derivatives = suite("grad");

const f = trace({ x: vector(2), c: scalar(), unused: matrix(2, 2) }, ({ x, c }) => multiply(c, dot(x, x)));
const inputs = { x: [1, 2], c: 3, unused: [0, 0, 0, 0] };

derivatives("by all inputs, each shaped like its input; one that isn't used has gradient 0", () => {
  assert.equal(grad(f)(inputs), { x: Float64Array.of(6, 12), c: 5, unused: new Float64Array(4) });
});

derivatives("by those that are named, in the order in which they are named", () => {
  assert.equal(grad(f, "c")(inputs), { c: 5 });
  assert.equal(Object.keys(grad(f, "c", "x")(inputs)), ["c", "x"]);
  assert.equal(grad(f, "x", "x")(inputs), { x: Float64Array.of(6, 12) });
});

derivatives("the inputs of a gradient are those of the function", () => {
  assert.equal(grad(f, "c").graph.inputs, f.graph.inputs);
});

derivatives("value and gradient share their work", () => {
  const g = trace({ x: scalar() }, ({ x }) => exp(exp(exp(x))));
  const both = valueAndGrad(g);
  assert.equal(both.graph.nodes.filter(({ op }) => op === exp.op).length, 3);
  const { value, grad: slopes } = both({ x: 0.1 });
  const [a, b] = [Math.exp(0.1), Math.exp(Math.exp(0.1))];
  assert.is(value, Math.exp(b));
  assert.ok(Math.abs(slopes.x / (value * b * a) - 1) < 1e-15);
});

derivatives("a gradient is a traced function: it composes, and has gradients", () => {
  const g = trace({ x: scalar() }, ({ x }) => power(x, 4));
  const first = trace({ x: scalar() }, ({ x }) => grad(g)({ x }).x);
  const second = trace({ x: scalar() }, ({ x }) => grad(first)({ x }).x);
  const third = trace({ x: scalar() }, ({ x }) => grad(second)({ x }).x);
  const fifth = grad(trace({ x: scalar() }, ({ x }) => grad(third)({ x }).x));
  assert.equal([g({ x: 2 }), first({ x: 2 }), second({ x: 2 }), third({ x: 2 })], [16, 32, 48, 48]);
  assert.equal(fifth({ x: 2 }), { x: 0 });
});

derivatives("nested derivatives by one variable don't disturb each other", () => {
  // d/dx (x · d/dy (x + y)) is 1: the classic confusion of perturbations gives 2.
  const inner = trace({ x: scalar(), y: scalar() }, ({ x, y }) => add(x, y));
  const outer = trace({ x: scalar() }, ({ x }) => multiply(x, grad(inner, "y")({ x, y: x }).y));
  assert.is(grad(outer)({ x: 1 }).x, 1);
  const swapped = trace({ x: scalar() }, ({ x }) => {
    const along = trace({ x: scalar(), y: scalar() }, (both) => multiply(both.x, both.x, both.y));
    return multiply(x, grad(along, "x")({ x, y: x }).x);
  });
  // x·2x·x = 2x³
  assert.is(grad(swapped)({ x: 2 }).x, 24);
});

derivatives("every path to a shared expression is counted once", () => {
  // A diamond whose both sides meet again, on which adjoints propagated too early are counted twice.
  const diamond = trace({ x: scalar() }, ({ x }) => {
    let y: Expr<[]> = x;
    for (let i = 0; i < 20; i++) y = add(y, y);
    return multiply(y, sin(y));
  });
  const slope = (y: number) => (Math.sin(y) + y * Math.cos(y)) * 2 ** 20;
  const x = 1e-6;
  assert.ok(Math.abs(grad(diamond)({ x }).x / slope(x * 2 ** 20) - 1) < 1e-14);
});

derivatives("an input that is the objective, a constant objective, and one that ignores its inputs", () => {
  assert.equal(grad(trace({ x: scalar() }, ({ x }) => x))({ x: 5 }), { x: 1 });
  assert.equal(grad(trace({ x: vector(2) }, () => 5))({ x: [1, 2] }), { x: new Float64Array(2) });
  assert.equal(valueAndGrad(trace({ x: scalar() }, () => 5))({ x: 1 }), { value: 5, grad: { x: 0 } });
});

derivatives("x used as both operands", () => {
  const g = trace({ x: vector(2) }, ({ x }) => dot(x, x));
  assert.equal(grad(g)({ x: [3, 4] }).x, Float64Array.of(6, 8));
  const h = trace({ x: scalar() }, ({ x }) => power(x, x));
  assert.ok(Math.abs(grad(h)({ x: 2 }).x - 4 * (1 + Math.log(2))) < 1e-15);
});

derivatives("a Hessian by gradients of gradients is symmetric", () => {
  const g = trace({ x: vector(3) }, ({ x }) => {
    const [a, b, c] = x;
    return add(multiply(a!, exp(b!)), multiply(sin(c!), square(a!)), negative(multiply(b!, c!)));
  });
  const row = (i: number) => {
    const component = trace({ x: vector(3) }, ({ x }) => {
      const parts = [...grad(g)({ x }).x];
      return parts[i] as Expr<[]>;
    });
    return [...grad(component)({ x: [0.5, -0.3, 1.2] }).x];
  };
  const H = [0, 1, 2].map(row);
  for (let i = 0; i < 3; i++) for (let j = 0; j < i; j++) assert.is(H[i]![j], H[j]![i]);
  assert.ok(Math.abs(H[0]![1]! - Math.exp(-0.3)) < 1e-15);
});

derivatives("simplifying comes before or after, and the gradient stays", () => {
  const g = trace(
    { x: vector(2) },
    ({ x }) => sum(multiply(add(x, -0), negative(negative(square(x))))) as Expr<[]>,
  );
  const expected = grad(g)({ x: [1, 2] });
  assert.equal(simplify(grad(g))({ x: [1, 2] }), expected);
  assert.equal(grad(simplify(g))({ x: [1, 2] }), expected);
});

derivatives("results that are one node get their own adjoints", () => {
  const g = trace({ x: scalar() }, ({ x }) => sum(stack([x, x, square(x)])) as Expr<[]>);
  assert.is(grad(g)({ x: 3 }).x, 8);
});

derivatives.run();
