/** The bodies of scans: graphs of their own, made of expressions, and scans made of them. */
import { makeBuilder } from "../builder.js";
import { capturedOp } from "../captured.js";
import { declareInputs, finish, type Graph, inline, numbered } from "../graph.js";
import { ancestors } from "../interpret.js";
import { apply, type Builder, type Expr } from "../node.js";
import type { Op } from "../op.js";
import { inputOp } from "../ops/constant.js";
import { placeholderOp } from "../placeholder.js";
import type { Shape } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import {
  type Inputs,
  joinInputs,
  joinOperands,
  type Operands,
  type ScanParams,
  splitInputs,
} from "./layout.js";

/** A body of its own nodes: `write` gives the next carry from inputs of these shapes. */
export function makeBody(
  shapes: Inputs<Shape>,
  write: (builder: Builder, inputs: Inputs<Expr>) => Expr,
): Graph {
  const signature = numbered(joinInputs(shapes));
  const builder = makeBuilder();
  const exprs = splitInputs(declareInputs(builder, signature.inputs), shapes.rows.length);
  return finish(builder, signature, write(builder, exprs));
}

/** What a body gives for expressions of another builder. */
export function applyBody(body: Graph, builder: Builder, inputs: Inputs<Expr>): Expr {
  return inline(body, builder, joinInputs(inputs)) as Expr;
}

const memos = new WeakMap<Graph, Map<string, unknown>>();

/** What was made of a body before under the same key: a scan or a derivative that is asked for twice is one node. */
export function memo<T>(body: Graph, key: string, make: () => T): T {
  const known = memos.get(body) ?? new Map<string, unknown>();
  memos.set(body, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}

/** A scan without the operands that its body doesn't use. */
export function makeScan(
  op: Op<ScanParams>,
  operands: Operands<Expr>,
  { body: given, length, reverse, last }: Omit<ScanParams, "rows">,
): Expr {
  const { body, keeps } = memo(given, "pruned", () => prune(given, operands.rows.length));
  const rows = operands.rows.filter((_, i) => keeps.rows[i]);
  const constants = operands.constants.filter((_, i) => keeps.constants[i]);
  const params = { body, length, rows: rows.length, reverse, last };
  return apply(op, joinOperands({ ...operands, rows, constants }), params);
}

/**
 * A scan of a new body, which `write` gives for what these operands are at a step; it is remembered with the body that it
 * is made of.
 */
export function deriveScan(
  op: Op<ScanParams>,
  from: Graph,
  key: string,
  operands: Operands<Expr>,
  params: Omit<ScanParams, "rows" | "body">,
  write: (builder: Builder, inputs: Inputs<Expr>) => Expr,
): Expr {
  const { carry, rows, constants } = operands;
  const shapes = {
    ...{ carry: carry.shape, rows: rows.map(({ shape }) => shape.slice(1)) },
    ...{ step: [], constants: constants.map(({ shape }) => shape) },
  };
  return makeScan(op, operands, { ...params, body: memo(from, key, () => makeBody(shapes, write)) });
}

/** A body without the inputs that it doesn't use. The carry and the step always stay. */
function prune(given: Graph, rows: number): { readonly body: Graph; readonly keeps: Inputs<boolean> } {
  const graph = simplifyGraph(given);
  const { nodes, inputs, outputs } = graph;
  const used = new Set(nodes.flatMap(({ operands }) => operands)).add(outputs as number);
  const own = splitInputs(
    inputs.map((_, i) => used.has(i)),
    rows,
  );
  const keeps = { ...own, carry: true, step: true };
  const list = joinInputs(keeps);
  const builder = makeBuilder(nodes.length);
  const kept = numbered(inputs.filter((_, i) => list[i]).map(({ shape }) => shape));
  const declared = declareInputs(builder, kept.inputs);
  let next = 0;
  // What isn't kept isn't used, so that anything may stand for it.
  const exprs = list.map((keep) => declared[keep ? next++ : 0]!);
  return { body: finish(builder, kept, inline(graph, builder, exprs)), keeps };
}

/**
 * The nodes between placeholders and a result as a body, with what they need from around them, which is the same at all
 * steps, as its constants.
 */
export function extract(
  builder: Builder,
  inputs: Omit<Inputs<Expr>, "constants">,
  result: Expr,
): { readonly body: Graph; readonly constants: readonly Expr[] } {
  const placeholders = joinInputs({ ...inputs, constants: [] });
  const { nodes } = builder;
  const places = new Map(placeholders.map(({ id }, i) => [id, i]));
  const needed = ancestors(builder, [result.id]);
  const inside = new Uint8Array(result.id + 1);
  const constants: Expr[] = [];
  const capture = (id: number) => {
    if (inside[id] || places.has(id)) return;
    const node = nodes[id]!;
    const isKnown =
      node.operands.length === 0 && ![inputOp, placeholderOp, capturedOp].some((op) => node.op === op);
    if (isKnown) inside[id] = 1;
    else places.set(id, placeholders.length + constants.push(builder.expr(id)) - 1);
  };
  const isPlaceholder = (id: number) => (places.get(id) ?? placeholders.length) < placeholders.length;
  for (let id = 0; id <= result.id; id++) {
    if (!needed[id] || places.has(id)) continue;
    const { operands } = nodes[id]!;
    if (!operands.some((operand) => inside[operand] || isPlaceholder(operand))) continue;
    for (const operand of operands) capture(operand);
    inside[id] = 1;
  }
  capture(result.id);

  const shapes = [...placeholders, ...constants].map(({ shape }) => shape);
  const body = makeBody(splitInputs(shapes, inputs.rows.length), (own, exprs) => {
    const declared = joinInputs(exprs);
    const moved = new Int32Array(result.id + 1);
    for (const [id, place] of places) if (id <= result.id) moved[id] = declared[place]!.id;
    for (let id = 0; id <= result.id; id++) {
      if (!inside[id]) continue;
      const node = nodes[id]!;
      moved[id] = own.adopt({ ...node, operands: node.operands.map((operand) => moved[operand]!) });
    }
    return own.expr(moved[result.id]!);
  });
  return { body, constants };
}
