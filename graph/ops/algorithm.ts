/**
 * Algorithms on whole arrays, written once: as functions of the steps that they take on their elements. In the reference
 * meaning the steps are those of an arithmetic; in kernels they are plain numbers', the text of both being compiled
 * together.
 */
import type { WithOp } from "../elementwise.js";
import type { Arithmetic, Routine } from "../op.js";
import { divide, multiply, subtract } from "./arithmetic.js";

type Step = (...given: never[]) => unknown;

/** An array of a result that is being filled. */
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
  return {
    text() {
      const list = Object.entries(steps).map(([name, step]) => `${name}: ${step}`);
      const names = ["r", ...Array.from({ length: operands }, (_, i) => `x${i}`)];
      return `(() => { const f = ${algorithm}, steps = { ${list.join(", ")} }; return (${names}) => f(${["steps", ...names]}, [${sizes}]); })()`;
    },
  };
}

/** What algorithms of linear algebra ask of their numbers. */
export interface Steps<T> {
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
}

export const numbers: Steps<number> = {
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};

/** An arithmetic's applications of ops as steps. */
export function applier<T>(arithmetic: Arithmetic<T>): (one: WithOp) => (...operands: T[]) => T {
  return (one) =>
    (...operands) =>
      arithmetic.apply(one.op, operands);
}

export function stepsOf<T>(arithmetic: Arithmetic<T>): Steps<T> {
  const by = applier(arithmetic);
  return { subtract: by(subtract), multiply: by(multiply), divide: by(divide) };
}
