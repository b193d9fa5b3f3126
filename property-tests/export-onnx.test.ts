/** Models that `toOnnx` writes compute what the interpreter does in onnxruntime-web, on pages, too; their bytes and their names. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toOnnx } from "../src/engines/index.js";
import { cubic, multiply, scalar, type Traced, trace, valueAndGrad, vector } from "../src/index.js";
import { findChromium, launchChromium } from "./support/browser.js";
import { sample, some } from "./support/engines/cases.js";
import { errorOf, expectedOf } from "./support/engines/random-cases.js";
import { loadRuntime, runOnnx, sessionOf } from "./support/engines/run-onnx.js";
import { runOnPage } from "./support/engines/run-onnx-page.js";
import { inputsOf, trainedCases } from "./support/engines/trained.js";
import { stepCases, stepOf } from "./support/engines/training-step.js";
import { linearFit } from "./support/exported-programs.js";

const onnx = suite("ONNX");
const runtime = await loadRuntime();
if (!runtime) process.stderr.write("onnxruntime-web isn't installed: models aren't run.\n");
const chromium = findChromium();

if (runtime) {
  onnx("computes what the interpreter does", async () => {
    for (const one of sample()) {
      const error = errorOf(await runOnnx(runtime, one), expectedOf(one));
      assert.ok(error < 1e-12, `${one.name}: ${error} from the interpreter`);
    }
  });

  onnx("computes in single precision, too", async () => {
    for (const one of some(trainedCases(), 3)) {
      const error = errorOf(await runOnnx(runtime, one, "f32"), expectedOf(one));
      assert.ok(error < 1e-4, `${one.name}: ${error} from the interpreter`);
    }
  });

  onnx("trains by a rule as a graph: 20 steps of Adam have the interpreter's losses", async () => {
    const program = linearFit();
    const { step: f, start } = stepOf(program);
    const run = await sessionOf(runtime, f);
    const data = { X: program.data.X!.data, y: program.data.y!.data };
    let expected: object = start;
    let state = inputsOf({ name: "", f, inputs: { ...start, step: 1, data } as never }).slice(1, -2);
    for (let i = 1; i <= 20; i++) {
      const [loss, ...next] = await run([Float64Array.of(i), ...state, data.X, data.y]);
      const { value, ...own } = f({ ...expected, step: i, data } as never) as unknown as { value: number };
      assert.ok(errorOf(loss!, [value]) < 1e-12, `step ${i}: ${loss} instead of ${value}`);
      expected = own;
      state = next.map((part) => Float64Array.from(part));
    }
  });

  if (chromium) {
    onnx("computes on a page: a value, a gradient, a step of training", async () => {
      const value = { name: "cubic", f: cubic.f as unknown as Traced, inputs: { x: Float64Array.of(2, 3) } };
      const cases = [value, ...some(trainedCases(), 6), ...some(stepCases(), 6)];
      const browser = await launchChromium(chromium);
      try {
        for (const [i, found] of (await runOnPage(browser, cases)).entries()) {
          const { name } = cases[i]!;
          const error = errorOf(found, expectedOf(cases[i]!));
          assert.ok(error < 1e-12, `${name}: ${error} from the interpreter`);
        }
      } finally {
        await browser.close();
      }
    });
  } else {
    process.stderr.write("No Chromium is here: models aren't run on pages.\n");
  }
}

onnx("is bytes of the graph alone", () => {
  const bytes = toOnnx(valueAndGrad(cubic.f), { name: "cubic" });
  assert.equal(Buffer.from(bytes), readFileSync(new URL("fixtures/cubic.onnx", import.meta.url)));
});

onnx("refuses what it has no name, number or operator for", () => {
  const given = (options: object) => () => toOnnx(cubic.f, options as never);
  assert.throws(given({ dtype: "bf16" }), /^toOnnx: dtype is "f64" or "f32", not the text "bf16"\./);
  assert.throws(given({ name: "" }), /^toOnnx: .* can't name a graph; give a text such as "cubic"\./);
  assert.throws(given({ opset: 13 }), /opset/);
  const alike = trace({ "a.b": scalar(), a: { b: scalar() } }, (x) => multiply(x["a.b"], x.a.b));
  assert.throws(
    () => toOnnx(alike),
    /^toOnnx: two inputs or outputs are called .*a\.b.*; rename one of the keys\./,
  );
});

onnx("names its outputs otherwise than its inputs", () => {
  const f = trace({ x: vector(2) }, ({ x }) => ({ x: multiply(x, 2) }));
  const text = Buffer.from(toOnnx(f)).toString("latin1");
  assert.match(text, "x_out");
});

onnx.run();
