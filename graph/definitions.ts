/** Ops that users define: their records are checked here, once, so that what they lack is told where it is missing. */
import { readList } from "./arguments.js";
import { describe, reading } from "./describe.js";
import {
  type ElementwiseDefinition,
  binary as makeBinary,
  unary as makeUnary,
  type WithOp,
} from "./elementwise.js";
import { AdjointError } from "./errors.js";
import type { Expr } from "./node.js";
import { type Derivative, defineOp as makeOp, type Op, type OpDefinition, type Operands } from "./op.js";
import { checkOptions } from "./options.js";
import type { Params } from "./params.js";
import { generalRecipe, isKnown } from "./recipe.js";
import { sizeOf } from "./shape.js";
import { isRecord } from "./tree.js";
import type { Binary, Unary } from "./types.js";

/** The functions that a derivative of each kind consists of. */
const rules: { readonly [K in Derivative["kind"]]: readonly string[] } = {
  partials: ["partials"],
  transpose: ["transpose"],
  tangent: ["tangent"],
  forwardReverse: ["forward", "reverse"],
  masked: ["forward", "reverse"],
  constant: [],
};

const common = {
  name: "string",
  commutative: "boolean",
  isTruth: "boolean",
  rewrite: "function",
  domains: "any",
} as const;

const opFields = {
  ...common,
  ...({ shape: "function", evaluate: "function", derivative: "any", scalar: "any", fold: "any" } as const),
  ...({
    move: "function",
    overlaps: "function",
    accumulate: "function",
    routine: "function",
    work: "function",
    wholes: "function",
    lean: "function",
    expand: "function",
    applied: "function",
    squared: "function",
  } as const),
  // Of an op of which another one is made
  key: "number",
} as const;

const elementwiseFields = {
  ...common,
  ...({ recipe: "any", compute: "function", code: "function", text: "function", partials: "any" } as const),
  ...({ expand: "function", applied: "function", squared: "function" } as const),
} as const;

/**
 * Makes an op of its record, as the built-in ones are made; `applyOp` applies it.
 *
 * @example
 * const rotated: Op = defineOp({
 *   name: "rotated",
 *   shape: ([x]) => x!,
 *   evaluate: (_arithmetic, [x]) => [...x!.slice(1), ...x!.slice(0, 1)],
 *   derivative: { kind: "transpose", linear: "each", transpose: (adjoint) => flip(applyOp(rotated, [flip(adjoint)])) },
 *   domains: [{ kind: "real", low: -1, high: 1 }],
 * });
 * applyOp(rotated, [[1, 2, 3]]); // [2, 3, 1]
 *
 * @throws where the record lacks what running, compiling or differentiating would ask for
 */
export function defineOp<P extends Params, A extends Operands = Operands>(
  definition: OpDefinition<P, A>,
): Op<P> {
  return makeOp(checkedOp("defineOp", definition));
}

/** A copy of a record, read once and checked; errors begin with `owner`. */
export function checkedOp<P extends Params, A extends Operands>(
  owner: string,
  definition: OpDefinition<P, A>,
): OpDefinition<P, A> {
  const own = checkOptions(owner, definition, opFields);
  const what = nameOf(owner, own.name);
  return reading(what, () => {
    need(what, own, "", ["shape", "evaluate"], ["derivative", "domains"]);
    checkDerivative(what, own.derivative);
    if (own.scalar !== undefined) need(what, own.scalar, "scalar.", ["compute"]);
    if (own.fold !== undefined) {
      need(what, own.fold, "fold.", ["axes"], ["initial", "recipe"]);
      checkRecipe(own.fold.recipe, 2, what);
    }
    const evaluate: OpDefinition<P, A>["evaluate"] = (arithmetic, operands, shapes, params) => {
      const result = own.evaluate(arithmetic, operands, shapes, params);
      // Who calls it by hand may give no shapes.
      const size = sizeOf(shapes?.result ?? []);
      if (result?.length === size) return result;
      throw new AdjointError(`${own.name}: evaluate gives ${describe(result)}, not ${size} numbers.`);
    };
    return { ...own, evaluate, domains: readDomains(what, own.domains) };
  });
}

/**
 * An elementwise op of one operand and the function that applies it, made of what an element computes and its
 * derivative. Expressions broadcast; numbers and arrays are computed at once.
 *
 * @example
 * const cube = unary({ name: "cube", compute: (x) => x ** 3, partials: (x) => [() => multiply(3, square(x))] });
 *
 * @throws where the definition lacks its recipe or function, or its partials
 */
export function unary(definition: ElementwiseDefinition<readonly [Expr]>): Unary & WithOp {
  return makeUnary(checkedElementwise("unary", definition, 1));
}

/**
 * The same of two operands, which are broadcast against each other.
 *
 * @example
 * const mix = binary({
 *   name: "mix",
 *   compute: (a, b) => 0.25 * a + 0.75 * b,
 *   partials: () => [() => 0.25, () => 0.75],
 * });
 * mix([1, 2], 4); // [3.25, 3.5]
 */
export function binary(definition: ElementwiseDefinition<readonly [Expr, Expr]>): Binary & WithOp {
  return makeBinary(checkedElementwise("binary", definition, 2));
}

function checkedElementwise<A extends readonly Expr[]>(
  owner: string,
  definition: ElementwiseDefinition<A>,
  arity: number,
): ElementwiseDefinition<A> {
  const own = checkOptions(owner, definition, elementwiseFields);
  const what = nameOf(owner, own.name);
  return reading(what, () => {
    need(what, own, "", [], ["partials"]);
    if (own.partials !== "constant") need(what, own, "", ["partials"]);
    const recipe = generalRecipe(own.recipe);
    if (recipe === undefined && own.compute === undefined)
      throw new AdjointError(`${what} lacks recipe or compute.`);
    if (recipe !== undefined) checkRecipe(recipe, arity, what);
    if (own.domains === undefined) return own;
    const domains = readDomains(what, own.domains);
    if (domains.length === arity) return { ...own, domains };
    throw new AdjointError(
      `${what} needs a domain for each of its operands, ${arity}, not ${domains.length}.`,
    );
  });
}

/** What errors call an op. It is said wherever the op is used, so that it can't be nothing, nor a novel. */
function nameOf(owner: string, name: string | undefined): string {
  if (name && name.length <= 100) return `${owner}: the op ${name}`;
  const found = name === undefined ? "missing" : describe(name);
  throw new AdjointError(`${owner}: name is ${found}; it must be a text of 1 to 100 characters.`);
}

/** Throws where a record lacks one of its functions, or what else it needs. */
function need(
  what: string,
  record: unknown,
  path: string,
  functions: readonly string[],
  others: readonly string[] = [],
): void {
  const found = isRecord(record) ? record : {};
  const missing = [...others, ...functions].find((field) => found[field] === undefined);
  if (missing) throw new AdjointError(`${what} lacks ${path}${missing}.`);
  const wrong = functions.find((field) => typeof found[field] !== "function");
  if (wrong)
    throw new AdjointError(`${what}: ${path}${wrong} is ${describe(found[wrong])}; it must be a function.`);
}

function checkDerivative(what: string, derivative: unknown): void {
  const { kind, linear } = (isRecord(derivative) ? derivative : {}) as { kind?: string; linear?: string };
  if (typeof kind !== "string" || !Object.hasOwn(rules, kind))
    throw new AdjointError(`${what} lacks derivative.kind that is known: ${Object.keys(rules).join(", ")}.`);
  need(what, derivative, "derivative.", rules[kind as Derivative["kind"]]);
  if (kind === "transpose" && linear !== "each" && linear !== "jointly")
    throw new AdjointError(
      `${what}: derivative.linear is ${describe(linear)}; it must be "each" or "jointly".`,
    );
}

/** The domains of operands. */
function readDomains(what: string, domains: unknown): OpDefinition["domains"] {
  return readList(domains, `${what}: domains`, (domain) => {
    const { kind, low, high } = (isRecord(domain) ? domain : {}) as Partial<OpDefinition["domains"][number]>;
    const isNumbers = typeof low === "number" && typeof high === "number" && low <= high;
    if (isNumbers && ["real", "integer", "boolean"].includes(kind!))
      return domain as OpDefinition["domains"][number];
    throw new AdjointError(
      `${what} has a domain that is ${describe(domain)}; give { kind: "real", low: -1, high: 1 }, of kind real, integer or boolean.`,
    );
  });
}

/** @throws where a recipe has an instruction or an operand that there isn't */
function checkRecipe(recipe: unknown, arity: number, what: string): void {
  const check = (exists: boolean, part: string) => {
    if (!exists) throw new AdjointError(`${what}: the recipe has an unknown ${part}.`);
  };
  if (typeof recipe === "number")
    check(Number.isInteger(recipe) && recipe >= 0 && recipe < arity, `operand ${recipe}`);
  else if (!Array.isArray(recipe))
    check(isRecord(recipe) && typeof recipe.value === "number", `part, ${describe(recipe)}`);
  else {
    const [instruction, ...parts] = recipe as readonly unknown[];
    const isText = typeof instruction === "string";
    check(
      isText && isKnown(instruction, parts.length),
      `${isText ? instruction.slice(0, 40) : describe(instruction)} of ${parts.length} operands`,
    );
    for (const part of parts) checkRecipe(part, arity, what);
  }
}
