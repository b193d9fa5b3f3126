/**
 * One step of an optimization as one kernel: the objective, its gradient and the optimizer's rule are traced together,
 * so that a step shares all work and allocates nothing.
 */
import {
  abs,
  compile,
  type Expr,
  type Kernel,
  max,
  maximum,
  type Shape,
  type Spec,
  scalar,
  type Traced,
  tensor,
  trace,
} from "../../graph/index.js";
import { sizeOf } from "../../graph/internal.js";
import type { Optimizer } from "../../optimizers/index.js";

/** Numbers with their shape: what parameters and data are inside. */
export interface Tensor {
  readonly data: Float64Array;
  readonly shape: Shape;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** Arrays by name; a scalar is an array of one number. */
export type Arrays = Record<string, Float64Array>;

/** Expressions by name. */
export type Exprs = Readonly<Record<string, Expr>>;

/** What a step computes of its inputs: the gradients to follow, and the value to report. */
export interface Evaluated {
  readonly gradients: Exprs;
  readonly reported: Expr;
}

// The kernel's inputs are told apart by prefixes, so that parameters and slots may have any name.
export const inputKey = (name: string): string => `input ${name}`;
const slotKey = (slot: string, name: string): string => `slot ${JSON.stringify([slot, name])}`;
export const stepKey = "step";

/** What a kernel takes for a tensor: the number of a scalar, else the array itself. */
function given({ data, shape }: Tensor): number | Float64Array {
  return shape.length === 0 ? data[0]! : data;
}

/** A traced step, compiled when it is first needed. */
export class Step {
  readonly traced: Traced;
  /** The generated loops around it, by what they do besides: see `loop.ts`. */
  readonly loops = new Map<string, unknown>();
  #kernel: Kernel<Record<string, Shape>, Expr> | undefined;

  constructor(traced: Traced) {
    this.traced = traced;
  }

  get kernel(): Kernel<Record<string, Shape>, Expr> {
    this.#kernel ??= compile(this.traced) as unknown as Kernel<Record<string, Shape>, Expr>;
    return this.#kernel;
  }
}

/**
 * Traces a step: `evaluate` gives the gradients on the named inputs. Outputs are the next parameters and slots by the
 * keys of the inputs that they replace, and `value`, `norm`, `reach`: see `Proposal`.
 */
export function traceStep(
  optimizer: Optimizer,
  parameters: Tensors,
  data: Tensors,
  evaluate: (inputs: Exprs) => Evaluated,
): Step {
  const slots = initialSlots(optimizer, parameters);
  const specs: [string, Spec][] = [[stepKey, scalar()]];
  for (const [name, { shape }] of Object.entries({ ...parameters, ...data })) {
    specs.push([inputKey(name), tensor(shape)]);
  }
  for (const [slot, values] of Object.entries(slots)) {
    for (const [name, { shape }] of Object.entries(values)) specs.push([slotKey(slot, name), tensor(shape)]);
  }
  const step = trace(Object.fromEntries(specs), (inputs: Exprs) => {
    const pick = (tensors: Tensors, key: (name: string) => string): Exprs =>
      Object.fromEntries(Object.keys(tensors).map((name) => [name, inputs[key(name)]!]));
    const own = pick(parameters, inputKey);
    const { gradients, reported } = evaluate({ ...own, ...pick(data, inputKey) });
    const slotExprs = Object.fromEntries(
      Object.entries(slots).map(([slot, values]) => [slot, pick(values, (name) => slotKey(slot, name))]),
    );
    const next = optimizer.update(own, gradients, slotExprs, inputs[stepKey]!);
    const outputs: [string, Expr | number][] = [
      ["value", reported],
      ["norm", largest(Object.values(gradients))],
      ["reach", largest(Object.values(next.parameters))],
    ];
    for (const [name, expr] of Object.entries<Expr>(next.parameters)) outputs.push([inputKey(name), expr]);
    for (const [slot, exprs] of Object.entries<Exprs>(next.slots)) {
      for (const [name, expr] of Object.entries(exprs)) outputs.push([slotKey(slot, name), expr]);
    }
    return Object.fromEntries(outputs);
  });
  return new Step(step as unknown as Traced);
}

/** The largest absolute element of all; NaN if there is one. */
function largest(tensors: readonly Expr[]): Expr | number {
  const norms: Expr[] = tensors.filter(({ shape }) => sizeOf(shape) > 0).map((one) => max(abs(one)));
  return norms.length === 0 ? 0 : norms.reduce((a, b) => maximum(a, b));
}

/** What an optimizer remembers before the first step, by slot and parameter. */
function initialSlots(optimizer: Optimizer, parameters: Tensors): Readonly<Record<string, Tensors>> {
  const values = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, given(value)]));
  const tensorOf = (name: string, value: number | Float64Array): Tensor =>
    typeof value === "number"
      ? { data: Float64Array.of(value), shape: [] }
      : { data: value, shape: parameters[name]!.shape };
  return Object.fromEntries(
    Object.entries<Readonly<Record<string, number | Float64Array>>>(optimizer.init(values).slots).map(
      ([slot, initial]) => [
        slot,
        Object.fromEntries(Object.entries(initial).map(([name, value]) => [name, tensorOf(name, value)])),
      ],
    ),
  );
}

/** One set of arrays: the outputs of a step, and the same as inputs of the next. */
interface State {
  readonly inputs: Record<string, number | Float64Array>;
  readonly outputs: Arrays;
}

/** What a step says of the point where it starts, and of the one where it leads. */
export interface Proposal {
  /** What is reported at the point: the objective. */
  readonly value: number;
  /** The largest absolute element of the gradient there. */
  readonly norm: number;
  /** Whether the next point is finite. */
  readonly leadsOn: boolean;
}

/** Parameters and slots in three sets of arrays: a step reads one and writes the next, the last one is kept. */
export class Stepper {
  readonly #states: readonly State[];
  readonly #scalars: readonly string[];
  readonly #parameters: Tensors;
  #current = 0;
  #data: Tensors | undefined;
  steps = 0;

  constructor(optimizer: Optimizer, parameters: Tensors) {
    this.#parameters = parameters;
    const entries = Object.entries(parameters).map(([name, value]) => [inputKey(name), value] as const);
    for (const [slot, values] of Object.entries(initialSlots(optimizer, parameters))) {
      for (const [name, value] of Object.entries(values)) entries.push([slotKey(slot, name), value]);
    }
    this.#scalars = entries.filter(([, { shape }]) => shape.length === 0).map(([key]) => key);
    this.#states = [makeState(entries), makeState(entries), makeState(entries)];
  }

  /** The state so many steps on. */
  #state(ahead: number): State {
    return this.#states[(this.#current + ahead + 3) % 3]!;
  }

  /** Computes the next point; `accept` makes it the current one. */
  propose(step: Step, data: Tensors): Proposal {
    if (data !== this.#data) {
      for (const { inputs } of this.#states) {
        for (const [name, value] of Object.entries(data)) inputs[inputKey(name)] = given(value);
      }
      this.#data = data;
    }
    const { inputs } = this.#state(0);
    const { outputs } = this.#state(1);
    inputs[stepKey] = this.steps + 1;
    step.kernel.into(inputs as never, outputs as never);
    return {
      value: outputs.value![0]!,
      norm: outputs.norm![0]!,
      leadsOn: Number.isFinite(outputs.reach![0]),
    };
  }

  accept(): void {
    this.#current = (this.#current + 1) % 3;
    this.steps++;
    this.#readScalars();
  }

  /** Goes back to the point before the current one, once. */
  revert(): void {
    this.#current = (this.#current + 2) % 3;
    this.steps--;
  }

  /** The arrays of the current state and of the one before, by the keys of a step's inputs. */
  get arrays(): { readonly current: Arrays; readonly previous: Arrays } {
    return { current: this.#state(0).outputs, previous: this.#state(-1).outputs };
  }

  /** Counts steps that were taken outside, in `arrays`. */
  advance(steps: number): void {
    this.steps += steps;
    this.#readScalars();
  }

  #readScalars(): void {
    const { inputs, outputs } = this.#state(0);
    for (const key of this.#scalars) inputs[key] = outputs[key]![0]!;
  }

  /** The current values of a parameter: the stepper's own array. */
  values(name: string): Float64Array {
    return this.#state(0).outputs[inputKey(name)]!;
  }

  /** A copy of the current parameters: numbers for scalars, flat arrays for tensors. */
  parameters(): Record<string, number | Float64Array> {
    return Object.fromEntries(
      Object.entries(this.#parameters).map(([name, { shape }]) => [
        name,
        given({ data: this.values(name).slice(), shape }),
      ]),
    );
  }
}

function makeState(entries: readonly (readonly [string, Tensor])[]): State {
  const values = entries.map(([key, { data, shape }]) => [key, { data: data.slice(), shape }] as const);
  const outputs = values.map(([key, { data }]) => [key, data] as const);
  const reports = ["value", "norm", "reach"].map((key) => [key, new Float64Array(1)] as const);
  return {
    inputs: Object.fromEntries(values.map(([key, value]) => [key, given(value)])),
    outputs: Object.fromEntries([...outputs, ...reports]),
  };
}
