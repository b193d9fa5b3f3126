/** @jax-js/jax on WebAssembly, in f32: its arrays are freed by counting references, so what is used again is `x.ref`. */
import type { Program, Results } from "../workload.js";
import { mapEntries, type Tensor, type Tensors, type Untyped, type UntypedMap } from "./tensors.js";

export type JaxFunction = (parameters: UntypedMap, data: UntypedMap, jax: Untyped) => Untyped;

export async function loadJax(): Promise<Untyped> {
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}

export function toJax({ numpy }: Untyped, { data, shape }: Tensor): Untyped {
  return numpy.array(Float32Array.from(data)).reshape([...shape]);
}

/** Value and gradient by all parameters, compiled. */
export async function jaxGradient(
  parameters: Tensors,
  f: JaxFunction,
  given: Tensors = {},
): Promise<Program> {
  const jax = await loadJax();
  const kernel = jax.jit(
    jax.valueAndGrad((parameters: UntypedMap, data: UntypedMap) => f(parameters, data, jax)),
  );
  const [arrays, data] = [parameters, given].map((map) => mapEntries(map, (one) => toJax(jax, one)));
  let results: Results = {};
  return {
    run: () => {
      const [value, gradients] = kernel(jax.tree.ref(arrays), jax.tree.ref(data));
      results = { value: value.dataSync(), ...mapEntries(gradients as UntypedMap, (one) => one.dataSync()) };
    },
    results: () => results,
  };
}

/** The value alone, compiled. */
export async function jaxValue(parameters: Tensors, f: JaxFunction): Promise<Program> {
  const jax = await loadJax();
  const kernel = jax.jit((given: UntypedMap) => f(given, {}, jax));
  const arrays = mapEntries(parameters, (one) => toJax(jax, one));
  let results: Results = {};
  return {
    run: () => {
      results = { value: kernel(jax.tree.ref(arrays)).dataSync() };
    },
    results: () => results,
  };
}
