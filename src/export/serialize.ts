/**
 * Traced functions as text and back: the graph is plain data, and ops are known by their names. What a reader couldn't
 * read is refused by the writer.
 *
 * Format 3 is JSON: `{ adjoint: 3, own, graphs, inputs, inputTree, nodes, outputs }`. A node is `[op, operands, parameters,
 * label?]`, inputs aside, which come first; both trees have places of nodes at their leaves. Format 2, which is read, too,
 * has no tree of inputs, but the name of each. `own` lists the names of ops that aren't the library's, `graphs` holds bodies (of scans),
 * each before those who name it by its place.
 */
import {
  AdjointError,
  type Expr,
  type Graph,
  label,
  type Op,
  type Outputs,
  type Shape,
  type Shapes,
  type Traced,
  type Tree,
} from "../../graph/index.js";
import {
  allOps,
  checkSize,
  declareInputs,
  describe,
  finish,
  flattenTree,
  graphOf,
  inputOp,
  isLength,
  isRecord,
  makeBuilder,
  makeTraced,
  mapTree,
  opOf,
  readList,
  signatureOf,
  validate,
} from "../../graph/internal.js";
import { tryOut } from "./try-out.js";

const format = 3;

const typedArrays = {
  ...{ Float64Array, Float32Array, Int8Array, Uint8Array, Uint8ClampedArray },
  ...{ Int16Array, Uint16Array, Int32Array, Uint32Array },
};

/** Numbers that JSON doesn't have. */
const odd = ["-0", "NaN", "Infinity", "-Infinity"];

const library: ReadonlyMap<string, Op> = /* @__PURE__ */ new Map(allOps.map((op) => [op.name, op]));

/** A graph as data for JSON. */
interface GraphData {
  readonly inputs: readonly InputData[];
  readonly inputTree: unknown;
  readonly nodes: readonly (readonly unknown[])[];
  readonly outputs: unknown;
}

interface InputData {
  readonly shape: Shape;
  readonly label?: string;
}

class Writer {
  readonly #ops = new Map<string, Op>();
  readonly #places = new Map<Graph, number>();
  readonly graphs: GraphData[] = [];

  get own(): string[] {
    return [...this.#ops].filter(([name, op]) => library.get(name) !== op).map(([name]) => name);
  }

  graph({ nodes, inputs, inputTree, outputs }: Graph): GraphData {
    const list = nodes.slice(inputs.length).map(({ op, operands, params, label }) => {
      const other = this.#ops.get(op.name);
      if (other && other !== op) {
        throw new AdjointError(
          `serialize: two ops of the function are named "${op.name}", and ops are known by their names; give your own another one.`,
        );
      }
      this.#ops.set(op.name, op);
      const entries = this.#record(params, op, []);
      return label === undefined ? [op.name, operands, entries] : [op.name, operands, entries, label];
    });
    const kinds = inputs.map(({ shape }, i) => {
      const { label } = nodes[i]!;
      return label === undefined ? { shape } : { shape, label };
    });
    return { inputs: kinds, inputTree, nodes: list, outputs };
  }

  #record(record: object, op: Op, path: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(record).map(([key, value]) => [key, this.#value(value, op, [...path, key])]),
    );
  }

  #value(value: unknown, op: Op, path: readonly string[]): unknown {
    if (typeof value === "boolean") return value;
    if (typeof value === "number")
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { number: Object.is(value, -0) ? "-0" : String(value) };
    if (Array.isArray(value))
      return Array.from(value, (one, i) => this.#value(one, op, [...path, String(i)]));
    const kind = Object.entries(typedArrays).find(([, Elements]) => value instanceof Elements)?.[0];
    if (kind) return { [kind]: Array.from(value as Float64Array, (one) => this.#value(one, op, path)) };
    if (isGraph(value)) return { graph: this.#place(value) };
    if (isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value)))
      return { record: this.#record(value, op, path) };
    throw new AdjointError(
      `serialize: the parameter ${path.join(".")} of the op "${op.name}" is ${describe(value)}, which a text can't hold; ` +
        "parameters are numbers, truths, graphs, and arrays and records of them.",
    );
  }

  /** Where a body stands in the list of graphs; one that several nodes share stands there once. */
  #place(body: Graph): number {
    const known = this.#places.get(body);
    if (known !== undefined) return known;
    const place = this.graphs.push(this.graph(body)) - 1;
    this.#places.set(body, place);
    return place;
  }
}

function isGraph(value: unknown): value is Graph {
  return isRecord(value) && Array.isArray(value.nodes) && Array.isArray(value.inputs) && "outputs" in value;
}

/**
 * The graph of a traced function as JSON text. Two functions with the same text have the same graph. Labels stay; the
 * lines that `debug` traces remember don't, since they point into sources that a reader needn't have.
 *
 * @example
 * const text = serialize(valueAndGrad(cubic.f));
 * deserialize(text)({ x: [2, 3] }); // { value: 46, grad: { x: Float64Array [7, 35] } }
 *
 * @throws where two ops have one name, or an op of the user's has parameters that a text can't hold
 */
export function serialize(f: { readonly graph: Graph }): string {
  const writer = new Writer();
  const graph = writer.graph(graphOf(f, "serialize"));
  const { own, graphs } = writer;
  return JSON.stringify({ adjoint: format, own, graphs, ...graph });
}

/**
 * The traced function of a text that `serialize` wrote. `ops` are the user's own among its ops, as records or as the
 * functions that apply them. Nothing of the text is run; shapes are derived anew, and small nodes are tried out on zeros.
 *
 * @example
 * const { f } = cubic;
 * deserialize(serialize(f))({ x: [2, 3] }); // 46
 *
 * @throws where the text isn't such a function or is of another format, or an op isn't known
 */
export function deserialize(
  text: string,
  ops: readonly (Op | { readonly op: Op })[] = [],
): Traced<Shapes, Outputs> {
  if (typeof text !== "string") {
    throw new AdjointError(`deserialize: the text is ${describe(text)}; pass what serialize returned.`);
  }
  const own = readList(ops, "deserialize: the ops", (one, i) => {
    const op = opOf(one);
    if (op) return op;
    throw new AdjointError(
      `deserialize: op ${i} is ${describe(one)}; pass what unary, binary or defineOp returned.`,
    );
  });
  try {
    const data = parse(text);
    const known = new Map(library);
    for (const name of data.own) known.set(name, ownOp(name, own));
    const graphs: Graph[] = [];
    for (const one of data.graphs) graphs.push(readGraph(one, known, graphs));
    return makeTraced(readGraph(data, known, graphs));
  } catch (error) {
    // Any error: an op's rule for shapes may fail as it likes at parameters that nobody gave it.
    const fact = error instanceof Error ? error.message.replace(/\.?( {2}at \S+)?$/, "") : describe(error);
    throw new AdjointError(
      `deserialize: the text isn't a function that serialize wrote: ${fact.slice(0, 400)}.`,
    );
  }
}

function ownOp(name: string, given: readonly Op[]): Op {
  const found = new Set(given.filter((op) => op.name === name));
  const [op] = found;
  if (op && found.size === 1) return op;
  throw new Error(
    found.size > 1
      ? `two ops that were passed are named "${name}"`
      : `the op "${name}" isn't known; pass your own ops as the second argument`,
  );
}

function readGraph(data: unknown, known: ReadonlyMap<string, Op>, graphs: readonly Graph[]): Graph {
  const { inputs, inputTree, nodes, outputs } = checked(data);
  const places = flattenTree(inputTree, isPlace);
  if (places.length !== inputs.length || !places.every(({ leaf }, i) => leaf === i))
    throw new Error("the tree of the inputs doesn't hold their places in order");
  const signature = signatureOf(mapTree(inputTree, isPlace, (i) => inputs[i as number]!));
  const builder = makeBuilder(nodes.length);
  const exprs: Expr[] = declareInputs(builder, signature.inputs);
  for (const [i, { label: name }] of inputs.entries()) if (name !== undefined) label(exprs[i]!, name);
  const at = (id: unknown): Expr => {
    const expr = exprs[id as number];
    if (expr && typeof id === "number") return expr;
    throw new Error(`there is no node ${short(id)} before its use`);
  };
  for (const [name, ids, params, ownLabel] of nodes) {
    const op = known.get(name);
    if (!op || op.domains === undefined) throw new Error(`the op ${short(name)} isn't known`);
    const operands = ids.map(at);
    const decoded = decodeRecord(params, graphs);
    const shape = op.shape(
      operands.map((operand) => operand.shape),
      decoded,
    );
    checkSize(`the node ${short([name, ids])}`, shape);
    const position = builder.intern(
      op,
      operands.map(({ id }) => id),
      decoded,
      shape,
    );
    const expr = builder.expr(position);
    exprs.push(ownLabel === undefined ? expr : label(expr, ownLabel));
  }
  const graph = finish(builder, signature, mapTree<unknown, Expr>(outputs, isPlace, at) as Tree<Expr>);
  validate(graph);
  for (const { op, operands, params, shape } of graph.nodes) {
    const shapes = operands.map((operand) => graph.nodes[operand]!.shape);
    if (library.get(op.name) === op && op !== inputOp) tryOut(op, shapes, params, shape);
  }
  return graph;
}

function isPlace(tree: unknown): tree is unknown {
  return typeof tree !== "object" || tree === null;
}

/** Parameters become part of generated code: they are numbers and what is made of them, nothing else. */
function decode(value: unknown, graphs: readonly Graph[]): unknown {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map((one) => decode(one, graphs));
  const [entry, ...others] = isRecord(value) ? Object.entries(value) : [];
  if (entry && others.length === 0) {
    const [kind, inner] = entry;
    if (kind === "number" && odd.includes(inner as string)) return Number(inner);
    if (kind === "graph" && graphs[inner as number]) return graphs[inner as number];
    if (kind === "record" && isRecord(inner)) return decodeRecord(inner, graphs);
    const Elements = Object.hasOwn(typedArrays, kind) && typedArrays[kind as keyof typeof typedArrays];
    const numbers = Elements && Array.isArray(inner) ? inner.map((one) => decode(one, graphs)) : undefined;
    if (Elements && numbers?.every((one) => typeof one === "number")) return Elements.from(numbers);
  }
  throw new Error(`the parameter ${short(value)} is neither a number nor made of numbers`);
}

function decodeRecord(record: object, graphs: readonly Graph[]): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, decode(value, graphs)]));
}

interface Parsed {
  readonly own: readonly string[];
  readonly graphs: readonly unknown[];
}

function parse(text: string): Parsed {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error(`it isn't JSON (${(error as Error).message})`);
  }
  if (!isRecord(data) || !isLength(data.adjoint)) throw new Error(`it doesn't say "adjoint": ${format}`);
  if (data.adjoint !== format && data.adjoint !== 2) {
    throw new Error(
      `it was written by format ${data.adjoint}, and this version reads formats 2 and ${format}; ` +
        "trace the function and serialize it anew, or read the text by the version that wrote it",
    );
  }
  const { own, graphs } = data;
  if (!Array.isArray(own) || !own.every((name) => typeof name === "string") || !Array.isArray(graphs))
    throw new Error("own or graphs are missing");
  return { ...data, own, graphs };
}

type NodeData = readonly [name: string, operands: readonly unknown[], params: object, label?: string];

function checked(data: unknown): {
  readonly inputs: readonly InputData[];
  readonly inputTree: Tree<unknown>;
  readonly nodes: readonly NodeData[];
  readonly outputs: unknown;
} {
  const { inputs, inputTree, nodes, outputs } = isRecord(data) ? data : {};
  if (!Array.isArray(inputs) || !Array.isArray(nodes) || outputs === undefined)
    throw new Error("inputs, nodes or outputs are missing");
  for (const input of inputs) {
    const isShape = Array.isArray(input?.shape) && input.shape.every(isLength);
    const isNamed = inputTree !== undefined || typeof input?.name === "string";
    if (!isNamed || !isShape || typeof (input.label ?? "") !== "string")
      throw new Error("an input lacks its name or its shape, or its label is no text");
  }
  for (const node of nodes) {
    const [name, operands, params, label = ""] = Array.isArray(node) ? node : [];
    const isNode = typeof name === "string" && Array.isArray(operands) && isRecord(params);
    if (!isNode || typeof label !== "string" || node.length > 4)
      throw new Error(`the node ${short(node)} isn't [op, operands, parameters] or those and a label`);
  }
  return { inputs, inputTree: inputTree ?? treeOfNames(inputs), nodes, outputs };
}

/** Of format 2. */
function treeOfNames(inputs: readonly { readonly name: string }[]): Tree<unknown> {
  const tree = new Map(inputs.map(({ name }, i) => [name, i]));
  const twice = inputs.find(({ name }, i) => tree.get(name) !== i);
  if (twice) throw new Error(`two inputs are named "${twice.name}"`);
  return Object.fromEntries(tree);
}

function short(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 60);
}
