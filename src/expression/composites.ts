/**
 * Nodes that a function of several ops makes of others, such as norm(x), std(A, 2) or kron(A, B). No op tells them: the functions
 * are tried on the nodes of the graph, and what makes another node of it is how that one may be written.
 */
import type { Expr, Graph } from "../../graph/index.js";
import { fullOp, isOp } from "../../graph/internal.js";
import { type Candidate, call, type Form } from "./forms.js";
import { functions, reductions } from "./functions.js";

/** The most nodes among which they are looked for, and the most among which pairs of them are, too. */
const mostNodes = 3000;
const mostThorough = 200;

/** What a candidate makes of operands, or nothing where it refuses them. */
export type Try = (candidate: Candidate, operands: readonly Expr[]) => Expr | undefined;

/** How nodes may be written that functions make of others. `thoroughly`: also along axes, of numbers and of pairs. */
export function compositesOf(
  graph: Graph,
  exprs: readonly Expr[],
  output: number,
  tried: Try,
  thoroughly: boolean,
): ReadonlyMap<number, Form> {
  const found = new Map<number, Form>();
  if (graph.nodes.length > (thoroughly ? mostThorough : mostNodes)) return found;
  const places = new Map(exprs.map(({ id }, place) => [id, place]));
  const needed = neededBy(graph, output);
  // What a function refused of a shape it refuses again: telling why takes longer than making.
  const refused = new Set<string>();
  const look = (candidate: Candidate) => {
    const { operands } = candidate;
    const kind = `${candidate.write(() => "")} ${operands.map((one) => graph.nodes[one]!.shape.join("×")).join()}`;
    if (refused.has(kind)) return;
    const made = tried(
      candidate,
      operands.map((one) => exprs[one]!),
    );
    if (!made) refused.add(kind);
    const at = made && places.get(made.id);
    if (at !== undefined && at > Math.max(...operands) && !found.has(at)) found.set(at, candidate);
  };
  const unary = unaries(thoroughly);
  for (const place of needed) {
    for (const [name, make] of unary) look(call(name, [place], make));
    if (thoroughly) for (const candidate of ofNumbers(graph, place)) look(candidate);
  }
  if (thoroughly) for (const candidate of ofPairs(graph, needed)) look(candidate);
  return found;
}

/** The nodes of which an output is made, itself included. */
function neededBy({ nodes }: Graph, output: number): number[] {
  const needed = new Set([output]);
  for (const id of needed) for (const operand of nodes[id]!.operands) needed.add(operand);
  return [...needed].sort((a, b) => a - b);
}

type Make = (...args: Expr[]) => never;

/** Those that are known by an op, but are made of several. */
const mixed = ["cumprod", "cholesky"];

/** Functions of one argument that aren't an op. */
function unaries(thoroughly: boolean): [string, Make][] {
  const known = new Set<unknown>();
  return [...functions].flatMap(([name, { arity, make }]): [string, Make][] => {
    const isUnary =
      arity[0] === 1 && arity[1] >= 1 && (!("op" in make) || (thoroughly && mixed.includes(name)));
    if (!isUnary || known.has(make)) return [];
    known.add(make);
    return [[name, make as unknown as Make]];
  });
}

/** Functions of a node and a number: along an axis, of an order, a share or a base. */
function* ofNumbers({ nodes }: Graph, place: number): Generator<Candidate> {
  const { shape } = nodes[place]!;
  const numbers = [...new Set(nodes.flatMap((node) => (isOp(node, fullOp) ? [node.params.value] : [])))];
  const plain = (name: string, value: number) => {
    const { make } = functions.get(name)!;
    return call(name, [place], (x) => make(x!, value), `, ${String(value).replace("e+", "e")}`);
  };
  if (shape.length > 0) {
    for (const name of ["max", "min", ...Object.keys(reductions)])
      for (let axis = 1; axis <= shape.length; axis++) yield plain(name, axis);
    for (const order of [1, Infinity]) yield plain("norm", order);
    for (const share of sharesOf(numbers, shape[0]!)) yield plain("quantile", share);
  }
  for (const order of numbers) {
    if (!Number.isInteger(order) || order < 0) continue;
    const { make } = functions.get("polygamma")!;
    yield call("polygamma", [place], (x) => make(order, x!), "", `${order}, `);
  }
}

/** The shares of quantiles between two of so many elements: the graph holds the place of the first, and how far beyond it is. */
function* sharesOf(numbers: readonly number[], count: number): Generator<number> {
  if (count < 2) return;
  for (const first of numbers)
    for (const beyond of [0, ...numbers]) {
      const share = (first + beyond) / (count - 1);
      if (!(Number.isInteger(first) && first >= 0 && beyond >= 0 && beyond < 1 && share <= 1)) continue;
      // It was rounded when it was multiplied.
      yield* [Number(share.toPrecision(15)), share, share * (1 - 2 ** -53), share * (1 + 2 ** -52)];
    }
}

function* ofPairs({ nodes }: Graph, needed: readonly number[]): Generator<Candidate> {
  const arrays = needed.filter((id) => nodes[id]!.shape.length > 0);
  for (const name of ["outer", "kron"])
    for (const a of arrays)
      for (const b of arrays) yield call(name, [a, b], functions.get(name)!.make as never);
}
