/** What a scan is asked for, as nodes of the trace around it. */
import { AdjointError } from "../errors.js";
import { type Graph, isExpr } from "../graph.js";
import type { Expr } from "../node.js";
import { element } from "../ops/boxes.js";
import { full } from "../ops/constant.js";
import { concatenate, slice } from "../ops/indexing.js";
import type { Shape } from "../shape.js";
import { leavesOf, type Tree, unflattenTree } from "../tree.js";
import { applyBody, extract, makeBody, makeScan } from "./body.js";
import { type Inputs, type ScanParams, splitInputs, stepAt } from "./layout.js";
import { scanOp } from "./op.js";
import { pack, totalSize, unpack } from "./pack.js";
import { segmented } from "./segments.js";

/** A loop whose step was traced on placeholders. */
export interface Loop extends Pick<ScanParams, "length" | "reverse"> {
  readonly first: Tree<Expr>;
  readonly xs: readonly Expr[];
  /** The placeholders. */
  readonly inputs: Omit<Inputs<Expr>, "constants">;
  /** What the step returned of them. */
  readonly carry: Tree<Expr>;
  readonly y: Tree<Expr> | undefined;
  readonly recompute: boolean;
}

/** The results of a loop, each made when it is asked for. */
export function resultsOf(loop: Loop) {
  const { first, y, length, recompute } = loop;
  const carries = leavesOf(first, isExpr);
  const ys = leavesOf(y ?? {}, isExpr);
  const shapes = carries.map(({ shape }) => shape);
  const own = scanOf(loop, carries, []);
  const all = ys.length === 0 ? own : scanOf(loop, carries, ys);
  /** Of the carries, and of the ys behind them. */
  const histories = () =>
    unpack(
      makeScan(scanOp, all.operands, { ...all.params, last: 0 }),
      [...shapes, ...ys.map(({ shape }) => shape)],
      length,
    );
  return {
    get last() {
      // Where there are ys, the one node that holds them gives the last carry too.
      if (ys.length > 0 && !recompute && length > 0) {
        const at = stepAt(loop, length - 1);
        return unflattenTree(
          first,
          isExpr,
          histories().map((one) => element(one, at)),
        );
      }
      const make = recompute ? segmented : makeScan;
      return unflattenTree(
        first,
        isExpr,
        unpack(make(scanOp, own.operands, { ...own.params, last: 1 }), shapes),
      );
    },
    get history() {
      return unflattenTree(first, isExpr, histories());
    },
    get ys() {
      if (y !== undefined) return unflattenTree(y, isExpr, histories().slice(carries.length));
      throw new AdjointError(
        "scan: there are no ys, since the step returns the carry alone; return [carry, y].",
      );
    },
  };
}

/** A scan whose steps write ys behind the carry, which starts as `carries`. */
function scanOf({ xs, inputs, carry, length, reverse }: Loop, carries: readonly Expr[], ys: readonly Expr[]) {
  const { builder } = inputs.step;
  const { body, constants } = extract(builder, inputs, pack(builder, [...leavesOf(carry, isExpr), ...ys]));
  const start = pack(builder, carries);
  const operands = { carry: start, rows: xs, constants };
  if (ys.length === 0) return { operands, params: { body, length, reverse } };
  const wide = concatenate([start, full(builder, 0, [totalSize(ys.map(({ shape }) => shape))])]);
  return {
    operands: { ...operands, carry: wide },
    params: { body: longer(body, xs.length, wide.shape), length, reverse },
  };
}

/** The same body with a longer carry, which no step reads behind its own. */
function longer(body: Graph, rows: number, carry: Shape): Graph {
  const shapes = splitInputs(
    body.inputs.map(({ shape }) => shape),
    rows,
  );
  return makeBody({ ...shapes, carry }, (builder, inputs) =>
    applyBody(body, builder, { ...inputs, carry: slice(inputs.carry, 0, shapes.carry[0]!) }),
  );
}
