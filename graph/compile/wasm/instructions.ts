/**
 * The instructions by which ops say what they are in WebAssembly, on f64 operands. A recipe is in stack order: a number
 * stands for an operand.
 */
const codes = {
  "f64.eq": 0x61,
  "f64.ne": 0x62,
  "f64.lt": 0x63,
  "f64.gt": 0x64,
  "f64.le": 0x65,
  "f64.ge": 0x66,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.eqz": 0x45,
  "f64.abs": 0x99,
  "f64.neg": 0x9a,
  "f64.ceil": 0x9b,
  "f64.floor": 0x9c,
  "f64.trunc": 0x9d,
  "f64.nearest": 0x9e,
  "f64.sqrt": 0x9f,
  "f64.add": 0xa0,
  "f64.sub": 0xa1,
  "f64.mul": 0xa2,
  "f64.div": 0xa3,
  "f64.min": 0xa4,
  "f64.max": 0xa5,
  /** 1 or 0 as a double */
  "f64.convert_i32_u": 0xb8,
  select: 0x1b,
  "f64.one": [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
  /** Whether a double is neither 0 nor NaN, as an i32 */
  "f64.truthy": [0x99, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x64],
} as const;

export type Instruction = keyof typeof codes;
export type Recipe = readonly (number | Instruction)[];

export function instructionCode(instruction: Instruction): readonly number[] {
  const code = codes[instruction];
  return typeof code === "number" ? [code] : code;
}
