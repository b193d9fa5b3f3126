/** Traced functions as text and back: the graph is plain data, and ops are known by their names. */
import {
  AdjointError,
  type Expr,
  type Graph,
  type Op,
  type Outputs,
  type Shape,
  type Shapes,
  type Traced,
  type Tree,
} from "../../graph/index.js";
import {
  assembleOp,
  Builder,
  constantOp,
  declareInputs,
  finish,
  fullOp,
  graphOf,
  inputOp,
  isLength,
  makeTraced,
} from "../../graph/internal.js";
import * as functions from "../../graph/ops/index.js";

const format = 1;

/** The built-in ops by name: those behind public functions, and those that only graphs hold. */
function opsByName(own: readonly Op[]): Map<string, Op> {
  const carried = Object.values(functions).flatMap((one) => ("op" in one ? [one.op] : []));
  const all = [...carried, assembleOp, fullOp, constantOp, inputOp, ...own] as readonly Op[];
  return new Map(all.map((op) => [op.name, op]));
}

/** JSON has no −0, NaN and ∞, and no typed arrays. */
function encode(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { number: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value instanceof Float64Array) return { doubles: Array.from(value, encode) };
  return Array.isArray(value) ? value.map(encode) : value;
}

/** Numbers and arrays of them, nothing else: parameters become part of generated code. */
function decode(value: unknown): unknown {
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value === "object" && value !== null && "number" in value) return Number(value.number);
  if (typeof value === "object" && value !== null && "doubles" in value && Array.isArray(value.doubles)) {
    return Float64Array.from(value.doubles.map(decode) as number[]);
  }
  throw unreadable(
    `the parameter ${JSON.stringify(value)?.slice(0, 40)} is neither a number nor an array of numbers`,
  );
}

/**
 * The graph of a traced function as JSON text. Two functions with the same text have the same graph.
 *
 * @example
 * const text = serialize(valueAndGrad(cubic));
 * deserialize(text)({ x: [2, 3] }); // { value: 46, grad: { x: Float64Array [7, 35] } }
 */
export function serialize(f: { readonly graph: Graph }): string {
  const { nodes, inputs, outputs } = graphOf(f, "serialize");
  const list = nodes.slice(inputs.length).map(({ op, operands, params }) => {
    const entries = Object.entries(params).map(
      ([key, value]: [string, unknown]) => [key, encode(value)] as const,
    );
    return [op.name, operands, Object.fromEntries(entries)];
  });
  return JSON.stringify({ adjoint: format, inputs, nodes: list, outputs });
}

/**
 * The traced function of a text that `serialize` wrote. `ops` are the user's own among its ops. Nothing of the text is
 * run; shapes are derived anew.
 *
 * @throws where the text isn't such a function, or an op isn't known
 */
export function deserialize(text: string, ops: readonly Op[] = []): Traced<Shapes, Outputs> {
  const { inputs, nodes, outputs } = parse(text);
  const known = opsByName(ops);
  const builder = new Builder();
  const exprs: Expr[] = declareInputs(builder, inputs);
  const at = (id: unknown): Expr => {
    const expr = exprs[id as number];
    if (expr) return expr;
    throw unreadable(`there is no node ${JSON.stringify(id)} before its use`);
  };
  for (const [name, ids, params] of nodes) {
    const op = known.get(name);
    if (!op)
      throw unreadable(
        `the op ${JSON.stringify(name)} isn't known; pass your own ops as the second argument`,
      );
    const operands = ids.map(at);
    const decoded = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, decode(value)]));
    const shape = op.shape(
      operands.map((operand) => operand.shape),
      decoded,
    );
    const id = builder.intern(
      op,
      operands.map((operand) => operand.id),
      decoded,
      shape,
    );
    exprs.push(builder.expr(id));
  }
  const resolve = (tree: unknown): Tree<Expr> =>
    typeof tree === "object" && tree !== null
      ? Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, resolve(child)]))
      : at(tree);
  return makeTraced(finish(builder, inputs, resolve(outputs)));
}

interface Parsed {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly nodes: readonly (readonly [name: string, operands: readonly unknown[], params: object])[];
  readonly outputs: unknown;
}

function parse(text: string): Parsed {
  let data: Partial<Parsed> & { adjoint?: unknown };
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw unreadable(`it isn't JSON (${(error as Error).message})`);
  }
  if (data?.adjoint !== format) throw unreadable(`it doesn't say "adjoint": ${format}`);
  const { inputs, nodes, outputs } = data;
  if (!Array.isArray(inputs) || !Array.isArray(nodes) || outputs === undefined) {
    throw unreadable("inputs, nodes or outputs are missing");
  }
  for (const input of inputs) {
    const isShape = Array.isArray(input?.shape) && input.shape.every(isLength);
    if (typeof input?.name !== "string" || !isShape) throw unreadable("an input lacks its name or its shape");
  }
  for (const node of nodes) {
    const isNode = Array.isArray(node) && typeof node[0] === "string" && Array.isArray(node[1]);
    if (!isNode || typeof node[2] !== "object" || node[2] === null) {
      throw unreadable(`the node ${JSON.stringify(node).slice(0, 60)} isn't [op, operands, parameters]`);
    }
  }
  return { inputs, nodes, outputs };
}

function unreadable(reason: string): AdjointError {
  return new AdjointError(`deserialize: the text isn't a function that serialize wrote: ${reason}.`);
}
