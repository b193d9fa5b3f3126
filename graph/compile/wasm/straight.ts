/**
 * Large irregular scalar graphs as WebAssembly: straight-line functions of a few hundred statements, one after the
 * other. Within a function values are locals; what another function needs lies in memory. Building costs the same for
 * every statement, however many there are, which JavaScript's engines don't offer for text.
 */
import { type Graph, outputsOf } from "../../graph.js";
import { isOp, type Node } from "../../node.js";
import { inputOp, numberIn } from "../../ops/constant.js";
import { recipeOf } from "../../recipe.js";
import { sizeOf } from "../../shape.js";
import { chunkStatements } from "../limits.js";
import type { ScalarGraph } from "../scalars/scalarize.js";
import { schedule } from "../scalars/schedule.js";
import { demands } from "../scalars/unroll.js";
import { instantiate, makeMemory } from "./engine.js";
import { writeCall, writeNumber, writeRecipe } from "./instructions.js";
import { Bytes, encodeModule, type FunctionBody, type FunctionType } from "./module.js";

const noOperands: FunctionType = { parameters: [], results: [] };

/** A function of the inputs' and outputs' arrays, or `undefined` where WebAssembly can't be had. */
export function straightLine(
  graph: Graph,
  scalar: ScalarGraph,
): ((...arrays: (number | Float64Array | Float32Array)[]) => void) | undefined {
  const order = schedule(scalar.graph, demands(graph, scalar));
  const plan = planSlots(scalar, order);
  const { bytes, imports } = new ChunkWriter(scalar, plan).module(order);
  const memory = makeMemory(plan.count * 8);
  const run = memory && instantiate(bytes, memory, imports)?.run;
  if (!run) return undefined;
  const values = new Float64Array(memory.buffer);
  // Outputs that are known numbers are written once.
  scalar.outputs.forEach(({ id }, i) => {
    const known = numberIn(scalar.graph.nodes[id]!);
    if (known !== undefined) values[scalar.graph.inputs.length + i] = known;
  });
  const inputSizes = graph.inputs.map(({ shape }) => sizeOf(shape));
  const outputSizes = outputsOf(graph).map(({ id }) => sizeOf(graph.nodes[id]!.shape));
  return (...arrays) => {
    let offset = 0;
    inputSizes.forEach((size, i) => {
      const array = arrays[i]!;
      if (typeof array === "number") values[offset] = array;
      else values.set(array, offset);
      offset += size;
    });
    run();
    outputSizes.forEach((size, i) => {
      (arrays[inputSizes.length + i] as Float64Array | Float32Array).set(
        values.subarray(offset, offset + size),
      );
      offset += size;
    });
  };
}

/** Where values lie in memory, in doubles. */
interface Slots {
  readonly count: number;
  /** By node; −1 for what stays local. */
  readonly of: Int32Array;
  /** The places of the outputs that a node is. */
  readonly outputs: ReadonlyMap<number, readonly number[]>;
}

/** The inputs, the outputs, then what one function leaves for another. */
function planSlots({ graph: { nodes, inputs }, outputs }: ScalarGraph, order: Int32Array): Slots {
  const chunkOf = new Int32Array(nodes.length).fill(-1);
  order.forEach((id, i) => {
    chunkOf[id] = Math.floor(i / chunkStatements);
  });
  const slots = new Int32Array(nodes.length).fill(-1);
  for (let id = 0; id < inputs.length; id++) slots[id] = id;
  let count = inputs.length + outputs.length;
  const places = new Map<number, number[]>();
  outputs.forEach(({ id }, i) => {
    const list = places.get(id);
    if (list) list.push(inputs.length + i);
    else places.set(id, [inputs.length + i]);
  });
  for (const id of order) {
    for (const operand of nodes[id]!.operands) {
      if (slots[operand]! >= 0 || chunkOf[operand] === chunkOf[id] || chunkOf[operand]! < 0) continue;
      slots[operand] = places.get(operand)?.[0] ?? count++;
    }
  }
  return { count, of: slots, outputs: places };
}

type Imported = (...operands: number[]) => number;

class ChunkWriter {
  readonly #nodes: Graph["nodes"];
  readonly #slots: Slots;
  readonly #imports = new Map<Imported, number>();
  readonly #importTypes: FunctionType[] = [];
  // Of the function that is being written.
  #code = new Bytes();
  #locals = new Map<number, number>();

  constructor({ graph }: ScalarGraph, slots: Slots) {
    this.#nodes = graph.nodes;
    this.#slots = slots;
  }

  /** A module whose `run` computes nodes in this order, and the functions that it imports. */
  module(order: Int32Array): { readonly bytes: Uint8Array; readonly imports: readonly Imported[] } {
    const functions: FunctionBody[] = [];
    for (let from = 0; from < order.length; from += chunkStatements) {
      functions.push(this.#chunk(order.subarray(from, from + chunkStatements)));
    }
    // Functions are numbered behind the imports, so the one that calls them all is written last.
    const code = new Bytes();
    functions.forEach((_, i) => {
      writeCall(code, this.#importTypes.length + i);
    });
    functions.push({ type: noOperands, locals: [], code });
    const exports = { run: functions.length - 1 };
    return {
      bytes: encodeModule({ imports: this.#importTypes, functions, exports }),
      imports: [...this.#imports.keys()],
    };
  }

  #chunk(ids: Int32Array): FunctionBody {
    this.#code = new Bytes();
    this.#locals = new Map();
    for (const id of ids) this.#statement(id);
    return { type: noOperands, locals: [[this.#locals.size, "f64"]], code: this.#code };
  }

  /** A node's value into a local, and from there to where it is wanted. */
  #statement(id: number): void {
    const code = this.#code;
    const node = this.#nodes[id]!;
    const outputs = this.#slots.outputs.get(id) ?? [];
    const own = this.#slots.of[id]!;
    const targets = isOp(node, inputOp) || own < 0 || outputs.includes(own) ? outputs : [...outputs, own];
    if (isOp(node, inputOp)) {
      if (targets.length === 0) return;
      this.#operand(id);
      code.byte(0x1a); // drop
    } else {
      this.#apply(node);
      this.#remember(id, 0x21); // local.set
    }
    for (const target of targets) {
      code.bytes([0x41, 0, 0x20]); // i32.const 0, local.get
      code.unsigned(this.#locals.get(id)!);
      code.bytes([0x39, 3]); // f64.store
      code.unsigned(target * 8);
    }
  }

  #apply({ op, operands }: Node): void {
    const recipe = recipeOf(op.scalar!, operands, (id) => numberIn(this.#nodes[id]!));
    const importOf = (f: Imported, arity: number) => this.#importOf(f, arity);
    if (recipe !== undefined) {
      writeRecipe(this.#code, recipe, { operand: (place) => this.#operand(operands[place]!), importOf });
    } else {
      for (const operand of operands) this.#operand(operand);
      writeCall(this.#code, importOf(op.scalar!.compute, operands.length));
    }
  }

  /** A value onto the stack: a local, a known number, or from memory. */
  #operand(id: number): void {
    const code = this.#code;
    const local = this.#locals.get(id);
    const known = numberIn(this.#nodes[id]!);
    if (local !== undefined) {
      code.byte(0x20); // local.get
      code.unsigned(local);
    } else if (known !== undefined) writeNumber(code, known);
    else {
      code.bytes([0x41, 0, 0x2b, 3]); // i32.const 0, f64.load
      code.unsigned(this.#slots.of[id]! * 8);
      this.#remember(id, 0x22); // local.tee
    }
  }

  #remember(id: number, instruction: number): void {
    this.#code.byte(instruction);
    this.#code.unsigned(this.#locals.size);
    this.#locals.set(id, this.#locals.size);
  }

  /** The number under which a function is imported. */
  #importOf(f: Imported, arity: number): number {
    const present = this.#imports.get(f);
    if (present !== undefined) return present;
    this.#imports.set(f, this.#importTypes.length);
    return this.#importTypes.push({ parameters: new Array(arity).fill("f64"), results: ["f64"] }) - 1;
  }
}
