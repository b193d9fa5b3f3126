/** What isn't computed by loops, as calls: matrix products, and ops with routines of their own. */
import type { Graph } from "../../graph.js";
import type { Node } from "../../node.js";
import { type Shape, stridesOf } from "../../shape.js";
import { bufferName, routineName } from "../names.js";
import { behindReshapes, viewOf } from "./access.js";
import type { ElementWriter } from "./element-writer.js";
import type { MemoryPlan } from "./memory.js";

/** An application of an op that is computed by a routine. */
export interface Call extends Pick<Node, "op" | "params"> {
  readonly shapes: { readonly operands: readonly Shape[]; readonly result: Shape };
}

/** Writes calls. `calls` is what was called so far, in the order of `routineName`. */
export function makeRoutineWriter(graph: Graph, memory: MemoryPlan, elements: ElementWriter) {
  const { nodes, inputs } = graph;
  const { buffers, bufferOf, copyOf, arrays } = memory;
  /** Nodes of which there are copies in the arena. */
  const copied = new Set<number>();
  const calls: Call[] = [];
  return {
    calls,

    /** Calls of `multiply` for the pairs of matrices, its operands being where they are, whatever their strides. */
    product(id: number): void {
      const { operands, shape } = nodes[id]!;
      const rank = shape.length;
      const [m, n] = shape.slice(-2) as [number, number];
      const k = nodes[operands[0]!]!.shape.at(-1)!;
      const factors = operands.map((operand) => {
        const view = viewOf(graph, operand);
        const copy = copyOf.get(view.id);
        if (copy !== undefined && !copied.has(view.id)) {
          copied.add(view.id);
          elements.line(`${bufferName(copy)}.set(${arrays.get(view.id)});`);
        }
        const { terms, offset } = view.place;
        const strides = new Map(terms);
        const start = buffers[copy ?? bufferOf.get(view.id)!]!.offset + offset;
        return { start, strides: shape.map((_, axis) => strides.get(axis) ?? 0) };
      });
      const target = { start: buffers[bufferOf.get(id)!]!.offset, strides: stridesOf(shape) };
      const batches = [...shape.slice(0, -2).entries()].filter(([, length]) => length !== 1);
      const place = ({ start, strides }: typeof target) =>
        [start, ...batches.map(([axis]) => `j${axis} * ${strides[axis]}`)].join(" + ");
      const given = factors.flatMap((one) => [place(one), one.strides[rank - 2], one.strides[rank - 1]]);
      const loops = batches.map(
        ([axis, length]) => `for (let j${axis} = 0; j${axis} < ${length}; j${axis}++) `,
      );
      elements.line(`${loops.join("")}multiply(${[...given, place(target), m, n, k].join(", ")});`);
    },

    call(id: number): void {
      const { op, operands, params, shape } = nodes[id]!;
      const given = operands.map((operand) => {
        const source = behindReshapes(graph, operand);
        const array = arrays.get(source)!;
        return source < inputs.length && nodes[source]!.shape.length === 0 ? `[${array}]` : array;
      });
      const shapes = { operands: operands.map((operand) => nodes[operand]!.shape), result: shape };
      const name = routineName(calls.push({ op, params, shapes }) - 1);
      elements.line(`${name}(${[arrays.get(id), ...given].join(", ")});`);
    },
  };
}
