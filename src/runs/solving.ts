/** Runs of solvers: the state that they work in, and the loop around their steps. */
import { AdjointError } from "../../graph/index.js";
import { flattenTree, graphOf, isId, leavesOf, pathText } from "../../graph/internal.js";
import {
  type Bounds,
  hasConverged,
  Iterate,
  methodOf,
  type Problem,
  project,
  type Running,
  type Solver,
  type SolverMethod,
} from "../../optimizers/solvers/internal.js";
import { readBounds } from "./bounds.js";
import { isSmooth, makeFunctions, makePrograms } from "./functions.js";
import type { Loop, LoopOptions } from "./loop.js";
import type { Reason } from "./reason.js";
import { isTensor, State, type Tensors } from "./state.js";
import type { Objective } from "./step.js";
import { readTolerance } from "./stopping.js";
import { type Walk, walkLoop } from "./walk.js";

/**
 * How a solver went about it.
 * @example const nameOf = ({ name }: SolverReport): string => name;
 */
export interface SolverReport {
  /** The solver: the one that `auto` chose. */
  readonly name: string;
  /** Why `auto` chose it; empty where it was given. */
  readonly why: string;
  /** How many elements of the start lay outside the bounds, and were moved onto them. */
  readonly moved: number;
  /** How often the value alone was computed, value and gradient, a Hessian's product, and a Hessian. */
  readonly values: number;
  readonly gradients: number;
  readonly products: number;
  readonly hessians: number;
  /**
   * The largest element of the gradient at the end without those that bounds hold: by it a run has converged or not. NaN where
   * no gradient was asked for.
   */
  readonly projectedGradient: number;
}

/** What a run of a solver is told. */
export interface Task {
  readonly solver: Solver;
  readonly objective: Objective;
  readonly parameters: Tensors;
  readonly data: Tensors;
  readonly bounds: Bounds;
  readonly tolerance: SolverTolerance;
}

/** The tolerances of the projected gradient: the one of `hasConverged`, and an absolute one. */
export interface SolverTolerance {
  readonly relative: number;
  readonly absolute: number;
}

export interface Solving {
  /** The solver's name, of the one that was chosen. */
  readonly name: string;
  readonly state: State;
  loop(options: LoopOptions, explain: () => string | undefined): Loop;
  report(): SolverReport;
}

/** A solver on its way through a state's first array, in which it has its iterate: steps change it in place. */
export function prepare({ solver: given, objective, parameters, data, bounds, tolerance }: Task): Solving {
  const size = bounds.lower.length;
  const programs = makePrograms(objective, parameters, data);
  const traits = () => ({ size, bounded: bounds.some, smooth: isSmooth(programs) });
  const { solver, why } = methodOf(given).choose?.(traits()) ?? { solver: given, why: "" };
  const method = methodOf(solver);
  const memory = method.memory(size);
  const length = Iterate.lengthOf(size, memory);
  const all = { data: new Float64Array(length - size), shape: [length - size] };
  const state = new State({ parameters, slots: { [solver.name]: { all } } });
  const iterate = new Iterate(state.now as Float64Array, size, memory);
  const moved = project(bounds, iterate.x);
  const problem: Problem = { functions: makeFunctions(programs, iterate.counts), bounds };
  return {
    name: solver.name,
    state,
    loop({ evaluated, ...options }, explain) {
      const walk = walkOf(method, problem, iterate, tolerance, explain);
      return walkLoop(walk, state, { ...options, evaluated: evaluated && certifying(evaluated) });
    },
    report() {
      const [values, gradients, products, hessians] = iterate.counts as unknown as [
        number,
        number,
        number,
        number,
      ];
      const counts = { values, gradients, products, hessians };
      return { name: solver.name, why, moved, ...counts, projectedGradient: iterate.norm };
    },
  };
}

/** A solver's steps. */
function walkOf(
  solver: SolverMethod,
  problem: Problem,
  iterate: Iterate,
  tolerance: SolverTolerance,
  explain: () => string | undefined,
): Walk {
  let running: Running | undefined;
  return {
    begin() {
      if (iterate.begun || iterate.begin(problem, solver.usesGradients ?? true)) return;
      throw new AdjointError(
        `minimize: at the start, ${explain() ?? "the value or the gradient isn't finite."}`,
      );
    },
    get value() {
      return iterate.value;
    },
    get norm() {
      return iterate.norm;
    },
    get evaluations() {
      return iterate.counts[0]! + iterate.counts[1]!;
    },
    conclude: (end) => conclude(iterate, tolerance, end),
    step() {
      running ??= solver.run(problem, iterate);
      return running.step();
    },
  };
}

/** Why a solver is at its end at a point, if it is; `end` says why there is no further step. */
function conclude(
  iterate: Iterate,
  { relative, absolute }: SolverTolerance,
  end: string | undefined,
): Reason | undefined {
  const { norm, firstNorm } = iterate;
  const ended = end !== undefined;
  if (hasConverged(iterate, relative, ended) || norm <= absolute) {
    const message = `The largest element of the projected gradient is ${norm}; at the start it was ${firstNorm}.`;
    return { status: "converged", message };
  }
  if (!ended) return undefined;
  const message = `Here ${end}, though the largest element of the projected gradient is ${norm}.`;
  return { status: "stalled", message };
}

/** Changes of the value or the point that are small say that a run goes on slowly: no more, without a small gradient. */
function certifying(evaluated: NonNullable<LoopOptions["evaluated"]>): LoopOptions["evaluated"] {
  return (value, norm) => {
    const asked = evaluated(value, norm);
    if (typeof asked !== "object" || asked.status !== "converged") return asked;
    const message = `${asked.message} The largest element of the projected gradient is ${norm}.`;
    return { status: "stalled", message };
  };
}

/** What solvers read of a run's options. */
interface SolverOptions {
  readonly dtype?: unknown;
  readonly bounds?: unknown;
  readonly tolerance?: unknown;
}

/** @throws where an option is one of solvers */
export function checkOptimizerOptions(what: string, { bounds }: SolverOptions): void {
  if (bounds === undefined) return;
  throw new AdjointError(
    `${what}: optimizers know no bounds; use a solver such as lbfgsb(), or none to have one chosen.`,
  );
}

/** What a solver is told. @throws where an option can't be used */
export function readTask(
  what: string,
  solver: Solver,
  options: SolverOptions,
  objective: Objective,
  parameters: Tensors,
  data: Tensors,
): Task {
  if (options.dtype === "f32") throw new AdjointError(`${what}: solvers compute with dtype "f64" only.`);
  checkUsed(what, objective, parameters);
  const bounds = readBounds(what, options.bounds, parameters);
  const tolerance = readSolverTolerance(what, options.tolerance);
  return { solver, objective, parameters, data, bounds, tolerance };
}

/** The tolerances of a solver: a number is the relative one, and there is no absolute one unless it is given. */
function readSolverTolerance(what: string, given: unknown): SolverTolerance {
  const { absolute, relative } = readTolerance(`${what}: tolerance`, given, 1e-8);
  const isPlain = given === undefined || typeof given === "number";
  return isPlain
    ? { relative: absolute, absolute: -1 }
    : { relative, absolute: absolute === 0 ? -1 : absolute };
}

/** @throws where the objective doesn't depend on a parameter, as its graph tells */
function checkUsed(what: string, objective: Objective, parameters: Tensors): void {
  const { nodes, outputs, inputs, inputTree } = graphOf(objective, what);
  const used = new Set<number>(leavesOf(outputs, isId));
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (used.has(i)) for (const operand of nodes[i]!.operands) used.add(operand);
  }
  const own = flattenTree(parameters, isTensor).map(({ path }) => pathText(path));
  for (const id of leavesOf(inputTree, isId)) {
    const name = pathText(inputs[id]!.path);
    if (used.has(id) || !own.includes(name)) continue;
    throw new AdjointError(
      `${what}: the objective doesn't depend on "${name}"; leave it out of start and pass it as data.`,
    );
  }
}
