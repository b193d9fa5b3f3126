/** simplegrad: scalars only, compiled to JavaScript. */
import type { Program } from "../workload.js";
import { mapEntries, type Tensors, type Untyped } from "./tensors.js";

export type Variables = Readonly<Record<string, readonly Untyped[]>>;

/** Value and gradient of a function of single numbers; numbers by name are the parameters' elements. */
export async function simplegradGradient(
  parameters: Tensors,
  f: (variables: Variables) => Untyped,
): Promise<Program> {
  const { Variable, ValueStorage } = await import("simplegrad");
  const storage = new ValueStorage();
  const variables = mapEntries(parameters, ({ data }) =>
    Array.from(data, () => new Variable(storage)),
  ) as Record<string, Untyped[]>;
  const result = f(variables);
  result.compile();
  const value = new Float64Array(1);
  const gradients = mapEntries(parameters, ({ data }) => new Float64Array(data.length));
  const names = Object.keys(parameters);
  return {
    run: () => {
      // Its gradients add up from run to run.
      storage.gv.fill(0);
      for (const name of names) {
        const { data } = parameters[name]!;
        const own = variables[name]!;
        for (let i = 0; i < data.length; i++) own[i]!.setValue(data[i]!);
      }
      storage.forward();
      result.setGradient(1);
      storage.backward();
      value[0] = result.getValue();
      for (const name of names) {
        const gradient = gradients[name]!;
        const own = variables[name]!;
        for (let i = 0; i < gradient.length; i++) gradient[i] = own[i]!.getGradient();
      }
    },
    results: () => ({ value, ...gradients }),
  };
}
