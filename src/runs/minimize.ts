import { AdjointError, type Expr, type Shapes, type Traced, valueAndGrad } from "../../graph/index.js";
import { checkKeys, checkOptions, graphOf, readValue, type ValueOf } from "../../graph/internal.js";
import type { Optimizer } from "../../optimizers/index.js";
import { checkApart, checkCount, checkFinite, checkOptimizer, checkStart } from "./checks.js";
import { runSteps } from "./loop.js";
import { Recorder } from "./recorder.js";
import { type Step, Stepper, type Tensor, type Tensors, traceStep } from "./step.js";

/** Why a run ended. */
export type Status = "converged" | "max-steps" | "diverged" | "stopped";

/** A point: a number for a scalar parameter, a flat array for a tensor. */
export type PointOf<P extends Shapes> = {
  readonly [K in keyof P]: P[K] extends readonly []
    ? number
    : number extends P[K]["length"]
      ? number | Float64Array
      : Float64Array;
};

/** What a callback is told before each step: the point where the step starts, and the value there. */
export interface Progress<P extends Shapes = Shapes> {
  /** The step that is about to be taken, from 1. */
  readonly step: number;
  readonly value: number;
  /** The largest absolute element of the gradient. */
  readonly gradientNorm: number;
  /** The point as a copy. */
  readonly parameters: PointOf<P>;
}

export interface MinimizeOptions<P extends Shapes = Shapes, D = Readonly<Record<string, never>>> {
  /** The most steps to take; default 1000. */
  readonly steps?: number;
  /** The run has converged where no element of the gradient is larger; default 1e-8, and 0 takes all steps. */
  readonly tolerance?: number;
  /** Record the point and the value before each step; default true. */
  readonly trajectory?: boolean;
  /** Inputs of the objective that stay as they are. */
  readonly data?: D;
  /** Called before each step; returning false stops the run. */
  readonly onStep?: (progress: Progress<P>) => unknown;
}

/** The points before each step, row by row, and the values there. The start is the first; the last point isn't in it. */
export interface Trajectory<N extends PropertyKey = string> {
  readonly steps: number;
  /** `steps` × size numbers for each parameter. */
  readonly parameters: { readonly [K in N]: Float64Array };
  readonly values: Float64Array;
}

export interface Run<P extends Shapes = Shapes> {
  /** The last point; of a run that diverged, the last one where point, value and gradient are finite. */
  readonly parameters: PointOf<P>;
  /** The objective there. */
  readonly value: number;
  readonly status: Status;
  /** Steps taken. A run that diverged did so in the step after these; at 0 it may be the start that isn't finite. */
  readonly steps: number;
  /** Empty unless it is recorded. */
  readonly trajectory: Trajectory<keyof P>;
}

/**
 * Lowers a scalar objective from `start`, step by step. The inputs named in `start` are moved; all others are `data`.
 * A run whose value, gradient or point is no longer finite has diverged: it ends at the last finite point.
 *
 * @example
 * const run = minimize(cubic, { x: [2, 3] }, adam({ learningRate: 0.1 }), { steps: 150 });
 * run.status; run.parameters.x; run.trajectory.values;
 *
 * @throws where the start or an option can't be used: the key and the reason are named
 */
export function minimize<I extends Shapes, const N extends keyof I & string>(
  objective: Traced<I, Expr<[]>>,
  start: { readonly [K in N]: ValueOf<I[K]> },
  optimizer: Optimizer,
  options: MinimizeOptions<Pick<I, N>, { readonly [K in Exclude<keyof I, N>]: ValueOf<I[K]> }> = {},
): Run<Pick<I, N>> {
  checkOptimizer("minimize", optimizer);
  checkOptions("minimize", options, ["steps", "tolerance", "trajectory", "data", "onStep"]);
  const { steps = 1000, tolerance = 1e-8, trajectory = true, onStep } = options;
  checkCount("minimize", "steps", steps, 0);
  if (!(Number.isFinite(tolerance) && tolerance >= 0)) {
    throw new AdjointError(`minimize: tolerance must be a finite number ≥ 0, not ${String(tolerance)}.`);
  }
  const { parameters, data } = readInputs(objective, start, options.data ?? {});
  const step = stepOf(objective, optimizer, parameters, data);
  const stepper = new Stepper(optimizer, parameters);
  const recorder = new Recorder(parameters, trajectory ? steps : 0);
  const pointNow = () => stepper.parameters() as PointOf<Pick<I, N>>;
  const { status, value } = runSteps(step, data, stepper, {
    steps,
    tolerance,
    recorder: trajectory ? recorder : undefined,
    notify:
      onStep &&
      ((value, gradientNorm) =>
        onStep({ step: stepper.steps + 1, value, gradientNorm, parameters: pointNow() }) !== false),
  });
  const { count, rows, values } = recorder.finish();
  return {
    parameters: pointNow(),
    value,
    status,
    steps: stepper.steps,
    trajectory: { steps: count, parameters: rows as Trajectory<N>["parameters"], values },
  };
}

// A step for each objective, optimizer and choice of parameters: many runs of the same, as from many starts, trace and
// compile once.
const steps = new WeakMap<object, WeakMap<Optimizer, Map<string, Step>>>();

function stepOf(objective: object, optimizer: Optimizer, parameters: Tensors, data: Tensors): Step {
  const byOptimizer = getOrMake(steps, objective, () => new WeakMap<Optimizer, Map<string, Step>>());
  const byNames = getOrMake(byOptimizer, optimizer, () => new Map<string, Step>());
  const names = Object.keys(parameters);
  return getOrMake(byNames, JSON.stringify(names), () => {
    const differentiated = valueAndGrad(objective as Traced<Shapes, Expr<[]>>, ...names);
    return traceStep(optimizer, parameters, data, (inputs) => {
      const { value, grad } = differentiated(inputs);
      return { gradients: grad, reported: value };
    });
  });
}

function getOrMake<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** The objective's inputs as numbers of their own, those of the start apart. */
function readInputs(objective: unknown, start: object, data: object): { parameters: Tensors; data: Tensors } {
  const { inputs } = graphOf(objective, "minimize");
  checkStart("minimize", start);
  checkApart("minimize", start, data);
  const given: Readonly<Record<string, unknown>> = { ...start, ...data };
  checkKeys(
    given,
    inputs.map(({ name }) => name),
    "minimize: start and data",
  );
  const tensors = inputs.map(({ name, shape }): [string, Tensor] => {
    const values = readValue(given[name], shape, `minimize: "${name}"`);
    checkFinite("minimize", name, values);
    return [name, { data: values.slice(), shape }];
  });
  return {
    parameters: Object.fromEntries(tensors.filter(([name]) => Object.hasOwn(start, name))),
    data: Object.fromEntries(tensors.filter(([name]) => !Object.hasOwn(start, name))),
  };
}
