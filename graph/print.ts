import { capturedOp } from "./captured.js";
import { type Graph, isGraph, outputsOf } from "./graph.js";
import { isOp, type Node } from "./node.js";
import { constantOp, fullOp, inputOp } from "./ops/constant.js";
import { formatShape } from "./shape.js";
import { graphOf } from "./trace.js";
import { isRecord } from "./tree.js";

/**
 * A graph as readable text: a line a node with its op, operands, parameters and shape, the outputs last.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
 * console.log(print(f));
 * // x = input  (2)
 * // v1 = square(x)  (2)
 * // v2 = sum(v1, axes: [0])  ()
 * // return v2
 */
export function print(f: { readonly graph: Graph } | Graph): string {
  const graph = isGraph(f) ? f : graphOf(f, "print", true);
  const name = (id: number): string => graph.inputs[id]?.name ?? literal(graph.nodes[id]!) ?? `v${id}`;
  const lines: string[] = graph.inputs.map((input) => `${input.name} = input  ${formatShape(input.shape)}`);
  graph.nodes.forEach((node, id) => {
    if (isOp(node, inputOp) || literal(node) !== undefined) return;
    const list = [...node.operands.map(name), ...printParams(node)];
    lines.push(`v${id} = ${node.op.name}(${list.join(", ")})  ${formatShape(node.shape)}`);
  });
  for (const { path, id } of outputsOf(graph)) lines.push(`${["return", ...path].join(" ")} = ${name(id)}`);
  return lines.join("\n").replaceAll(/^return = /gm, "return ");
}

/** A scalar known number is printed where it is used. */
function literal(node: Node): string | undefined {
  if (!isOp(node, fullOp) || node.shape.length > 0) return undefined;
  const { value } = node.params;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Parameters other than the shape, which the end of the line tells. */
export function printParams(node: Node): string[] {
  if (isOp(node, constantOp)) return [printList(node.params.values)];
  if (isOp(node, fullOp)) return [String(node.params.value)];
  if (isOp(node, capturedOp)) return [];
  return printEntries(node.params, "shape");
}

function printEntries(record: object, left?: string): string[] {
  return Object.entries(record)
    .filter(([key]) => key !== left)
    .map(([key, value]: [string, unknown]) => `${key}: ${printParam(value)}`);
}

function printParam(value: unknown): string {
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return printList(value as unknown as ArrayLike<unknown>);
  if (!isRecord(value)) return String(value);
  if ("nodes" in value) return `a graph of ${(value as unknown as Graph).nodes.length} nodes`;
  return `{ ${printEntries(value).join(", ")} }`;
}

function printList(values: ArrayLike<unknown>): string {
  const shown = Array.from({ length: Math.min(values.length, 8) }, (_, i) => printParam(values[i]));
  return `[${shown.join(", ")}${values.length > 8 ? `, … ${values.length} in all` : ""}]`;
}
