/**
 * What runs compile, kept for who asks again: for the same functions and shapes without another trace, and for other
 * functions that trace to the same graph without another kernel.
 */
import {
  compile,
  type Dtype,
  type Expr,
  type Graph,
  type Kernel,
  type Shape,
  type Traced,
} from "../../graph/index.js";
import { constantOp, contentOf, isOp, lru, makeTraced, serialOf, sizeOf } from "../../graph/internal.js";
import type { Floats } from "./state.js";

/** A traced function with what is compiled of it. */
export interface Program {
  readonly graph: Graph;
  /** Compiled when it is first needed. */
  readonly kernel: Kernel<Record<string, Shape>, Expr, Floats>;
  /** What `fused.ts` generates: `null` before it tried, `undefined` where that can't be. */
  loop: unknown;
}

/** So many programs are kept for their content, of graphs of up to so many elements in all, and in their constants. */
const keep = lru<string, Program>(64);
const mostElements = 2 ** 18;

/** Fewer are kept of larger graphs: their kernels hold room for what the elements take. */
const keepLarge = lru<string, Program>(8);
const mostOfLarge = 2 ** 22;

/** For so many other functions and shapes of its inputs, an objective's programs are kept as long as it lives. */
const mostPrograms = 64;
const byObjective = new WeakMap<object, typeof keep>();

/**
 * The program of this name (`step`, …) for an objective, with other functions, and for inputs of a kind that a text tells.
 * What `make` traces must depend on nothing else.
 */
export function programOf(
  name: string,
  [objective, ...others]: readonly [object, ...object[]],
  inputs: string,
  dtype: Dtype,
  make: () => Traced,
): Program {
  const programs = byObjective.get(objective) ?? lru(mostPrograms);
  byObjective.set(objective, programs);
  return programs([name, dtype, ...others.map(serialOf), inputs].join(" "), () => makeProgram(make(), dtype));
}

/** Functions by their content. */
const firsts = lru<string, object>(64);
const firstOf = new WeakMap<object, object>();

/**
 * The first function that traced to the same graph, whose derivatives may be compiled already: one that is traced anew for
 * each run then isn't differentiated anew. It may know other places in a program as those where its nodes come from.
 */
export function firstAlike<F extends Traced>(f: F): F {
  let found = firstOf.get(f);
  if (!found) {
    const content = textOf(withoutOrigins(f.graph), mostElements);
    found = content === undefined ? f : firsts(content, () => f);
    firstOf.set(f, found);
  }
  return found as F;
}

/** Where nodes come from is asked for of the objective when a run has diverged; graphs that know it aren't compiled. */
function withoutOrigins(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.map(({ origin: _, ...node }) => node) };
}

const elementsOf = (nodes: Graph["nodes"]) => nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** The content of a graph whose constants have up to so many elements. */
function textOf(graph: Graph, most: number): string | undefined {
  const written = elementsOf(graph.nodes.filter((node) => isOp(node, constantOp)));
  return written > most ? undefined : contentOf(graph);
}

function makeProgram(traced: Traced, dtype: Dtype): Program {
  const graph = withoutOrigins(traced.graph);
  let kernel: unknown;
  const fresh: Program = {
    graph,
    get kernel() {
      kernel ??= compile(makeTraced(graph), { dtype });
      return kernel as Program["kernel"];
    },
    loop: null,
  };
  const elements = elementsOf(graph.nodes);
  const content = elements > mostOfLarge ? undefined : textOf(graph, mostElements);
  if (content === undefined) return fresh;
  return (elements > mostElements ? keepLarge : keep)(`${dtype} ${content}`, () => fresh);
}
