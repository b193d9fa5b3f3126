/** Small graphs as straight-line code: every element a local, an output stored as soon as it is known. */
import { type Graph, outputsOf } from "../../graph.js";
import type { Source } from "../../op.js";
import { numberIn } from "../../ops/constant.js";
import { sizeOf } from "../../shape.js";
import { registers } from "../limits.js";
import { inputName, outputName } from "../names.js";
import { type Atom, atomText, scalarText } from "../text.js";
import type { ScalarGraph } from "./scalarize.js";
import { schedule } from "./schedule.js";

/** The body of a function of the inputs and outputs that computes the graph. */
export function unroll(graph: Graph, scalar: ScalarGraph): string {
  const sources = graph.inputs.flatMap(({ shape }, index): Source[] =>
    shape.length === 0
      ? [inputName(index)]
      : Array.from({ length: sizeOf(shape) }, (_, i) => ({ load: `${inputName(index)}[${i}]` })),
  );
  return writeStatements(
    graph,
    scalar,
    sources,
    (output, element) => `${outputName(output)}[${element}]`,
  ).join("\n");
}

/**
 * Statements that compute a scalar graph: `sources` is the code of each element of the inputs, `targetOf` what each
 * element of the outputs is assigned to.
 */
export function writeStatements(
  graph: Graph,
  scalar: ScalarGraph,
  sources: readonly Source[],
  targetOf: (output: number, element: number) => string,
): string[] {
  const { nodes } = scalar.graph;
  const targets = new Map<number, string[]>();
  for (const { id, output, element } of scalar.outputs) {
    targets.set(id, [...(targets.get(id) ?? []), targetOf(output, element)]);
  }
  const lines: string[] = [];
  const store = (id: number, atom: Atom) => {
    for (const target of targets.get(id) ?? []) lines.push(`${target} = ${atomText(atom)};`);
  };
  const atoms = nodes.map((node, id): Atom => {
    const source = sources[id];
    return numberIn(node) ?? (typeof source === "string" ? source : `v${id}`);
  });
  atoms.forEach((atom, id) => {
    if (typeof atom === "number") store(id, atom);
  });
  const order = schedule(scalar.graph, demands(graph, scalar));
  // Loads stand first where they all fit into registers; an engine doesn't move them ahead of stores by itself.
  const isLoad = (id: number) => id < sources.length;
  const loads = order.filter(isLoad);
  const early = loads.length <= registers;
  for (const id of early ? [...loads, ...order.filter((id) => !isLoad(id))] : order) {
    const { op, operands } = nodes[id]!;
    const source = sources[id];
    const code =
      source === undefined
        ? scalarText(
            op,
            operands.map((operand) => atoms[operand]!),
          )
        : typeof source !== "string" && source.load;
    if (code) lines.push(`const ${atoms[id]} = ${code};`);
    store(id, atoms[id]!);
  }
  return lines;
}

/** What to compute, in order. A single value sums up everything, and on the way to the others most of it comes about. */
export function demands(graph: Graph, { outputs }: ScalarGraph): number[] {
  const shapes = outputsOf(graph).map(({ id }) => graph.nodes[id]!.shape);
  const isScalar = ({ output }: ScalarGraph["outputs"][number]) => shapes[output]!.length === 0;
  return [...outputs.filter((one) => !isScalar(one)), ...outputs.filter(isScalar)].map(({ id }) => id);
}
