/**
 * What leaves for other engines means what it means here. What an op is made of is compared with the op itself, for each
 * of its instances, its adjoint and at corners; `npm run test:export` runs the same on the engines.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  type Expr,
  exp,
  type Graph,
  matmul,
  matrix,
  multiply,
  scalar,
  scan,
  sum,
  trace,
  unary,
  valueAndGrad,
  vector,
} from "../graph/index.js";
import { makeTraced } from "../graph/trace.js";
import { adam, gradientDescent } from "../optimizers/index.js";
import { exportJax, toJax, toStableHlo, trainingStep } from "../src/engines/index.js";
import { isPrimitive } from "../src/engines/lowering/lower.js";
import { primitivesOf } from "../src/engines/lowering/primitives.js";
import { decodeCheckpoint, minimize } from "../src/index.js";
import { cubic } from "../src/objectives/index.js";
import { cornerCases, type ExportCase, numbersOf, opCases } from "./support/exported.js";
import { exportPrograms } from "./support/exported-programs.js";

const leaving = suite("leaving for other engines");

/** How far a function of primitives alone is from the function, and at which element; −0 counts as 0. */
function worst({ f, inputs }: ExportCase): { readonly error: number; readonly graph: Graph } {
  const graph = primitivesOf(f.graph, "test", () => false);
  const run = (one: unknown) => numbersOf((one as (given: unknown) => unknown)(inputs));
  const [expected, found] = [run(f), run(makeTraced(graph))];
  let error = 0;
  expected.forEach((x, i) => {
    const y = found[i]!;
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return;
    const own = Math.abs(x - y) / Math.max(Math.abs(x), 1e-300);
    error = Math.max(error, Number.isNaN(own) ? Infinity : own);
  });
  assert.is(found.length, expected.length);
  return { error, graph };
}

leaving("each op is made of primitives, which give what it gives, and so is its adjoint", () => {
  for (const one of opCases()) {
    const { error, graph } = worst(one);
    assert.ok(graph.nodes.every(isPrimitive), one.name);
    assert.ok(error < 1e-11, `${one.name}: ${error}`);
  }
});

leaving("so it is at corners", () => {
  for (const one of cornerCases()) {
    const { error } = worst(one);
    assert.ok(error < 2e-13, `${one.name}: ${error}`);
  }
});

leaving("the texts of programs are those that are kept", () => {
  // Where a text is meant to change: UPDATE=1 writes it, and the difference is to be read.
  const folder = new URL("reference/export/", import.meta.url);
  const texts = Object.entries(exportPrograms).flatMap(([name, make]) => {
    const { objective, start } = make();
    const files = exportJax({ objective, start, optimizer: adam({ learningRate: 0.01 }) });
    const gradient = valueAndGrad(objective, ...(Object.keys(start) as never[]));
    return [
      [`${name}.py.txt`, files.get("model.py") as string],
      [`${name}.mlir.txt`, toStableHlo(gradient).source],
    ] as const;
  });
  for (const [file, text] of texts) {
    const path = new URL(file, folder);
    if (process.env.UPDATE) writeFileSync(path, text);
    assert.is(text, readFileSync(path, "utf8"), file);
  }
});

leaving(
  "the text of a loop doesn't grow with its steps, nor that of a function with more than its nodes",
  () => {
    const looped = (length: number) =>
      trace({ x: scalar() }, ({ x }) => scan((c) => multiply(add(c, 1), 0.5), x, { length }).last);
    const lengths = [10, 1e5].map((n) => [
      toJax(looped(n), { name: "f" }).source,
      toStableHlo(looped(n)).source,
    ]);
    assert.is(lengths[0]![0]!.replaceAll("10", "n").length, lengths[1]![0]!.replaceAll("100000", "n").length);
    assert.is(lengths[0]![1]!.split("\n").length, lengths[1]![1]!.split("\n").length);
    const chain = (n: number) =>
      trace({ x: vector(3) }, ({ x }) => {
        let y: unknown = x;
        for (let i = 0; i < n; i++) y = multiply(add(y as never, x), 1 + 1 / (i + 2));
        return y as never;
      });
    const sizes = [1000, 2000].map((n) => toJax(chain(n), { name: "f" }).source.length);
    assert.ok(sizes[1]! < 2.3 * sizes[0]!, sizes.join());
  },
);

leaving("large constants stand beside the text, once", () => {
  const table = Float64Array.from({ length: 1000 }, (_, i) => i / 7);
  const f = trace({ x: vector(1000) }, ({ x }) => multiply(x, table));
  const { source, constants } = toJax(
    valueAndGrad(trace({ x: vector(1000) }, ({ x }) => multiply(f({ x })[0]!, 1))),
    {
      name: "f",
    },
  );
  assert.equal(
    [...constants].map(([name, { shape }]) => [name, shape]),
    [["c0", [1000]]],
  );
  assert.ok(source.length < 3000 && source.includes("np.load"));
  const text = toStableHlo(trace({ x: vector(1000) }, ({ x }) => multiply(f({ x }), table)));
  assert.equal([...text.constants], [["c0", { values: table, shape: [1000] }]]);
  assert.match(text.source, /@main\(%arg0: tensor<1000xf64>, %c0: tensor<1000xf64>\) -> /);
  assert.is(text.source.match(/multiply .*%c0/g)?.length, 2);
});

leaving("bf16 is the factors of products alone", () => {
  const f = trace({ A: matrix(2, 3), x: vector(3) }, ({ A, x }) => matmul(A, exp(x)));
  const { source } = toJax(f, { name: "f", dtype: "bf16" });
  assert.match(source, /dtype = jnp\.float32/);
  assert.match(source, /x\.astype\(jnp\.bfloat16\) for x in \(a, b\)/);
  const text = toStableHlo(f, { dtype: "bf16" }).source;
  assert.match(text, /exponential .* : tensor<3xf32>/);
  assert.match(text, /dot_general .* : \(tensor<2x3xbf16>, tensor<3x1xbf16>\) -> tensor<2x1xf32>/);
});

leaving("names of users are texts in Python, keys stay, and names that Python lacks are told", () => {
  const f = trace({ 'a"b': scalar(), class: scalar(), é: scalar() }, (inputs) => {
    const [a, b, c] = Object.values(inputs);
    return { "k\\": add(a!, b!), list: [multiply(b!, c!)] };
  });
  const { source } = toJax(f, { name: "f" });
  assert.match(source, /inputs\["a\\"b"\]/);
  assert.match(source, /return \{"k\\\\": .*, "list": \[/);
  for (const name of ["", "a b", "class", "jnp", 3])
    assert.throws(() => toJax(f, { name } as never), /toJax: .* can't name a Python function/);
  assert.throws(
    () => toJax(f, { name: "f", dtype: "f16" } as never),
    /dtype is "f64", "f32" or "bf16", not the text "f16"/,
  );
});

leaving("a folder begins where minimize does", () => {
  const files = exportJax({
    objective: cubic.f,
    start: { x: [2, 3] },
    optimizer: adam({ learningRate: 0.1 }),
  });
  const resume = decodeCheckpoint(files.get("start.safetensors") as Uint8Array);
  const settings = { steps: 5 } as const;
  const resumed = minimize(cubic.f, { x: [0, 0] }, adam({ learningRate: 0.1 }), { ...settings, resume });
  const started = minimize(cubic.f, { x: [2, 3] }, adam({ learningRate: 0.1 }), settings);
  assert.equal(resumed.parameters, started.parameters);
  assert.throws(
    () => exportJax({ objective: trace({ x: vector(2) }, ({ x }) => x) as never, start: { x: [1, 2] } }),
    /exportJax: the objective must be a scalar, not of shape \(2\); sum or mean it\./,
  );
  assert.throws(() => exportJax({ objective: cubic.f, start: { z: [1] } }), /exportJax: start/);
});

leaving("a step of training is one function, with or without slots and data", () => {
  const { step, start } = trainingStep({
    objective: cubic.f,
    start: { x: [2, 3] },
    optimizer: adam({ learningRate: 0.1 }),
  });
  let state: object = start;
  const values: number[] = [];
  for (let i = 1; i <= 5; i++) {
    const { value, ...next } = step({ step: i, ...state } as never) as unknown as { value: number };
    values.push(value);
    state = next;
  }
  const settings = { steps: 5, tolerance: 0 };
  const run = minimize(cubic.f, { x: [2, 3] }, adam({ learningRate: 0.1 }), settings);
  assert.equal(values, [...run.trajectory.values].slice(0, 5));
  const plain = trainingStep({
    objective: cubic.f,
    start: { x: [2, 3] },
    optimizer: gradientDescent({ learningRate: 0.1 }),
  });
  assert.equal(Object.keys(plain.start), ["parameters"]);
  const problem = { objective: cubic.f, start: { x: [2, 3] } };
  assert.throws(() => trainingStep(problem), /^trainingStep: there is no optimizer; pass one such as adam/);
  assert.throws(
    () => trainingStep({ ...problem, optimizer: 3 } as never),
    /^trainingStep: the optimizer is 3; pass one such as adam/,
  );
});

leaving("an op that can't leave is told by the function that was called", () => {
  const own = unary({ name: "own", compute: (x) => x, partials: () => [() => 1] });
  const objective = trace({ x: vector(2) }, ({ x }) => sum(own(x) as Expr)) as never;
  const optimizer = adam({ learningRate: 0.1 });
  assert.throws(() => exportJax({ objective, start: { x: [1, 2] }, optimizer }), /^exportJax: the op "own"/);
});

leaving("no function of a module is called like what its own lines use", () => {
  for (const name of ["tuple", "range", "RuntimeError", "lax"])
    assert.throws(() => toJax(cubic.f, { name }), /^toJax: .* can't name a Python function/);
});

leaving.run();
