/**
 * What an element of an elementwise op computes, as data: a tree of instructions, of which the interpreter's function,
 * JavaScript and WebAssembly are made and by which the work is counted. The set is closed and small: a printer for
 * another language says what each of these instructions is there, and nothing else.
 */

/** Functions of one number and of two, by their names in JavaScript's Math. */
const unaryFunctions = [
  "abs",
  "sign",
  "floor",
  "ceil",
  "trunc",
  "sqrt",
  "cbrt",
  "exp",
  "expm1",
  "log",
  "log1p",
  "log2",
  "log10",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "acosh",
  "atanh",
] as const;
const binaryFunctions = ["hypot", "atan2"] as const;

export type MathFunction = (typeof unaryFunctions)[number] | (typeof binaryFunctions)[number];

/** Other instructions: what they mean on doubles. */
const unary = {
  negative: (x: number) => -x,
  /** To the nearest whole number, of two the even one */
  round: roundHalfEven,
} as const;

const binary = {
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  /** Printers may take what their language has, the last place apart. */
  power: computePower,
} as const;

/** Comparisons give a truth: 1 or 0 here, whatever a language has for it. */
const comparisons = {
  greater: (a: number, b: number) => (a > b ? 1 : 0),
  greaterEqual: (a: number, b: number) => (a >= b ? 1 : 0),
  less: (a: number, b: number) => (a < b ? 1 : 0),
  lessEqual: (a: number, b: number) => (a <= b ? 1 : 0),
  equal: (a: number, b: number) => (a === b ? 1 : 0),
  notEqual: (a: number, b: number) => (a !== b ? 1 : 0),
} as const;

/** On truths, and between these and numbers. */
const truths = {
  and: (a: number, b: number) => a && b,
  or: (a: number, b: number) => a || b,
  /** Whether a number is neither 0 nor NaN */
  truthy: (x: number) => (x ? 1 : 0),
  /** 1 or 0 as a number */
  convert: (truth: number) => truth,
  select: (truth: number, a: number, b: number) => (truth ? a : b),
} as const;

const others = { ...unary, ...binary, ...comparisons, ...truths };

export type Comparison = keyof typeof comparisons;
export type Instruction = MathFunction | keyof typeof others;

/** A truth. */
export type Condition =
  | readonly [Comparison, Recipe, Recipe]
  | readonly ["and" | "or", Condition, Condition]
  | readonly ["truthy", Recipe];

/**
 * A number: that of an operand, by the operand's place; a known one; or what an instruction makes of others.
 * @example const double: Recipe = ["multiply", { value: 2 }, 0];
 */
export type Recipe =
  | number
  | { readonly value: number }
  | readonly [(typeof unaryFunctions)[number] | keyof typeof unary, Recipe]
  | readonly [(typeof binaryFunctions)[number] | keyof typeof binary, Recipe, Recipe]
  | readonly ["select", Condition, Recipe, Recipe]
  | readonly ["convert", Condition];

/** A recipe, or the one for operands of which some are known numbers. */
export type RecipeRule = Recipe | ((...known: (number | undefined)[]) => Recipe);

/** The recipe for operands of which nothing is known. */
export function generalRecipe(recipe: RecipeRule | undefined): Recipe | undefined {
  return typeof recipe === "function" ? recipe() : recipe;
}

/** The recipe of a scalar op for its operands, if it has one. */
export function recipeOf<T>(
  { recipe }: { readonly recipe?: RecipeRule | undefined },
  operands: readonly T[],
  knownOf: (operand: T) => number | undefined,
): Recipe | undefined {
  return typeof recipe === "function" ? recipe(...operands.map(knownOf)) : recipe;
}

/** Whether a recipe is an instruction on others. */
export function isInstruction(
  recipe: Recipe | Condition,
): recipe is Exclude<Recipe | Condition, number | { readonly value: number }> {
  return typeof recipe !== "number" && !("value" in recipe);
}

/** Whether an instruction is a function of JavaScript's Math: they are all that have no entry among the others. */
export function isMathFunction(instruction: Instruction): instruction is MathFunction {
  return !(instruction in others);
}

/** Whether there is an instruction of a name, for so many operands. */
export function isKnown(instruction: unknown, arity: number): instruction is Instruction {
  const known =
    ([...unaryFunctions, ...binaryFunctions] as unknown[]).includes(instruction) ||
    Object.hasOwn(others, instruction as string);
  return known && meaningOf(instruction as Instruction).length === arity;
}

/** What an instruction means on doubles. */
export function meaningOf(instruction: Instruction): (...operands: number[]) => number {
  return (isMathFunction(instruction) ? Math[instruction] : others[instruction]) as () => number;
}

/** What a call of a function costs; the unit is an addition. */
export const callCost = 15;

/** What costs neither 1 nor, as other functions do, a call. */
const costs: { readonly [I in Instruction]?: number } = {
  ...{ abs: 1, sign: 1, floor: 1, ceil: 1, trunc: 1 },
  ...{ divide: 4, sqrt: 4, power: callCost, truthy: 0, convert: 0 },
};

export function costOf(recipe: Recipe | Condition): number {
  if (!isInstruction(recipe)) return 0;
  const [instruction, ...parts] = recipe;
  const own = costs[instruction] ?? (isMathFunction(instruction) ? callCost : 1);
  const [a = 0, b = 0, c = 0] = parts.map(costOf);
  // One of both sides is computed.
  return own + a + (instruction === "select" ? Math.max(b, c) : b + c);
}

/** A recipe as a function. */
export function functionOf(recipe: Recipe | Condition): (...operands: number[]) => number {
  if (typeof recipe === "number") return (...operands) => operands[recipe]!;
  if (!isInstruction(recipe)) return () => recipe.value;
  const [instruction, ...parts] = recipe;
  const meaning = meaningOf(instruction);
  // What an instruction makes of the very operands is its meaning, and a truth is a number already.
  if (parts.every((part, i) => part === i)) return meaning;
  const [a, b, c] = parts.map(functionOf);
  if (instruction === "convert") return a!;
  if (!b) return (...operands) => meaning(a!(...operands));
  if (!c) return (...operands) => meaning(a!(...operands), b(...operands));
  return (...operands) => meaning(a!(...operands), b(...operands), c(...operands));
}

/** Whole exponents up to this size are products, which are exact at 0 and ten times as fast as Math.pow. */
const largestProduct = 32;

export function isProduct(exponent: number): boolean {
  return Number.isInteger(exponent) && Math.abs(exponent) <= largestProduct;
}

/** x to the whole power n ≥ 1 by squaring, on any kind of factor. */
export function product<T>(x: T, n: number, times: (a: T, b: T) => T): T {
  if (n === 1) return x;
  if (n % 2 === 1) return times(product(x, n - 1, times), x);
  const half = product(x, n / 2, times);
  return times(half, half);
}

function computePower(x: number, n: number): number {
  if (!isProduct(n)) return x ** n;
  if (n === 0) return 1;
  const result = product(x, Math.abs(n), (a, b) => a * b);
  return n < 0 ? 1 / result : result;
}

/** It uses nothing outside itself, since `emit` writes it down. */
function roundHalfEven(x: number): number {
  // Doubles from 2⁵² on are whole; below, adding and taking away 2⁵² rounds as the processor does.
  if (!(Math.abs(x) < 4503599627370496)) return x;
  return x < 0 || Object.is(x, -0)
    ? x - 4503599627370496 + 4503599627370496 || -0
    : x + 4503599627370496 - 4503599627370496;
}
