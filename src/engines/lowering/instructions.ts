/** Elementwise ops on a dialect: their recipes, instruction by instruction. */
import type { Recipe } from "../../../graph/index.js";
import { type Condition, isInstruction } from "../../../graph/internal.js";
import { decompositions } from "./decompositions.js";
import type { BinaryFunction, Dialect, UnaryFunction, Value } from "./dialect.js";

/** The number that a recipe gives for these operands, all of one shape. */
export function numberBy<V extends Value>(dialect: Dialect<V>, recipe: Recipe, operands: readonly V[]): V {
  if (typeof recipe === "number") return operands[recipe]!;
  if (!isInstruction(recipe)) return dialect.full(recipe.value, operands[0]!.shape);
  const part = (one: Recipe) => numberBy(dialect, one, operands);
  if (recipe[0] === "select") {
    const [, condition, a, b] = recipe;
    return dialect.select(truthBy(dialect, condition, operands), part(a), part(b));
  }
  if (recipe[0] === "convert") return dialect.toNumber(truthBy(dialect, recipe[1], operands));
  const [name, a, b] = recipe as readonly [UnaryFunction | BinaryFunction, Recipe, Recipe?];
  if (!dialect.has(name)) {
    const parts = b === undefined ? [part(a)] : [part(a), part(b)];
    const own = decompositions[name];
    if (own) return numberBy(dialect, own, parts);
    throw new Error(`${dialect.target} has no ${name}.`);
  }
  if (b === undefined) return dialect.unary(name as UnaryFunction, part(a));
  if (name === "power") return power(dialect, part(a), part(b), isInstruction(b) ? undefined : b);
  return dialect.binary(name as BinaryFunction, part(a), part(b));
}

/** In JavaScript 1 to the power NaN or ±∞ is NaN, elsewhere 1. */
function power<V extends Value>(dialect: Dialect<V>, x: V, n: V, known: Recipe | undefined): V {
  const value = dialect.binary("power", x, n);
  if (typeof known === "object" && "value" in known && Number.isFinite(known.value)) return value;
  const one = dialect.full(1, x.shape);
  const [zero, nan] = [dialect.full(0, x.shape), dialect.full(Number.NaN, x.shape)];
  // n − n is 0 of numbers, NaN of what is none.
  const isNumber = dialect.compare("equal", dialect.binary("subtract", n, n), zero);
  const isOne = dialect.compare("equal", dialect.unary("abs", x), one);
  const lost = dialect.and(dialect.not(isNumber), dialect.or(isOne, dialect.compare("notEqual", n, n)));
  return dialect.select(lost, nan, value);
}

function truthBy<V extends Value>(dialect: Dialect<V>, condition: Condition, operands: readonly V[]): V {
  const [name, a, b] = condition;
  if (name === "truthy") return truthOf(dialect, numberBy(dialect, a, operands));
  if (name === "and" || name === "or")
    return dialect[name](
      truthBy(dialect, a as Condition, operands),
      truthBy(dialect, b as Condition, operands),
    );
  return dialect.compare(
    name,
    numberBy(dialect, a as Recipe, operands),
    numberBy(dialect, b as Recipe, operands),
  );
}

/** Whether a number is neither 0 nor NaN. */
export function truthOf<V extends Value>(dialect: Dialect<V>, x: V): V {
  if (x.kind === "truth") return x;
  const zero = dialect.full(0, x.shape);
  return dialect.and(dialect.compare("notEqual", x, zero), dialect.compare("equal", x, x));
}

/** How many instructions a recipe has. */
export function sizeOfRecipe(recipe: Recipe | Condition): number {
  if (!isInstruction(recipe)) return 0;
  const [name, ...parts] = recipe;
  const own = name === "convert" || name === "truthy" ? 0 : 1;
  return parts.reduce<number>((sum, part) => sum + sizeOfRecipe(part), own);
}

/** How often a recipe takes an operand. */
export function occurrences(recipe: Recipe | Condition, operand: number): number {
  if (typeof recipe === "number") return recipe === operand ? 1 : 0;
  if (!isInstruction(recipe)) return 0;
  const [, ...parts] = recipe;
  return parts.reduce<number>((sum, part) => sum + occurrences(part, operand), 0);
}
