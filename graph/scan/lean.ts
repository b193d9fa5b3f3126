/**
 * Scans as kernels run them: without what a body carries along that nobody reads. Masks of kinks are such: they matter to
 * the next derivative alone, and what asks for them is a plain 0 once it is made of the ops that kernels know.
 */
import { type Graph, inline, isExpr, outputsOf, rebuild } from "../graph.js";
import { type Builder, type Expr, isOp, type Node } from "../node.js";
import type { Op } from "../op.js";
import { assembleOp, box, type Part, sliceOp } from "../ops/boxes.js";
import { sizeOf } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import { leavesOf } from "../tree.js";
import { makeBody, makeScan, memo } from "./body.js";
import { joinInputs, type ScanParams, splitInputs, splitOperands } from "./layout.js";
import { absent, either, joined, unknownOf } from "./presence.js";

/** The same graph with its loops so; `prepare` is what kernels do to bodies. */
export function lean(op: Op<ScanParams>, given: Graph, prepare: (body: Graph) => Graph): Graph {
  let graph = rebuild(simplifyGraph(given), (node, builder) => {
    if (!isOp(node, op)) return builder.adopt(node);
    const { body } = node.params;
    return scanAgain(
      op,
      builder,
      node,
      memo(body, "prepared", () => prepare(body)),
    ).id;
  });
  // What a narrower loop doesn't take leaves columns of others unread.
  for (let next = narrow(op, graph); next; next = narrow(op, graph)) graph = simplifyGraph(next);
  return graph;
}

function scanAgain(op: Op<ScanParams>, builder: Builder, node: Node<ScanParams>, body: Graph): Expr {
  const operands = node.operands.map((id) => builder.expr(id));
  return makeScan(op, splitOperands(operands, node.params.rows), { ...node.params, body });
}

/** 1 for each element of a carry that is read, which is a column of the history. */
type Columns = Uint8Array;

/** Marks the columns that a node reads of an operand: those of a slice, else all. */
function read(node: Node, columns: Columns): void {
  if (!isOp(node, sliceOp)) {
    columns.fill(1);
    return;
  }
  if (sizeOf(node.shape) === 0) return;
  const [start, step] = [node.params.starts.at(-1)!, node.params.steps.at(-1)!];
  const end = start + (node.shape.at(-1)! - 1) * step;
  columns.fill(1, Math.min(start, end), Math.max(start, end) + 1);
}

/** What a slice takes, of a tensor of which only these columns are left. */
function sliceOfRest(x: Expr, { params, shape }: Node<Part>, left: Columns): Expr {
  const axis = shape.length - 1;
  const before = left.subarray(0, params.starts[axis]).reduce((sum, one) => sum + one, 0);
  return box(x, { ...params, starts: params.starts.with(axis, before) }, shape);
}

/** The loops of a graph: the last carry and the history of one are two nodes, told apart by a parameter. */
function loopsOf(op: Op<ScanParams>, { nodes }: Graph): Map<number, string> {
  const bodies: Graph[] = [];
  return new Map(
    nodes.flatMap((node, id) => {
      if (!isOp(node, op)) return [];
      const { body, length, reverse } = node.params;
      if (!bodies.includes(body)) bodies.push(body);
      return [[id, `${node.operands} ${bodies.indexOf(body)} ${length} ${reverse}`] as const];
    }),
  );
}

/** The columns of each loop that are read after it. */
function usedOf(graph: Graph, loops: ReadonlyMap<number, string>): Map<string, Columns> {
  const { nodes } = graph;
  const used = new Map([...loops].map(([id, loop]) => [loop, new Uint8Array(nodes[id]!.shape.at(-1)!)]));
  const columnsOf = (id: number) => used.get(loops.get(id) ?? "");
  for (const node of nodes)
    for (const operand of node.operands) {
      const columns = columnsOf(operand);
      if (columns) read(node, columns);
    }
  for (const { id } of outputsOf(graph)) columnsOf(id)?.fill(1);
  return used;
}

/** The graph with narrower carries; `undefined` where all of them are read. */
function narrow(op: Op<ScanParams>, graph: Graph): Graph | undefined {
  const { nodes, inputs } = graph;
  const loops = loopsOf(op, graph);
  const used = usedOf(graph, loops);
  const narrower = new Map<string, Narrower>();
  for (const [id, loop] of loops) {
    if (narrower.has(loop)) continue;
    const { body, rows } = nodes[id]!.params as ScanParams;
    const found = narrowBody(body, rows, used.get(loop)!);
    if (found) narrower.set(loop, found);
  }
  if (narrower.size === 0) return undefined;

  const left = new Map<number, Columns>();
  let at = inputs.length;
  return rebuild(graph, (node, builder) => {
    const own = narrower.get(loops.get(at++) ?? "");
    const columns = left.get(node.operands[0]!);
    if (columns && isOp(node, sliceOp)) return sliceOfRest(builder.expr(node.operands[0]!), node, columns).id;
    if (!own || !isOp(node, op)) return builder.adopt(node);
    const carry = unknownOf(
      builder.expr(node.operands[0]!),
      Array.from(own.columns, (one) => (one ? either : absent)),
    );
    const { id } = scanAgain(op, builder, { ...node, operands: node.operands.with(0, carry.id) }, own.body);
    left.set(id, own.columns);
    return id;
  });
}

/** A body of fewer columns, and which these are. */
interface Narrower {
  readonly body: Graph;
  readonly columns: Columns;
}

/** A body that gives what is used after it; `undefined` where it needs all it has for that. */
function narrowBody(body: Graph, rows: number, used: Columns): Narrower | undefined {
  const { nodes } = body;
  const pieces = piecesOf(nodes, body.outputs as number, 0);
  const columns = used.slice();
  const needed = new Uint8Array(nodes.length);
  let kept: Piece[] = [];
  for (;;) {
    const now = pieces.filter(({ from, to }) => columns.subarray(from, to).includes(1));
    if (now.length === kept.length) break;
    kept = now;
    for (const { id, from, to } of kept) {
      columns.fill(1, from, to);
      needed[id] = 1;
    }
    // The carry is the first input.
    for (let id = nodes.length - 1; id > 0; id--)
      if (needed[id])
        for (const operand of nodes[id]!.operands)
          if (operand === 0) read(nodes[id]!, columns);
          else needed[operand] = 1;
    if (needed[0]) columns.fill(1);
  }
  if (columns.every(Boolean)) return undefined;
  const shapes = splitInputs(
    body.inputs.map(({ shape }) => shape),
    rows,
  );
  const outputs = Object.fromEntries(kept.map(({ id }, i) => [i, id]));
  const own = rebuild({ ...body, outputs }, (node, builder) => builder.adopt(node));
  const carry = [columns.reduce((sum, one) => sum + one, 0)];
  const narrowed = makeBody({ ...shapes, carry }, (builder, given) => {
    const results = inline(own, builder, joinInputs(given), (node) =>
      node.operands[0] === given.carry.id && isOp(node, sliceOp)
        ? sliceOfRest(given.carry, node, columns).id
        : builder.adopt(node),
    );
    return joined(builder, leavesOf(results, isExpr));
  });
  return { body: narrowed, columns };
}

/** Some of the columns that a body gives, by the node that they are of. */
interface Piece {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** What a vector is put together of, one behind the other. */
function piecesOf(nodes: readonly Node[], id: number, from: number): Piece[] {
  const node = nodes[id]!;
  const [size] = node.shape as [number];
  const whole = [{ id, from, to: from + size }];
  if (!isOp(node, assembleOp)) return whole;
  let next = 0;
  const pieces = node.operands.flatMap((operand, i) => {
    const { starts, steps } = node.params.parts[i]!;
    const isNext = starts[0] === next && steps[0] === 1;
    next = isNext ? next + nodes[operand]!.shape[0]! : Number.NaN;
    return isNext ? piecesOf(nodes, operand, from + starts[0]!) : [];
  });
  return next === size ? pieces : whole;
}
