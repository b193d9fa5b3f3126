/** How nodes may be written: candidates by op, from the plainest on. */

import type { Expr, Graph, Op } from "../../graph/index.js";
import * as ops from "../../graph/index.js";
import { constantOp, fullOp, isOp } from "../../graph/internal.js";
import { functions, mostWritten, product, quotient, raised, stacked, type Value } from "./functions.js";
import { elementsOf } from "./indexing.js";

/** How strongly operators bind: a part in the place of an operand needs at least its level, else brackets. */
export const level = {
  or: 1,
  xor: 2,
  and: 3,
  compare: 4,
  range: 5,
  add: 6,
  multiply: 7,
  unary: 8,
  power: 9,
  atom: 10,
} as const;

/** The text of a node by the texts of its operands. */
export interface Form {
  /** Nodes of the graph. */
  readonly operands: readonly number[];
  readonly level: number;
  /** `part(i, least)` is the text of operand i, in brackets if it binds less. */
  readonly write: (part: (i: number, least: number) => string) => string;
}

/** A form, and what it makes when it is read. */
export interface Candidate extends Form {
  readonly make: (...operands: Expr[]) => Value;
}

interface Infix {
  readonly symbol: string;
  readonly level: number;
  /** What the operands' levels must be. */
  readonly left: number;
  readonly right: number;
  readonly make: (a: Value, b: Value) => Value;
}

const infix = (symbol: string, own: number, make: Infix["make"]): Infix => ({
  ...{ symbol, level: own, left: own, right: own + 1, make },
});

const comparison = (symbol: string, make: Infix["make"]): Infix => ({
  ...{ symbol, level: level.compare, left: level.range, right: level.range, make },
});

/** The tables, made when something is written: most who read texts write none. */
interface Tables {
  readonly infixes: ReadonlyMap<Op, readonly Infix[]>;
  /** Functions by the op that they are. */
  readonly named: ReadonlyMap<Op, readonly string[]>;
}

let made: Tables | undefined;

function tables(): Tables {
  made ??= { infixes: infixesByOp(), named: namesByOp() };
  return made;
}

/** Operators of two operands, by their ops; what mathjs writes with a dot, after what it writes without. */
const infixesByOp = (): ReadonlyMap<Op, readonly Infix[]> =>
  new Map<Op, readonly Infix[]>([
    [ops.add.op, [infix(" + ", level.add, ops.add)]],
    [ops.subtract.op, [infix(" - ", level.add, ops.subtract)]],
    [ops.multiply.op, [infix("*", level.multiply, product), infix(" .* ", level.multiply, ops.multiply)]],
    [ops.divide.op, [infix("/", level.multiply, quotient), infix(" ./ ", level.multiply, ops.divide)]],
    [
      ops.power.op,
      [
        { symbol: "^", level: level.power, left: level.atom, right: level.unary, make: raised },
        { symbol: " .^ ", level: level.power, left: level.atom, right: level.unary, make: ops.power },
      ],
    ],
    [ops.matmul.op, [infix("*", level.multiply, product)]],
    [ops.less.op, [comparison(" < ", ops.less)]],
    [ops.lessEqual.op, [comparison(" <= ", ops.lessEqual)]],
    [ops.greater.op, [comparison(" > ", ops.greater)]],
    [ops.greaterEqual.op, [comparison(" >= ", ops.greaterEqual)]],
    [ops.equal.op, [comparison(" == ", ops.equal)]],
    [ops.notEqual.op, [comparison(" != ", ops.notEqual)]],
    [ops.logicalAnd.op, [infix(" and ", level.and, ops.logicalAnd)]],
    [ops.logicalOr.op, [infix(" or ", level.or, ops.logicalOr)]],
  ]);

const extremes = () =>
  [
    [ops.maximum, "max"],
    [ops.minimum, "min"],
  ] as const;

function namesByOp(): ReadonlyMap<Op, readonly string[]> {
  const found = new Map<Op, string[]>();
  for (const [name, { make }] of functions) {
    const { op } = make as { readonly op?: Op };
    if (op) found.set(op, [...(found.get(op) ?? []), name]);
  }
  return found;
}

export function* candidatesOf(graph: Graph, id: number): Generator<Candidate> {
  const node = graph.nodes[id]!;
  const operands = [...node.operands];
  const { infixes, named } = tables();
  for (const one of infixes.get(node.op) ?? []) {
    yield* literal(graph, operands, one);
    for (const pair of variants(graph, operands)) yield written(pair, one);
  }
  if (node.op === ops.negative.op)
    yield {
      operands,
      level: level.unary,
      write: (part) => `-${part(0, level.unary)}`,
      make: (x) => ops.negative(x),
    };
  if (node.op === ops.logicalNot.op)
    yield {
      operands,
      level: level.unary,
      write: (part) => `not ${part(0, level.unary)}`,
      make: (x) => ops.logicalNot(x),
    };
  for (const [op, name] of extremes())
    if (node.op === op.op)
      for (const all of variants(graph, operands)) yield call(name, all, (a, b) => op(a!, b!));
  yield* gathered(graph, id);
  if (node.op === ops.where.op)
    for (const all of variants(graph, operands)) yield call("where", all, (c, a, b) => ops.where(c!, a!, b!));
  for (const name of named.get(node.op) ?? [])
    for (const all of variants(graph, operands)) yield call(name, all, functions.get(name)!.make as never);
  yield* reductions(graph, id);
  yield* arrangements(graph, id);
}

function written(pair: readonly number[], { symbol, level: own, left, right, make }: Infix): Candidate {
  return {
    operands: pair,
    level: own,
    write: (part) => `${part(0, left)}${symbol}${part(1, right)}`,
    make: (a, b) => make(a!, b!),
  };
}

/** An operator with a number beside an array: it is written as a number, not as an array of equal ones. */
function* literal({ nodes }: Graph, operands: readonly number[], one: Infix): Generator<Candidate> {
  for (const [i, id] of operands.entries()) {
    const node = nodes[id]!;
    if (!isOp(node, fullOp) || node.shape.length === 0) continue;
    // A number that is spread beside it needs the array: x + [2, 2].
    if (nodes[operands[1 - i]!]!.op === ops.broadcastTo.op) continue;
    const { value } = node.params;
    const [text, own] = numberText(value);
    const number = own < (i === 0 ? one.left : one.right) ? `(${text})` : text;
    yield {
      operands: [operands[1 - i]!],
      level: one.level,
      write: (part) =>
        i === 0
          ? `${number}${one.symbol}${part(0, one.right)}`
          : `${part(0, one.left)}${one.symbol}${number}`,
      make: (x) => (i === 0 ? one.make(value, x!) : one.make(x!, value)),
    };
  }
}

/** A number as text, and how strongly that binds. */
export function numberText(value: number): readonly [string, number] {
  const isNegative = value < 0 || Object.is(value, -0);
  const text = Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
  return [text, isNegative ? level.unary : level.atom];
}

export function call(
  name: string,
  operands: readonly number[],
  make: (...args: Expr[]) => Value,
  rest = "",
  first = "",
): Candidate {
  const write = (part: (i: number, least: number) => string) =>
    `${name}(${first}${operands.map((_, i) => part(i, level.or)).join(", ")}${rest})`;
  return { operands, level: level.atom, write, make };
}

/** The operands as they are, and without what spreads them or gives them axes: ops do so by themselves. */
function* variants({ nodes }: Graph, operands: readonly number[]): Generator<readonly number[]> {
  const plain = operands.map((id) => {
    let inner = id;
    while (nodes[inner]!.op === ops.broadcastTo.op || nodes[inner]!.op === ops.reshape.op)
      inner = nodes[inner]!.operands[0]!;
    return inner;
  });
  const spread = operands.map((id) => (nodes[id]!.op === ops.broadcastTo.op ? nodes[id]!.operands[0]! : id));
  yield spread;
  if (plain.some((id, i) => id !== spread[i])) yield plain;
  if (spread.some((id, i) => id !== operands[i])) yield operands;
}

/** sum(x) and others, of all elements or along an axis. */
function* reductions({ nodes }: Graph, id: number): Generator<Candidate> {
  const { op, operands } = nodes[id]!;
  const [x] = operands;
  if (x === undefined || operands.length !== 1) return;
  const rank = nodes[x]!.shape.length;
  for (const name of tables().named.get(op) ?? reductionNames) {
    if (!reductionNames.includes(name)) continue;
    const { make } = functions.get(name)!;
    yield call(name, [x], (one) => make(one!));
    for (let axis = 1; axis <= rank; axis++) yield call(name, [x], (one) => make(one!, axis), `, ${axis}`);
  }
}

const reductionNames = ["sum", "prod", "max", "min", "mean", "logSumExp", "median"];

/** Elements and parts, lists, products of matrices and vectors, other shapes. */
function* arrangements(graph: Graph, id: number): Generator<Candidate> {
  const { nodes } = graph;
  const { op, operands, shape } = nodes[id]!;
  const [x] = operands;
  if (x === undefined) return;
  const inner = nodes[x]!;
  if (op === ops.reshape.op && inner.op === ops.slice.op)
    yield* parts(graph, inner.operands[0]!, inner.params as never, inner.shape, true);
  if (op === ops.reshape.op && inner.op === ops.matmul.op)
    for (const pair of variants(graph, [...inner.operands]))
      yield written(pair, infix("*", level.multiply, product));
  if (op === ops.reshape.op)
    yield call("reshape", [x], (one) => ops.reshape(one!, shape) as Value, `, [${shape.join(", ")}]`);
  if (op === ops.slice.op) yield* parts(graph, x, nodes[id]!.params as never, shape);
  if (operands.length > 0) {
    const plain = operands.map((one) => (nodes[one]!.op === ops.reshape.op ? nodes[one]!.operands[0]! : one));
    yield list(plain);
    yield call("concat", operands, (...all) => ops.concatenate(all as never) as Value);
  }
}

/** Elements by a list of places: x[[3, 1], :]. */
function* gathered({ nodes }: Graph, id: number): Generator<Candidate> {
  const { operands, params } = nodes[id]!;
  const [x, list] = operands;
  const { axis } = params as { readonly axis?: number };
  if (x === undefined || list === undefined || operands.length !== 2 || axis === undefined) return;
  const places = nodes[list]!;
  if (places.shape.length !== 1) return;
  const numbers = isOp(places, constantOp)
    ? Array.from(places.params.values as ArrayLike<number>)
    : isOp(places, fullOp)
      ? new Array<number>(places.shape[0]!).fill(places.params.value)
      : undefined;
  if (!numbers || numbers.length > mostWritten) return;
  const counted = numbers.map((one) => one + 1);
  const texts = nodes[x]!.shape.map((_, k) => (k === axis ? `[${counted.join(", ")}]` : ":"));
  yield {
    operands: [x],
    level: level.atom,
    write: (part) => `${part(0, level.atom)}[${texts.join(", ")}]`,
    make: (one) => ops.take(one!, numbers, axis) as Value,
  };
}

interface Sliced {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
}

function list(operands: readonly number[]): Candidate {
  return {
    operands,
    level: level.atom,
    write: (part) => `[${operands.map((_, i) => part(i, level.or)).join(", ")}]`,
    make: (...all) => stacked(all),
  };
}

/** x[a:b, :]; of single elements of an axis, `drops` leaves out the axis, as in x[i, :]. */
function* parts(
  { nodes }: Graph,
  x: number,
  { starts, steps }: Sliced,
  shape: readonly number[],
  drops = false,
): Generator<Candidate> {
  if (steps.some((step) => step !== 1)) return;
  const whole = nodes[x]!.shape;
  const texts = starts.map((start, axis) => {
    if (drops && shape[axis] === 1) return `${start + 1}`;
    if (start === 0 && shape[axis] === whole[axis]) return ":";
    return `${start + 1}:${start + shape[axis]!}`;
  });
  const chosen = starts.map((start, axis) =>
    drops && shape[axis] === 1 ? start + 1 : Array.from({ length: shape[axis]! }, (_, k) => start + k + 1),
  );
  const places = starts.map((_, axis) => ({ kind: "number" as const, value: axis, at: undefined }));
  yield {
    operands: [x],
    level: level.atom,
    write: (part) => `${part(0, level.atom)}[${texts.join(", ")}]`,
    make: (one) =>
      elementsOf(one!, places, (place) => chosen[(place as { readonly value: number }).value]! as never),
  };
}
