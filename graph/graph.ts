import { AdjointError } from "./errors.js";
import { ancestors } from "./interpret.js";
import { Builder, type Expr, isOp, type Node } from "./node.js";
import { input, inputOp } from "./ops/constant.js";
import type { Shape } from "./shape.js";

/** A value, or named trees of values. */
export type Tree<T> = T | { readonly [name: string]: Tree<T> };

export interface Input {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * A computation as plain immutable data. `nodes` are in topological order, the inputs' first: node `i` is input `i`.
 * `outputs` is a tree of names with positions of nodes at its leaves.
 */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Input[];
  readonly outputs: Tree<number>;
}

/** The same tree with other leaves. Records are told from leaves by `isLeaf`. */
export function mapTree<T, U>(
  tree: Tree<T>,
  isLeaf: (tree: Tree<T>) => tree is T,
  map: (leaf: T) => U,
): Tree<U> {
  if (isLeaf(tree)) return map(tree);
  return Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, mapTree(child, isLeaf, map)]));
}

const isId = (tree: Tree<number>): tree is number => typeof tree === "number";

export function mapOutputs<U>(outputs: Tree<number>, map: (id: number) => U): Tree<U> {
  return mapTree(outputs, isId, map);
}

/** An output by its path of names: `value`, `grad.x`; the path of a single output is empty. */
export interface Output {
  readonly path: readonly string[];
  readonly id: number;
}

export function outputsOf(graph: Graph): Output[] {
  const list: Output[] = [];
  const visit = (tree: Tree<number>, path: readonly string[]) => {
    if (isId(tree)) list.push({ path, id: tree });
    else for (const [name, child] of Object.entries(tree)) visit(child, [...path, name]);
  };
  visit(graph.outputs, []);
  return list;
}

/** Fresh input nodes for the inputs of a graph, at the positions that a graph wants them. */
export function declareInputs(builder: Builder, inputs: readonly Input[]): Expr[] {
  return inputs.map(({ shape }, index) => input(builder, index, shape));
}

/** The graph of the nodes that `outputs` need, without the rest. */
export function finish(builder: Builder, inputs: readonly Input[], outputs: Tree<Expr>): Graph {
  const roots: number[] = [];
  mapTree(outputs, isExpr, (expr) => roots.push(expr.id));
  const needed = ancestors(builder, roots);
  needed.fill(1, 0, inputs.length);
  const nodes: Node[] = [];
  const moved = new Int32Array(builder.nodes.length);
  builder.nodes.forEach((node, id) => {
    if (!needed[id]) return;
    if (isOp(node, inputOp) && node.params.index < 0) throw leaked();
    moved[id] = nodes.length;
    const stays = node.operands.every((operand) => moved[operand] === operand);
    nodes.push(stays ? node : { ...node, operands: node.operands.map((operand) => moved[operand]!) });
  });
  return { nodes, inputs, outputs: mapTree(outputs, isExpr, (expr) => moved[expr.id]!) };
}

function leaked(): AdjointError {
  return new AdjointError(
    "An expression of a scan's step is used outside of it; what is needed of it must be part of the carry.",
  );
}

export function isExpr(tree: Tree<Expr>): tree is Expr {
  return typeof (tree as Expr).id === "number" && (tree as Expr).builder instanceof Builder;
}

/**
 * Adds the nodes of a graph to a builder, with `inputs` in place of its inputs; the position of each node there.
 * `make` may change a node on its way.
 */
export function inline(
  graph: Graph,
  builder: Builder,
  inputs: readonly Expr[],
  make: (node: Node) => number = (node) => builder.adopt(node),
): Int32Array {
  const moved = new Int32Array(graph.nodes.length);
  graph.nodes.forEach((node, id) => {
    if (isOp(node, inputOp)) {
      moved[id] = inputs[node.params.index]!.id;
      return;
    }
    const stays = node.operands.every((operand) => moved[operand] === operand);
    moved[id] = make(stays ? node : { ...node, operands: node.operands.map((operand) => moved[operand]!) });
  });
  return moved;
}
