/** Adjoint's programs for an objective: its value and gradient, and its value alone. */
import { compile, type Dtype, type Traced, valueAndGrad } from "adjoint";
import type { Program, Workload } from "../workload.js";

type AnyArray = Float64Array | Float32Array;

/** A scalar objective of named inputs, whatever their names and shapes. */
// biome-ignore lint/suspicious/noExplicitAny: the type of an objective of unknown inputs
type Objective = Traced<any, any>;

export interface Inputs {
  readonly [name: string]: number | AnyArray;
}

interface Into {
  into(inputs: Inputs, outputs: unknown): void;
}

const arrayLike = (input: number | AnyArray, dtype: Dtype): AnyArray =>
  new (dtype === "f32" ? Float32Array : Float64Array)(typeof input === "number" ? 1 : input.length);

/** Value and gradient of `f` by the named inputs (default: all of them), into arrays that are there already. */
export function gradientProgram(
  f: Objective,
  inputs: Inputs,
  { by = Object.keys(inputs), dtype = "f64" as Dtype } = {},
): Program {
  const kernel = compile(valueAndGrad(f, ...by), { dtype }) as unknown as Into;
  const value = arrayLike(0, dtype);
  const grad = Object.fromEntries(by.map((name) => [name, arrayLike(inputs[name]!, dtype)]));
  const outputs = { value, grad };
  return {
    run: () => {
      kernel.into(inputs, outputs);
    },
    results: () => ({ value, ...grad }),
  };
}

/** The value of `f` alone. */
export function valueProgram(f: Objective, inputs: Inputs, { dtype = "f64" as Dtype } = {}): Program {
  const kernel = compile(f, { dtype }) as unknown as Into;
  const value = arrayLike(0, dtype);
  return {
    run: () => {
      kernel.into(inputs, value);
    },
    results: () => ({ value }),
  };
}

/** What is compared is the value alone, to which Adjoint's gradient is put beside. */
export function ofValue(
  objective: () => Objective,
  data: () => Inputs,
): Pick<Workload, "adjoint" | "value" | "gradient"> {
  const value = () => valueProgram(objective(), data());
  return { adjoint: value, value, gradient: () => gradientProgram(objective(), data()) };
}
