/** Problems of nonlinear least squares, and what is known of them. */
import { type Expr, square, stack, sum, type Traced, trace, unstack, vector } from "../../graph/index.js";
import type { ObjectiveFunction } from "./objective.js";

/**
 * Residuals of one vector input `x`, as a vector: what `leastSquares` takes.
 * @example const residuals: ResidualFunction = moreGarbowHillstrom[0]!.residuals;
 */
export type ResidualFunction = Traced<{ x: [number] }, Expr<[number]>>;

/**
 * A function to minimize that is a sum of squares, f(x) = Σᵢ rᵢ(x)², and what is known of it.
 *
 * @example
 * const problem: ResidualProblem = moreGarbowHillstrom[0]!;
 * problem.f(problem.start); // 24.1999…
 */
export interface ResidualProblem {
  /** A name to look it up by, in camel case: `"kowalikOsborne"`. */
  readonly name: string;
  /** The name to print: `"Kowalik and Osborne"`. */
  readonly title: string;
  /** The residuals r(x), traced when they are first asked for. */
  readonly residuals: ResidualFunction;
  /** The sum of their squares, traced when it is first asked for. */
  readonly f: ObjectiveFunction;
  /** The usual start. */
  readonly start: { readonly x: readonly number[] };
  /** The minimum that is known, to double precision; without a point where the minimizers are many. */
  readonly minimum: { readonly x?: readonly number[]; readonly value: number };
  /** Bounds that the literature tries the problem with, and the minimum within. */
  readonly bounded?: {
    readonly lower: readonly number[];
    readonly upper: readonly number[];
    readonly value: number;
  };
  /** Where the problem comes from. */
  readonly reference: string;
}

/** What a problem is written with: residuals of coordinates, or of the vector as a whole. */
export interface ResidualRecord extends Omit<ResidualProblem, "residuals" | "f" | "start"> {
  readonly start: readonly number[];
  readonly residuals:
    | ((...x: readonly Expr<[]>[]) => readonly (Expr<[]> | number)[])
    | { readonly of: (x: Expr<[number]>) => Expr };
}

/** The problem of such a record. Tracing waits until it is needed, so that who imports a list of problems pays for none. */
export function residualProblem({ residuals, start, ...record }: ResidualRecord): ResidualProblem {
  let traced: ResidualFunction | undefined;
  let summed: ObjectiveFunction | undefined;
  return {
    ...record,
    start: { x: start },
    get residuals() {
      traced ??= trace({ x: vector(start.length as number) }, ({ x }) =>
        typeof residuals === "function" ? stack(residuals(...unstack(x))) : residuals.of(x),
      ) as unknown as ResidualFunction;
      return traced;
    },
    get f() {
      const { residuals: r } = this;
      summed ??= trace({ x: vector(start.length as number) }, ({ x }) => sum(square(r({ x }))));
      return summed;
    },
  };
}
