/** Where a run leaves the finite numbers: which value, gradient or parameter, and by which op. */
import { compile, type Shapes, type Traced, type Tree, valueAndGrad } from "../../graph/index.js";
import {
  doubles,
  flattenTree,
  graphOf,
  interpretNodes,
  type Path,
  pathText,
  sizeOf,
  whatIsNotFinite,
} from "../../graph/internal.js";
import type { Floats, State } from "./state.js";

type Leaf = number | Floats;

/** Graphs of more elements than this are compiled, which tells no op, and not interpreted, which might take minutes. */
const mostElements = 2 ** 17;

const isLeaf = (tree: Tree<Leaf>): tree is Leaf => typeof tree === "number" || ArrayBuffer.isView(tree);

const nameOf = ([kind, ...path]: Path): string =>
  kind === "grad" ? `the gradient by "${pathText(path)}"` : "the value";

/** What isn't finite of an objective and its gradient by `names`, at these inputs: the end of a sentence. */
export function explainPoint(
  objective: Traced,
  names: readonly string[],
  inputs: Readonly<Record<string, Tree<Leaf>>>,
): string | undefined {
  const differentiated = valueAndGrad(objective as never, ...(names as never[])) as unknown as Traced<Shapes>;
  const graph = graphOf(differentiated, "valueAndGrad");
  const elements = graph.nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (elements <= mostElements) {
    const given = graph.inputs.map(({ path }) => {
      let value: unknown = inputs;
      for (const key of path) value = (value as Readonly<Record<string, unknown>>)[key];
      return typeof value === "number" ? [value] : Array.from(value as Floats);
    });
    return whatIsNotFinite(graph, interpretNodes(graph.nodes, doubles, given), nameOf);
  }
  const found = compile(differentiated)(inputs as never) as Tree<Leaf>;
  for (const { path, leaf } of flattenTree(found, isLeaf)) {
    const [element, value] = firstNotFinite(typeof leaf === "number" ? [leaf] : leaf) ?? [];
    if (element !== undefined)
      return `${nameOf(path)} isn't finite: it holds ${value} at element ${element}.`;
  }
  return undefined;
}

/** Which parameter a step leads out of the finite numbers. */
export function explainNext({ next, parameters }: State): string | undefined {
  for (const { path, offset, size } of parameters) {
    const [element, value] = firstNotFinite(next.subarray(offset, offset + size)) ?? [];
    if (element === undefined) continue;
    return `the step leads to "${pathText(path.slice(1))}" with ${value} at element ${element}.`;
  }
  return undefined;
}

function firstNotFinite(data: ArrayLike<number>): readonly [element: number, value: number] | undefined {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return [i, data[i]!];
  return undefined;
}
