/**
 * Small graphs as straight-line code: every element a local. An output is stored as soon as it is known, and what was
 * needed last is computed next, so that few locals are alive at a time.
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
  return new Writer(graph).run();
}

class Writer {
  readonly #graph: Graph;
  readonly #scalar: Graph;
  readonly #lines: string[] = [];
  /** The elements of the inputs, which are the scalar graph's inputs and so its first nodes. */
  #elements: readonly string[] = [];
  /** What stands for a node in the code, once it is known: a local, an input, a number. */
  readonly #atoms: (string | undefined)[];
  /** Where a node's value is to be stored. */
  readonly #targets: string[][];
  /** Nodes that need a node and aren't computed yet. */
  readonly #waiting: number[][];

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#scalar = scalarize(graph);
    const { nodes } = this.#scalar;
    this.#atoms = new Array(nodes.length).fill(undefined);
    this.#targets = nodes.map(() => []);
    this.#waiting = nodes.map(() => []);
    nodes.forEach(({ operands }, id) => {
      for (const operand of new Set(operands)) this.#waiting[operand]!.push(id);
    });
  }

  run(): string {
    const roots = outputsOf(this.#scalar).map(({ path, id }) => {
      const [output, element] = path[0]!.split(":").map(Number) as [number, number];
      this.#targets[id]!.push(`${outputName(output)}[${element}]`);
      return { id, scalar: this.#graph.nodes[outputsOf(this.#graph)[output]!.id]!.shape.length === 0 };
    });
    this.#nameLeaves();
    // A single value sums up everything: on the way to the others, most of it comes about.
    for (const { id } of roots.filter(({ scalar }) => !scalar)) this.#need(id);
    for (const { id } of roots) this.#need(id);
    return this.#lines.join("\n");
  }

  /** Numbers and scalar inputs stand for themselves; elements of input arrays are read when they are needed. */
  #nameLeaves(): void {
    this.#elements = this.#graph.inputs.flatMap(({ shape }, index) =>
      shape.length === 0
        ? [inputName(index)]
        : Array.from({ length: sizeOf(shape) }, (_, i) => `${inputName(index)}[${i}]`),
    );
    this.#scalar.nodes.forEach(({ op, params }, id) => {
      if (op === (fullOp as Op)) this.#known(id, numberText((params as { readonly value: number }).value));
      else if (op === (inputOp as Op) && !this.#elements[id]!.includes("["))
        this.#known(id, this.#elements[id]!);
    });
  }

  #local(id: number, code: string): void {
    this.#lines.push(`const v${id} = ${code};`);
    this.#known(id, `v${id}`);
  }

  #known(id: number, atom: string): void {
    this.#atoms[id] = atom;
    for (const target of this.#targets[id]!) this.#lines.push(`${target} = ${atom};`);
  }

  /** Computes a node with all that it needs, depth first without recursion. */
  #need(root: number): void {
    const { nodes } = this.#scalar;
    const stack = [root];
    while (stack.length > 0) {
      const id = stack[stack.length - 1]!;
      if (this.#atoms[id] !== undefined) {
        stack.pop();
        continue;
      }
      const missing = nodes[id]!.operands.filter((operand) => this.#atoms[operand] === undefined);
      if (missing.length > 0) {
        for (let i = missing.length - 1; i >= 0; i--) stack.push(missing[i]!);
        continue;
      }
      stack.pop();
      this.#compute(id);
    }
  }

  /** Computes a node whose operands are known, and then whatever is the last to wait for one of them. */
  #compute(first: number): void {
    const { nodes } = this.#scalar;
    const ready = [first];
    for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
      if (this.#atoms[id] !== undefined) continue;
      const { op, operands } = nodes[id]!;
      const code = op.scalar?.code(...operands.map((operand) => this.#atoms[operand]!));
      this.#local(id, code ?? this.#elements[id]!);
      for (const known of [...operands, id]) {
        const waiting = this.#waiting[known]!;
        const left = waiting.filter((other) => this.#atoms[other] === undefined);
        this.#waiting[known] = left;
        const [last] = left;
        if (
          left.length === 1 &&
          nodes[last!]!.operands.every((operand) => this.#atoms[operand] !== undefined)
        )
          ready.push(last!);
      }
    }
  }
}
