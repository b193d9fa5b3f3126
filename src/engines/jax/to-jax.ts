/** A traced function as Python source on jax.numpy and jax.lax. */
import {
  AdjointError,
  type Dtype,
  type Graph,
  type Shape,
  type Shapes,
  type Traced,
} from "../../../graph/index.js";
import {
  checkOptions,
  describe,
  foldTree,
  formatShape,
  graphOf,
  isId,
  outputsOf,
} from "../../../graph/internal.js";
import type { ExportedConstant } from "../lowering/constants.js";
import { lowerGraph } from "../lowering/lower.js";
import { primitivesOf } from "../lowering/primitives.js";
import { JaxDialect } from "./dialect.js";
import { dtypes, JaxModule } from "./module.js";
import { hasNative } from "./natives.js";
import { npz } from "./npz.js";
import { atom } from "./values.js";

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

const keywords = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import " +
    "in is lambda nonlocal not or pass raise return try while with yield jax jnp lax np os dtype constants matmul gather " +
    "scatter_add batch_grid check_dtype"
  ).split(" "),
);

/** @throws where a name is none of Python's, or a dtype isn't known */
export function readName(what: string, name: unknown, dtype: unknown, others: readonly string[] = []): void {
  const isName = typeof name === "string" && /^[A-Za-z]\w*$/.test(name);
  if (!isName || keywords.has(name) || others.includes(name)) {
    throw new AdjointError(
      `${what}: ${describe(name)} can't name a Python function; give an identifier such as "cubic".`,
    );
  }
  if (typeof dtype !== "string" || !Object.hasOwn(dtypes, dtype))
    throw new AdjointError(`${what}: dtype is "f64", "f32" or "bf16", not ${describe(dtype)}.`);
}

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
 * @throws where the name is no identifier, or an op of the user's has neither a recipe nor an `expand`
 */
export function toJax<I extends Shapes, O>(f: Traced<I, O>, options: JaxOptions): JaxSource {
  const { name, dtype = "f64" } = checkOptions("toJax", options, ["name", "dtype"]);
  readName("toJax", name, dtype);
  const module = new JaxModule();
  const lines = functionOf(module, name, graphOf(f, "toJax"));
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
): ReadonlyMap<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>([[name, source]]);
  if (constants.size > 0) files.set("constants.npz", npz(constants));
  return files;
}

/** The text of a function of a module, whose helpers and constants the module collects. */
export function functionOf(module: JaxModule, name: string, given: Graph): string {
  const graph = primitivesOf(given, "toJax", hasNative);
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
  const result = foldTree(
    graph.outputs,
    isId,
    () => outputs[next++]!,
    (children, isList) =>
      isList
        ? `[${children.map(([, child]) => child).join(", ")}]`
        : `{${children.map(([key, child]) => `${JSON.stringify(key)}: ${child}`).join(", ")}}`,
  );
  module.line(`return ${result}`);
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
