/**
 * Algorithms on whole arrays, written once: as functions of the steps that they take on their elements. In the reference
 * meaning the steps are those of an arithmetic; in kernels they are plain numbers', the text of both being compiled
 * together.
 */
import { makeBuilder } from "../builder.js";
import type { WithOp } from "../elementwise.js";
import { doubles, interpretNodes } from "../interpret.js";
import type { Expr } from "../node.js";
import type { Application, Arithmetic, OpDefinition, Operands, Routine, ShapesOf, ValuesOf } from "../op.js";
import type { Params } from "../params.js";
import { sizeOf } from "../shape.js";
import { abs, divide, negative, subtract } from "./arithmetic.js";
import { equal, greater, where } from "./comparison.js";
import { input } from "./constant.js";
import { sqrt } from "./exponential.js";

type Step = (...given: never[]) => unknown;

/** An array that is being filled. */
export interface Target<T> {
  [i: number]: T;
}

/**
 * The routine of `algorithm`, a function of the steps, the result, so many operands, and the list of `sizes`. It and the
 * steps use nothing outside themselves.
 */
export function routineOf(
  algorithm: Step,
  steps: Readonly<Record<string, Step | number>>,
  operands: number,
  sizes: readonly number[],
): Routine {
  return { text: () => textOf(algorithm, steps, operands, (names) => `${names}, [${sizes}]`) };
}

function textOf(
  algorithm: Step,
  steps: Readonly<Record<string, Step | number>>,
  operands: number,
  given: (names: readonly string[]) => string,
): string {
  const list = Object.entries(steps).map(([name, step]) => `${name}: ${step}`);
  const names = Array.from({ length: operands }, (_, i) => `x${i}`);
  return `(() => { const f = ${algorithm}, steps = { ${list.join(", ")} }; return (${["r", ...names]}) => f(steps, r, ${given(names)}); })()`;
}

/**
 * The values as numbers, where they all are: what an algorithm does can depend on them. In other arithmetics, where
 * nothing can be decided, `undefined`.
 */
export function asNumbers<T>(values: readonly T[]): readonly number[] | undefined {
  return values.every((value) => typeof value === "number") ? values : undefined;
}

/** What algorithms of linear algebra ask of their numbers. */
export interface Steps<T> {
  number(value: number): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  negative(a: T): T;
  abs(a: T): T;
  sqrt(a: T): T;
  /** Conditions are numbers. */
  greater(a: T, b: T): T;
  equal(a: T, b: T): T;
  choose(condition: T, a: T, b: T): T;
  /** A choice of which only what is chosen is computed, where that is known. */
  either(condition: T, a: () => T, b: () => T): T;
  /** Whether a condition holds: for algorithms whose way depends on their numbers, which can't be written out. */
  holds(condition: T): boolean;
  /** Of zeros. */
  array(length: number): T[];
  /** Exchanges two rows, of so many elements, where a condition holds. */
  exchangeRows(condition: T, rows: T[][], i: number, j: number, length: number): void;
  /** Two elements of each row. */
  exchangeColumns(condition: T, rows: T[][], i: number, j: number): void;
}

/** Functions that an algorithm is made of, besides the steps that its elements take. */
type Parts = Readonly<Record<string, Step | number>>;

/** Fills `result`, given the operands and the sizes. It decides nothing but by its steps. */
type Algorithm<Q extends Parts> = <T>(
  steps: Steps<T> & Q,
  result: Target<T>,
  operands: readonly ArrayLike<T>[],
  sizes: readonly number[],
) => void;

// Kernels keep whatever is on its way in f64, f32 kernels too: these round what they give.
const numbers: Steps<number> & Readonly<Record<string, Step>> = {
  number: (value: number) => value,
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
  negative: (a: number) => -a,
  abs: (a: number) => Math.abs(a),
  sqrt: (a: number) => Math.sqrt(a),
  greater: (a: number, b: number) => (a > b ? 1 : 0),
  equal: (a: number, b: number) => (a === b ? 1 : 0),
  choose: (condition: number, a: number, b: number) => (condition ? a : b),
  either: (condition: number, a: () => number, b: () => number) => (condition ? a() : b()),
  holds: (condition: number) => condition === 1,
  array: (length: number) => new Float64Array(length) as unknown as number[],
  exchangeRows: (condition: number, rows: number[][], i: number, j: number) => {
    if (condition !== 1) return;
    const row = rows[i]!;
    rows[i] = rows[j]!;
    rows[j] = row;
  },
  exchangeColumns: (condition: number, rows: number[][], i: number, j: number) => {
    for (let r = 0; condition === 1 && r < rows.length; r++) {
      const row = rows[r]!;
      const x = row[i]!;
      row[i] = row[j]!;
      row[j] = x;
    }
  },
};

/** An arithmetic's applications of ops as steps. */
export function applier<T>(arithmetic: Arithmetic<T>): (one: WithOp) => (...operands: T[]) => T {
  return ({ op }) =>
    (...operands) =>
      arithmetic.apply(op, operands);
}

/** The steps in any arithmetic: whether rows are exchanged is a choice for each of their elements. */
export function stepsOf<T>(arithmetic: Arithmetic<T>): Steps<T> {
  // Plain numbers take them themselves, as they do in kernels.
  if ((arithmetic as unknown) === doubles) return numbers as unknown as Steps<T>;
  const by = applier(arithmetic);
  const [choose, zero] = [by(where), arithmetic.constant(0)];
  return {
    number: (value) => arithmetic.constant(value),
    add: (a, b) => arithmetic.add(a, b),
    multiply: (a, b) => arithmetic.multiply(a, b),
    ...{ subtract: by(subtract), divide: by(divide), negative: by(negative), abs: by(abs), sqrt: by(sqrt) },
    ...{ greater: by(greater), equal: by(equal), choose },
    either(condition, a, b) {
      if (!arithmetic.holds) return choose(condition, a(), b());
      return arithmetic.holds(condition) ? a() : b();
    },
    holds(condition) {
      if (arithmetic.holds) return arithmetic.holds(condition);
      throw new Error("An algorithm that decides by its numbers is written out without them.");
    },
    array: (length) => new Array<T>(length).fill(zero),
    exchangeRows(condition, rows, i, j, length) {
      const [above, below] = [rows[i]!, rows[j]!];
      for (let k = 0; k < length; k++) {
        const [a, b] = [above[k]!, below[k]!];
        above[k] = choose(condition, b, a);
        below[k] = choose(condition, a, b);
      }
    },
    exchangeColumns(condition, rows, i, j) {
      for (const row of rows) {
        const [a, b] = [row[i]!, row[j]!];
        row[i] = choose(condition, b, a);
        row[j] = choose(condition, a, b);
      }
    },
  };
}

/** The meaning and the routine of an op that is an algorithm with `parts`, called with the sizes that shapes say. */
export function algorithmic<Q extends Parts, P extends Params, A extends Operands>(
  algorithm: Algorithm<Q>,
  parts: Q,
  sizes: (shapes: ShapesOf<A>, params: P) => readonly number[],
): Pick<OpDefinition<P, A>, "evaluate"> & Required<Pick<OpDefinition<P, A>, "routine">> {
  return {
    evaluate<T>(arithmetic: Arithmetic<T>, operands: ValuesOf<A, T>, shapes: ShapesOf<A>, params: P) {
      const result: T[] = new Array(sizeOf(shapes.result));
      algorithm({ ...stepsOf(arithmetic), ...parts }, result, operands, sizes(shapes, params));
      return result;
    },
    routine: (shapes, params) => {
      const count = shapes.operands.length;
      const given = (names: readonly string[]) => `[${names}], [${sizes(shapes, params)}]`;
      return { text: () => textOf(algorithm, { ...numbers, ...parts }, count, given) };
    },
  };
}

type Made<P extends Params, A extends Operands> = (application: Omit<Application<P, A>, "result">) => Expr;

/** An op that is made of others, of which its derivative isn't: kernels see through it. */
export function madeOf<P extends Params, A extends Operands>(
  expand: Made<P, A>,
): Pick<OpDefinition<P, A>, "evaluate"> & Required<Pick<OpDefinition<P, A>, "expand">> {
  return {
    evaluate<T>(arithmetic: Arithmetic<T>, values: ValuesOf<A, T>, { operands }: ShapesOf<A>, params: P) {
      const builder = makeBuilder();
      const given = operands.map((shape, i) => input(builder, i, shape));
      const { id } = expand({ operands: given as unknown as A, params });
      return interpretNodes(builder.nodes, arithmetic, values)[id]!;
    },
    expand,
  };
}
