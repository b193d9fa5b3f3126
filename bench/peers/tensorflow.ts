/** TensorFlow.js in f32, on plain JavaScript or on WebAssembly. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Program, Results } from "../workload.js";
import { mapEntries, type Tensor, type Tensors, type Untyped, type UntypedMap } from "./tensors.js";

export type TensorFlowFunction = (parameters: UntypedMap, data: UntypedMap, tf: Untyped) => Untyped;

export type Backend = "cpu" | "wasm";

const require = createRequire(import.meta.url);

/** As CommonJS: Node can't resolve the imports of its ES modules, which tsx makes CommonJS of, too. */
export async function loadTensorFlow(backend: Backend): Promise<Untyped> {
  const tf = require("@tensorflow/tfjs-core");
  require("@tensorflow/tfjs-core/dist/register_all_gradients.js");
  const path = `@tensorflow/tfjs-backend-${backend}`;
  const loaded = require(path);
  if (backend === "wasm") loaded.setWasmPaths(`${dirname(require.resolve(path))}/`);
  await tf.setBackend(backend);
  await tf.ready();
  return tf;
}

export function toTensorFlow(tf: Untyped, { data, shape }: Tensor): Untyped {
  return tf.tensor(Float32Array.from(data), [...shape], "float32");
}

/** Value and gradient by all parameters. */
export async function tensorFlowGradient(
  backend: Backend,
  parameters: Tensors,
  f: TensorFlowFunction,
  given: Tensors = {},
): Promise<Program> {
  const tf = await loadTensorFlow(backend);
  const names = Object.keys(parameters);
  const arrays = names.map((name) => toTensorFlow(tf, parameters[name]!));
  const data = mapEntries(given, (one) => toTensorFlow(tf, one));
  const differentiated = tf.valueAndGrads((...list: Untyped[]) =>
    f(Object.fromEntries(list.map((one, i) => [names[i]!, one])), data, tf),
  );
  let results: Results = {};
  return {
    run: () => {
      const { value, grads } = differentiated(arrays);
      results = {
        value: value.dataSync(),
        ...Object.fromEntries(names.map((name, i) => [name, grads[i].dataSync()])),
      };
      tf.dispose([value, grads]);
    },
    results: () => results,
  };
}

/** The value alone. */
export async function tensorFlowValue(
  backend: Backend,
  parameters: Tensors,
  f: TensorFlowFunction,
): Promise<Program> {
  const tf = await loadTensorFlow(backend);
  const given = mapEntries(parameters, (one) => toTensorFlow(tf, one));
  let results: Results = {};
  return {
    run: () => {
      const value = tf.tidy(() => f(given, {}, tf));
      results = { value: value.dataSync() };
      tf.dispose(value);
    },
    results: () => results,
  };
}

/** The same program on both backends. */
export function onBothBackends(make: (backend: Backend) => Promise<Program>) {
  return { "tfjs-cpu": () => make("cpu"), "tfjs-wasm": () => make("wasm") };
}
