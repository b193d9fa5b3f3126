/**
 * From text to statements, by mathjs's parser alone: its grammar with nodes of our own. Nothing of its evaluator is loaded, and
 * nothing that isn't mathematics comes through: texts, objects, properties, units are refused.
 */
import { createParse } from "../../node_modules/mathjs/lib/esm/expression/parse.js";
import type { Node, Statement } from "./nodes.js";
import { printable, problem, type Source } from "./problem.js";
import { type Identifiers, identifiersOf } from "./tokens.js";

/** The longest text. */
export const mostCharacters = 100_000;

/** The longest name. */
const mostLetters = 100;

/** The deepest brackets: a parser that follows them by calls would run out of stack. */
const mostBrackets = 200;

/** The kinds of nodes that mathjs's parser makes, each with the names of what its constructor is given. */
const kinds = {
  AccessorNode: ["object", "index"],
  ArrayNode: ["items"],
  AssignmentNode: ["object", "value", "third"],
  BlockNode: ["blocks"],
  ConditionalNode: ["condition", "trueExpr", "falseExpr"],
  ConstantNode: ["value"],
  FunctionAssignmentNode: ["name", "params", "expr"],
  FunctionNode: ["fn", "args"],
  IndexNode: ["dimensions", "dotNotation"],
  ObjectNode: ["properties"],
  OperatorNode: ["op", "fn", "args", "implicit", "isPercentage"],
  ParenthesisNode: ["content"],
  RangeNode: ["start", "end", "step"],
  RelationalNode: ["conditionals", "params"],
  SymbolNode: ["name"],
} as const;

type Kind = keyof typeof kinds;

/** What the parser made: a node of its kind, with what it was given. */
type Made = {
  readonly [K in Kind]: { readonly kind: K } & Readonly<Record<(typeof kinds)[K][number], never>>;
}[Kind];

const parse = makeParser();

/** The parser with constructors that only keep what they are given, which it tells apart as it does its own. */
function makeParser(): (text: string) => Made {
  const makers = Object.fromEntries(
    Object.entries(kinds).map(([kind, names]) => {
      function Maker(this: Record<string, unknown>, ...given: unknown[]) {
        this.kind = kind;
        for (const [i, name] of names.entries()) this[name] = given[i];
        // The parser asks for a call's name.
        if (kind === "FunctionNode") this.name = (given[0] as { name?: string }).name;
      }
      Maker.prototype.isNode = true;
      Maker.prototype[`is${kind}`] = true;
      return [kind, Maker];
    }),
  );
  const typed = (_name: string, signatures: { string: (text: string) => unknown }) => signatures.string;
  typed.addConversion = () => {};
  const numeric = (text: string) => Number(text);
  return createParse({ ...makers, typed, numeric, config: { number: "number" } }) as never;
}

/** The statements of a source, or of what is left of its text. @throws AdjointError with line, column and caret where it isn't one */
export function parseText(source: Source, text = source.text): Statement[] {
  if (text.length > mostCharacters)
    throw problem(
      source,
      undefined,
      `the text has ${text.length} characters; at most ${mostCharacters} can be read.`,
    );
  checkBrackets(source);
  const made = parsed(source, text);
  const identifiers = identifiersOf(text);
  const long = identifiers.all.find(({ name }) => name.length > mostLetters);
  if (long)
    throw problem(source, long.at, `a name has ${long.name.length} characters; ${mostLetters} are the most.`);
  const reader = new Reader(source, identifiers);
  const all =
    made.kind === "BlockNode" ? (made.blocks as readonly { node: Made }[]).map(({ node }) => node) : [made];
  try {
    return all.map((node) => reader.statement(node));
  } catch (error) {
    throw error instanceof RangeError ? tooDeep(source) : error;
  }
}

/** What a stack that overflows is told as. */
export const tooDeep = (source: Source) =>
  problem(source, undefined, "the text is nested too deeply to be read.");

function checkBrackets(source: Source): void {
  let depth = 0;
  for (const [i, character] of [...source.text].entries()) {
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    if (depth > mostBrackets) throw problem(source, i, `brackets are nested deeper than ${mostBrackets}.`);
  }
}

function parsed(source: Source, text: string): Made {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(source);
    const { char, message } = error as { char?: number; message: string };
    const at = char === undefined ? undefined : Math.min(char - 1, text.length);
    throw problem(source, at, remedied(message.replace(/ \(char \d+\)$/, ""), text, at ?? 0));
  }
}

/** The parser's message, and what is to be done where that is known. */
function remedied(message: string, text: string, at: number): string {
  const near = text.slice(Math.max(0, at - 2), at + 2);
  const plain = printable(message[0]!.toLowerCase() + message.slice(1, 80));
  if (near.includes("**")) return "** is no operator; a power is x^2.";
  if (near.includes("|")) return `${plain}; |x| is abs(x), and "or" joins conditions.`;
  if (near.includes("&")) return `${plain}; "and" joins conditions.`;
  return `${plain}.`;
}

/** Operators that mathematics of reals doesn't have, and what is meant by them. */
const refused: Readonly<Record<string, string>> = {
  bitAnd: '"and" joins conditions',
  bitOr: '"or" joins conditions, and |x| is abs(x)',
  bitXor: "a power is x^2",
  bitNot: '"not" turns a condition round',
  leftShift: "write x*2^n",
  rightArithShift: "write floor(x/2^n)",
  rightLogShift: "write floor(x/2^n)",
  nullish: "there is nothing that could be missing",
  to: "there are no units",
};

class Reader {
  readonly #source: Source;
  readonly #places: Identifiers;

  constructor(source: Source, places: Identifiers) {
    this.#source = source;
    this.#places = places;
  }

  statement(made: Made): Statement {
    if (made.kind === "AssignmentNode") {
      const target = made.object as Made;
      if (target.kind !== "SymbolNode" || (made as { readonly third?: unknown }).third !== undefined)
        throw this.#problem(target, "an element can't be assigned to; values are whole, as in y = [1, 2].");
      const at = this.#places.next(target.name);
      return { kind: "assign", name: target.name, value: this.node(made.value), at };
    }
    if (made.kind === "FunctionAssignmentNode") {
      const at = this.#places.next(made.name);
      for (const name of made.params as readonly string[]) this.#places.next(name);
      return { kind: "define", name: made.name, parameters: made.params, value: this.node(made.expr), at };
    }
    return { kind: "value", value: this.node(made) };
  }

  /** A node. Long chains of operators lean to the left: these are followed without calls. */
  node(made: Made): Node {
    const leaning: Extract<Made, { kind: "OperatorNode" }>[] = [];
    let left = made;
    while (left.kind === "OperatorNode" && (left.args as readonly Made[]).length === 2) {
      leaning.push(left);
      left = (left.args as readonly Made[])[0]!;
    }
    let read = this.#plain(left);
    for (const one of leaning.reverse()) {
      const right = this.node((one.args as readonly Made[])[1]!);
      read = this.#operator(one, [read, right]);
    }
    return read;
  }

  #plain(made: Made): Node {
    switch (made.kind) {
      case "ConstantNode":
        return this.#constant(made.value);
      case "SymbolNode": {
        const { name } = made as { readonly name: string };
        // An open end of a range is no word of the text.
        return { kind: "symbol", name, at: this.#places.next(name) };
      }
      case "ParenthesisNode":
        return this.node(made.content);
      case "OperatorNode":
        return this.#operator(
          made,
          (made.args as readonly Made[]).map((one) => this.node(one)),
        );
      case "RelationalNode": {
        const args = (made.params as readonly Made[]).map((one) => this.node(one));
        return { kind: "chain", operators: made.conditionals, args, at: placeOf(args) };
      }
      case "ConditionalNode": {
        const args = [
          this.node(made.condition),
          this.node(made.trueExpr),
          this.node(made.falseExpr),
        ] as const;
        return { kind: "conditional", args, at: placeOf(args) };
      }
      case "ArrayNode": {
        const args = (made.items as readonly Made[]).map((one) => this.node(one));
        return { kind: "array", args, at: placeOf(args) };
      }
      case "FunctionNode": {
        const target = made.fn as Made;
        if (target.kind !== "SymbolNode" || (made as { readonly third?: unknown }).third !== undefined)
          throw this.#problem(
            target,
            "only a function by its name can be called; a product with a bracket is x[1]*(…).",
          );
        const { name } = target as { readonly name: string };
        const at = this.#places.next(name);
        return { kind: "call", name, args: (made.args as readonly Made[]).map((one) => this.node(one)), at };
      }
      case "AccessorNode": {
        const object = this.node(made.object);
        const index = made.index as Extract<Made, { kind: "IndexNode" }>;
        if (index.dotNotation) throw problem(this.#source, object.at, "values have no properties.");
        const args = [object, ...(index.dimensions as readonly Made[]).map((one) => this.node(one))];
        return { kind: "index", args, at: object.at };
      }
      case "RangeNode": {
        const [start, step, end] = [made.start, made.step, made.end].map(
          (one) => one && this.node(one),
        ) as Node[];
        const args = step ? [start!, step, end!] : [start!, end!];
        return { kind: "range", args, at: placeOf(args) };
      }
      case "AssignmentNode":
      case "FunctionAssignmentNode":
        throw this.#problem(made, "an assignment is a line of its own, before what uses it.");
      default:
        throw problem(
          this.#source,
          this.#source.text.indexOf("{"),
          "objects in braces are no values; there are numbers, vectors and matrices.",
        );
    }
  }

  #constant(value: unknown): Node {
    if (typeof value === "number") return { kind: "number", value, at: undefined };
    if (typeof value === "boolean") return { kind: "number", value: Number(value), at: undefined };
    if (typeof value === "string")
      throw problem(
        this.#source,
        this.#source.text.search(/["']/),
        "texts in quotes are no values; there are numbers, vectors and matrices.",
      );
    throw problem(this.#source, undefined, "the text is empty; pass an expression such as x^2 + 1.");
  }

  #operator({ op, fn }: Extract<Made, { kind: "OperatorNode" }>, operands: Node[]): Node {
    const at = placeOf(operands);
    if (Object.hasOwn(refused, fn))
      throw problem(this.#source, at, `the operator ${op as string} has no meaning here; ${refused[fn]}.`);
    return { kind: "operator", operator: fn, symbol: op, args: operands, at };
  }

  /** An error at the first name within what the parser made. */
  #problem(made: Made, message: string): Error {
    const found = /"name":"([^"]+)"/.exec(JSON.stringify(made))?.[1];
    return problem(this.#source, found === undefined ? undefined : this.#places.next(found), message);
  }
}

/** The place of what stands first. */
function placeOf(args: readonly Node[]): number | undefined {
  return args.find(({ at }) => at !== undefined)?.at;
}
