import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  applyOp,
  compile,
  cumsum,
  defineOp,
  divide,
  type Expr,
  emit,
  erf,
  exp,
  grad,
  gradientDescent,
  hessian,
  jvp,
  matmul,
  matrix,
  maximum,
  minimize,
  multiply,
  negative,
  type Op,
  type Operand,
  reshape,
  scalar,
  scan,
  sin,
  solve,
  sqrt,
  square,
  sum,
  type Traced,
  tanh,
  trace,
  unary,
  valueAndGrad,
  vector,
  withDerivative,
} from "../src/index.js";
import { assertGradient } from "../src/testing/index.js";
import { checkedOp } from "./definitions.js";
import { allOps } from "./internal.js";

const custom = suite("custom ops");

const gentleRoot = withDerivative((x) => sqrt(x) as Expr, {
  name: "gentleRoot",
  derivative: {
    kind: "partials",
    partials: ({ result }) => [() => divide(0.5, maximum(result, 0.1)) as Expr],
  },
});

custom(
  "withDerivative computes the function and differentiates by the rule, in kernels and both modes too",
  () => {
    const f = trace({ x: vector(3) }, ({ x }) => sum(gentleRoot(x)) as Expr<[]>);
    const at = { x: [4, 0, 1e-4] };
    assert.is(f(at), 2.01);
    const expected = [0.25, 5, 5];
    assert.equal([...grad(f)(at).x], expected);
    const { value, grad: gradient } = compile(valueAndGrad(f))(at);
    assert.is(value, 2.01);
    assert.equal([...gradient.x], expected);
    assert.is(jvp(f)({ ...at, "tangent.x": [1, 1, 0] }).tangent, 5.25);
    assert.throws(() => assertGradient(f, { domain: [0.001, 0.005] }), /differences give/);
    assertGradient(f, { domain: [0.1, 2] });
  },
);

const ownSquare = withDerivative((x) => square(x) as Expr, {
  name: "ownSquare",
  derivative: {
    kind: "partials",
    partials: ({ operands: [x] }) => [() => multiply(2, x!) as Expr],
  },
});

const increment = withDerivative((x) => add(x, 1) as Expr, {
  name: "increment",
  derivative: { kind: "tangent", tangent: ([dx]) => dx! },
});

custom("on scalars alone: in kernels of both dtypes, in minimize, emitted, nested", async () => {
  const f = trace({ x: scalar() }, ({ x }) => ownSquare(x) as Expr<[]>);
  const nested = withDerivative((x: Expr) => ownSquare(increment(x)) as Expr, {
    name: "nested",
    derivative: {
      kind: "tangent",
      tangent: ([dx], { operands: [x] }) => multiply(multiply(2, add(x!, 1)), dx!) as Expr,
    },
  });
  const g = trace({ x: scalar() }, ({ x }) => nested(x) as Expr<[]>);
  for (const dtype of ["f64", "f32"] as const) {
    assert.equal(compile(valueAndGrad(f), { dtype })({ x: 3 }), { value: 9, grad: { x: 6 } });
    assert.equal(compile(valueAndGrad(g), { dtype })({ x: 2 }), { value: 9, grad: { x: 6 } });
  }
  const run = minimize(f, { x: 3 }, gradientDescent({ learningRate: 0.25 }), { steps: 2, tolerance: 0 });
  assert.is(run.status, "max-steps");
  assert.equal([...run.trajectory.values, run.value], [9, 2.25, 0.5625]);
  assert.is(await runEmitted(emit(f as unknown as Traced, { name: "f", language: "js" }), { x: 3 }), 9);
});

custom("thousands of such nodes on scalars, and few of them", () => {
  // Few become statements, more loops, thousands WebAssembly.
  for (const count of [20, 1000, 2500]) {
    const f = trace({ x: scalar() }, ({ x }) => {
      let y: Expr = x;
      for (let i = 0; i < count; i++) y = add(increment(y), multiply(0, ownSquare(y))) as Expr;
      return y as Expr<[]>;
    });
    assert.equal(compile(valueAndGrad(f))({ x: 3 }), { value: 3 + count, grad: { x: 1 } });
  }
});

custom("an op of one's own without code, on scalars alone, is computed by its meaning", () => {
  const swap: Op = defineOp({
    name: "swap",
    shape: () => [],
    evaluate: (arithmetic, [x, y]) => [arithmetic.add(arithmetic.multiply(x![0]!, x![0]!), y![0]!)],
    derivative: { kind: "constant" },
    domains: [],
  });
  const f = trace({ x: scalar(), y: scalar() }, ({ x, y }) => applyOp(swap, [x, y]) as Expr<[]>);
  assert.is(compile(f)({ x: 3, y: 4 }), 13);
});

custom(
  "a function made of ops without code: written out, in loops, in a scan, in minimize, and emitted",
  async () => {
    const bell = withDerivative((x) => erf(multiply(x, 0.5)) as Expr, {
      name: "bell",
      derivative: {
        kind: "partials",
        partials: ({ operands: [x] }) => [
          () => multiply(exp(negative(square(multiply(x!, 0.5)))), 1 / Math.sqrt(Math.PI)) as Expr,
        ],
      },
    });
    for (const n of [2, 900]) {
      const f = trace({ x: vector(n) }, ({ x }) => sum(bell(x)) as Expr<[]>);
      const looped = trace({ x: vector(n) }, ({ x }) => {
        const { last } = scan((h: Expr) => bell(add(h, x)), x as Expr, { length: 400 });
        return sum(last) as Expr<[]>;
      });
      const x = new Float64Array(n).fill(0.3);
      for (const g of [f, looped]) {
        const expected = valueAndGrad(g)({ x });
        const { value, grad: gradient } = compile(valueAndGrad(g))({ x });
        assert.ok(Math.abs(value - expected.value) < 1e-11 * n);
        gradient.x.forEach((slope, i) => {
          assert.ok(Math.abs(slope - expected.grad.x[i]!) < 1e-12);
        });
        const emitted = emit(g as unknown as Traced, { name: "f", language: "js" });
        assert.ok(Math.abs(((await runEmitted(emitted, { x })) as number) - expected.value) < 1e-11 * n);
      }
      const run = minimize(f, { x }, gradientDescent({ learningRate: 0.1 }), { steps: 3 });
      assert.ok(run.value < f({ x }));
    }
  },
);

custom("a tangent rule of several operands is transposed, and differentiated again", () => {
  const energy = withDerivative((a, b) => multiply(square(a), exp(b)) as Expr, {
    name: "energy",
    derivative: {
      kind: "tangent",
      tangent: ([da, db], { operands: [a, b] }) => {
        const grown = exp(b!) as Expr;
        const first = da && (multiply(multiply(2, a!), multiply(grown, da)) as Expr);
        const second = db && (multiply(multiply(square(a!), grown), db) as Expr);
        return first && second ? (add(first, second) as Expr) : (first ?? second)!;
      },
    },
  });
  const f = trace({ a: vector(2), b: vector(2) }, ({ a, b }) => sum(energy(a, b)) as Expr<[]>);
  assertGradient(f, { domain: [-1, 1], order: 2 });
  const H = hessian(f)({ a: [1, 2], b: [0, 0] });
  assert.equal([...H.a.b], [2, 0, 0, 4]);
});

custom("an elementwise op of one's own, without code, is called by kernels", () => {
  let calls = 0;
  const bump: ReturnType<typeof unary> = unary({
    name: "bump",
    compute: (x) => {
      calls++;
      return 1 / (1 + x! * x!);
    },
    partials: (x) => [(result) => multiply(multiply(-2, x!), square(result)) as Expr],
  });
  for (const n of [3, 2000]) {
    const f = trace({ x: vector(n) }, ({ x }) => sum(bump(x)) as Expr<[]>);
    const x = Float64Array.from({ length: n }, (_, i) => i / n);
    const kernel = compile(valueAndGrad(f));
    calls = 0;
    const { grad: gradient } = kernel({ x });
    assert.ok(calls >= n);
    x.forEach((xi, i) => {
      assert.ok(Math.abs(gradient.x[i]! - (-2 * xi) / (1 + xi * xi) ** 2) < 1e-14);
    });
  }
});

custom("any op by its record: a rotation, linear, with its transpose", () => {
  const rotate: Op = defineOp({
    name: "rotate",
    shape: ([x]) => x!,
    evaluate: (_arithmetic, [x]) => [x!.at(-1)!, ...x!.slice(0, -1)],
    derivative: { kind: "transpose", linear: "each", transpose: (adjoint) => applyOp(back, [adjoint]) },
    domains: [{ kind: "real", low: -1, high: 1 }],
  });
  const back: Op = defineOp({
    name: "rotateBack",
    shape: ([x]) => x!,
    evaluate: (_arithmetic, [x]) => [...x!.slice(1), x![0]!],
    derivative: { kind: "transpose", linear: "each", transpose: (adjoint) => applyOp(rotate, [adjoint]) },
    domains: [{ kind: "real", low: -1, high: 1 }],
  });
  for (const n of [4, 900]) {
    const f = trace({ x: vector(n) }, ({ x }) => sum(multiply(square(applyOp(rotate, [x])), x)) as Expr<[]>);
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
    const { grad: gradient } = compile(valueAndGrad(f))({ x });
    for (let i = 0; i < n; i++) {
      const [before, after] = [x[(i + n - 1) % n]!, x[(i + 1) % n]!];
      assert.ok(Math.abs(gradient.x[i]! - (before ** 2 + 2 * x[i]! * after)) < 1e-14);
    }
  }
});

/** What a module that was emitted gives. */
async function runEmitted(text: string, inputs: unknown): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-"));
  try {
    const file = join(folder, "f.mjs");
    writeFileSync(file, text);
    const module: { f(given: unknown): unknown } = await import(pathToFileURL(file).href);
    return module.f(inputs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

custom("emitted modules hold loops, routines and called ops", async () => {
  const small = trace({ x: vector(3) }, ({ x }) => {
    const { last } = scan((h: Expr) => erf(add(h, sin(x))) as Expr, x, { length: 300 });
    return sum(cumsum(last)) as Expr<[]>;
  });
  const large = trace({ x: vector(40) }, ({ x }) => {
    const A = add(matmul(reshape(x, [40, 1]), reshape(x, [1, 40])), multiply(5, constantEye(40))) as Expr;
    const { last } = scan((h: Expr) => tanh(matmul(A, h)) as Expr, x, { length: 5 });
    return sum(solve(A, last)) as Expr<[]>;
  });
  for (const f of [small, large] as unknown as Traced[]) {
    const n = f.graph.inputs[0]!.shape[0]!;
    const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i) / 3);
    const differentiated = valueAndGrad(f) as Traced;
    const plain = differentiated as unknown as (inputs: unknown) => {
      value: number;
      grad: { x: Float64Array };
    };
    const expected = plain({ x });
    const actual = (await runEmitted(emit(differentiated, { name: "f", language: "js" }), {
      x,
    })) as typeof expected;
    assert.ok(Math.abs(actual.value - expected.value) < 1e-12 * (1 + Math.abs(expected.value)));
    actual.grad.x.forEach((g, i) => {
      assert.ok(Math.abs(g - expected.grad.x[i]!) < 1e-10 * (1 + Math.abs(g)), `${g} ${expected.grad.x[i]}`);
    });
  }
});

function constantEye(n: number): Operand {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
}

custom("an op that can't be written down is named", () => {
  const odd: Op = defineOp({
    name: "odd",
    shape: ([x]) => x!,
    evaluate: (_arithmetic, [x]) => x!.toReversed(),
    derivative: { kind: "constant" },
    domains: [],
  });
  const f = trace({ x: vector(900) }, ({ x }) => sum(negative(applyOp(odd, [x]))) as Expr<[]>);
  assert.throws(
    () => emit(f as unknown as Traced, { name: "f" }),
    /emit: the op odd has no routine with a text/,
  );
});

custom("matrices of inputs of one's own shapes", () => {
  const f = trace({ A: matrix(2, 2) }, ({ A }) => sum(gentleRoot(multiply(A, A))) as Expr<[]>);
  assert.equal(
    [
      ...grad(f)({
        A: [
          [1, 2],
          [3, 4],
        ],
      }).A,
    ],
    [1, 1, 1, 1],
  );
});

custom(
  "an op whose meaning is written with JavaScript's operators is called on numbers, however small",
  () => {
    const plain = defineOp({
      name: "plain",
      shape: ([x]) => x!,
      // Most users think of numbers alone.
      evaluate: (_arithmetic, [x]) => (x as readonly number[]).map((value) => value * value + 1) as never,
      derivative: { kind: "constant" },
      domains: [{ kind: "real", low: -3, high: 3 }],
    });
    for (const n of [1, 4, 64]) {
      const f = trace({ x: vector(n) }, ({ x }) => sum(applyOp(plain, [x])));
      const x = Float64Array.from({ length: n }, (_, i) => i);
      const expected = x.reduce((total, value) => total + value * value + 1, 0);
      assert.is(f({ x }), expected);
      assert.is(compile(f)({ x }), expected);
    }
  },
);

custom("an op that computes too little, or returns no expression, is told by its name", () => {
  const short = defineOp({
    name: "short",
    shape: ([x]) => x!,
    evaluate: (_arithmetic, [x]) => x!.slice(1),
    derivative: { kind: "constant" },
    domains: [{ kind: "real", low: -3, high: 3 }],
  });
  assert.throws(() => applyOp(short, [[1, 2]]), /^short: evaluate gives the list \[2\], not 2 numbers/);
  const none = [[1]] as never;
  assert.throws(
    () => short.evaluate({} as never, none, undefined as never, {}),
    /^short: evaluate gives the list \[\]/,
  );
  const nothing = withDerivative((() => undefined) as never, {
    name: "nothing",
    derivative: { kind: "constant" },
  });
  assert.throws(() => (nothing as (x: number) => unknown)(1), /^nothing: .* got undefined/);
});

custom("the ops of the library pass the check of those that users define", () => {
  for (const op of allOps) assert.is(checkedOp("defineOp", op).name, op.name);
});

custom("an expression can be taken apart in a program that needs nothing else of the library", async () => {
  // Without side effects of modules: what a bundler drops isn't missed.
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { add, multiply, withDerivative } from "./graph/index.ts";
        const product = withDerivative((x) => { const [a, b] = x; return multiply(a, b); }, {
          name: "product",
          derivative: { kind: "tangent", tangent: ([dx], { operands: [x] }) => {
            const [a, b] = x;
            const [da, db] = dx;
            return add(multiply(a, db), multiply(b, da));
          } },
        });
        export const f = (inputs) => product(inputs.x);`,
      resolveDir: fileURLToPath(new URL("..", import.meta.url)),
      loader: "js",
    },
    ...{ bundle: true, minify: true, format: "esm", write: false },
  });
  const [{ text }] = outputFiles as [(typeof outputFiles)[0]];
  assert.is(await runEmitted(text, { x: [3, 4] }), 12);
  assert.not.match(text, /trace: /);
});

custom.run();
