/**
 * `toExpression`: a traced function as text. A node's text is whatever, read again, makes the same node: candidates are tried on
 * the node's operands in a copy of the graph, where equal expressions are one.
 */
import { AdjointError, Expr, type Graph, type Traced } from "../../graph/index.js";
import {
  constantOp,
  declareInputs,
  doubles,
  fullOp,
  graphOf,
  inputOp,
  interpretNodes,
  isOp,
  leavesOf,
  makeBuilder,
  nest,
  sizeOf,
} from "../../graph/internal.js";
import { compositesOf } from "./composites.js";
import { type Candidate, candidatesOf, type Form, level, numberText } from "./forms.js";
import { constants, functions, mostWritten, specialForms } from "./functions.js";
import { meantBy } from "./names.js";
import { mostCharacters } from "./parser.js";

/** Brackets nested deeper are cut by an assignment. */
const mostDepth = 60;

/** A part of the text: how strongly its operator binds, and how deep its brackets are. */
interface Part {
  readonly text: string;
  readonly level: number;
  readonly depth: number;
}

/**
 * A traced function as a text that `expression` reads as the same function. What is used more than once is assigned to a name.
 *
 * @example
 * const f = trace({ x: scalar(), y: scalar() }, ({ x, y }) => add(square(x), sin(multiply(x, y))));
 * toExpression(f); // "square(x) + sin(x*y)"
 *
 * @throws AdjointError where the function has several outputs or inputs whose names can't be written, holds an op that texts
 *   don't have (loops, places that aren't known by now, own ops), or is too long
 */
export function toExpression(f: Traced | { readonly graph: Graph }): string {
  const what = "toExpression";
  const graph = graphOf(f as Traced, what, true);
  const outputs = leavesOf(graph.outputs, (one) => typeof one === "number");
  if (outputs.length !== 1 || typeof graph.outputs !== "number")
    throw new AdjointError(
      `${what}: the function returns a tree of ${outputs.length} outputs; a text has one value.`,
    );
  for (const { name } of graph.inputs) checkName(what, name);
  const exprs = copied(graph);
  const forms = allForms(graph, exprs, graph.outputs);
  if (typeof forms === "number")
    throw new AdjointError(`${what}: ${graph.nodes[forms]!.op.name} can't be written as text.`);
  const text = written(graph, forms, graph.outputs);
  if (text.length > mostCharacters)
    throw new AdjointError(
      `${what}: the text would have ${text.length} characters; at most ${mostCharacters} can be read.`,
    );
  return text;
}

function checkName(what: string, name: string): void {
  const isName = /^[\p{Script=Latin}\p{Script=Greek}_$][\p{Script=Latin}\p{Script=Greek}\d_$]*$/u.test(name);
  const isTaken =
    functions.has(name) || constants.has(name) || (specialForms as readonly string[]).includes(name);
  if (isName && !isTaken && !reserved.has(name)) return;
  throw new AdjointError(
    `${what}: the input "${name.slice(0, 40)}" has a name that a text can't; call it by another one.`,
  );
}

const reserved = new Set([
  "mod",
  "to",
  "in",
  "and",
  "or",
  "xor",
  "not",
  "end",
  "true",
  "false",
  "null",
  "undefined",
  "NaN",
  "Infinity",
  "i",
]);

/** The nodes as expressions of a builder of their own. */
function copied(graph: Graph): Expr[] {
  const builder = makeBuilder(graph.nodes.length);
  const exprs = declareInputs(builder, graph.inputs);
  for (const { op, operands, params, shape } of graph.nodes.slice(graph.inputs.length)) {
    const ids = operands.map((id) => exprs[id]!.id);
    exprs.push(builder.expr(builder.intern(op, ids, params, shape)));
  }
  return exprs;
}

/** By one op each, by functions of several, or by the value of what is of numbers alone, which is the same function then. */
function allForms(graph: Graph, exprs: readonly Expr[], output: number): ReadonlyMap<number, Form> | number {
  let values: ReadonlyMap<number, ArrayLike<number>> | undefined;
  let forms = formsOf(graph, exprs, output, undefined);
  for (const thoroughly of [false, true]) {
    if (typeof forms !== "number") return forms;
    values ??= valuesOf(graph);
    // Functions that make constants, as tril does, are written as such before the constants are.
    if (values.has(forms)) {
      const plain = formsOf(graph, exprs, output, undefined, values);
      if (typeof plain !== "number" && !hasArrays(graph, values, plain)) return plain;
    }
    const composites = compositesOf(graph, exprs, output, tried, thoroughly);
    forms = formsOf(graph, exprs, output, composites);
    if (typeof forms === "number" && values.size > 0 && thoroughly)
      forms = formsOf(graph, exprs, output, composites, values);
  }
  return forms;
}

const hasArrays = (
  { nodes }: Graph,
  values: ReadonlyMap<number, unknown>,
  forms: ReadonlyMap<number, Form>,
): boolean => [...values.keys()].some((id) => forms.has(id) && nodes[id]!.shape.length > 0);

/** How each node is written that the output needs, or the first that can't be. */
function formsOf(
  graph: Graph,
  exprs: readonly Expr[],
  output: number,
  composites: ReadonlyMap<number, Form> | undefined,
  values?: ReadonlyMap<number, ArrayLike<number>>,
): ReadonlyMap<number, Form> | number {
  const forms = new Map<number, Form>();
  const open = [output];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (forms.has(id)) continue;
    const form = leafForm(graph, id, values) ?? composites?.get(id) ?? matching(graph, exprs, id);
    if (!form) return id;
    forms.set(id, form);
    open.push(...form.operands);
  }
  return forms;
}

/** The values of nodes of numbers alone: in a text an op of numbers is a number. */
function valuesOf({ nodes, inputs }: Graph): ReadonlyMap<number, ArrayLike<number>> {
  const isFixed = new Uint8Array(nodes.length);
  for (const [id, { operands }] of nodes.entries())
    if (id >= inputs.length && operands.every((one) => isFixed[one])) isFixed[id] = 1;
  const ids = [...nodes.keys()].filter((id) => isFixed[id] && nodes[id]!.operands.length > 0);
  if (ids.length === 0 || ids.some((id) => sizeOf(nodes[id]!.shape) > mostWritten)) return new Map();
  const values = interpretNodes(nodes, doubles, [], isFixed);
  return new Map(ids.map((id) => [id, values[id]!]));
}

function leafForm(
  { nodes, inputs }: Graph,
  id: number,
  values?: ReadonlyMap<number, ArrayLike<number>>,
): Form | undefined {
  const node = nodes[id]!;
  const atom = (text: string, own: number = level.atom) => ({ operands: [], level: own, write: () => text });
  const value = values?.get(id);
  if (value) {
    if (node.shape.length === 0) return atom(...numberText(value[0]!));
    return atom(listText(nest(Float64Array.from(value), node.shape)));
  }
  if (isOp(node, inputOp)) return atom(inputs[id]!.name);
  if (isOp(node, fullOp)) {
    const { value } = node.params;
    const size = sizeOf(node.shape);
    if (node.shape.length === 0) return atom(...numberText(value));
    if (size > mostWritten) return undefined;
    return atom(listText(nest(new Float64Array(size).fill(value), node.shape)));
  }
  if (isOp(node, constantOp) && node.params.values.length <= mostWritten)
    return atom(listText(nest(node.params.values as Float64Array, node.shape)));
  return undefined;
}

function listText(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(listText).join(", ")}]` : numberText(value as number)[0];
}

/** The first candidate that makes the node again. */
function matching(graph: Graph, exprs: readonly Expr[], id: number): Form | undefined {
  for (const candidate of candidatesOf(graph, id)) {
    // A number in a text is one when it is read, and ops of numbers alone are numbers.
    const operands = candidate.operands.map((operand) => numberIn(graph, operand) ?? exprs[operand]!);
    if (tried(candidate, operands)?.id === exprs[id]!.id) return candidate;
  }
  return undefined;
}

function numberIn({ nodes }: Graph, id: number): number | undefined {
  const node = nodes[id]!;
  return isOp(node, fullOp) && node.shape.length === 0 ? node.params.value : undefined;
}

/** What a candidate makes of operands, or nothing where it refuses them. */
function tried({ make }: Candidate, operands: readonly (Expr | number)[]): Expr | undefined {
  try {
    const made = make(...(operands as readonly Expr[]));
    return made instanceof Expr ? made : undefined;
  } catch (error) {
    if (error instanceof AdjointError) return undefined;
    throw error;
  }
}

/** The text of all, from the inputs up: what several use, or what is nested deep, is a line of its own. */
function written(graph: Graph, forms: ReadonlyMap<number, Form>, output: number): string {
  const uses = new Map<number, number>();
  for (const { operands } of forms.values())
    for (const operand of operands) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  const taken = new Set(graph.inputs.map(({ name }) => name));
  const parts = new Map<number, Part>();
  const lines: string[] = [];
  let last = 0;
  for (const id of [...forms.keys()].sort((a, b) => a - b)) {
    const { operands, level: own, write } = forms.get(id)!;
    const used = operands.map((operand) => parts.get(operand)!);
    const bracketed = (i: number, least: number) =>
      used[i]!.level >= least ? used[i]!.text : `(${used[i]!.text})`;
    const depth = Math.max(0, ...used.map((part) => part.depth + 1));
    const part = { text: write(bracketed), level: own, depth };
    const isAtom = operands.length === 0;
    if (id === output || isAtom || (uses.get(id) === 1 && depth < mostDepth)) {
      parts.set(id, part);
      continue;
    }
    let name = "";
    do name = `t${++last}`;
    while (taken.has(name));
    lines.push(`${name} = ${part.text}`);
    parts.set(id, { text: name, level: level.atom, depth: 0 });
  }
  const body = [...lines, parts.get(output)!.text].join("\n");
  return [...declarations(graph, body), body].join("\n");
}

/** Lines that declare the inputs, where the body alone would tell others, or in another order. */
function declarations({ inputs }: Graph, body: string): string[] {
  const found = [...new Set(body.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [])];
  const order = found.filter((word) => inputs.some(({ name }) => name === word));
  const isPlain = inputs.every(({ name, shape }, i) => shape.length === 0 && order[i] === name);
  const kinds = ["scalar", "vector", "matrix"];
  const names = inputs.map(({ name }) => name);
  const isClear = names.every((name) => meantBy(name, names) === undefined);
  if (isPlain && isClear && order.length === inputs.length) return [];
  return inputs.map(({ name, shape }) => {
    const kind = kinds[shape.length] ?? "tensor";
    return `${name}: ${kind}${shape.length === 0 ? "" : `(${shape.join(", ")})`}`;
  });
}
