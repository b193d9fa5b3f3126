import { AdjointError } from "../graph/errors.js";
import { type Expr, type Traced, valueAndGrad } from "../graph/index.js";
import { graphOf, type Shapes, type ValueOf } from "../graph/trace.js";
import { checkKeys, readValue } from "../graph/values.js";
import type { Optimizer } from "../optimizers/index.js";
import { checkCount, checkFinite, compileStep, Stepper, type Tensor } from "./step.js";

/** Why a run ended. */
export type Status = "converged" | "max-steps" | "diverged" | "stopped";

/** What a callback is told before each step: the point where the step starts, and the value there. */
export interface Progress {
  readonly step: number;
  readonly value: number;
  /** The largest absolute element of the gradient. */
  readonly gradientNorm: number;
  /** The parameters as copies: numbers for scalars, flat arrays for tensors. */
  readonly parameters: Readonly<Record<string, number | Float64Array>>;
}

export interface MinimizeOptions<D = Readonly<Record<string, never>>> {
  /** The most steps to take; default 1000. */
  readonly steps?: number;
  /** The run has converged where no element of the gradient is larger; default 1e-8, and 0 takes all steps. */
  readonly tolerance?: number;
  /** Record the point and the value before each step; default true. */
  readonly trajectory?: boolean;
  /** Inputs of the objective that stay as they are. */
  readonly data?: D;
  /** Called before each step; returning false stops the run. */
  readonly onStep?: (progress: Progress) => unknown;
}

/** The points before each step, row by row, and the values there. The start is the first; the last point isn't in it. */
export interface Trajectory<N extends string = string> {
  readonly steps: number;
  /** `steps` × size numbers for each parameter. */
  readonly parameters: { readonly [K in N]: Float64Array };
  readonly values: Float64Array;
}

export interface Run<P extends Shapes = Shapes> {
  /** The last finite point: a number for a scalar, a flat array for a tensor. */
  readonly parameters: { readonly [K in keyof P]: P[K] extends readonly [] ? number : Float64Array };
  /** The objective there. */
  readonly value: number;
  readonly status: Status;
  /** Steps taken. A run that diverged did so in the step behind these. */
  readonly steps: number;
  readonly trajectory: Trajectory<keyof P & string>;
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
  options: MinimizeOptions<{ readonly [K in Exclude<keyof I, N>]: ValueOf<I[K]> }> = {},
): Run<Pick<I, N>> {
  const { steps = 1000, tolerance = 1e-8, trajectory = true, onStep } = options;
  checkCount("minimize", "steps", steps, 0);
  if (!(tolerance >= 0))
    throw new AdjointError(`minimize: tolerance must be a number ≥ 0, not ${tolerance}.`);
  const { inputs } = graphOf(objective, "minimize");
  const names = Object.keys(start);
  const given: Readonly<Record<string, unknown>> = { ...start, ...options.data };
  checkKeys(
    given,
    inputs.map(({ name }) => name),
    "minimize: start and data",
  );
  if (names.length === 0)
    throw new AdjointError("minimize: start names no parameter; give the point to start from.");
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of inputs) {
    const data = readValue(given[name], shape, `minimize: "${name}"`);
    checkFinite("minimize", name, data);
    tensors.set(name, { data: data.slice(), shape });
  }
  const parameters = Object.fromEntries(names.map((name) => [name, tensors.get(name)!]));
  const fixed = inputs.filter(({ name }) => !Object.hasOwn(start, name));
  const differentiated = valueAndGrad(objective as Traced<Shapes, Expr<[]>>, ...names);
  const kernel = compileStep(
    optimizer,
    parameters,
    Object.fromEntries(fixed.map(({ name, shape }) => [name, shape])),
    (exprs) => {
      const { value, grad } = differentiated(exprs);
      return { gradients: grad, reported: value };
    },
  );
  const data = Object.fromEntries(
    fixed.map(({ name, shape }) => [
      name,
      shape.length === 0 ? tensors.get(name)!.data[0]! : tensors.get(name)!.data,
    ]),
  );

  const stepper = new Stepper(optimizer, parameters);
  const recorder = trajectory ? new Recorder(parameters) : undefined;
  let status: Status;
  let value = Number.NaN;
  for (;;) {
    const at = stepper.propose(kernel, data);
    if (!Number.isFinite(at.value) || !Number.isFinite(at.norm)) {
      status = "diverged";
      if (stepper.steps > 0) stepper.revert();
      else value = at.value;
      recorder?.keep(stepper.steps);
      break;
    }
    value = at.value;
    if (at.norm <= tolerance) status = "converged";
    else if (stepper.steps === steps) status = "max-steps";
    else if (onStep?.(progressOf(stepper, at.value, at.norm)) === false) status = "stopped";
    else {
      recorder?.record(stepper, value);
      stepper.accept();
      continue;
    }
    break;
  }
  return {
    parameters: stepper.parameters(),
    value,
    status,
    steps: stepper.steps,
    trajectory: (recorder ?? new Recorder(parameters)).finish(),
  } as unknown as Run<Pick<I, N>>;
}

function progressOf(stepper: Stepper, value: number, gradientNorm: number): Progress {
  return { step: stepper.steps + 1, value, gradientNorm, parameters: stepper.parameters() };
}

/** Points and values row by row, in arrays that grow by doubling. */
class Recorder {
  readonly #rows: Map<string, Float64Array>;
  readonly #sizes: ReadonlyMap<string, number>;
  #values: Float64Array = new Float64Array(16);
  #steps = 0;

  constructor(parameters: Readonly<Record<string, Tensor>>) {
    this.#sizes = new Map(Object.entries(parameters).map(([name, { data }]) => [name, data.length]));
    this.#rows = new Map(
      Object.entries(parameters).map(([name, { data }]) => [name, new Float64Array(16 * data.length)]),
    );
  }

  record(stepper: Stepper, value: number): void {
    if (this.#steps === this.#values.length) {
      this.#values = doubled(this.#values);
      for (const [name, rows] of this.#rows) this.#rows.set(name, doubled(rows));
    }
    this.#values[this.#steps] = value;
    for (const [name, rows] of this.#rows)
      rows.set(stepper.values(name), this.#steps * this.#sizes.get(name)!);
    this.#steps++;
  }

  /** Forgets the rows from `steps` on. */
  keep(steps: number): void {
    this.#steps = Math.min(this.#steps, steps);
  }

  finish(): Trajectory {
    const steps = this.#steps;
    const rows = [...this.#rows].map(
      ([name, data]) => [name, data.slice(0, steps * this.#sizes.get(name)!)] as const,
    );
    return { steps, parameters: Object.fromEntries(rows), values: this.#values.slice(0, steps) };
  }
}

function doubled(data: Float64Array): Float64Array {
  const larger = new Float64Array(data.length * 2);
  larger.set(data);
  return larger;
}
