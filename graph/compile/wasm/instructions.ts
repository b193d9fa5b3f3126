/** Recipes as WebAssembly, on f64. */
import { type Condition, type Instruction, isInstruction, meaningOf, type Recipe } from "../../recipe.js";
import type { Bytes } from "./module.js";

/** The bytes of each instruction behind its operands. What isn't here is called. */
const codes: { readonly [I in Instruction]?: readonly number[] } = {
  abs: [0x99],
  negative: [0x9a],
  ceil: [0x9b],
  floor: [0x9c],
  trunc: [0x9d],
  round: [0x9e],
  sqrt: [0x9f],
  add: [0xa0],
  subtract: [0xa1],
  multiply: [0xa2],
  divide: [0xa3],
  minimum: [0xa4],
  maximum: [0xa5],
  equal: [0x61],
  notEqual: [0x62],
  less: [0x63],
  greater: [0x64],
  lessEqual: [0x65],
  greaterEqual: [0x66],
  and: [0x71],
  or: [0x72],
  convert: [0xb8], // f64.convert_i32_u
  truthy: [0x99, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x64], // |x| > 0, which NaN isn't
  select: [0x1b],
};

export interface Operands {
  /** Writes an operand by its place. */
  operand(place: number): void;
  /** The number under which a function of JavaScript is imported. */
  importOf(f: (...operands: number[]) => number, arity: number): number;
}

export function writeRecipe(code: Bytes, recipe: Recipe | Condition, operands: Operands): void {
  if (typeof recipe === "number") operands.operand(recipe);
  else if (!isInstruction(recipe)) writeNumber(code, recipe.value);
  else {
    const [instruction, first, ...rest] = recipe;
    // What a choice depends on comes last here.
    const order = instruction === "select" ? [...rest, first] : [first, ...rest];
    for (const operand of order) writeRecipe(code, operand, operands);
    const bytes = codes[instruction];
    if (bytes) code.bytes(bytes);
    else writeCall(code, operands.importOf(meaningOf(instruction), order.length));
  }
}

export function writeNumber(code: Bytes, value: number): void {
  code.byte(0x44); // f64.const
  code.f64(value);
}

export function writeCall(code: Bytes, index: number): void {
  code.indexed([0x10], index);
}
