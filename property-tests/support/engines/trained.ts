/** The programs of the export as cases of value and gradient, and how inputs in trees are found by the paths to them. */
import { type Traced, valueAndGrad } from "../../../graph/index.js";
import type { ExportCase } from "../exported.js";
import { exportPrograms } from "../exported-programs.js";

/** The elements of a number, an array or a tensor. */
function elementsOf(value: unknown): readonly number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
  return Array.isArray(value) ? value : elementsOf((value as { readonly data: Float64Array }).data);
}

/** The elements of each input, in the order of the graph's. */
export function inputsOf({ f, inputs }: ExportCase): readonly Float64Array[] {
  return f.graph.inputs.map(({ path }) => {
    const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], inputs);
    return Float64Array.from(elementsOf(value));
  });
}

/** Value and gradient of each program where it starts. */
export function* trainedCases(): Generator<ExportCase> {
  for (const [name, make] of Object.entries(exportPrograms)) {
    const { objective, start, data } = make();
    const f = valueAndGrad(objective, ...Object.keys(start)) as unknown as Traced;
    const whole = { ...start, ...data };
    const inputs = Object.fromEntries(
      Object.entries(whole).map(([key, x]) => [key, isTable(x) ? (x as { data: unknown }).data : x]),
    );
    yield { name, f, inputs: inputs as ExportCase["inputs"] };
  }
}

const isTable = (x: unknown) => typeof x === "object" && x !== null && "data" in x && "shape" in x;
