/**
 * A traced function that captures expressions of the trace around it is the one that takes them as inputs: its values and
 * derivatives, and those of the outer function through it, at any depth.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AdjointError,
  adam,
  add,
  compile,
  deserialize,
  type Expr,
  emit,
  exp,
  grad,
  gradientDescent,
  hessian,
  hvp,
  index,
  jacobian,
  jvp,
  matmul,
  minimize,
  multiply,
  type Operand,
  print,
  scalar,
  scan,
  serialize,
  simplify,
  sin,
  square,
  subtract,
  sum,
  type Traced,
  tanh,
  trace,
  valueAndGrad,
  vector,
  vjp,
} from "../src/index.js";
import { flatten } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertClose } from "./support/tolerance.js";

const closures = suite("closures");

type Vector = Expr<[2]>;
type Inner = (x: Vector, y: Vector) => Expr<[]>;

const inners: Readonly<Record<string, Inner>> = {
  product: (x, y) => sum(multiply(x, y, sin(y))),
  mixed: (x, y) => multiply(exp(index(x, 0)), square(matmul(x, y)), index(y, 1)),
  "without the inner": (x) => sum(square(x)),
  "a list": (x, [a, b]) =>
    sum(
      square(
        matmul(
          [
            [a, 1],
            [x[0], b],
          ],
          x,
        ),
      ),
    ),
  "a loop over the inner": (x, y) => sum(scan((c) => tanh(add(multiply(c, x), y)), y, { length: 3 }).last),
  "a loop over the outer": (x, y) => sum(scan((c) => sin(multiply(c, y)), x, { length: 3 }).last),
  "a trace within": (x, y) => {
    const innermost = trace({ z: vector(2) }, ({ z }) => sum(multiply(x, square(z), y)));
    return sum(multiply(grad(innermost)({ z: multiply(x, y) }).z, x));
  },
  "a trace in a loop": (x, y) =>
    sum(
      scan(
        (c) => {
          const energy = trace({ z: vector(2) }, ({ z }) => sum(multiply(tanh(multiply(c, z)), x)));
          return subtract(c, multiply(0.1, grad(energy)({ z: multiply(c, y) }).z));
        },
        y,
        { length: 3 },
      ).last,
    ),
};

type Both = { x: readonly [2]; y: readonly [2] };
type Given = { x: Operand; y: Vector };
type Use = (f: Traced<Both, Expr<[]>>, given: Given) => Expr;

const uses: Readonly<Record<string, Use>> = {
  called: (f, given) => f(given),
  grad: (f, given) => sum(sin(grad(f, "y")(given).y)),
  valueAndGrad: (f, given) => {
    const { value, grad } = valueAndGrad(simplify(f), "y")(given);
    return multiply(value, sum(grad.y));
  },
  vjp: (f, given) => sum(vjp(f, "y")({ ...given, cotangent: index(given.y, 0) }).grad.y),
  jvp: (f, given) => jvp(f, "y")({ ...given, "tangent.y": [1, -2] }).tangent,
  hvp: (f, given) => sum(hvp(f, "y")({ ...given, "tangent.y": given.y }).y),
  "hessian and jacobian": (f, given) =>
    add(sum(square(hessian(f, "y")(given).y.y)), sum(jacobian(grad(f, "y"), "y")(given).y.y)),
  "steps of an inner descent": (f, { x, y }) => {
    let at: Vector = y;
    for (let i = 0; i < 2; i++) at = subtract(at, multiply(0.1, grad(f, "y")({ x, y: at }).y));
    return f({ x, y: at });
  },
};

const inside = fc.integer({ min: -64, max: 64 }).map((k) => k / 64 + 1 / 256);

/** The same function of x, its inner one capturing x or taking it. */
function outer(inner: Inner, use: Use, captures: boolean): Traced<{ x: readonly [2] }, Expr<[]>> {
  return trace({ x: vector(2) }, ({ x }) => {
    const f = trace({ x: vector(2), y: vector(2) }, (own) => inner(captures ? x : own.x, own.y));
    return sum(use(f, { x: captures ? [0, 0] : x, y: tanh(x) }));
  });
}

for (const [i, [name, inner]] of Object.entries(inners).entries()) {
  closures(`${name}: what is captured is as what is passed in, in both modes`, () => {
    // Each with some of the uses in turn.
    for (const [what, use] of Object.entries(uses).filter((_, k) => (k + i) % 3 === 0)) {
      const [captured, passed] = [outer(inner, use, true), outer(inner, use, false)];
      const both = (f: typeof captured) =>
        trace({ x: vector(2) }, ({ x }) => [f({ x }), hvp(f)({ x, "tangent.x": [1, 2] }), grad(f)({ x })]);
      const [f, expected] = [both(captured), both(passed)];
      const kernel = compile(f);
      const copy = deserialize(serialize(f));
      forAll(3, fc.tuple(inside, inside), (x) => {
        const right = flatten(expected({ x }));
        assertClose(flatten(f({ x })), right, 1e-11, what);
        assertClose(flatten(kernel({ x })), right, 1e-11, `${what}, compiled`);
        assertClose(flatten(copy({ x })), right, 1e-11, `${what}, serialized`);
      });
    }
  });
}

closures("derivatives of one variable aren't taken for those of another", () => {
  // d/dx [x · d/dy (x + y)] is 1; d/dx [x · d/dy (x·y)] at y = x is 2x
  const sums = trace({ x: scalar() }, ({ x }) => {
    const inner = trace({ y: scalar() }, ({ y }) => add(x, y));
    return multiply(x, grad(inner)({ y: 1 }).y);
  });
  assert.is(grad(sums)({ x: 3 }).x, 1);
  const products = trace({ x: scalar() }, ({ x }) => {
    const inner = trace({ y: scalar() }, ({ y }) => multiply(x, y));
    return multiply(x, grad(inner)({ y: x }).y);
  });
  assert.is(grad(products)({ x: 3 }).x, 6);
  const mixed = trace({ x: scalar() }, ({ x }) => {
    const inner = trace({ y: scalar() }, ({ y }) => {
      const innermost = trace({ z: scalar() }, ({ z }) => multiply(x, y, square(z)));
      return grad(innermost)({ z: y }).z;
    });
    // d/dy (2·x·y²) = 4·x·y at y = x
    return grad(inner)({ y: x }).y;
  });
  assert.is(grad(mixed)({ x: 3 }).x, 24);
});

closures("a residual of differential operators is written as it reads", () => {
  // u = a·sin(k·t): u″ + k²·u = 0, whatever a and k are; its derivative by k of the residual with a wrong w is −2·k·u″-like
  const residual = trace({ a: scalar(), k: scalar(), w: scalar(), t: scalar() }, ({ a, k, w, t }) => {
    const u = trace({ t: scalar() }, (own) => multiply(a, sin(multiply(k, own.t))));
    const bend = hessian(u)({ t }).t.t;
    return add(bend, multiply(square(w), u({ t })));
  });
  const point = { a: 2, k: 3, w: 3, t: 0.5 };
  assertClose([residual(point)], [0], 1e-14, "residual");
  // ∂/∂w = 2·w·u
  assertClose([grad(residual, "w")(point).w], [2 * 3 * 2 * Math.sin(1.5)], 1e-14, "by w");
  // ∂/∂k = −2·k·a·sin(kt) − (k² − w²)·a·t·cos(kt)
  assertClose([grad(residual, "k")(point).k], [-2 * 3 * 2 * Math.sin(1.5)], 1e-13, "by k");
});

closures("what is captured can't be used where it isn't", () => {
  let escaped!: Traced<{ y: [] }, Expr<[]>>;
  const told = (name: string, call: () => unknown) =>
    assert.throws(
      call,
      (error: Error) =>
        error instanceof AdjointError &&
        error.message.startsWith(
          `${name}: the function captures an expression of shape () of the trace around it`,
        ),
      name,
    );
  trace({ x: scalar() }, ({ x }) => {
    escaped = trace({ y: scalar() }, ({ y }) => multiply(x, y));
    assert.match(print(escaped), /captured\(\) {2}\(\)/);
    assert.is((escaped({ y: 1 }) as unknown as Expr) instanceof Object, true);
    told("compile", () => compile(escaped));
    // What a schedule captures is no number when steps run.
    const optimizer = gradientDescent({ learningRate: (step) => multiply(step, x) });
    const state = gradientDescent({ learningRate: 1 }).init({ x: 1 });
    told("gradientDescent", () => optimizer.step({ x: 1 }, { x: 1 }, state));
    const sphere = trace({ y: scalar() }, ({ y }) => square(y));
    told("gradientDescent", () => minimize(sphere, { y: 1 }, optimizer, { steps: 1 }));
    told("serialize", () => serialize(escaped));
    told("emit", () => emit(escaped, { name: "f" }));
    told("minimize", () => minimize(escaped, { y: 1 }, adam({ learningRate: 0.1 })));
    return x;
  });
  told("inputs", () => escaped({ y: 1 }));
  told("inputs", () => grad(escaped)({ y: 1 }));
  trace({ z: scalar() }, ({ z }) => {
    told("inputs", () => escaped({ y: z }));
    return z;
  });
  // What belongs to an inner trace doesn't leave it, and a trace whose function threw is over, too.
  trace({ x: scalar() }, ({ x }) => {
    let inside!: Expr;
    trace({ y: scalar() }, ({ y }) => {
      inside = y;
      return y;
    });
    assert.throws(
      () => add(x, inside),
      /^add: operand 2: an expression of shape \(\) belongs to another trace/,
    );
    try {
      trace({ y: scalar() }, ({ y }) => {
        inside = y;
        throw new Error("on the way");
      });
    } catch {
      assert.throws(
        () => add(inside, x),
        /^add: operand 1: an expression of shape \(\) belongs to another trace/,
      );
    }
    return x;
  });
});

closures.run();
