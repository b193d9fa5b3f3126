/** Scans that keep few carries for the reverse mode: segments, each a scan of its own. */
import type { Graph } from "../graph.js";
import type { Expr } from "../node.js";
import type { Op } from "../op.js";
import { constant } from "../ops/constant.js";
import { slice } from "../ops/indexing.js";
import { reshapeExpr } from "../ops/moving.js";
import { placeholder } from "../placeholder.js";
import { applyBody, extract, makeBody, makeScan } from "./body.js";
import { type Operands, type ScanParams, splitInputs } from "./layout.js";

/** The last carry of a scan over segments, each a scan of its own: what a segment keeps is its first carry alone. */
export function segmented(op: Op<ScanParams>, given: Operands<Expr>, params: Omit<ScanParams, "rows">): Expr {
  const { length, reverse } = params;
  const count = Math.floor(Math.sqrt(length));
  if (count < 2) return makeScan(op, given, params);
  const { builder } = given.carry;
  const { operands, body } = numbered(given, params);
  const { carry, rows, constants } = operands;
  const segment = Math.floor(length / count);
  const whole = count * segment;
  // The steps that don't fill a segment come last.
  const cut = (x: Expr, from: number, to: number) =>
    reverse ? slice(x, length - to, length - from) : slice(x, from, to);
  const segments = rows.map((x) => reshapeExpr(cut(x, 0, whole), [count, segment, ...x.shape.slice(1)]));

  const inputs = {
    carry: placeholder(builder, carry.shape),
    rows: segments.map(({ shape }) => placeholder(builder, shape.slice(1))),
    step: placeholder(builder, []),
  };
  const inner = makeScan(op, { ...inputs, constants }, { ...params, body, length: segment });
  const outer = extract(builder, inputs, inner);
  const end = makeScan(
    op,
    { carry, rows: segments, constants: outer.constants },
    { body: outer.body, length: count, reverse, last: 1 },
  );
  if (whole === length) return end;
  const rest = rows.map((x) => cut(x, whole, length));
  return makeScan(op, { carry: end, rows: rest, constants }, { ...params, body, length: length - whole });
}

/** The same scan with the number of the step as a row behind the others, so that it stays what it is in a segment. */
function numbered(
  operands: Operands<Expr>,
  { body, length }: Pick<ScanParams, "body" | "length">,
): { operands: Operands<Expr>; body: Graph } {
  const { carry, rows } = operands;
  const shapes = splitInputs(
    body.inputs.map(({ shape }) => shape),
    rows.length,
  );
  const numbers = Float64Array.from({ length }, (_, i) => i);
  return {
    operands: { ...operands, rows: [...rows, constant(carry.builder, numbers, [length])] },
    body: makeBody({ ...shapes, rows: [...shapes.rows, []] }, (builder, inputs) => {
      const [step, ...own] = inputs.rows.toReversed();
      return applyBody(body, builder, { ...inputs, rows: own.reverse(), step: step! });
    }),
  };
}
