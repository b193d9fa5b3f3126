/** The solvers of least squares as users choose them. */
import { AdjointError } from "../../../graph/index.js";
import { describe, type Option, type OptionsOf, readOptions } from "../../../graph/internal.js";
import { flag } from "../../options.js";
import { Dense } from "./dense.js";
import type { Subproblem } from "./model.js";
import { Products } from "./products.js";
import type { Engine, Evaluations, LeastSquares } from "./residuals.js";
import { doglegStep, levenbergStep } from "./subproblem.js";

/**
 * How steps are computed: from the Jacobian as a matrix, or from products with it.
 * @example const form: JacobianForm = "products";
 */
export type JacobianForm = "matrix" | "products";

/**
 * A solver of least squares; `levenbergMarquardt` and `gaussNewton` make them.
 * @example const solver: LeastSquaresSolver = levenbergMarquardt();
 */
export interface LeastSquaresSolver {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a solver does. */
interface Method {
  /** How many numbers it keeps from point to point, the point first: what `start` is given. */
  readonly memory: (problem: LeastSquares) => number;
  /** At work where the memory is, at first a point and zeros: to a relative offset, with so many times the first radius. */
  readonly start: (problem: LeastSquares, memory: Float64Array, task: EngineTask) => Engine;
}

/** What an engine is told. */
export interface EngineTask {
  readonly tolerance: number;
  /** Times the solver's own first radius. */
  readonly share: number;
  readonly evaluations: Evaluations;
}

/** All that were made here, which is what tells a solver from an object of the same names, with what they do. */
const made = new WeakMap<object, Method>();

export function methodOf(solver: LeastSquaresSolver): Method {
  return made.get(solver)!;
}

export function isLeastSquaresSolver(value: unknown): value is LeastSquaresSolver {
  return typeof value === "object" && value !== null && made.has(value);
}

/** @throws where a value isn't one, named as `what` */
export function readLeastSquaresSolver(value: unknown, what: string): LeastSquaresSolver {
  if (isLeastSquaresSolver(value)) return value;
  throw new AdjointError(
    `${what}: the solver is ${describe(value)}; pass levenbergMarquardt() or gaussNewton().`,
  );
}

/** Beyond so many parameters, or so many elements of the Jacobian, its products are quicker than its factors. */
const mostParameters = 400;
const mostElements = 2 ** 26;

const form: Option<"auto" | JacobianForm, "auto"> = {
  default: "auto",
  range: '"auto", "matrix" or "products"',
  allows: (value: unknown) => value === "auto" || value === "matrix" || value === "products",
};

const reach: Option<number, number> = {
  default: 3,
  range: "a finite number > 0",
  allows: (value) => typeof value === "number" && value > 0 && value < Infinity,
};

const table = {
  /** The first radius of the trust region, times ‖D·x‖; Moré's factor, which is 100 there. */
  initialRadius: reach,
  jacobian: form,
};

const accelerated = { ...table, acceleration: flag(true) };

/**
 * Options of `gaussNewton`.
 * @example const options: GaussNewtonOptions = { jacobian: "products" };
 */
export type GaussNewtonOptions = OptionsOf<typeof table>;

/**
 * Options of `levenbergMarquardt`.
 * @example const options: LevenbergMarquardtOptions = { acceleration: false };
 */
export type LevenbergMarquardtOptions = OptionsOf<typeof accelerated>;

/**
 * Levenberg and Marquardt's method in a trust region: each step minimizes the linearized residuals within a radius in
 * Moré's scaling, by QR and singular values; `acceleration` (on) bends steps along the path's second derivative, which is
 * exact here. Where the Jacobian is large (`jacobian: "products"`, chosen by itself beyond 400 parameters), steps come from
 * products with it by LSMR (Fong and Saunders).
 *
 * Sources: Moré, "The Levenberg–Marquardt algorithm: implementation and theory" (1978); Transtrum and Sethna, "Improvements
 * to the Levenberg–Marquardt algorithm for nonlinear least-squares minimization" (2012); Fong and Saunders (2011).
 *
 * @example
 * const solver = levenbergMarquardt({ initialRadius: 1 });
 * solver.name; // "levenbergMarquardt"
 *
 * @throws where an option isn't known or out of its range
 */
export function levenbergMarquardt(options: LevenbergMarquardtOptions = {}): LeastSquaresSolver {
  const { acceleration, initialRadius, jacobian } = readOptions("levenbergMarquardt", accelerated, options);
  return brand("levenbergMarquardt", { acceleration, initialRadius, jacobian }, acceleration, levenbergStep);
}

/**
 * Gauss and Newton's method in a trust region, by Powell's dogleg: the full step wherever it is within the radius, else a way
 * between it and steepest descent. It is cheaper a step than `levenbergMarquardt`, and less robust far from a solution.
 *
 * Source: Nocedal & Wright, "Numerical Optimization", 2nd edition, sections 4.1 and 10.3.
 *
 * @example
 * const solver = gaussNewton();
 * solver.name; // "gaussNewton"
 *
 * @throws where an option isn't known or out of its range
 */
export function gaussNewton(options: GaussNewtonOptions = {}): LeastSquaresSolver {
  const { initialRadius, jacobian } = readOptions("gaussNewton", table, options);
  return brand("gaussNewton", { initialRadius, jacobian }, false, doglegStep);
}

function isLarge({ residuals: { size, count } }: LeastSquares, wanted: "auto" | JacobianForm): boolean {
  return wanted === "auto" ? size > mostParameters || size * count > mostElements : wanted === "products";
}

interface Reach {
  readonly initialRadius: number;
  readonly jacobian: "auto" | JacobianForm;
}

function brand(
  name: string,
  options: LeastSquaresSolver["options"] & Reach,
  acceleration: boolean,
  solve: Subproblem,
): LeastSquaresSolver {
  const isByProducts = (problem: LeastSquares) => isLarge(problem, options.jacobian);
  const solver = Object.freeze({ name, options: Object.freeze(options) });
  made.set(solver, {
    memory: (problem: LeastSquares) =>
      (isByProducts(problem) ? Products : Dense).lengthOf(problem.residuals.size),
    start(problem: LeastSquares, memory: Float64Array, { tolerance, share, evaluations }: EngineTask) {
      const own = { initialRadius: share * options.initialRadius, tolerance, evaluations };
      return isByProducts(problem)
        ? new Products(problem, memory, own)
        : new Dense(problem, memory, { ...own, acceleration, solve });
    },
  });
  return solver;
}
