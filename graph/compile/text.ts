/** Scalar ops as JavaScript. */
import type { Graph } from "../graph.js";
import type { Op } from "../op.js";
import {
  type Condition,
  callCost,
  costOf,
  type Instruction,
  isInstruction,
  type Recipe,
  recipeOf,
} from "../recipe.js";
import { slotName } from "./names.js";

/** What needs no computing in code: a known number, or a name. */
export type Atom = number | string;

export function atomText(atom: Atom): string {
  return typeof atom === "number" ? numberText(atom) : atom;
}

/** A number as JavaScript that stands for the same double anywhere in an expression. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? `(${text})` : text;
}

/** Instructions that stand between their operands. */
const infixes = {
  ...{ add: "+", subtract: "-", multiply: "*", divide: "/" },
  ...{ greater: ">", greaterEqual: ">=", less: "<", lessEqual: "<=", equal: "===", notEqual: "!==" },
  ...{ and: "&&", or: "||" },
} as const;

/** Functions of Math that have another name there. */
const renamed = { maximum: "max", minimum: "min", power: "pow" } as const;

/** A recipe as an expression; `undefined` where it rounds half to even, for which JavaScript has no function. */
export function recipeText(
  recipe: Recipe | Condition,
  operands: readonly Atom[],
  isNested = false,
): string | undefined {
  if (typeof recipe === "number") return atomText(operands[recipe]!);
  if (!isInstruction(recipe)) return numberText(recipe.value);
  const [instruction, ...parts] = recipe;
  const isOperator = instruction === "negative" || instruction in infixes;
  const texts = parts.map((part) => recipeText(part, operands, isOperator));
  const text = texts.includes(undefined) ? undefined : instructionText(instruction, texts);
  return text !== undefined && isNested && isOperator ? `(${text})` : text;
}

function instructionText(
  instruction: Instruction,
  texts: readonly (string | undefined)[],
): string | undefined {
  const [a, b, c] = texts;
  switch (instruction) {
    case "negative":
      return `-${a}`;
    case "truthy":
      return a;
    case "convert":
      return `(${a} ? 1 : 0)`;
    case "select":
      return `(${a} ? ${b} : ${c})`;
    case "round":
      return undefined;
    default:
      return instruction in infixes
        ? `${a} ${infixes[instruction as keyof typeof infixes]} ${b}`
        : `Math.${renamed[instruction as keyof typeof renamed] ?? instruction}(${texts.join(", ")})`;
  }
}

/** An application of a scalar op: its recipe or code, or a call of it by its slot. */
export function scalarText(op: Op, operands: readonly Atom[]): string {
  return ownText(op, operands) ?? `${slotName(op.key)}(${operands.map(atomText).join(", ")})`;
}

function ownText({ scalar }: Op, operands: readonly Atom[]): string | undefined {
  const recipe = recipeOf(scalar!, operands, numberAmong);
  return recipe === undefined ? scalar!.code?.(...operands.map(atomText)) : recipeText(recipe, operands);
}

function numberAmong(atom: Atom): number | undefined {
  return typeof atom === "number" ? atom : undefined;
}

/** One more element taken into a fold. */
export function foldText({ fold }: Op, total: Atom, value: Atom): string {
  return recipeText(fold!.recipe, [total, value])!;
}

/** What an application of a scalar op costs, in additions. */
export function scalarCost(op: Op, operands: readonly Atom[]): number {
  const recipe = recipeOf(op.scalar!, operands, numberAmong);
  return recipe === undefined || isCalled(op) ? callCost : costOf(recipe);
}

/** Whether code calls a scalar op by its slot. */
function isCalled(op: Op): boolean {
  return (
    ownText(
      op,
      op.domains.map(() => "x"),
    ) === undefined
  );
}

/** The scalar ops of a graph that are called. */
export function slotsOf({ nodes }: Graph): Op[] {
  return [...new Set(nodes.map(({ op }) => op))].filter((op) => op.scalar && isCalled(op));
}
