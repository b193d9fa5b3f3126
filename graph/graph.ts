import { makeBuilder } from "./builder.js";
import { AdjointError } from "./errors.js";
import { ancestors } from "./interpret.js";
import { type Builder, Expr, isOp, type Node } from "./node.js";
import { input, inputOp } from "./ops/constant.js";
import { placeholderOp } from "./placeholder.js";
import type { Shape } from "./shape.js";
import { flattenTree, isRecord, leavesOf, mapTree, type Path, pathText, rowsOf, type Tree } from "./tree.js";

/**
 * An input of a graph: where it stands in the inputs' tree, and its shape.
 * @example const shapeOf = ({ shape }: Input): Shape => shape;
 */
export interface Input {
  /** The keys of records and the positions in lists that lead to it. */
  readonly path: Path;
  /** The path as a text, for those who read it: `layers.0.W`. Of two inputs it may be the same. */
  readonly name: string;
  readonly shape: Shape;
}

/**
 * What a graph takes: its inputs in order, and the tree that has their positions at its leaves.
 * @example const countInputs = ({ inputs }: Signature): number => inputs.length;
 */
export interface Signature {
  readonly inputs: readonly Input[];
  readonly inputTree: Tree<number>;
}

/**
 * A computation as plain immutable data. `nodes` are in topological order, the inputs' first: node `i` is input `i`.
 * `outputs` is a tree with positions of nodes at its leaves.
 * @example const size = ({ nodes }: Graph): number => nodes.length;
 */
export interface Graph extends Signature {
  readonly nodes: readonly Node[];
  readonly outputs: Tree<number>;
}

/** Whatever has a shape: an input, or the kind of one. */
interface Shaped {
  readonly shape: Shape;
}

/** The most axes: lists that are longer aren't looked at whole to see whether they are a shape. */
const mostAxes = 64;

/** Whether something is the kind of an input, and no record with a part that is named `shape`. */
export function isSpec(tree: unknown): tree is Shaped {
  const lengths = isRecord(tree) && rowsOf(tree.shape);
  return !!lengths && lengths.length <= mostAxes && !Array.from(lengths).some((one) => Object(one) === one);
}

/** The inputs of a tree of kinds. */
export function signatureOf(tree: Tree<Shaped>): Signature {
  const inputs: Input[] = [];
  const inputTree = mapTree<Shaped, number>(
    tree,
    isSpec,
    ({ shape }, path) => inputs.push({ path, name: pathText(path), shape }) - 1,
  );
  return { inputs, inputTree };
}

/** Inputs without names, for bodies. */
export function numbered(shapes: readonly Shape[]): Signature {
  return signatureOf(shapes.map((shape) => ({ shape })));
}

export const isId = (tree: Tree<number>): tree is number => typeof tree === "number";

export function mapOutputs<U>(outputs: Tree<number>, map: (id: number) => U): Tree<U> {
  return mapTree(outputs, isId, map);
}

/** An output by its path: `value`, `grad.x`; the path of a single output is empty. */
export interface Output {
  readonly path: Path;
  readonly id: number;
}

export function outputsOf({ outputs }: { readonly outputs: Tree<number> }): Output[] {
  return flattenTree(outputs, isId).map(({ path, leaf }) => ({ path, id: leaf }));
}

/** Fresh input nodes for the inputs of a graph, at the positions that a graph wants them. */
export function declareInputs(builder: Builder, inputs: readonly Input[]): Expr[] {
  return inputs.map(({ shape }, index) => input(builder, index, shape));
}

/** The graph of the nodes that `outputs` need, without the rest. */
export function finish(builder: Builder, { inputs, inputTree }: Signature, outputs: Tree<Expr>): Graph {
  const roots = leavesOf(outputs, isExpr);
  const needed = ancestors(
    builder,
    roots.map(({ id }) => id),
  );
  needed.fill(1, 0, inputs.length);
  const nodes: Node[] = [];
  const moved = new Int32Array(builder.nodes.length);
  builder.nodes.forEach((node, id) => {
    if (!needed[id]) return;
    if (isOp(node, placeholderOp)) throw new AdjointError(node.params.leak);
    moved[id] = nodes.length;
    const stays = node.operands.every((operand) => moved[operand] === operand);
    nodes.push(stays ? node : { ...node, operands: node.operands.map((operand) => moved[operand]!) });
  });
  const graph = { nodes, inputs, inputTree, outputs: mapTree(outputs, isExpr, (expr) => moved[expr.id]!) };
  made.add(graph);
  return graph;
}

const made = new WeakSet<object>();

/** Whether a value is a graph of this library's making. */
export function isGraph(value: unknown): value is Graph {
  return typeof value === "object" && value !== null && made.has(value);
}

export function isExpr(tree: Tree<Expr>): tree is Expr {
  return tree instanceof Expr;
}

/** Whether something of a user's is no record of others: an expression, or what may become one. */
export function isGiven(value: unknown): value is unknown {
  return !isRecord(value);
}

/**
 * Adds the nodes of a graph to a builder, with `inputs` in place of its inputs: its outputs there. `make` may change a
 * node on its way.
 */
export function inline(
  graph: Graph,
  builder: Builder,
  inputs: readonly Expr[],
  make: (node: Node) => number = (node) => builder.adopt(node),
): Tree<Expr> {
  const moved = new Int32Array(graph.nodes.length);
  graph.nodes.forEach((node, id) => {
    if (isOp(node, inputOp)) {
      moved[id] = inputs[node.params.index]!.id;
      return;
    }
    const stays = node.operands.every((operand) => moved[operand] === operand);
    moved[id] = make(stays ? node : { ...node, operands: node.operands.map((operand) => moved[operand]!) });
  });
  return mapOutputs(graph.outputs, (id) => builder.expr(moved[id]!));
}

/** The same graph made anew node by node. */
export function rebuild(graph: Graph, make: (node: Node, builder: Builder) => number): Graph {
  const builder = makeBuilder(graph.nodes.length);
  const inputs = declareInputs(builder, graph.inputs);
  return finish(
    builder,
    graph,
    inline(graph, builder, inputs, (node) => make(node, builder)),
  );
}
