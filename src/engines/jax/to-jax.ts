/** A traced function as Python source on jax.numpy and jax.lax. */
import type { Dtype, Graph, Shape, Shapes, Traced } from "../../../graph/index.js";
import { formatShape, graphOf, isId, outputsOf } from "../../../graph/internal.js";
import type { ExportedConstant } from "../lowering/constants.js";
import { lowerGraph } from "../lowering/lower.js";
import { primitivesOf } from "../lowering/primitives.js";
import { readTarget, type Target } from "../target.js";
import { JaxDialect } from "./dialect.js";
import { dtypes, JaxModule, reserved } from "./module.js";
import { hasNative } from "./natives.js";
import { npz } from "./npz.js";
import { atom, treeText } from "./values.js";

/**
 * Options of `toJax`.
 * @example const options: JaxOptions = { name: "loss", dtype: "f32" };
 */
export interface JaxOptions {
  /** The name of the Python function: an identifier. */
  readonly name: string;
  /** What the numbers are; default "f64". "bf16" is "f32" whose products of matrices take factors of bfloat16. */
  readonly dtype?: Dtype | "bf16";
}

/**
 * A module in Python.
 * @example const lines = ({ source }: JaxSource): number => source.split("\n").length;
 */
export interface JaxSource {
  /** The module's text. */
  readonly source: string;
  /** The large constants, which the module reads from `constants.npz` beside it, by their names there. */
  readonly constants: ReadonlyMap<string, ExportedConstant>;
}

/** How functions are called in Python, and what their numbers are; `others` are names that the module has besides. */
export const python = (others: readonly string[] = []): Target<Dtype | "bf16"> => ({
  named: "a Python function",
  wanted: 'an identifier such as "cubic"',
  isName: (name) => /^[A-Za-z]\w*$/.test(name) && !reserved.includes(name) && !others.includes(name),
  dtypes: ["f64", "f32", "bf16"],
});

/**
 * A traced function as a module in Python, on the public parts of jax.numpy and jax.lax alone: one function from the inputs
 * by name to the outputs in their tree, in which loops stay loops. It composes with `jax.jit`, `jax.vmap`, shardings,
 * `jax.export`. Gradients are those that Adjoint derived: export `valueAndGrad(f)`.
 *
 * Numbers are those of the dtype: "f64" wants `jax_enable_x64`, and says so where it isn't on. XLA flushes denormal
 * numbers, adds in another order, and loses −0 in sums; all else is equal but for the last places.
 *
 * @example
 * const { source } = toJax(valueAndGrad(cubic.f), { name: "cubic" });
 * source.includes("def cubic(inputs):"); // true
 *
 * @throws where the name is none for a function in Python, the dtype isn't known, or an op of the user's has neither a recipe nor an `expand`
 */
export function toJax<I extends Shapes, O>(f: Traced<I, O>, options: JaxOptions): JaxSource {
  const { name, dtype } = readTarget("toJax", options, python());
  const module = new JaxModule();
  const lines = functionOf(module, name, graphOf(f, "toJax"), "toJax");
  return { source: moduleText(module, dtype, [lines]), constants: module.constants };
}

/** The module as files: `model.py`, and beside it the constants that it reads. */
export function toJaxFiles<I extends Shapes, O>(
  f: Traced<I, O>,
  options: JaxOptions,
): ReadonlyMap<string, string | Uint8Array> {
  const { source, constants } = toJax(f, options);
  return withConstants("model.py", source, constants);
}

/** A text and beside it the constants that it reads. */
export function withConstants(
  name: string,
  source: string,
  constants: JaxSource["constants"],
  beside = "constants.npz",
): ReadonlyMap<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>([[name, source]]);
  if (constants.size > 0) files.set(beside, npz(constants));
  return files;
}

/** The text of a function of a module, whose helpers and constants the module collects. */
export function functionOf(module: JaxModule, name: string, given: Graph, what: string): string {
  const graph = primitivesOf(given, what, hasNative);
  module.begin();
  const names = graph.inputs.map(({ path }) => module.fresh(path.length === 0 ? "x" : path.join("_")));
  graph.inputs.forEach(({ path }, i) => {
    const place = path.map((key) => `[${JSON.stringify(key)}]`).join("");
    module.line(`${names[i]} = jnp.asarray(inputs${place}, dtype)`);
  });
  const dialect = new JaxDialect(module);
  const inputs = graph.inputs.map(({ shape }, i) => atom(names[i]!, shape));
  const outputs = lowerGraph(graph, dialect, inputs).map((value) => dialect.text(value));
  let next = 0;
  module.line(`return ${treeText(graph.outputs, isId, () => outputs[next++]!)}`);
  return [`def ${name}(inputs):`, docstring(graph), module.take()].join("\n");
}

function docstring(graph: Graph): string {
  const told = (path: readonly (string | number)[], shape: Shape) =>
    `    ${path.length === 0 ? "the result" : path.join(".")}: ${formatShape(shape)}`.replace(/["\\]/g, "'");
  const outputs = outputsOf(graph);
  return [
    '    """Inputs:',
    ...graph.inputs.map(({ path, shape }) => told(path, shape)),
    "    Outputs:",
    ...outputs.map(({ path, id }) => told(path, graph.nodes[id]!.shape)),
    '    """',
    "    check_dtype()",
  ].join("\n");
}

export function moduleText(module: JaxModule, dtype: Dtype | "bf16", functions: readonly string[]): string {
  const hasFile = module.constants.size > 0;
  const preamble = module.preamble(dtype);
  return [
    '"""Written by Adjoint."""',
    "",
    ...(hasFile ? ["import os", "", "import numpy as np"] : []),
    "import jax",
    "import jax.numpy as jnp",
    "from jax import lax",
    "",
    `dtype = ${dtypes[dtype]}`,
    ...(hasFile
      ? ['constants = np.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), "constants.npz"))']
      : []),
    "",
    "",
    check(dtype),
    "",
    ...(preamble === "" ? [] : ["", preamble]),
    "",
    functions.join("\n\n\n"),
    "",
  ].join("\n");
}

function check(dtype: Dtype | "bf16"): string {
  if (dtype !== "f64") return "def check_dtype():\n    pass\n";
  return `def check_dtype():
    """Without x64 JAX would silently compute in float32."""
    if not jax.config.jax_enable_x64:
        raise RuntimeError('this model is float64; call jax.config.update("jax_enable_x64", True) first')
`;
}
