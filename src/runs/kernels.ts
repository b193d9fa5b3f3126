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
import { contentOf, lru, makeTraced, serialOf, sizeOf } from "../../graph/internal.js";
import type { Floats } from "./state.js";

/** A traced function with what is compiled of it. */
export interface Program {
  readonly graph: Graph;
  /** Compiled when it is first needed. */
  readonly kernel: Kernel<Record<string, Shape>, Expr, Floats>;
  /** What `fused.ts` generates: `null` before it tried, `undefined` where that can't be. */
  loop: unknown;
}

/** So many programs are kept for their content, of graphs of up to so many elements. */
const keep = lru<string, Program>(64);
const mostElements = 2 ** 18;

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

function makeProgram(traced: Traced, dtype: Dtype): Program {
  // Where nodes come from is asked for of the objective when a run has diverged; graphs that know it aren't compiled.
  const nodes = traced.graph.nodes.map(({ origin: _, ...node }) => node);
  const graph = { ...traced.graph, nodes };
  let kernel: unknown;
  const fresh: Program = {
    graph,
    get kernel() {
      kernel ??= compile(makeTraced(graph), { dtype });
      return kernel as Program["kernel"];
    },
    loop: null,
  };
  const elements = graph.nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const content = elements > mostElements ? undefined : contentOf(graph);
  return content === undefined ? fresh : keep(`${dtype} ${content}`, () => fresh);
}
