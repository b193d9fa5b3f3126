/** A folder that trains elsewhere: the model, its start, and the program that trains it. */
import {
  AdjointError,
  type Dtype,
  type Expr,
  type Graph,
  type Shapes,
  scalar,
  type Traced,
  type Tree,
  tensor,
  trace,
  valueAndGrad,
} from "../../../graph/index.js";
import {
  checkKeys,
  checkOptions,
  describe,
  foldTree,
  formatShape,
  graphOf,
  isId,
  mapTree,
  outputsOf,
  type Path,
  readAlong,
  readValue,
} from "../../../graph/internal.js";
import type { Optimizer, ParameterExprs, ParameterValues } from "../../../optimizers/index.js";
import { isOptimizer } from "../../../optimizers/internal.js";
import { encodeCheckpoint } from "../../runs/index.js";
import { isTensor, placeIn, readStart, type Tensor, type Tensors } from "../../runs/internal.js";
import { checkpointScript } from "./checkpoint-script.js";
import { type dtypes, JaxModule } from "./module.js";
import { npz } from "./npz.js";
import { functionOf, moduleText, readName } from "./to-jax.js";
import { trainScript } from "./train-script.js";
import { tuple } from "./values.js";

/**
 * What is trained: a scalar objective, the parameters that it starts from, and the rule by which they move.
 * @example const problem: JaxProblem<{ readonly x: readonly [2] }> = { objective: cubic.f as never, start: { x: [2, 3] }, optimizer: adam({ learningRate: 0.1 }) };
 */
export interface JaxProblem<I extends Shapes = Shapes> {
  /** A scalar function of parameters and data; the shapes of the data are those of a batch. */
  readonly objective: Traced<I, Expr<[]>>;
  /** The parameters by name: numbers, arrays, trees of them. The objective's other inputs are data. */
  readonly start: ParameterValues;
  /** Without one, training elsewhere takes one of optax's. */
  readonly optimizer?: Optimizer;
}

/**
 * Options of `exportJax`.
 * @example const options: JaxFolderOptions = { name: "loss", dtype: "f32" };
 */
export interface JaxFolderOptions {
  /** The name of the objective's function in Python: an identifier; default "objective". */
  readonly name?: string;
  /** What the numbers are; default "f64". "bf16" is "f32" whose products of matrices take factors of bfloat16. */
  readonly dtype?: Dtype | "bf16";
}

type Objective = Traced<Shapes, Expr<[]>>;

/** Names that the module has besides the objective's. */
const own = ["value_and_grad", "train_step", "check_dtype", "METHOD", "SHAPES", "STATE", "DATA"];

/**
 * A folder, as files by name, that trains a model with JAX on one device, on many, or on many hosts:
 *
 * - `model.py`: the objective, `value_and_grad` (the gradient that Adjoint derived), and `train_step`, the optimizer's rule
 *   with both as one function, on public parts of jax.numpy and jax.lax alone;
 * - `start.safetensors`: the first parameters and slots, a checkpoint of Adjoint's; `constants.npz`: large constants, if any;
 * - `train.py` and `checkpoint.py`: the program, which `python train.py --help` explains.
 *
 * Its checkpoints are those of `minimize`: each goes on where the other stopped. Texts depend on the problem alone.
 *
 * @example
 * const objective = trace({ w: vector(3), X: matrix(32, 3), y: vector(32) }, ({ w, X, y }) =>
 *   mean(square(subtract(matmul(X, w), y))),
 * );
 * const problem = { objective, start: { w: [0, 0, 0] }, optimizer: adam({ learningRate: 0.1 }) };
 * const files = exportJax(problem);
 * [...files.keys()]; // ["model.py", "start.safetensors", "checkpoint.py", "train.py"]
 *
 * @throws where the objective is no scalar, the start doesn't fit it, an option is wrong, or an op of the user's has neither
 *   a recipe nor an `expand`
 */
export function exportJax<I extends Shapes>(
  problem: JaxProblem<I>,
  options: JaxFolderOptions = {},
): ReadonlyMap<string, string | Uint8Array> {
  const what = "exportJax";
  const { name = "objective", dtype = "f64" } = checkOptions(what, options, ["name", "dtype"]);
  readName(what, name, dtype, own);
  const given = checkOptions(what, problem, ["objective", "start", "optimizer"]);
  const { start, optimizer } = given;
  const objective = given.objective as unknown as Objective;
  if (optimizer !== undefined && !isOptimizer(optimizer))
    throw new AdjointError(
      `${what}: the optimizer is ${describe(optimizer)}; pass one such as adam(), or none.`,
    );
  const graph = graphOf(objective, what);
  const shape = typeof graph.outputs === "number" ? graph.nodes[graph.outputs]!.shape : undefined;
  if (shape?.length !== 0) {
    const found = shape ? `of shape ${formatShape(shape)}; sum or mean it` : "a record of outputs";
    throw new AdjointError(`${what}: the objective must be a scalar, not ${found}.`);
  }
  const { parameters, data } = divided(what, graph, start);
  const module = new JaxModule();
  const differentiated = valueAndGrad(objective, ...Object.keys(parameters));
  const functions = [
    functionOf(module, name, graph),
    functionOf(module, "value_and_grad", graphOf(differentiated, what)),
  ];
  const slots = optimizer ? slotsOf(optimizer, parameters) : {};
  if (optimizer)
    functions.push(
      functionOf(module, "train_step", stepOf(optimizer, objective, { parameters, slots, data })),
    );
  const files = new Map<string, string | Uint8Array>();
  const lists = [
    `METHOD = ${optimizer ? JSON.stringify(optimizer.name) : "None"}`,
    `STATE = ${treeText({ parameters, slots }, isTensor as never, (path) => JSON.stringify(nameOf(path)))}`,
    `DATA = ${treeText(data, isId, (path) => JSON.stringify(nameOf(path)))}`,
    `SHAPES = {${leavesText(data, graph)}}`,
  ];
  files.set("model.py", moduleText(module, dtype, [lists.join("\n"), ...functions]));
  if (module.constants.size > 0) files.set("constants.npz", npz(module.constants));
  files.set("start.safetensors", startOf(optimizer, { parameters, slots }, dtype));
  files.set("checkpoint.py", checkpointScript);
  files.set("train.py", trainScript);
  return files;
}

/** The parameters as numbers, and the tree of the inputs that are data. */
function divided(what: string, { inputs, inputTree }: Graph, given: unknown) {
  const start = readStart(what, given);
  const names = Object.keys(inputTree);
  checkKeys(
    Object.fromEntries(Object.keys(start).map((key) => [key, 0])),
    names.filter((key) => Object.hasOwn(start, key)),
    `${what}: start`,
  );
  const entries = Object.entries(inputTree as Record<string, Tree<number>>);
  const like = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(start, key)));
  const parameters = readAlong(like, isId, start, placeIn(what), (value, i): Tensor => {
    const { path, shape } = inputs[i]!;
    return { data: readValue(value, shape, placeIn(what)(path)).slice(), shape };
  }) as Tensors;
  const data = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(start, key)));
  return { parameters, data };
}

interface Parts {
  readonly parameters: Tensors;
  readonly slots: Tensors;
  readonly data: Readonly<Record<string, Tree<number>>>;
}

const specsOf = (tensors: Tensors) => mapTree(tensors, isTensor, ({ shape }) => tensor(shape)) as never;

/** The slots before the first step. */
function slotsOf(optimizer: Optimizer, parameters: Tensors): Tensors {
  if (Object.keys(optimizer.slots).length === 0) return {};
  const first = trace(
    specsOf(parameters),
    (inputs: ParameterExprs) => optimizer.initialSlots(inputs) as never,
  );
  const { graph } = first as unknown as { readonly graph: Graph };
  const values = (first as unknown as (inputs: unknown) => unknown)(
    mapTree(parameters, isTensor, ({ data, shape }) => (shape.length === 0 ? data[0]! : data)),
  );
  const at = (path: Path) =>
    path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], values);
  const leaves = outputsOf(graph).map(({ path, id }): Tensor => {
    const value = at(path);
    const data = typeof value === "number" ? Float64Array.of(value) : (value as Float64Array);
    return { data, shape: graph.nodes[id]!.shape };
  });
  let next = 0;
  return mapTree(graph.outputs, isId, () => leaves[next++]!) as Tensors;
}

/** A step of the optimizer as one graph: the objective, its gradient and the rule. */
function stepOf(optimizer: Optimizer, objective: Objective, { parameters, slots, data }: Parts): Graph {
  const differentiated = valueAndGrad(objective, ...Object.keys(parameters));
  const { inputs } = (objective as unknown as { readonly graph: Graph }).graph;
  const hasSlots = Object.keys(slots).length > 0;
  const specs = {
    step: scalar(),
    parameters: specsOf(parameters),
    ...(hasSlots && { slots: specsOf(slots) }),
    ...(Object.keys(data).length > 0 && {
      data: mapTree(data as Tree<number>, isId, (i) => tensor(inputs[i]!.shape)),
    }),
  };
  const traced = trace(specs as never, (given: Readonly<Record<string, ParameterExprs>>) => {
    const batch = given.data ?? {};
    const point = { ...given.parameters!, ...batch };
    const { value, grad } = differentiated(point as never) as unknown as {
      value: Expr;
      grad: ParameterExprs;
    };
    const own = (given.slots ?? {}) as never;
    const step = (given as unknown as { readonly step: Expr }).step;
    const next = optimizer.update(given.parameters!, grad, own, step, { objective, data: batch } as never);
    return { value, parameters: next.parameters, ...(hasSlots && { slots: next.slots }) } as never;
  });
  return graphOf(traced, "exportJax");
}

/** A tensor's name in checkpoints, in which a dot within a key is told from one between two. */
const nameOf = (path: Path) => path.map((key) => String(key).replaceAll(/[\\.]/g, "\\$&")).join(".");

/** A tree in Python. */
function treeText<T>(
  tree: Tree<T>,
  isLeaf: (one: Tree<T>) => one is T,
  leaf: (path: Path) => string,
): string {
  return foldTree(
    tree,
    isLeaf,
    (_, path) => leaf(path),
    (children, isList) =>
      isList
        ? `[${children.map(([, child]) => child).join(", ")}]`
        : `{${children.map(([key, child]) => `${JSON.stringify(key)}: ${child}`).join(", ")}}`,
  );
}

function leavesText(data: Parts["data"], { inputs }: Graph): string {
  const texts: string[] = [];
  mapTree(data as Tree<number>, isId, (i, path) =>
    texts.push(`${JSON.stringify(nameOf(path))}: ${tuple(inputs[i]!.shape)}`),
  );
  return texts.join(", ");
}

/** The checkpoint of a run that hasn't taken a step. */
function startOf(
  optimizer: Optimizer | undefined,
  state: Omit<Parts, "data">,
  dtype: keyof typeof dtypes,
): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  mapTree(state as Tree<Tensor>, isTensor as never, ({ data, shape }: Tensor, path: Path) => {
    tensors[nameOf(path)] = {
      data: dtype === "f64" ? Float64Array.from(data) : Float32Array.from(data),
      shape,
    };
  });
  tensors["run.counts"] = { data: Float64Array.of(0, 0, -1), shape: [3] };
  const method = optimizer?.name ?? "";
  return encodeCheckpoint({ version: 1, run: "minimize", method, steps: 0, tensors });
}
