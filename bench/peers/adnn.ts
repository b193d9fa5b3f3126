/** adnn: tensors and scalars in f64, recorded on every run and walked back. */
import type { Program, Results } from "../workload.js";
import { mapEntries, type Tensor, type Tensors, type Untyped, type UntypedMap } from "./tensors.js";

export interface Adnn {
  readonly ad: Untyped;
  readonly toTensor: (tensor: Tensor) => Untyped;
}

export async function loadAdnn(): Promise<Adnn> {
  const [{ default: ad }, { default: Tensor }] = await Promise.all([
    import("adnn/ad/index.js"),
    import("adnn/tensor.js"),
  ]);
  // Its matrix product asks for a global of that name, which only its tests define.
  Object.assign(globalThis, { ad });
  return {
    ad,
    toTensor: ({ data, shape }) => {
      const tensor = new Tensor([...shape]);
      tensor.data.set(data);
      return tensor;
    },
  };
}

/** Value and gradient by all parameters; a parameter without axes is a scalar of adnn. */
export async function adnnGradient(
  parameters: Tensors,
  f: (parameters: UntypedMap, data: UntypedMap, adnn: Adnn) => Untyped,
  given: Tensors = {},
): Promise<Program> {
  const adnn = await loadAdnn();
  const { ad, toTensor } = adnn;
  const plain = mapEntries(parameters, (one) => (one.shape.length === 0 ? one.data[0]! : toTensor(one)));
  const data = mapEntries(given, toTensor);
  let results: Results = {};
  return {
    run: () => {
      const lifted = mapEntries(plain, (one) => ad.lift(one));
      const value = f(lifted, data, adnn);
      value.backprop();
      results = {
        value: [ad.value(value)],
        ...mapEntries(lifted, (one) => {
          const gradient = ad.derivative(one);
          return typeof gradient === "number" ? [gradient] : gradient.data;
        }),
      };
    },
    results: () => results,
  };
}
