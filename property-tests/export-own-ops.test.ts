/** Users' own ops leave for every target by a recipe or by what they are made of, whatever their names are; others are refused. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toC, toJax, toOnnx, toStableHlo } from "../src/engines/index.js";
import {
  add,
  applyOp,
  defineOp,
  type Expr,
  multiply,
  type Op,
  type Recipe,
  type Traced,
  trace,
  unary,
  vector,
} from "../src/index.js";
import { expectedOf } from "./support/engines/random-cases.js";
import { compilers, runC } from "./support/engines/run-c.js";
import { loadRuntime, runOnnx } from "./support/engines/run-onnx.js";
import type { ExportCase } from "./support/exported.js";

const own = suite("users' own ops on other engines");
const runtime = await loadRuntime();

const targets: Readonly<Record<string, (f: Traced) => unknown>> = {
  toC: (f) => toC(f, { name: "f" }),
  toJax: (f) => toJax(f, { name: "f" }),
  toOnnx: (f) => toOnnx(f),
  toStableHlo: (f) => toStableHlo(f),
};

const traced = (f: (x: Expr) => Expr) =>
  trace({ x: vector(3) }, ({ x }) => f(x) as never) as unknown as Traced;

/** What C and ONNX, where they are here, and the interpreter give for some numbers. */
async function assertSame(name: string, f: Traced): Promise<void> {
  const one: ExportCase = { name, f, inputs: { x: Float64Array.of(-1.5, 0.5, 2) } };
  const expected = expectedOf(one);
  for (const compiler of compilers())
    assert.equal(runC([one], compiler)[0], expected, `${name}, ${compiler}`);
  if (runtime) assert.equal(await runOnnx(runtime, one), expected, `${name}, ONNX`);
}

const affine = (name: string, by: number): ((x: Expr) => Expr) => {
  const recipe: Recipe = ["add", ["multiply", { value: by }, 0], { value: 1 }];
  return unary({ name, recipe, partials: () => [() => by] }) as never;
};

const names = "where input full constant iota logicalAnd logicalOr logicalNot remainder sum scan softplus";

own("a name of the library's decides nothing", async () => {
  const all = traced((x) =>
    names.split(" ").reduce((sum, name, i) => add(sum, affine(name, i + 2)(sum)) as Expr, x),
  );
  for (const write of Object.values(targets)) write(all);
  await assertSame("names", all);
});

own("two ops of one name are two functions", async () => {
  const both = traced((x) => multiply(affine("line", 2)(x), affine("line", 3)(x)) as Expr);
  const { source } = toJax(both, { name: "f" });
  assert.equal(source.match(/^def _line.*\n.*$/gm), [
    "def _line(a):\n    return 2.0 * a + 1.0",
    "def _line_1(a):\n    return 3.0 * a + 1.0",
  ]);
  await assertSame("lines", both);
});

own("a name that is none of the target's is made one", async () => {
  const odd = traced((x) => affine("my op's\n */ 2nd", 2)(x));
  assert.match(toJax(odd, { name: "f" }).source, "def _my_op_s_____2nd(a):");
  await assertSame("odd", odd);
});

own("what is made of others leaves, though its name is the library's", async () => {
  const doubled: Op = defineOp({
    name: "matmul",
    shape: ([x]) => x!,
    evaluate: (arithmetic, [values]) => values!.map((value) => arithmetic.add(value, value)),
    expand: ({ operands: [x] }) => add(x!, x!) as never,
    derivative: { kind: "constant" },
    domains: [],
  });
  const f = traced((x) => applyOp(doubled, [x]));
  assert.match(toJax(f, { name: "f" }).source, /return x \+ x/);
  await assertSame("doubled", f);
});

own("code alone is refused in one sentence with the remedy, which works", async () => {
  const plus = (how: object) =>
    traced((x) => unary({ name: "sum", partials: () => [() => 1], ...how })(x) as Expr);
  const compute = (x: number) => x + 1;
  const whole: Op = defineOp({
    name: "turned",
    shape: ([x]) => x!,
    evaluate: (_, [values]) => values!.toReversed(),
    derivative: { kind: "constant" },
    domains: [],
  });
  for (const [target, write] of Object.entries(targets)) {
    const told = `${target}: the op "sum" has only JavaScript code; give its record a \`recipe\`, or an \`expand\` that makes it of other ops.`;
    assert.throws(
      () => write(plus({ compute })),
      (error: Error) => error.message.startsWith(told),
    );
    const alone = `${target}: the op "turned" has only JavaScript code; give its record an \`expand\` that makes it of other ops.`;
    assert.throws(
      () => write(traced((x) => applyOp(whole, [x]))),
      (error: Error) => error.message.startsWith(alone),
    );
  }
  await assertSame("recipe", plus({ recipe: ["add", 0, { value: 1 }] }));
  await assertSame(
    "expand",
    plus({ compute, expand: ({ operands: [x] }: { operands: Expr[] }) => add(x!, 1) }),
  );
});

own.run();
