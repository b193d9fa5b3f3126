/** Forward mode against differences and against reverse mode, and the matrices and products made of both. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  type Expr,
  grad,
  greater,
  hessian,
  hvp,
  jacobian,
  jvp,
  matmul,
  matrix,
  multiply,
  scalar,
  scan,
  sin,
  slice,
  sqrt,
  square,
  stack,
  sum,
  type Traced,
  tanh,
  tensor,
  trace,
  vector,
  vjp,
  where,
} from "../graph/index.js";
import { constant } from "../graph/ops/constant.js";
import { sizeOf } from "../graph/shape.js";
import { validate } from "../graph/validate.js";
import { slopeAt } from "../src/testing/differences.js";
import { domainOf } from "../src/testing/programs.js";
import { type Applied, appliedOf, applyTo, resultShape } from "./support/arbitraries.js";
import {
  along,
  flat,
  flatten,
  give,
  type Objective,
  objectiveOf,
  operandName,
  type Point,
  run,
} from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { instancesOf, ops } from "./support/registry.js";
import { assertClose } from "./support/tolerance.js";

const modes = suite("modes");

const weight = fc.oneof(
  fc.integer({ min: 512, max: 2048 }).map((k) => k / 1024),
  fc.integer({ min: -2048, max: -512 }).map((k) => k / 1024),
);
const weightsOf = (size: number) => fc.array(weight, { minLength: size, maxLength: size });
const directionsOf = ({ shapes }: Applied) => fc.tuple(...shapes.map((shape) => weightsOf(sizeOf(shape))));

/** The slope of `f` along a direction by forward mode, as a function of the same inputs. */
function alongForward(f: Objective, direction: Point): Objective {
  const names = Object.keys(direction);
  const pushed = jvp(f, ...names) as Traced;
  const inputs = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  return trace(Object.fromEntries(inputs), (exprs) => {
    const { builder } = Object.values<Expr>(exprs)[0]!;
    const tangents = names.map((name) => {
      const { shape } = f.graph.inputs.find((input) => input.name === name)!;
      return [`tangent.${name}`, constant(builder, direction[name]!, shape)] as const;
    });
    const given = { ...exprs, ...Object.fromEntries(tangents) };
    return (pushed(given) as { tangent: Expr<[]> }).tangent;
  }) as Objective;
}

for (const op of ops) {
  const isReal = (i: number) => domainOf(op, i).kind === "real";
  if (!op.domains.some((_, i) => isReal(i))) continue;
  const cases = instancesOf(op) ? 4 * instancesOf(op)!.length : 20;

  modes(`${op.name}: both modes agree at orders 1 to 3, and with differences`, () => {
    let smooth = 0;
    const drawn = appliedOf(op).chain((applied) =>
      fc.record({
        applied: fc.constant(applied),
        weights: weightsOf(sizeOf(resultShape(applied))),
        directions: fc.array(directionsOf(applied), { minLength: 3, maxLength: 3 }),
      }),
    );
    forAll(cases, drawn, ({ applied, weights, directions }) => {
      const point: Point = {
        weights,
        ...Object.fromEntries(applied.values.map((one, i) => [operandName(i), one])),
      };
      let [forward, reverse] = [objectiveOf(applied), objectiveOf(applied)];
      for (const [order, direction] of directions.entries()) {
        const named = Object.fromEntries(
          direction.flatMap((one, i) => (isReal(i) ? [[operandName(i), one] as const] : [])),
        );
        const expected = slopeAt((t) => run(forward, movedBy(point, named, t))[0]!);
        forward = alongForward(forward, named);
        reverse = along(reverse, named);
        const [a, b] = [run(forward, point)[0]!, run(reverse, point)[0]!];
        assertClose(a, b, 1e-9, () => `${op.name}: order ${order + 1}, forward and reverse mode`);
        if (!expected) return;
        const bound = 1e-7 + 4 * expected.error * (1 + Math.abs(expected.value));
        assertClose(a, expected.value, bound, () => `${op.name}: order ${order + 1}, and differences`);
      }
      smooth++;
    });
    assert.ok(smooth >= cases / 10, `${op.name}: only ${smooth} of ${cases} cases were smooth`);
  });

  modes(`${op.name}: ⟨u, Jv⟩ = ⟨Jᵀu, v⟩`, () => {
    const drawn = appliedOf(op).chain((applied) =>
      fc.record({
        applied: fc.constant(applied),
        u: weightsOf(sizeOf(resultShape(applied))),
        v: directionsOf(applied),
      }),
    );
    forAll(cases, drawn, ({ applied, u, v }) => {
      const f = plainOf(applied);
      const names = applied.shapes.flatMap((_, i) => (isReal(i) ? [operandName(i)] : []));
      const point = Object.fromEntries(applied.values.map((one, i) => [operandName(i), one]));
      const tangents = Object.fromEntries(v.map((one, i) => [`tangent.${operandName(i)}`, one]));
      const pushed = jvp(f, ...names) as Traced;
      const pulled = vjp(f, ...names) as Traced;
      const { tangent } = (pushed as Plain)(give(pushed, { ...point, ...tangents })) as {
        tangent: number | Float64Array;
      };
      const { grad: gradient } = (pulled as Plain)(give(pulled, { ...point, cotangent: u })) as {
        grad: Record<string, number | Float64Array>;
      };
      const left = dotOf(u, flat(tangent));
      const right = names.reduce((total, name) => {
        const one = v[name.charCodeAt(0) - 97]!;
        return total + dotOf(flat(gradient[name]!), one);
      }, 0);
      assertClose(left, right, 1e-10, `${op.name}: ⟨u, Jv⟩ and ⟨Jᵀu, v⟩`);
    });
  });
}

/** A traced function free of its types. */
type Plain = (inputs: unknown) => unknown;

function movedBy(point: Point, direction: Point, t: number): Point {
  return Object.fromEntries(
    Object.entries(point).map(([name, values]) => {
      const by = direction[name];
      return [name, by ? values.map((value, i) => value + t * by[i]!) : values];
    }),
  );
}

/** The op on inputs, without weights. */
function plainOf({ op, shapes, params }: Applied): Traced {
  const inputs = shapes.map((shape, i) => [operandName(i), tensor(shape)] as const);
  return trace(Object.fromEntries(inputs), (named: Readonly<Record<string, Expr>>) => {
    const operands = shapes.map((_, i) => named[operandName(i)]!);
    return applyTo(operands[0]!.builder, op, operands, params);
  }) as Traced;
}

const dotOf = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((total, x, i) => total + x * b[i]!, 0);

modes("a Jacobian by rows, by columns, and by a loop is that of differences", () => {
  for (const [n, m] of [
    [2, 3],
    [3, 2],
    [20, 30],
    [30, 20],
    [1, 1],
    [0, 2],
    [2, 0],
  ] as const) {
    const f = trace({ x: vector(n), A: matrix(m, n), s: scalar() }, ({ x, A, s }) => ({
      y: sin(add(matmul(A, square(x)), s)) as Expr,
      t: sum(multiply(x, x)) as Expr,
    }));
    const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i + 1));
    const A = Float64Array.from({ length: m * n }, (_, i) => Math.sin(3 * i + 1) / 2);
    const J = jacobian(f, "x", "s")({ x, A, s: 0.25 }) as {
      y: { x: Float64Array; s: Float64Array };
      t: { x: Float64Array; s: number };
    };
    const argument = (i: number) => x.reduce((total, xj, j) => total + A[i * n + j]! * xj * xj, 0.25);
    const expected = Array.from({ length: m }, (_, i) =>
      Array.from(x, (xj, j) => Math.cos(argument(i)) * A[i * n + j]! * 2 * xj),
    ).flat();
    assertClose(J.y.x, expected, 1e-13, `${m}×${n}`);
    assertClose(
      J.y.s,
      Array.from({ length: m }, (_, i) => Math.cos(argument(i))),
      1e-13,
      "by the scalar",
    );
    assertClose(
      J.t.x,
      Array.from(x, (xj) => 2 * xj),
      1e-13,
      "the other output",
    );
    assert.is(J.t.s, 0);
  }
});

modes("a Hessian is that of Rosenbrock's function, and hvp its product with a vector", () => {
  for (const n of [2, 5, 24]) {
    const rosenbrock = trace({ x: vector(n) }, ({ x }) => {
      const [a, b] = [slice(x, 0, -1), slice(x, 1)];
      return sum(
        add(multiply(100, square(add(b, multiply(-1, square(a))))), square(add(1, multiply(-1, a)))),
      ) as Expr<[]>;
    });
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    const v = Float64Array.from({ length: n }, (_, i) => Math.cos(2 * i));
    const expected = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => {
        if (Math.abs(i - j) > 1) return 0;
        if (i !== j) return -400 * x[Math.min(i, j)]!;
        const own = i < n - 1 ? 1200 * x[i]! ** 2 - 400 * x[i + 1]! + 2 : 0;
        return own + (i > 0 ? 200 : 0);
      }),
    );
    const { x: product } = hvp(rosenbrock)({ x, "tangent.x": v }) as { x: Float64Array };
    assertClose(flatten(hessian(rosenbrock)({ x })), expected.flat(), 1e-12, `${n}`);
    assertClose(
      product,
      expected.map((row) => dotOf(row, v)),
      1e-12,
      `${n}, times a vector`,
    );
  }
});

modes("a Hessian between inputs of different shapes has the axes of both", () => {
  const f = trace(
    { a: vector(2), B: matrix(2, 2) },
    ({ a, B }) => sum(multiply(square(a), matmul(B, a))) as Expr<[]>,
  );
  const H = hessian(f);
  const shapes = H.graph.outputs as Record<string, Record<string, number>>;
  assert.equal(H.graph.nodes[shapes.a!.B!]!.shape, [2, 2, 2]);
  const { a, B } = H({
    a: [2, 3],
    B: [
      [1, 2],
      [3, 4],
    ],
  }) as Record<string, Record<string, Float64Array>>;
  // ∂²f/∂aᵢ∂Bⱼₖ = 2aⱼaₖ·[i = j] + aⱼ²·[i = k]
  assert.equal([...a!.B!], [8 + 4, 12, 9, 0, 0, 4, 12, 18 + 9]);
  assert.equal([...B!.a!], [12, 0, 12, 4, 9, 12, 0, 27]);
  assert.equal([...B!.B!], new Array(16).fill(0));
});

modes("what isn't chosen has no derivative in forward mode either, at second order too", () => {
  const f = trace({ x: vector(20) }, ({ x }) => sum(where(greater(x, 0), sqrt(x), 0)) as Expr<[]>);
  const x = new Float64Array(20);
  x[3] = 4;
  const expected = new Float64Array(400);
  expected[63] = -1 / 32;
  assert.equal([...(hessian(f)({ x }) as { x: { x: Float64Array } }).x.x], [...expected]);
  const pushed = jvp(f)({ x, "tangent.x": new Float64Array(20).fill(1) }) as {
    tangent: number;
  };
  assert.is(pushed.tangent, 0.25);
});

modes("an absent tangent stays absent: √a + b at a = 0, along b", () => {
  const f = trace({ a: scalar(), b: scalar() }, ({ a, b }) => add(sqrt(a), b) as Expr<[]>);
  const { tangent } = jvp(f, "b")({ a: 0, b: 1, "tangent.b": 1 }) as { tangent: number };
  assert.is(tangent, 1);
  const rows = jacobian(trace({ x: vector(2) }, ({ x: [a, b] }) => stack([sqrt(a!), b!, add(a!, b!)])))({
    x: [0, 1],
  });
  assert.equal([...(rows as { x: Float64Array }).x], [Number.POSITIVE_INFINITY, 0, 0, 1, 1, 1]);
});

modes("vjp by outputs of several names", () => {
  const f = trace({ x: vector(2) }, ({ x }) => ({ a: square(x), b: { c: sum(x) as Expr<[]> } }));
  const pulled = vjp(f);
  assert.equal(
    pulled.graph.inputs.map(({ name }) => name),
    ["x", "cotangent.a", "cotangent.b.c"],
  );
  const { grad: gradient, value } = pulled({ x: [2, 3], "cotangent.a": [1, 10], "cotangent.b.c": 100 });
  assert.equal([...gradient.x], [104, 160]);
  assert.equal([...value.a], [4, 9]);
  assert.is(value.b.c, 5);
});

modes("a name that an added input would take is an error that names it", () => {
  const f = trace({ x: scalar(), "tangent.x": scalar() }, ({ x }) => square(x));
  assert.throws(() => jvp(f), /jvp: the function has an input "tangent.x" of its own/);
  assert.throws(() => jvp(f, "y" as never), /there is no input "y"/);
  assert.throws(
    () => hvp(trace({ x: vector(2) }, ({ x }) => square(x)) as never),
    /hvp: the objective must be a scalar/,
  );
});

/** A recurrent model by scan and written out. */
function recurrent(length: number, options: { reverse?: boolean; recompute?: boolean }) {
  const inputs = { W: matrix(2, 2), U: matrix(2, 3), x: matrix(length, 3), h: vector(2) };
  const next = (W: Expr, U: Expr, h: Expr, row: Expr) => tanh(add(matmul(W, h), matmul(U, row))) as Expr;
  const looped = trace(inputs, ({ W, U, x, h }) => {
    const { last, history } = scan(
      ({ h, total }, row, i) => {
        const after = next(W, U, h, row);
        return { h: after, total: add(total, multiply(sum(square(after)), add(i, 1))) as Expr };
      },
      { h: h as Expr, total: 0 },
      { xs: x as Expr, ...options },
    );
    return options.recompute
      ? (add(last.total, sum(last.h)) as Expr<[]>)
      : (add(last.total, sum(history.h)) as Expr<[]>);
  });
  const written = trace(inputs, ({ W, U, x, h }) => {
    let after: Expr = h;
    let total: Expr = multiply(0, sum(h)) as Expr;
    const rows = [...(x as Expr)].map((row, i) => ({ row, i }));
    if (options.reverse) rows.reverse();
    let all: Expr = total;
    for (const { row, i } of rows) {
      after = next(W, U, after, row);
      total = add(total, multiply(sum(square(after)), i + 1)) as Expr;
      all = add(all, sum(after)) as Expr;
    }
    return add(total, options.recompute ? sum(after) : all) as Expr<[]>;
  });
  return { looped, written };
}

for (const options of [{}, { reverse: true }, { recompute: true }, { recompute: true, reverse: true }]) {
  modes(
    `scan ${JSON.stringify(options)}: value, gradient, Hessian product are those of the loop written out`,
    () => {
      for (const length of [1, 4, 11]) {
        const { looped, written } = recurrent(length, options);
        const numbers = (n: number, seed: number) =>
          Float64Array.from({ length: n }, (_, i) => Math.sin(i * seed + 1) / 2);
        const at = { W: numbers(4, 3), U: numbers(6, 5), x: numbers(3 * length, 7), h: numbers(2, 11) };
        const tangents = Object.fromEntries(
          Object.entries(at).map(([name, one]) => [`tangent.${name}`, one.map((x, i) => Math.cos(x + i))]),
        );
        assertClose(looped(at) as number, written(at) as number, 1e-13, "value");
        for (const transform of [grad, hvp] as const) {
          const given = transform === grad ? at : { ...at, ...tangents };
          const [a, b] = [looped, written].map((f) => flatten((transform(f as never) as Traced)(given)));
          assertClose(a!, b!, 1e-11, `${transform.name}, ${length} steps`);
        }
      }
    },
  );
}

modes("two outputs whose paths read the same would share a cotangent, and are refused", () => {
  const f = trace({ x: scalar() }, ({ x }) => ({ "a.b": square(x), a: { b: multiply(x, 3) } }));
  assert.throws(
    () => vjp(f),
    /vjp: the outputs \["a.b"\] and \["a","b"\] would both be pulled back from an input "cotangent.a.b"; rename one/,
  );
  assert.equal(jvp(f)({ x: 2, "tangent.x": 1 }).tangent, { "a.b": 4, a: { b: 3 } });
  // Elsewhere nothing goes by text.
  assert.equal(compile(f)({ x: 2 }), { "a.b": 4, a: { b: 6 } });
});

modes("no traced function has two inputs of one name, whatever was asked for twice", () => {
  const f = trace({ x: scalar(), "tangent.y": scalar() }, ({ x, "tangent.y": y }) => multiply(x, y));
  for (const made of [
    jvp(f, "x", "x"),
    hvp(f, "x", "x"),
    vjp(f, "x", "x"),
    jacobian(f, "x", "x"),
    grad(f, "x", "x"),
  ]) {
    validate(made.graph);
    const names = made.graph.inputs.map(({ name }) => name);
    assert.is(new Set(names).size, names.length);
  }
  assert.equal(jvp(f, "x", "x")({ x: 2, "tangent.y": 5, "tangent.x": 1 }), { value: 10, tangent: 5 });
  assert.throws(
    () => jvp(trace({ x: scalar(), "tangent.x": scalar() }, ({ x }) => x)),
    /has an input "tangent.x" of its own/,
  );
});

modes("what a scan refuses is said in words", () => {
  const inputs = { x: vector(3) };
  const traced = (f: (x: Expr) => unknown) => () => trace(inputs, ({ x }) => f(x) as Expr);
  assert.throws(
    traced((x) => scan((c) => c, x).last),
    /neither a length nor xs/,
  );
  assert.throws(
    traced((x) => scan(() => x, sum(x), { length: 2 }).last),
    /begins with shape \(\), but the step returns \(3\)/,
  );
  assert.throws(
    traced((x) => scan((c) => c, x, { xs: x, length: 2 }).last),
    /2 steps, but xs of shape \(3\)/,
  );
  assert.throws(
    traced(() => scan((c) => c, 0, { length: 2 }).last),
    /no trace to add the loop to/,
  );
  assert.throws(
    traced((x) => scan(({ a }) => ({ b: a }), { a: x }, { length: 2 }).last.a),
    /has the names a, but the step returns others \(a, b\)/,
  );
  let leaked: Expr | undefined;
  assert.throws(
    traced((x) => {
      scan(
        (c) => {
          leaked = c;
          return c;
        },
        x,
        { length: 2 },
      );
      return leaked;
    }),
    /^scan: an expression of the step is used outside of it/,
  );
});

modes.run();
