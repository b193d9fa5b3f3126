/** ONNX models, each checked by onnx, whole, and run by onnxruntime, both of a Python. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Dtype } from "../../graph/index.js";
import { inputsOf } from "../../property-tests/support/engines/trained.js";
import type { ExportCase } from "../../property-tests/support/exported.js";
import { toOnnx } from "../../src/engines/index.js";
import { type Found, runKinds } from "./kinds.js";
import { place, type Setting, tell } from "./support.js";

interface Told {
  readonly cases: readonly { readonly size: number; readonly failure?: string }[];
}

const script = fileURLToPath(new URL("onnx_runner.py", import.meta.url));

function runModels(cases: readonly ExportCase[], python: string, dtype: Dtype): readonly Found[] {
  const folder = join(place, "onnx");
  mkdirSync(folder, { recursive: true });
  const list = cases.map(({ f }, i) => {
    writeFileSync(join(folder, `${i}.onnx`), toOnnx(f, { dtype }));
    return { file: `${i}.onnx`, shapes: f.graph.inputs.map(({ shape }) => shape) };
  });
  writeFileSync(join(folder, "cases.json"), JSON.stringify(list));
  writeFileSync(join(folder, "inputs.bin"), Buffer.concat(cases.flatMap(inputsOf).map(bytesOf)));
  const text = execFileSync(python, [script, folder], { encoding: "utf8", maxBuffer: 2 ** 28 });
  const told: Told = JSON.parse(text);
  const results = new Float64Array(new Uint8Array(readFileSync(join(folder, "results.bin"))).buffer);
  let next = 0;
  return told.cases.map(({ size, failure }) => {
    next += size;
    return failure === undefined ? [...results.subarray(next - size, next)] : { failure };
  });
}

const bytesOf = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** All cases in double precision, and those within its range in single. */
export async function testOnnx(setting: Setting): Promise<void> {
  const { python } = setting;
  const lacking = spawnSync(python, ["-c", "import onnx, onnxruntime"]).status !== 0;
  if (lacking) return tell("skipped", "ONNX", `${python} has no onnx and onnxruntime`);
  for (const [dtype, bound] of [
    ["f64", 1e-12],
    ["f32", 1e-5],
  ] as const)
    runKinds({ name: "ONNX", dtype, bound, run: (cases) => runModels(cases, python, dtype) }, setting);
}
