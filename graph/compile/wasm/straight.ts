/**
 * Large irregular scalar graphs as WebAssembly: straight-line functions of a few hundred statements, one after the
 * other. Within a function values are locals; what another function needs lies in memory. Building costs the same for
 * every statement, however many there are, which JavaScript's engines don't offer for text.
 */
import { type Graph, outputsOf } from "../../graph.js";
import { isOp } from "../../node.js";
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

type Called = (...operands: number[]) => number;

/** A function of the inputs' and outputs' arrays, or `undefined` where WebAssembly can't be had. */
export function straightLine(
  graph: Graph,
  scalar: ScalarGraph,
): ((...arrays: (number | Float64Array | Float32Array)[]) => void) | undefined {
  const { nodes, inputs } = scalar.graph;
  const order = schedule(scalar.graph, demands(graph, scalar));
  // Outputs lie behind the inputs.
  const outputsOfNode = new Map<number, number[]>();
  scalar.outputs.forEach(({ id }, i) => {
    const list = outputsOfNode.get(id) ?? [];
    list.push(inputs.length + i);
    outputsOfNode.set(id, list);
  });
  const [slots, slotCount] = placeValues(scalar, order, outputsOfNode);

  const imports = new Map<Called, number>();
  const importTypes: FunctionType[] = [];
  const importOf = (f: Called, arity: number): number => {
    const present = imports.get(f);
    if (present !== undefined) return present;
    imports.set(f, importTypes.length);
    return importTypes.push({ parameters: new Array(arity).fill("f64"), results: ["f64"] }) - 1;
  };
  const functions: FunctionBody[] = [];
  for (let from = 0; from < order.length; from += chunkStatements) {
    const chunk = order.subarray(from, from + chunkStatements);
    functions.push(writeChunk(nodes, chunk, slots, outputsOfNode, importOf));
  }
  // Functions are numbered behind the imports, so the one that calls them all is written last.
  const code = new Bytes();
  functions.forEach((_, i) => {
    writeCall(code, importTypes.length + i);
  });
  functions.push({ type: noOperands, locals: [], code: code.data });
  const bytes = encodeModule({ imports: importTypes, functions, exports: { run: functions.length - 1 } });

  const memory = makeMemory(slotCount * 8);
  const run = memory && instantiate(bytes, memory, [...imports.keys()])?.run;
  if (!run) return undefined;
  const values = new Float64Array(memory.buffer);
  // Outputs that are known numbers are written once.
  scalar.outputs.forEach(({ id }, i) => {
    const known = numberIn(nodes[id]!);
    if (known !== undefined) values[inputs.length + i] = known;
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

/**
 * Where each value lies in memory, −1 for what stays local, and how many places there are: the inputs, the outputs, then
 * what one function leaves for another.
 */
function placeValues(
  { graph: { nodes, inputs }, outputs }: ScalarGraph,
  order: Int32Array,
  outputsOfNode: ReadonlyMap<number, readonly number[]>,
): [Int32Array, number] {
  const chunkOf = new Int32Array(nodes.length).fill(-1);
  order.forEach((id, i) => {
    chunkOf[id] = Math.floor(i / chunkStatements);
  });
  const slots = new Int32Array(nodes.length).fill(-1);
  for (let id = 0; id < inputs.length; id++) slots[id] = id;
  let count = inputs.length + outputs.length;
  for (const id of order) {
    for (const operand of nodes[id]!.operands) {
      if (slots[operand]! >= 0 || chunkOf[operand] === chunkOf[id] || chunkOf[operand]! < 0) continue;
      slots[operand] = outputsOfNode.get(operand)?.[0] ?? count++;
    }
  }
  return [slots, count];
}

/** A function that computes some nodes, each into a local and from there to where it is wanted. */
function writeChunk(
  nodes: Graph["nodes"],
  chunk: Int32Array,
  slots: Int32Array,
  outputsOfNode: ReadonlyMap<number, readonly number[]>,
  importOf: (f: Called, arity: number) => number,
): FunctionBody {
  const code = new Bytes();
  const locals = new Map<number, number>();
  const numberAt = (id: number) => numberIn(nodes[id]!);
  const remember = (id: number, instruction: number) => {
    code.indexed([instruction], locals.size);
    locals.set(id, locals.size);
  };
  /** A value onto the stack. */
  const operand = (id: number) => {
    const local = locals.get(id);
    const known = numberAt(id);
    if (local !== undefined)
      code.indexed([0x20], local); // local.get
    else if (known !== undefined) writeNumber(code, known);
    else {
      code.indexed([0x41, 0, 0x2b, 3], slots[id]! * 8); // i32.const 0, f64.load
      remember(id, 0x22); // local.tee
    }
  };
  for (const id of chunk) {
    const node = nodes[id]!;
    const { op, operands } = node;
    const outputs = outputsOfNode.get(id) ?? [];
    const own = slots[id]!;
    const isInput = isOp(node, inputOp);
    if (isInput) {
      if (outputs.length === 0) continue;
      operand(id);
      code.byte(0x1a); // drop
    } else {
      const recipe = recipeOf(op.scalar!, operands, numberAt);
      if (recipe !== undefined) {
        writeRecipe(code, recipe, { operand: (place) => operand(operands[place]!), importOf });
      } else {
        for (const other of operands) operand(other);
        writeCall(code, importOf(op.scalar!.compute, operands.length));
      }
      remember(id, 0x21); // local.set
    }
    for (const target of isInput || own < 0 || outputs.includes(own) ? outputs : [...outputs, own]) {
      code.indexed([0x41, 0, 0x20], locals.get(id)!); // i32.const 0, local.get
      code.indexed([0x39, 3], target * 8); // f64.store
    }
  }
  return { type: noOperands, locals: [[locals.size, "f64"]], code: code.data };
}
