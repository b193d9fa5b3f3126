/**
 * Small graphs as straight-line code: every element a local. Stores happen as early as they can, so that few locals
 * are alive at a time.
 */
import { type Graph, outputsOf } from "../graph.js";
import type { Op } from "../op.js";
import { fullOp, inputOp } from "../ops/constant.js";
import { sizeOf } from "../shape.js";
import { inputName, outputName } from "./names.js";
import { scalarize } from "./scalarize.js";
import { numberText } from "./text.js";

/** The body of a function of the inputs and outputs that computes the graph. */
export function unroll(graph: Graph): string {
  const scalar = scalarize(graph);
  const { nodes } = scalar;
  const sources = graph.inputs.flatMap(({ shape }, index) =>
    shape.length === 0
      ? [inputName(index)]
      : Array.from({ length: sizeOf(shape) }, (_, i) => `${inputName(index)}[${i}]`),
  );
  const uses = countUses(scalar);
  const lines: string[] = [];
  const atoms = new Array<string | undefined>(nodes.length);
  nodes.forEach(({ op, params }, id) => {
    if (op === (fullOp as Op)) atoms[id] = numberText((params as { readonly value: number }).value);
    else if (op === (inputOp as Op)) {
      const source = sources[(params as { readonly index: number }).index]!;
      if (uses[id]! > 1 && source.includes("[")) {
        lines.push(`const v${id} = ${source};`);
        atoms[id] = `v${id}`;
      } else atoms[id] = source;
    }
  });
  const emit = (root: number): string => {
    // Depth first without recursion: a node is written when its operands are.
    const stack = [root];
    while (stack.length > 0) {
      const id = stack[stack.length - 1]!;
      if (atoms[id] !== undefined) {
        stack.pop();
        continue;
      }
      const { op, operands } = nodes[id]!;
      const missing = operands.filter((operand) => atoms[operand] === undefined);
      if (missing.length > 0) {
        for (let i = missing.length - 1; i >= 0; i--) stack.push(missing[i]!);
        continue;
      }
      stack.pop();
      lines.push(`const v${id} = ${op.scalar!.code(...operands.map((operand) => atoms[operand]!))};`);
      atoms[id] = `v${id}`;
    }
    return atoms[root]!;
  };
  for (const { path, id } of outputsOf(scalar)) {
    const [output, element] = path[0]!.split(":");
    lines.push(`${outputName(Number(output))}[${element}] = ${emit(id)};`);
  }
  return lines.join("\n");
}

function countUses({ nodes }: Graph): Uint32Array {
  const uses = new Uint32Array(nodes.length);
  for (const { operands } of nodes) for (const operand of operands) uses[operand]!++;
  return uses;
}
