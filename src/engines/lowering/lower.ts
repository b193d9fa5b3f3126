/** The walk over a graph of primitives that calls a dialect. */
import type { Graph, Node, Op, Shape } from "../../../graph/index.js";
import {
  type AssembleParams,
  allOps,
  fullOp,
  generalRecipe,
  inputOp,
  isId,
  isOp,
  joinInputs,
  leavesOf,
  recipeOf,
  type ScanParams,
  scanOp,
  sizeOf,
  splitOperands,
} from "../../../graph/internal.js";
import type { Dialect, Value } from "./dialect.js";
import { numberBy, occurrences, sizeOfRecipe, truthOf } from "./instructions.js";
import { assembled, gathered, scattered, sliced } from "./moves.js";
import { addedWindows, windowsOf } from "./windows.js";

/** The values of a graph's outputs, in the order of their leaves, given those of its inputs. */
export function lowerGraph<V extends Value>(
  graph: Graph,
  dialect: Dialect<V>,
  inputs: readonly V[],
): readonly V[] {
  const uses = usesOf(graph);
  const values: V[] = [];
  /** A node that is a truth is one as a number, too, once that is asked for. */
  const numbers = new Map<number, V>();
  const numberAt = (id: number): V => {
    const value = values[id]!;
    if (value.kind === "number") return value;
    const known = numbers.get(id) ?? dialect.bind(dialect.toNumber(value), { uses: uses[id]! });
    numbers.set(id, known);
    return known;
  };
  graph.nodes.forEach((node, id) => {
    if (isOp(node, inputOp)) {
      values.push(inputs[node.params.index]!);
      return;
    }
    const value = lowerNode(dialect, node, graph, values, numberAt);
    values.push(dialect.bind(value, { uses: uses[id]!, label: node.label }));
  });
  return leavesOf(graph.outputs, isId).map(numberAt);
}

/** How often each node is used, by others and as an output: as often as an instruction takes it. */
function usesOf({ nodes, outputs }: Graph): readonly number[] {
  const uses = new Array<number>(nodes.length).fill(0);
  for (const { op, operands } of nodes) {
    const recipe = generalRecipe(op.scalar?.recipe);
    operands.forEach((operand, i) => {
      uses[operand]! += recipe === undefined ? 1 : Math.max(1, occurrences(recipe, i));
    });
  }
  for (const id of leavesOf(outputs, isId)) uses[id]! += 1;
  return uses;
}

function lowerNode<V extends Value>(
  dialect: Dialect<V>,
  node: Node,
  { nodes }: Graph,
  values: readonly V[],
  numberAt: (id: number) => V,
): V {
  const { op, operands: ids, shape } = node;
  const native = dialect.native?.(
    node,
    ids.map((id) => nodes[id]!.shape),
  );
  if (native) return native(ids.map(numberAt));
  const params = node.params as never;
  const name = libraryName(op);
  if (name === "remainder") return remainder(dialect, ids.map(numberAt));
  if (op.scalar) return elementwise(dialect, node, nodes, values, numberAt);
  if (isOp(node, scanOp)) return loop(dialect, node.params, ids.map(numberAt), shape);
  const write = primitives[name];
  if (!write) throw new Error(`${op.name} is no primitive.`);
  return write(
    dialect,
    ids.map(numberAt),
    params,
    shape,
    ids.map((id) => nodes[id]!),
  ) as V;
}

function elementwise<V extends Value>(
  dialect: Dialect<V>,
  { op, operands: ids, shape }: Node,
  nodes: readonly Node[],
  values: readonly V[],
  numberAt: (id: number) => V,
): V {
  const knownOf = (id: number) => {
    const node = nodes[id]!;
    return isOp(node, fullOp) ? node.params.value : undefined;
  };
  const recipe = recipeOf(op.scalar!, ids, knownOf)!;
  // Conditions stay what they are as long as they meet conditions alone.
  const truth = (place: number) => truthOf(dialect, values[ids[place]!]!);
  const name = libraryName(op);
  if (name === "logicalAnd") return dialect.and(truth(0), truth(1));
  if (name === "logicalOr") return dialect.or(truth(0), truth(1));
  if (name === "logicalNot") return dialect.not(truth(0));
  if (name === "where") return dialect.select(truth(0), numberAt(ids[1]!), numberAt(ids[2]!));
  if (
    Array.isArray(recipe) &&
    recipe[0] === "convert" &&
    recipe[1].length === 3 &&
    recipe[1][0] in compared
  ) {
    return dialect.compare(recipe[1][0] as "less", numberAt(ids[0]!), numberAt(ids[1]!));
  }
  const operands = ids.map(numberAt);
  const write = (given: readonly V[]) => numberBy(dialect, recipe, given);
  const isCalled = dialect.call && sizeOfRecipe(recipe) > 1 && typeof op.scalar!.recipe !== "function";
  if (typeof recipe === "object" && "value" in recipe) return dialect.full(recipe.value, shape);
  return isCalled ? dialect.call!(op.name, operands, write) : write(operands);
}

const compared = { greater: 0, greaterEqual: 0, less: 0, lessEqual: 0, equal: 0, notEqual: 0 };

type Write = <V extends Value>(
  dialect: Dialect<V>,
  operands: readonly V[],
  params: never,
  shape: Shape,
  nodes: readonly Node[],
) => V;

/** The tensor ops that a dialect's primitives say, by name. Elementwise ones are recipes. */
const primitives: Readonly<Record<string, Write>> = {
  full: (dialect, _, { value }: { value: number }, shape) => dialect.full(value, shape),
  constant: (dialect, _, { values }: { values: Float64Array }, shape) => dialect.constant(values, shape),
  iota: (dialect, _, __, shape) => dialect.iota(shape[0]!),
  reshape: (dialect, [x], _, shape) => dialect.reshape(x!, shape),
  transpose: (dialect, [x], { axes }: { axes: readonly number[] }) => dialect.transpose(x!, axes),
  broadcast: (dialect, [x], { axes }: { axes: readonly number[] }, shape) =>
    axes.length === 0 ? x! : dialect.broadcast(x!, shape, axes),
  slice: (dialect, [x], params, shape) => sliced(dialect, x!, params, shape),
  assemble: (dialect, parts, params: AssembleParams, shape) => assembled(dialect, parts, params, shape),
  sum: (dialect, [x], { axes }: { axes: readonly number[] }, shape) =>
    reduced(dialect, "add", x!, axes, shape),
  max: (dialect, [x], { axes }: { axes: readonly number[] }, shape) =>
    reduced(dialect, "maximum", x!, axes, shape),
  min: (dialect, [x], { axes }: { axes: readonly number[] }, shape) =>
    reduced(dialect, "minimum", x!, axes, shape),
  matmul: (dialect, [a, b], _, shape) =>
    sizeOf(a!.shape) * sizeOf(b!.shape) === 0 ? dialect.full(0, shape) : dialect.dot(a!, b!),
  gather: (dialect, [x, at], params, shape, nodes) => gathered(dialect, x!, at!, params, shape, nodes[1]!),
  scatter: (dialect, [x, at], params, shape, nodes) => scattered(dialect, x!, at!, params, shape, nodes[1]!),
  windows: (dialect, [x], params, shape) => windowsOf(dialect, x!, params, shape),
  addWindows: (dialect, [x], params, shape) => addedWindows(dialect, x!, params, shape),
};

const library: ReadonlySet<Op> = /* @__PURE__ */ new Set(allOps);

/** The name of an op of the library's, by which tables find it. Users' own may have the name of one, and have none here. */
export function libraryName(op: Op): string {
  return library.has(op) ? op.name : "";
}

/** What is left of x by y, with the sign of y. */
function remainder<V extends Value>(dialect: Dialect<V>, [x, y]: readonly V[]): V {
  const rest = dialect.bind(dialect.binary("remainder", x!, y!), { uses: 3 });
  const zero = dialect.full(0, x!.shape);
  const isNegative = dialect.bind(dialect.compare("less", y!, zero), { uses: 2 });
  const differs = dialect.or(
    dialect.and(dialect.compare("less", rest, zero), dialect.not(isNegative)),
    dialect.and(dialect.not(dialect.compare("less", rest, zero)), isNegative),
  );
  const none = dialect.select(isNegative, dialect.full(-0, x!.shape), zero);
  const moved = dialect.select(differs, dialect.binary("add", rest, y!), rest);
  return dialect.select(dialect.compare("equal", rest, zero), none, moved);
}

/** Whether an op is among the primitives: by its recipe, by its name, or as a loop. */
export function isPrimitive({ op }: Node): boolean {
  if (op.scalar?.recipe !== undefined) return true;
  const name = libraryName(op);
  return op === scanOp || op === inputOp || name === "remainder" || Object.hasOwn(primitives, name);
}

function reduced<V extends Value>(
  dialect: Dialect<V>,
  by: "add" | "maximum" | "minimum",
  x: V,
  axes: readonly number[],
  shape: Shape,
): V {
  if (axes.length === 0) return x;
  if (sizeOf(x.shape) > 0) return dialect.reduce(by, x, axes);
  return dialect.full({ add: 0, maximum: -Infinity, minimum: Infinity }[by], shape);
}

function loop<V extends Value>(
  dialect: Dialect<V>,
  { body, length, rows, reverse, last }: ScanParams,
  operands: readonly V[],
  shape: Shape,
): V {
  const { carry, rows: given, constants } = splitOperands(operands, rows);
  if (length === 0 || sizeOf(carry.shape) === 0) return last && length === 0 ? carry : dialect.full(0, shape);
  return dialect.loop(
    { length, reverse: reverse === 1, last: last === 1, carry, rows: given },
    (inputs) => lowerGraph(body, dialect, joinInputs({ ...inputs, constants }))[0]!,
  );
}
