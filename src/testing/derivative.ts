/** A traced function as differences see it: flat numbers in, flat numbers out, and its derivatives order by order. */

import {
  add,
  compile,
  type Expr,
  grad,
  jvp,
  type Shape,
  type Signature,
  sum,
  type Traced,
  type Tree,
  trace,
  where,
} from "../../graph/index.js";
import {
  doubles,
  interpretNodes,
  isExpr,
  isId,
  leavesOf,
  outputsOf,
  type Path,
  sizeOf,
  unflattenTree,
} from "../../graph/internal.js";
import type { InputValues } from "./report.js";

/** The flat values of a function's inputs, in order. */
export type Values = readonly (readonly number[])[];

/** Flat values as a traced function takes them. */
export function nameValues({ inputs, inputTree }: Signature, values: Values): InputValues {
  const leaves = inputs.map(({ shape }, i) => (shape.length === 0 ? values[i]![0]! : values[i]!));
  return unflattenTree(inputTree, isId, leaves) as InputValues;
}

/** The same function of flat inputs, whose names are the texts of their paths, with places where these are the same. */
export function flattened(f: Traced): Traced {
  const { inputs, inputTree } = f.graph;
  if (inputs.every(({ path }) => path.length === 1)) return f;
  const names = inputs.map(({ name }, i) =>
    inputs.findIndex((other) => other.name === name) === i ? name : `${name} (input ${i})`,
  );
  const specs = Object.fromEntries(inputs.map(({ shape }, i) => [names[i]!, { shape }]));
  return trace(specs, (exprs) => {
    const leaves = names.map((name) => exprs[name]!);
    return f(unflattenTree(inputTree, isId, leaves) as never) as never;
  }) as unknown as Traced;
}

/** One number of a function's result: the path of its output, and its place in it. */
export interface Element {
  readonly path: Path;
  readonly shape: Shape;
  readonly offset: number;
}

/** The numbers of a function's result, in order. */
export function elementsOf(f: Traced): Element[] {
  return outputsOf(f.graph).flatMap(({ path, id }) => {
    const { shape } = f.graph.nodes[id]!;
    return Array.from({ length: sizeOf(shape) }, (_, offset) => ({ path, shape, offset }));
  });
}

function isResult(tree: Tree<number | Float64Array>): tree is number | Float64Array {
  return typeof tree === "number" || tree instanceof Float64Array;
}

/** Graphs of more elements than this are compiled: that pays after a few calls. */
const interpreted = 3000;

/** `f` on flat numbers: all numbers of its result, in order. */
export function evaluator(f: Traced): (inputs: Values) => number[] {
  const { graph } = f;
  const outputs = outputsOf(graph);
  const size = graph.nodes.reduce((total, { shape }) => total + sizeOf(shape), 0);
  if (size <= interpreted) {
    return (inputs) => {
      const values = interpretNodes(graph.nodes, doubles, inputs);
      return outputs.flatMap(({ id }) => values[id]!);
    };
  }
  const kernel = compile(f) as (inputs: InputValues) => Tree<number | Float64Array>;
  return (inputs) =>
    leavesOf(kernel(nameValues(graph, inputs)), isResult).flatMap((one) =>
      typeof one === "number" ? one : Array.from(one),
    );
}

/** A function whose derivatives of some order are checked, by those of the order before. */
export interface Level {
  readonly order: number;
  /** The function whose slopes are taken: `f`, or its derivative of the order before. */
  readonly value: (inputs: Values) => number[];
  /** The numbers that `value` gives. */
  readonly elements: readonly Element[];
  /** The gradient of one number of `value` by the inputs that move, all in one row. It takes the choices, too. */
  readonly gradient: (inputs: Values) => number[];
  /** The inputs that choose the number `i`; they follow those of `value`. */
  choice(i: number): Values;
  /** By forward mode: the derivative of each number of `value` by element `offset` of input `moving`. */
  tangent(inputs: Values, moving: number, offset: number): number[];
}

/** The levels of `f` up to an order, its inputs `names` being the ones that move. */
export function levelsOf(f: Traced, names: readonly string[], order: number): Level[] {
  const levels: Level[] = [];
  let current = f;
  for (let k = 1; k <= order; k++) {
    const { objective, choice } = oneNumberOf(current, k);
    const gradient = grad(objective as never, ...(names as never[])) as unknown as Traced;
    levels.push({
      order: k,
      value: evaluator(current),
      elements: elementsOf(current),
      gradient: evaluator(gradient),
      choice,
      tangent: tangentOf(current, names, k),
    });
    current = gradient;
  }
  return levels;
}

/**
 * One number of the result of `f`, chosen by further inputs: each derivative is looked at by itself, with nothing
 * added up that could cancel. `where` chooses, since multiplying by 0 would let an infinite slope of another number in.
 */
function oneNumberOf(f: Traced, order: number): { objective: Traced; choice: Level["choice"] } {
  const outputs = outputsOf(f.graph).map(({ id }) => f.graph.nodes[id]!.shape);
  if (f.graph.outputs === outputsOf(f.graph)[0]?.id && outputs[0]!.length === 0)
    return { objective: f, choice: () => [] };
  const own = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  const choices = outputs.map((shape, i) => [`choice ${i} of order ${order}`, { shape }] as const);
  const objective = trace(Object.fromEntries([...own, ...choices]), (inputs): Expr => {
    const exprs = inputs as Readonly<Record<string, Expr>>;
    const results = f(Object.fromEntries(own.map(([name]) => [name, exprs[name]!])) as never) as Tree<Expr>;
    return leavesOf(results, isExpr)
      .map((result, i) => sum(where(exprs[choices[i]![0]]!, result, 0)))
      .reduce((total, term) => add(total, term));
  }) as unknown as Traced;
  const choice = (chosen: number) => {
    let next = 0;
    return outputs.map((shape) => Array.from({ length: sizeOf(shape) }, () => (next++ === chosen ? 1 : 0)));
  };
  return { objective, choice };
}

/**
 * The derivative of `f` by one element, by forward mode. The element is put in by `where`, so that the others have no
 * tangent at all: a tangent of 0 would let an infinite slope of another element in.
 */
function tangentOf(f: Traced, names: readonly string[], order: number): Level["tangent"] {
  const inputs = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  const places = names.map((name) => {
    const { shape } = f.graph.inputs.find((input) => input.name === name)!;
    return [`place in ${name} of order ${order}`, { shape }] as const;
  });
  const element = `element of order ${order}`;
  const specs = Object.fromEntries([...inputs, ...places, [element, { shape: [] as const }] as const]);
  const moved = trace(specs, (all) => {
    const exprs = all as Readonly<Record<string, Expr>>;
    const given = inputs.map(([name]) => {
      const i = names.indexOf(name);
      const expr = exprs[name]!;
      return [name, i < 0 ? expr : where(exprs[places[i]![0]]!, exprs[element]!, expr)] as const;
    });
    return f(Object.fromEntries(given) as never) as never;
  }) as unknown as Traced;
  const evaluate = evaluator(jvp(moved, element as never) as unknown as Traced);
  const positions = names.map((name) => inputs.findIndex(([other]) => other === name));
  return (values, moving, offset) => {
    const masks = places.map(([, { shape }], i) =>
      Array.from({ length: sizeOf(shape) }, (_, at) => (i === moving && at === offset ? 1 : 0)),
    );
    // The value at the element, then its tangent; of the results, values come first.
    const results = evaluate([...values, ...masks, [values[positions[moving]!]![offset]!], [1]]);
    return results.slice(results.length / 2);
  };
}
