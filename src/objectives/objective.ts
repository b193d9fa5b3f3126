import { type Expr, index, type Traced, trace, vector } from "../../graph/index.js";

/**
 * A scalar function of one vector input `x`, traced: callable on numbers and in other traces, and ready for
 * `valueAndGrad`.
 * @example const f: ObjectiveFunction = rosenbrock.f;
 */
export type ObjectiveFunction = Traced<{ x: [number] }, Expr<[]>>;

/**
 * A point and the objective's value there, both correctly rounded to double precision.
 * @example const point: Point = { x: [1, 1], value: 0 };
 */
export interface Point {
  readonly x: readonly number[];
  readonly value: number;
}

/** Both ends of an axis, [low, high]. */
export type Interval = readonly [low: number, high: number];

/**
 * A function to minimize, and what is known of it.
 * @example const startOf = ({ start }: Objective): readonly number[] => start.x;
 */
export interface Objective {
  /** A name to look it up by, in camel case: `"rosenbrock"`. */
  readonly name: string;
  /** The name to print: `"Rosenbrock's valley"`. */
  readonly title: string;
  /** The function itself, of one input `x`, traced when it is first asked for. */
  readonly f: ObjectiveFunction;
  /** The same as text, in the variables x1, x2, …; `expression(formula)` of adjoint/expression reads it. */
  readonly formula: string;
  /** Every minimum that `minimality` speaks of; none for a function that has none. */
  readonly minima: readonly Point[];
  /**
   * What the minima are: `"global"`; `"window"`, global in the window, while outside there are others as
   * low or lower; `"local"`, with lower values near by.
   */
  readonly minimality: "global" | "window" | "local";
  /** Whether the values have a lower bound on the whole plane. Without one, a descent may run away. */
  readonly boundedBelow: boolean;
  /** Saddle points worth knowing, where a descent can stall. */
  readonly saddles?: readonly Point[];
  /** A point from which steepest descent ends in one of the minima, if there are any. */
  readonly start: { readonly x: readonly number[] };
  /** The part of the plane worth drawing: it holds the start and all the points above. */
  readonly window: { readonly x1: Interval; readonly x2: Interval };
  /** Where the function comes from. */
  readonly reference: string;
}

/** The cited survey of test functions, for those whose origin is unclear. */
export const survey =
  "M. Jamil and X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, " +
  "International Journal of Mathematical Modelling and Numerical Optimisation 4(2), 2013, pp. 150–194";

/**
 * An objective of two variables as it is written down: by its coordinates, and without what holds for most.
 */
export interface PlaneObjective extends Omit<Objective, "f" | "minimality" | "boundedBelow"> {
  readonly f: (x1: Expr<[]>, x2: Expr<[]>) => Expr<[]>;
  /** `"global"` by default. */
  readonly minimality?: Objective["minimality"];
  /** `true` by default. */
  readonly boundedBelow?: boolean;
}

/**
 * The objective of such a record. Tracing waits until it is needed, so that who imports the library pays for none of them.
 */
export function planeObjective({ f, ...record }: PlaneObjective): Objective {
  let traced: ObjectiveFunction | undefined;
  return {
    minimality: "global",
    boundedBelow: true,
    ...record,
    get f() {
      traced ??= trace({ x: vector(2) }, ({ x }) => f(index(x, 0), index(x, 1)));
      return traced;
    },
  };
}
