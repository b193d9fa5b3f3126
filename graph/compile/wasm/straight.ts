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
import type { ScalarGraph } from "../scalars/scalarize.js";
import { schedule } from "../scalars/schedule.js";
import { demands } from "../scalars/unroll.js";
import { instantiate, makeMemory } from "./engine.js";
import { writeCall, writeNumber, writeRecipe } from "./instructions.js";
import { Bytes, encodeModule, type FunctionBody, type FunctionType } from "./module.js";

/** Statements a function: enough to keep most values local, few enough to be optimized well. */
const chunkLength = 500;

const noOperands: FunctionType = { parameters: [], results: [] };

/** A function of the inputs' and outputs' arrays, or `undefined` where WebAssembly can't be had. */
export function straightLine(
  graph: Graph,
  scalar: ScalarGraph,
): ((...arrays: (number | Float64Array | Float32Array)[]) => void) | undefined {
  const { nodes } = scalar.graph;
  const order = schedule(scalar.graph, demands(graph, scalar));
  const chunkOf = new Int32Array(nodes.length).fill(-1);
  order.forEach((id, i) => {
    chunkOf[id] = Math.floor(i / chunkLength);
  });

  // Memory: the inputs, the outputs, then what one function leaves for another.
  const inputCount = scalar.graph.inputs.length;
  const outputSlot = inputCount;
  const slots = new Int32Array(nodes.length).fill(-1);
  for (let id = 0; id < inputCount; id++) slots[id] = id;
  let slotCount = inputCount + scalar.outputs.length;
  const outputsById = new Map<number, number[]>();
  scalar.outputs.forEach(({ id }, i) => {
    const list = outputsById.get(id);
    if (list) list.push(outputSlot + i);
    else outputsById.set(id, [outputSlot + i]);
  });
  for (const id of order) {
    for (const operand of nodes[id]!.operands) {
      if (slots[operand]! >= 0 || chunkOf[operand] === chunkOf[id] || chunkOf[operand]! < 0) continue;
      slots[operand] = outputsById.get(operand)?.[0] ?? slotCount++;
    }
  }

  const imports = new Map<(...operands: number[]) => number, number>();
  const importTypes: FunctionType[] = [];
  const importOf = (f: (...operands: number[]) => number, arity: number): number => {
    const present = imports.get(f);
    if (present !== undefined) return present;
    imports.set(f, importTypes.length);
    return importTypes.push({ parameters: new Array(arity).fill("f64"), results: ["f64"] }) - 1;
  };
  const numberAt = (id: number) => numberIn(nodes[id]!);

  const functions: FunctionBody[] = [];
  for (let from = 0; from < order.length; from += chunkLength) {
    functions.push(writeChunk(order.subarray(from, from + chunkLength)));
  }

  function writeChunk(chunk: Int32Array): FunctionBody {
    const code = new Bytes();
    const locals = new Map<number, number>();
    const operand = (id: number) => {
      const local = locals.get(id);
      const known = numberAt(id);
      if (local !== undefined) {
        code.byte(0x20); // local.get
        code.unsigned(local);
      } else if (known !== undefined) writeNumber(code, known);
      else {
        code.bytes([0x41, 0, 0x2b, 3]); // i32.const 0, f64.load
        code.unsigned(slots[id]! * 8);
        code.byte(0x22); // local.tee
        code.unsigned(locals.size);
        locals.set(id, locals.size);
      }
    };
    for (const id of chunk) {
      const node = nodes[id]!;
      const { op, operands } = node;
      const outputs = outputsById.get(id) ?? [];
      const own = slots[id]! >= 0 && !outputs.includes(slots[id]!) ? [slots[id]!] : [];
      const targets = isOp(node, inputOp) ? outputs : [...outputs, ...own];
      if (isOp(node, inputOp)) {
        if (targets.length === 0) continue;
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
        code.byte(0x21); // local.set
        code.unsigned(locals.size);
        locals.set(id, locals.size);
      }
      for (const target of targets) {
        code.bytes([0x41, 0, 0x20]); // i32.const 0, local.get
        code.unsigned(locals.get(id)!);
        code.bytes([0x39, 3]); // f64.store
        code.unsigned(target * 8);
      }
    }
    return { type: noOperands, locals: [[locals.size, "f64"]], code };
  }

  // Functions are numbered behind the imports, so the one that calls them all is written last.
  const main = new Bytes();
  functions.forEach((_, i) => {
    writeCall(main, importTypes.length + i);
  });
  functions.push({ type: noOperands, locals: [], code: main });
  const bytes = encodeModule({ imports: importTypes, functions, exports: { run: functions.length - 1 } });

  const memory = makeMemory(slotCount * 8);
  if (!memory) return undefined;
  const run = instantiate(bytes, memory, [...imports.keys()])?.run;
  if (!run) return undefined;
  const values = new Float64Array(memory.buffer);
  // Outputs that are known numbers are written once.
  scalar.outputs.forEach(({ id }, i) => {
    const known = numberAt(id);
    if (known !== undefined) values[outputSlot + i] = known;
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
