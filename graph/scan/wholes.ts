/** Loops of which both the last carry and the history are asked for: the one is a row of the other. */
import { isOp, type Node } from "../node.js";
import type { Op, Wholes } from "../op.js";
import { sameParams } from "../params.js";
import { sameShape } from "../shape.js";
import { type ScanParams, stepAt } from "./layout.js";

/** The scans among nodes that give the last carry alone, whose histories are there, too. */
export function wholes(op: Op<ScanParams>, nodes: readonly Node[]): Wholes {
  const scans = nodes.filter((node): node is Node<ScanParams> => isOp(node, op));
  return new Map(
    scans.flatMap(({ operands, params }) => {
      if (!params.last || params.length === 0) return [];
      const history = { ...params, last: 0 };
      const isThere = scans.some(
        (other) => sameShape(other.operands, operands) && sameParams(other.params, history),
      );
      return isThere ? [[params, { params: history, at: stepAt(params, params.length - 1) }] as const] : [];
    }),
  );
}
