/** ONNX models in onnxruntime-web, where it is installed. */
import type { Dtype, Traced } from "../../../graph/index.js";
import { toOnnx } from "../../../src/engines/index.js";
import type { ExportCase } from "../exported.js";
import { inputsOf } from "./trained.js";

/** The little of onnxruntime-web's interface that the tests need. */
export interface Runtime {
  readonly env: { logLevel: string; readonly wasm: { numThreads: number } };
  readonly InferenceSession: { create(model: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: string, data: Float64Array | Float32Array, shape: readonly number[]) => object;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Record<string, object>): Promise<Record<string, { readonly data: ArrayLike<number> }>>;
  release(): Promise<void>;
}

/** A named import of a package that a checkout may not have installed yet. */
const runtimeName: string = "onnxruntime-web";

export async function loadRuntime(): Promise<Runtime | undefined> {
  const runtime = await (import(runtimeName) as Promise<Runtime>).catch((error: { code?: string }) => {
    if (error.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  });
  if (!runtime) return undefined;
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = "error";
  return runtime;
}

/** A function as a model that takes and gives the elements of inputs and outputs in the order of the graph's. */
export async function sessionOf(runtime: Runtime, f: Traced, dtype: Dtype = "f64") {
  const session = await runtime.InferenceSession.create(toOnnx(f, { dtype }));
  const [type, of] =
    dtype === "f64" ? (["float64", Float64Array] as const) : (["float32", Float32Array] as const);
  return async (inputs: readonly Float64Array[]): Promise<readonly number[][]> => {
    const given = f.graph.inputs.map(
      ({ shape }, i) =>
        [session.inputNames[i]!, new runtime.Tensor(type, of.from(inputs[i]!), shape)] as const,
    );
    const results = await session.run(Object.fromEntries(given));
    return session.outputNames.map((name) => Array.from(results[name]!.data));
  };
}

/** The elements of all outputs of a case. */
export async function runOnnx(runtime: Runtime, one: ExportCase, dtype?: Dtype): Promise<readonly number[]> {
  const run = await sessionOf(runtime, one.f, dtype);
  return (await run(inputsOf(one))).flat();
}
