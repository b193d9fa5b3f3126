/** The backends that small random graphs don't reach: WebAssembly for large scalar graphs and products, f32, modules. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  type Expr,
  exp,
  matmul,
  maximum,
  mean,
  multiply,
  type Traced,
  tensor,
  trace,
  transpose,
  valueAndGrad,
  vector,
} from "../graph/index.js";
import { apply } from "../graph/node.js";
import type { Op } from "../graph/op.js";
import { emit } from "../src/export/emit.js";
import { himmelblau } from "../src/objectives/index.js";
import { elementwiseOps } from "./support/registry.js";
import { assertClose } from "./support/tolerance.js";

const backends = suite("backends");

const wave = (size: number, phase = 1) =>
  Float64Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + phase));

/** So many ops share a graph, which has to be large to become WebAssembly. */
const shared = 4;

for (let from = 0; from < elementwiseOps.length; from += shared) {
  const some = elementwiseOps.slice(from, from + shared);
  const called = some.map(({ name }) => name).join(", ");
  backends(`${called}: in a large scalar graph each means what it means to the interpreter`, () => {
    const widthOf = (op: Op) => op.domains.length * 30;
    const specs = Object.fromEntries(some.map((op) => [op.name, vector(widthOf(op))]));
    const f = trace(specs, (inputs) =>
      Object.fromEntries(some.map((op) => [op.name, chainOf(op, [...inputs[op.name]!], 1600 / shared)])),
    );
    const total = trace(specs, (inputs) => add(...Object.values(f(inputs))) as Expr<[]>);
    const points = Object.fromEntries(
      some.map((op) => [op.name, Float64Array.from({ length: widthOf(op) }, (_, i) => drawn(op, i))]),
    );
    for (const g of [f, valueAndGrad(total)] as Traced[]) {
      const kernel = compile(g);
      assert.is(kernel.source, "", "it is WebAssembly, not JavaScript");
      const [found, expected] = [kernel(points), g(points)].map((result) => byName(result));
      for (const [name, values] of Object.entries(expected!))
        assertClose(found![name]!, values, 1e-12, () => name);
    }
  });
}

/** The op again and again, on elements that differ each time. */
function chainOf(op: Op, elements: readonly Expr[], count: number): Expr<[]> {
  let total: Expr = multiply(0, elements[0]!) as Expr;
  for (let i = 0; i < count; i++) {
    const operands = op.domains.map(
      (_, k) => multiply(elements[(i % 30) * op.domains.length + k]!, 1 - (i >> 4) / 1e4) as Expr,
    );
    total = add(multiply(total, 0.5), apply(op, operands)) as Expr;
  }
  return total as Expr<[]>;
}

/** A number of the domain of the operand whose turn it is. */
function drawn({ domains }: Op, i: number): number {
  const { kind, low, high } = domains[i % domains.length]!;
  const inside = low + (high - low) * (0.5 + 0.45 * Math.sin(7 * i));
  return kind === "real" ? inside : Math.round(inside);
}

/** Numbers by the names of their branch of a result. */
function byName(result: unknown, name = "value"): Record<string, readonly number[]> {
  if (typeof result === "number") return { [name]: [result] };
  if (result instanceof Float64Array) return { [name]: [...result] };
  return Object.assign({}, ...Object.entries(result as object).map(([key, own]) => byName(own, key)));
}

const layer = trace({ X: tensor([40, 30]), W: tensor([30, 20]), b: vector(20) }, ({ X, W, b }) =>
  mean(exp(multiply(0.1, maximum(add(matmul(X, W), b), 0)))),
);
const layerInputs = { X: wave(1200), W: wave(600, 2), b: wave(20, 3) };

backends("f32 kernels agree with f64 kernels to single precision", () => {
  const double = compile(valueAndGrad(layer))(layerInputs);
  const single = compile(valueAndGrad(layer), { dtype: "f32" })(layerInputs);
  assert.ok(single.grad.W instanceof Float32Array);
  assert.ok(Math.abs(single.value - double.value) < 1e-6);
  for (const name of ["X", "W", "b"] as const) {
    double.grad[name].forEach((value, i) => {
      assert.ok(Math.abs(value - single.grad[name][i]!) < 1e-5 * (1e-3 + Math.abs(value)), name);
    });
  }
});

for (const [m, k, n] of [
  [1, 300, 17],
  [67, 5, 33],
  [130, 257, 19],
  [64, 64, 64],
] as const) {
  backends(`a product of ${m}×${k} and ${k}×${n} in every pair of layouts`, () => {
    const [a, b] = [wave(m * k), wave(k * n, 2)];
    const expected: number[] = [];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let l = 0; l < k; l++) total += a[i * k + l]! * b[l * n + j]!;
        expected.push(total);
      }
    }
    const turned = (data: Float64Array, rows: number, columns: number) =>
      Float64Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
    for (const turnA of [false, true]) {
      for (const turnB of [false, true]) {
        const f = trace(
          { a: tensor(turnA ? [k, m] : [m, k]), b: tensor(turnB ? [n, k] : [k, n]) },
          (inputs) => {
            const [p, q] = [inputs.a as Expr, inputs.b as Expr];
            return matmul(turnA ? (transpose(p) as Expr) : p, turnB ? (transpose(q) as Expr) : q) as Expr;
          },
        );
        const given = { a: turnA ? turned(a, m, k) : a, b: turnB ? turned(b, k, n) : b };
        assertClose([...(compile(f)(given) as Float64Array)], expected, 1e-12, () => `${turnA} ${turnB}`);
      }
    }
  });
}

backends("emitted modules run on their own and give what the kernels give", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-emit-"));
  try {
    const cases = {
      himmelblau: [valueAndGrad(himmelblau.f), { x: [1, 2] }],
      layer: [valueAndGrad(layer), layerInputs],
    } as const;
    for (const [name, [f, inputs]] of Object.entries(cases)) {
      const path = join(folder, `${name}.mjs`);
      const text = emit(f as never, { name, language: "js" });
      assert.not.match(text, /\bimport\b|\brequire\b/);
      writeFileSync(path, text);
      const module = (await import(pathToFileURL(path).href)) as Record<
        string,
        (inputs: unknown) => { value: number; grad: Record<string, Float64Array> }
      >;
      const found = module[name]!(inputs);
      const expected = compile(f as never)(inputs as never) as typeof found;
      assertClose([found.value], [expected.value], 1e-12, () => name);
      for (const key of Object.keys(expected.grad)) {
        assertClose([...found.grad[key]!], [...expected.grad[key]!], 1e-12, () => `${name} ${key}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

backends("refused: a dtype and a name that can't be", () => {
  assert.throws(
    () => compile(layer, { dtype: "f16" as never }),
    /dtype is "f64" or "f32", not the text "f16"/,
  );
  for (const name of ["a b", "1x", "return", ""])
    assert.throws(() => emit(layer, { name }), /can't name a function/);
});

backends.run();
