/** A graph as boxes and arrows, whatever draws them. */
import type { Graph } from "../../graph/index.js";
import {
  formatShape,
  fullOp,
  inputOp,
  isOp,
  outputsOf,
  pathText,
  printParams,
} from "../../graph/internal.js";

export interface Box {
  readonly kind: "input" | "constant" | "op" | "output";
  /** One line after the other. */
  readonly lines: readonly string[];
}

export interface Arrow {
  /** Positions of boxes. */
  readonly from: number;
  readonly to: number;
  /** Which operand it is, where that matters. */
  readonly label: string;
}

export interface Diagram {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/**
 * A box a node, in order, and one for each output. A known number is a box for each use, since one for all would tangle
 * the arrows.
 */
export function diagramOf(graph: Graph): Diagram {
  const boxes: Box[] = [];
  const arrows: Arrow[] = [];
  const placeOf = new Int32Array(graph.nodes.length).fill(-1);
  const place = (id: number): number => {
    const node = graph.nodes[id]!;
    if (!isOp(node, fullOp)) return placeOf[id]!;
    const { value } = node.params;
    return (
      boxes.push({
        kind: "constant",
        lines: withShape([Object.is(value, -0) ? "-0" : String(value)], node.shape),
      }) - 1
    );
  };
  graph.nodes.forEach((node, id) => {
    const { op, operands, shape } = node;
    if (isOp(node, fullOp)) return;
    const from = operands.map(place);
    if (isOp(node, inputOp)) {
      placeOf[id] = boxes.push({ kind: "input", lines: withShape([graph.inputs[id]!.name], shape) }) - 1;
      return;
    }
    const kind = operands.length === 0 ? "constant" : "op";
    placeOf[id] = boxes.push({ kind, lines: withShape([op.name, ...printParams(node)], shape) }) - 1;
    const ordered = operands.length > 1 && !op.commutative;
    from.forEach((box, i) => {
      arrows.push({ from: box, to: placeOf[id]!, label: ordered ? String(i + 1) : "" });
    });
  });
  for (const { path, id } of outputsOf(graph)) {
    const from = place(id);
    const to = boxes.push({ kind: "output", lines: [pathText(path) || "result"] }) - 1;
    arrows.push({ from, to, label: "" });
  }
  return { boxes, arrows };
}

/** The shape of a tensor follows the first line; a scalar's goes without saying. */
function withShape([first, ...rest]: readonly string[], shape: readonly number[]): string[] {
  return [shape.length === 0 ? first! : `${first} ${formatShape(shape)}`, ...rest];
}
