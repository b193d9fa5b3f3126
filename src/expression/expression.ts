/** `expression`: a traced function from a text. */
import {
  AdjointError,
  Expr,
  type Shapes,
  type Spec,
  type Specs,
  type Traced,
  tensor,
  trace,
} from "../../graph/index.js";
import {
  checkOptions,
  describe,
  flatten,
  isNumeric,
  isRecord,
  knownNames,
  lift,
  nest,
  reading,
  readShape,
  readText,
  rowsOf,
  shortened,
  unpacked,
} from "../../graph/internal.js";
import { Evaluator } from "./evaluator.js";
import type { Value } from "./functions.js";
import { freeNames, meantBy, takeDeclarations } from "./names.js";
import { parseText, tooDeep } from "./parser.js";
import { problem, type Source } from "./problem.js";
import { identifiersOf } from "./tokens.js";

/**
 * Options of `expression`.
 * @example const options: ExpressionOptions = { inputs: { x: vector(3) }, constants: { k: 2 } };
 */
export interface ExpressionOptions<I extends Specs = Specs> {
  /** Kinds of inputs by name, for those that aren't scalars: `{ x: vector(3) }`. */
  readonly inputs?: I;
  /** Values of names that are no inputs: numbers, or nested lists of them. */
  readonly constants?: Readonly<Record<string, unknown>>;
}

/** The shapes of a text's inputs: those that are declared in the options, and scalars or what the text declares. */
export type TextShapes<I extends Specs> = {
  readonly [K in keyof I]: I[K] extends Spec<infer S> ? S : never;
} & Shapes;

/**
 * A traced function from a text as one writes mathematics: its inputs are the free names in their order, scalars unless they are
 * declared, by `inputs` or in the text by `x: vector(3)`.
 *
 * Operators and their precedence are mathjs's: + − * / ^ mod, .* ./ .^ for each element, ! and ', comparisons (chained, too),
 * `and or xor not`, a ? b : c, a number or a bracket written before a name multiplies it. There are vectors [1, 2], matrices
 * [1, 2; 3, 4], elements x[2], A[1, :], x[2:end] counted from 1, `sum(expr, i, 1, n)` and `prod`, the op set by its names and by
 * those of mathjs, JavaScript and textbooks, `diff(expr, x)`, `gradient(expr, x, y)`; lines or `;` part statements: assignments
 * `r = x^2 + y^2`, functions `f(t) = t^2`, and at the end the value.
 *
 * The text is parsed, never run as a program: no properties, texts or foreign names, and nothing of it in generated code.
 *
 * @example
 * const rosenbrock = expression("100(y - x^2)^2 + (1 - x)^2");
 * rosenbrock({ y: 2, x: 1 }); // 100
 * grad(rosenbrock)({ x: 1, y: 2 }); // { y: 200, x: -400 }
 * expression("x: vector(3) \n norm(x)^2 + k*x[1]", { constants: { k: 2 } })({ x: [1, 2, 2] }); // 11
 *
 * @throws AdjointError with line, column and caret where the text isn't one, names what isn't known, or is too large
 */
export function expression<const I extends Specs = Readonly<Record<never, never>>>(
  text: string,
  options: ExpressionOptions<I> = {},
): Traced<TextShapes<I>, Expr> {
  const what = "expression";
  const { inputs = {}, constants = {} } = checkOptions(what, options, ["inputs", "constants"]);
  const source: Source = { owner: what, text: readText(text, `${what}: the text`) };
  const { text: rest, declared } = takeDeclarations(source);
  const statements = parseText(source, rest);
  const specs = readMap(`${what}: inputs`, inputs, "kinds by name, as in { x: vector(3) }", readSpec);
  for (const [name, shape] of declared) specs.set(name, tensor([...shape]));
  const values = readMap(`${what}: constants`, constants, "values by name, as in { k: 2 }", readConstant);
  const clash = [...values.keys()].find((name) => specs.has(name));
  if (clash !== undefined) throw new AdjointError(`${what}: "${clash}" is both an input and a constant.`);
  const used = freeNames(source, statements, new Set(specs.keys())).filter((name) => !values.has(name));
  // What the text declares is in it, whether it is used or not.
  const names = inOrder(rest === source.text ? used : [...new Set([...declared.keys(), ...used])], source);
  const assigned = statements.flatMap((one) => (one.kind === "assign" ? [one.name] : []));
  checkNames(source, names, [...specs.keys()], [...values.keys(), ...assigned]);
  const all = Object.fromEntries(names.map((name) => [name, specs.get(name) ?? tensor([])]));
  return within(source, () =>
    trace(all, (given) => {
      const scope = new Map<string, Value>([
        ...values,
        ...Object.entries(given as Readonly<Record<string, Expr>>),
      ]);
      const value = new Evaluator(source, statements, scope).run();
      if (typeof value === "number" || value instanceof Expr) return value;
      const [first] = Object.values(given as Readonly<Record<string, Expr>>);
      if (first) return lift(first.builder, value, what);
      throw problem(source, undefined, "the text is a list of numbers that depends on no input.");
    }),
  ) as never;
}

/** Names in the order in which the text has them first. */
function inOrder(names: readonly string[], { text }: Source): readonly string[] {
  const wanted = new Set(names);
  return [...new Set(identifiersOf(text).all.map(({ name }) => name))].filter((name) => wanted.has(name));
}

/** Runs what builds an expression; a stack that overflows is told as what it is. */
export function within<T>(source: Source, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw error instanceof RangeError ? tooDeep(source) : error;
  }
}

/** What is given by name, each by its reader. */
export function readMap<T>(
  what: string,
  given: unknown,
  example: string,
  read: (one: unknown, place: string) => T,
): Map<string, T> {
  if (!isRecord(given)) throw new AdjointError(`${what} must be ${example}, not ${describe(given)}.`);
  // Symbols, too: nothing in a text could name them.
  const entries = reading(what, () =>
    Reflect.ownKeys(given).map((key) => [String(key), given[key as string]] as const),
  );
  return new Map(entries.map(([name, one]) => [name, read(one, `${what}.${shortened(name)}`)]));
}

function readSpec(one: unknown, place: string): Spec {
  const shape = isRecord(one) ? reading(place, () => one.shape) : undefined;
  if (!rowsOf(shape))
    throw new AdjointError(`${place} must be a kind such as vector(3), not ${describe(one)}.`);
  return { shape: readShape(shape, place) };
}

/** A number, or nested lists of numbers. */
export function readConstant(one: unknown, place: string): Value {
  if (typeof one === "number") return one;
  const plain = reading(place, () => unpacked(one));
  if (!reading(place, () => isNumeric(plain)))
    throw new AdjointError(`${place} must be a number or an array of numbers, not ${describe(one)}.`);
  const { data, shape } = flatten(plain, place);
  return nest(data, shape) as Value;
}

/** Throws where a declared name isn't in the text, or a free one is likely two names, or a function and a name. */
function checkNames(
  source: Source,
  free: readonly string[],
  declared: readonly string[],
  known: readonly string[],
): void {
  const unused = declared.find((name) => !free.includes(name));
  if (unused !== undefined)
    throw new AdjointError(
      `${source.owner}: "${shortened(unused)}" is declared, but the text has no such name; ${knownNames("free names", free, unused)}`,
    );
  const undeclared = free.filter((name) => !declared.includes(name));
  for (const name of undeclared) {
    const meant = meantBy(name, [...free, ...known]);
    if (meant === undefined) continue;
    const { at } = identifiersOf(source.text).all.find((one) => one.name === name)!;
    throw problem(
      source,
      at,
      `"${name}" isn't known; did you mean ${meant}? Declare it as an input if it is one name.`,
    );
  }
}
