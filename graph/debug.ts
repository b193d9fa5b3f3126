/** Where a value that isn't finite comes from: for graphs that were traced with `{ debug: true }`. */
import { describe } from "./describe.js";
import { AdjointError } from "./errors.js";
import { type Graph, outputsOf } from "./graph.js";
import { Expr, isOp, type Node } from "./node.js";
import { where } from "./ops/comparison.js";
import { inputOp } from "./ops/constant.js";
import { unravel } from "./shape.js";
import { type Path, pathText } from "./tree.js";

/**
 * Gives an expression a name that errors of `debug` traces tell; the expression itself.
 *
 * @example
 * const f = trace({ x: scalar() }, ({ x }) => sqrt(label(subtract(x, 2), "difference")), { debug: true });
 * f({ x: 6 }); // 2
 */
export function label<E extends Expr>(x: E, text: string): E {
  if (!(x instanceof Expr)) throw new AdjointError(`label: expected an expression, got ${describe(x)}.`);
  if (typeof text !== "string") throw new AdjointError(`label: the name is ${describe(text)}, no text.`);
  const { nodes } = x.builder;
  nodes[x.id] = { ...nodes[x.id]!, label: text };
  return x;
}

/** Whether a graph knows the lines that its nodes come from. */
export function isDebug({ nodes }: Graph): boolean {
  return nodes.some(({ origin }) => origin !== undefined);
}

/** How an output is called: `output "grad.x"`. */
const outputAt = (path: Path) => (path.length === 0 ? "the output" : `output "${pathText(path)}"`);

/**
 * Throws where an output isn't finite. The error names the op that made the first such value out of finite ones, the
 * label of its node, the user's line, and what it was made of. What a `where` leaves out doesn't matter.
 */
export function checkOutputs(graph: Graph, values: readonly (readonly number[])[]): void {
  const found = whatIsNotFinite(graph, values);
  if (found !== undefined) throw new AdjointError(found);
}

/** What `checkOutputs` would say, with names of the outputs by `place`; `undefined` where all is finite. */
export function whatIsNotFinite(
  graph: Graph,
  values: readonly (readonly number[])[],
  place: (path: Path) => string = outputAt,
): string | undefined {
  for (const { path, id } of outputsOf(graph)) {
    const element = values[id]!.findIndex((value) => !Number.isFinite(value));
    if (element >= 0) return explain(graph, values, origin(graph.nodes, values, id, element), place(path));
  }
  return undefined;
}

interface Place {
  readonly id: number;
  readonly element: number;
}

/** Follows values that aren't finite from a node to the one where they begin. */
function origin(
  nodes: readonly Node[],
  values: readonly (readonly number[])[],
  id: number,
  element: number,
): Place {
  let place: Place = { id, element };
  for (;;) {
    const node = nodes[place.id]!;
    const { op, operands } = node;
    const isBad = (at: number, i: number) => !Number.isFinite(values[at]![i]);
    // Elementwise, it is the element at the same place; of a choice, on the side that was taken.
    const chosen = isOp(node, where.op)
      ? [operands[values[operands[0]!]![place.element] ? 1 : 2]!]
      : operands;
    let next: Place | undefined;
    for (const operand of chosen) {
      const at = op.scalar
        ? isBad(operand, place.element)
          ? place.element
          : -1
        : values[operand]!.findIndex((_, i) => isBad(operand, i));
      if (at >= 0) next ??= { id: operand, element: at };
    }
    if (!next) return place;
    place = next;
  }
}

function explain(
  { nodes, inputs }: Graph,
  values: readonly (readonly number[])[],
  { id, element }: Place,
  output: string,
): string {
  const node = nodes[id]!;
  const value = values[id]![element]!;
  const index = indexOf(node, element);
  if (isOp(node, inputOp)) {
    return `${output} isn't finite, since input "${inputs[id]!.name}"${index} is ${value}.`;
  }
  const made = node.operands.map((operand) => {
    const name = inputs[operand]?.name ?? nodes[operand]!.label;
    const own = values[operand]!;
    const shown = node.op.scalar || own.length === 1 ? String(own[node.op.scalar ? element : 0]) : list(own);
    return name === undefined ? shown : `${name} = ${shown}`;
  });
  const label = node.label === undefined ? "" : ` "${node.label}"`;
  const line = node.origin === undefined ? "" : `, traced at ${node.origin}`;
  return `${output} isn't finite: ${node.op.name}${label}${index} gives ${value} of ${made.join(" and ") || "nothing"}${line}.`;
}

/** The element's place, `[1, 2]`; empty for a scalar. */
function indexOf({ shape }: Node, element: number): string {
  if (shape.length === 0) return "";
  return `[${unravel(element, shape).join(", ")}]`;
}

function list(values: readonly number[]): string {
  const shown = values.slice(0, 6).join(", ");
  return values.length > 6 ? `[${shown}, … ${values.length} in all]` : `[${shown}]`;
}
