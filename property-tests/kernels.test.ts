/** Compiled kernels compute what the interpreter computes, whichever code the compiler chooses. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  type Expr,
  print,
  sin,
  square,
  sum,
  type Traced,
  trace,
  valueAndGrad,
  vector,
} from "../graph/index.js";
import { type Applied, appliedOf, applyTo } from "./support/arbitraries.js";
import { flatten, give, objectiveOf, operandName, type Point } from "./support/differences.js";
import { forAll } from "./support/law.js";
import {
  large,
  moving,
  pointOf,
  programOf,
  type Style,
  smooth,
  traceObjective,
  traceProgram,
} from "./support/programs.js";
import { instancesOf, ops } from "./support/registry.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const kernels = suite("kernels");

/** Programs with ties at kinks; the compiler may round differently, so nothing in them is near overflow. */
const tying: Style = { ...smooth, ties: true };

const movingTame: Style = { ...moving, tame: true };

/** An input that nobody uses. Its elements count, so that small tensors too become loops instead of straight lines. */
const ballast = 700;

/** The same function, with ballast. */
function weighedDown(f: Traced): Traced {
  const inputs = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  const specs = { ballast: { shape: [ballast] }, ...Object.fromEntries(inputs) };
  return trace(specs, ({ ballast: _, ...rest }) => f(rest as never) as never) as unknown as Traced;
}

function checkKernel(f: Traced, point: Point): void {
  const expected = flatten(f(give(f, point)));
  for (const made of [f, weighedDown(f)]) {
    const inputs = give(made, { ...point, ballast: new Array<number>(ballast).fill(0) });
    const kernel = compile(made);
    const actual = flatten(kernel(inputs));
    assertClose(actual, expected, 1e-12, () => `${print(f)}\ncompiled to\n${kernel.source}\n`);
  }
}

function traceApplied({ op, shapes, params }: Applied): Traced {
  const specs = Object.fromEntries(shapes.map((shape, i) => [operandName(i), { shape }]));
  return trace({ any: { shape: [] }, ...specs }, ({ any, ...named }): Expr => {
    const operands = shapes.map((_, i) => (named as Record<string, Expr>)[operandName(i)]!);
    return applyTo(any.builder, op, operands, params);
  }) as Traced;
}

for (const op of ops) {
  const cases = instancesOf(op) ? 2 * instancesOf(op)!.length : 8;
  kernels(`${op.name}: the kernel computes what the interpreter does, and so does its gradient's`, () => {
    forAll(cases, appliedOf(op), (applied) => {
      const point = Object.fromEntries(applied.values.map((values, i) => [operandName(i), values]));
      const f = traceApplied(applied);
      checkKernel(f, { any: [0], ...point });
      const objective = objectiveOf(applied);
      const size = flatten(f(give(f, { any: [0], ...point }))).length;
      const weights = Array.from({ length: size }, (_, i) => Math.cos(i));
      checkKernel(valueAndGrad(objective), { weights, ...point });
    });
  });
}

kernels("random graphs and their gradients, straight-line and in loops", () => {
  forAll(80, programOf(tying), (program) => {
    checkKernel(traceProgram(program), pointOf(program));
    checkKernel(valueAndGrad(traceObjective(program)), pointOf(program));
  });
});

kernels("chains of moves and reductions and their gradients", () => {
  forAll(80, programOf(movingTame), (program) => {
    checkKernel(traceProgram(program), pointOf(program));
    checkKernel(valueAndGrad(traceObjective(program)), pointOf(program));
  });
});

kernels("tensors too large to be written out", () => {
  for (const style of [large, { ...large, movesOnly: true, ties: false }]) {
    forAll(25, programOf(style), (program) => {
      for (const f of [traceProgram(program), valueAndGrad(traceObjective(program))]) {
        const inputs = give(f, pointOf(program));
        const kernel = compile(f);
        const actual = flatten(kernel(inputs));
        assertClose(actual, flatten(f(inputs)), 1e-12, () => `${print(f)}\ncompiled to\n${kernel.source}\n`);
      }
    });
  }
});

kernels("graphs of thousands of nodes", () => {
  forAll(10, programOf(tying), (program) => {
    const f = long(valueAndGrad(traceObjective(program)));
    const inputs = give(f, pointOf(program));
    assertClose(flatten(compile(f)(inputs)), flatten(f(inputs)), 1e-12, "results");
  });
});

/** The same function, with another result that takes thousands of nodes. */
function long(f: Traced): Traced {
  const inputs = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  return trace(Object.fromEntries(inputs), (exprs): Record<string, Expr> => {
    const results = f(exprs) as { readonly value: Expr };
    let more: Expr = results.value;
    for (let i = 0; i < 3000; i++) more = sin(add(more, 1) as Expr) as Expr;
    return { ...results, more };
  }) as Traced;
}

kernels("`into` writes the same numbers into the caller's arrays, and leaves the inputs alone", () => {
  forAll(60, programOf(tying), (program) => {
    const f = valueAndGrad(traceObjective(program));
    const point = pointOf(program);
    for (const made of [f, weighedDown(f)]) {
      const given = give(made, { ...point, ballast: new Array<number>(ballast).fill(0) });
      const inputs = typed(given);
      const kernel = compile(made);
      const expected = kernel(given) as ResultTree;
      // NaN beforehand, so that an element which isn't written shows.
      const outputs = nanLike(expected);
      kernel.into(inputs as never, outputs as never);
      assertSame(flatten(outputs), flatten(expected), "written");
      assertSame(flatten(inputs), flatten(typed(given)), "inputs");
    }
  });
});

kernels("an output of `into` may be the array of an input", () => {
  forAll(60, programOf(tying), (program) => {
    const f = traceObjective(program);
    const gradient = valueAndGrad(f);
    for (const made of [gradient, weighedDown(gradient)]) {
      const given = give(made, { ...pointOf(program), ballast: new Array<number>(ballast).fill(0) });
      const kernel = compile(made);
      const expected = kernel(given) as ResultTree;
      const inputs = typed(given);
      const grad = nanLike(expected.grad!) as Record<string, Float64Array>;
      for (const [name, value] of Object.entries(inputs)) {
        if (name in grad && typeof value !== "number") grad[name] = value;
      }
      const outputs = { value: new Float64Array(1), grad };
      kernel.into(inputs as never, outputs);
      assertSame(flatten(outputs), flatten(expected), "written over the inputs");
    }
  });
});

interface ResultTree {
  readonly [name: string]: number | Float64Array | ResultTree;
}

function typed(inputs: ReturnType<typeof give>): Record<string, number | Float64Array> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      typeof value === "number" ? value : Float64Array.from(value),
    ]),
  );
}

/** Arrays for results, of length 1 for a scalar, full of NaN. */
function nanLike(results: number | Float64Array | ResultTree): unknown {
  if (typeof results === "number") return Float64Array.of(Number.NaN);
  if (results instanceof Float64Array) return new Float64Array(results.length).fill(Number.NaN);
  return Object.fromEntries(Object.entries(results).map(([name, child]) => [name, nanLike(child)]));
}

const squares = ({ debug }: { debug: boolean }) =>
  compile(valueAndGrad(trace({ x: vector(2) }, ({ x }) => sum(square(x)), { debug })));
const wellFormed = () => ({
  inputs: { x: Float64Array.of(3, 4) } as unknown,
  outputs: { value: new Float64Array(1), grad: { x: new Float64Array(2) } } as unknown,
});
const malformed: readonly [what: string, wrong: { inputs?: unknown; outputs?: unknown }, error: RegExp][] = [
  ["no inputs", { inputs: undefined }, /inputs: expected an object with the keys x/],
  ["null for inputs", { inputs: null }, /inputs: expected an object with the keys x/],
  ["an input missing", { inputs: {} }, /"x" is missing/],
  ["an input too long", { inputs: { x: new Float64Array(3) } }, /input "x"/],
  ["no outputs", { outputs: undefined }, /output "value" of shape \(\) needs a Float64Array of length 1/],
  ["an output missing", { outputs: { grad: { x: new Float64Array(2) } } }, /output "value"/],
  ["a map of outputs missing", { outputs: { value: new Float64Array(1) } }, /output "grad.x" of shape \(2\)/],
  [
    "an output too short",
    { outputs: { value: new Float64Array(1), grad: { x: new Float64Array(1) } } },
    /"grad.x"/,
  ],
  ["a plain array", { outputs: { value: [0], grad: { x: new Float64Array(2) } } }, /output "value"/],
  ["nothing but empty maps", { inputs: {}, outputs: { grad: {} } }, /"x" is missing/],
];

for (const [what, wrong, error] of malformed) {
  kernels(`\`into\` refuses ${what}, in the first call and in later ones`, () => {
    for (const kernel of [squares({ debug: false }), squares({ debug: true })]) {
      for (let call = 0; call < 3; call++) {
        const { inputs, outputs } = { ...wellFormed(), ...wrong };
        assert.throws(() => kernel.into(inputs as never, outputs as never), error);
        const good = wellFormed();
        kernel.into(good.inputs as never, good.outputs as never);
        assert.equal(good.outputs, { value: Float64Array.of(25), grad: { x: Float64Array.of(6, 8) } });
      }
    }
  });
}

kernels("`into` tells the error of a caller's own getter", () => {
  const outputs = {
    get value(): Float64Array {
      throw new RangeError("mine");
    },
  };
  assert.throws(() => squares({ debug: false }).into(wellFormed().inputs as never, outputs as never), /mine/);
});

kernels("results are fresh: a later call doesn't change them", () => {
  forAll(40, programOf(tying), (program) => {
    const f = traceProgram(program);
    for (const made of [f, weighedDown(f)]) {
      const inputs = give(made, { ...pointOf(program), ballast: new Array<number>(ballast).fill(0) });
      const kernel = compile(made);
      const first = kernel(inputs);
      const before = flatten(first);
      const zeros = Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [
          name,
          typeof value === "number" ? 0 : value.map(() => 0),
        ]),
      );
      kernel(zeros);
      assertSame(flatten(first), before, "results kept");
    }
  });
});

kernels("where code from text is forbidden, the graph is interpreted", () => {
  const { Function: original } = globalThis;
  const f = traceObjective({ shapes: [[3]], steps: [], seed: 1, style: tying });
  try {
    globalThis.Function = class {
      constructor() {
        throw new EvalError("Code generation from strings disallowed for this context");
      }
    } as FunctionConstructor;
    const kernel = compile(valueAndGrad(f));
    assert.is(kernel.source, "");
    const inputs = { x0: [1, 2, 3] };
    assert.equal(kernel(inputs), valueAndGrad(f)(inputs));
  } finally {
    globalThis.Function = original;
  }
});

kernels.run();
