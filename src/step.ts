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
  tensor,
  trace,
} from "../graph/index.js";
import { sizeOf } from "../graph/shape.js";
import type { Optimizer } from "../optimizers/index.js";

/** Numbers with their shape: what parameters and data are inside. */
export interface Tensor {
  readonly data: Float64Array;
  readonly shape: Shape;
}

export type Tensors = Readonly<Record<string, Tensor>>;

export type Exprs = Readonly<Record<string, Expr>>;

/** What a step computes of its inputs: the gradients to follow, and the value to report. */
export interface Evaluated {
  readonly gradients: Exprs;
  readonly reported: Expr;
}

// The kernel's inputs are told apart by prefixes, so that a parameter may have any name.
const inputKey = (name: string): string => `input ${name}`;
const slotKey = (slot: string, name: string): string => `slot ${slot} ${name}`;
const stepKey = "step";

/** A compiled step with its data bound: the arrays may change their numbers between steps. */
export interface Step {
  readonly kernel: Kernel<Record<string, Shape>, Expr>;
  readonly data: Tensors;
}

/** What a step found at the current point: the reported value, the largest element of the gradient. */
export interface Proposal {
  readonly value: number;
  readonly norm: number;
  /** Whether the point that the step leads to is finite. */
  readonly leadsOn: boolean;
}

/** Compiles a step: `evaluate` traces the objective and its gradients on the named inputs. */
export function compileStep(
  optimizer: Optimizer,
  parameters: Tensors,
  data: Tensors,
  evaluate: (inputs: Exprs) => Evaluated,
): Step {
  const slots = initialSlots(optimizer, parameters);
  const specs: [string, Spec][] = [[stepKey, scalar()]];
  for (const [name, { shape }] of Object.entries(parameters)) specs.push([inputKey(name), tensor(shape)]);
  for (const [name, { shape }] of Object.entries(data)) specs.push([inputKey(name), tensor(shape)]);
  for (const [slot, values] of Object.entries(slots)) {
    for (const [name, value] of Object.entries(values)) {
      specs.push([
        slotKey(slot, name),
        typeof value === "number" ? scalar() : tensor(parameters[name]!.shape),
      ]);
    }
  }
  const step = trace(Object.fromEntries(specs), (inputs: Exprs) => {
    const pick = (names: readonly string[], key: (name: string) => string): Record<string, Expr> =>
      Object.fromEntries(names.map((name) => [name, inputs[key(name)]!]));
    const own = pick(Object.keys(parameters), inputKey);
    const { gradients, reported } = evaluate({ ...own, ...pick(Object.keys(data), inputKey) });
    const slotExprs = Object.fromEntries(
      Object.entries(slots).map(([slot, values]) => [
        slot,
        pick(Object.keys(values), (name) => slotKey(slot, name)),
      ]),
    );
    const next = optimizer.update(own, gradients, slotExprs, inputs[stepKey]!);
    const outputs: (readonly [string, Expr])[] = [
      ["value", reported],
      ["norm", largest(Object.values(gradients))],
      ["reach", largest(Object.values<Expr>(next.parameters))],
    ];
    for (const [name, expr] of Object.entries<Expr>(next.parameters)) outputs.push([inputKey(name), expr]);
    for (const [slot, exprs] of Object.entries<Exprs | undefined>(next.slots)) {
      if (!exprs) continue;
      for (const [name, expr] of Object.entries(exprs)) outputs.push([slotKey(slot, name), expr]);
    }
    return Object.fromEntries(outputs);
  });
  return { kernel: compile(step) as unknown as Step["kernel"], data };
}

/** The largest absolute element. */
function largest(tensors: readonly Expr[]): Expr {
  const norms: Expr[] = tensors.filter(({ shape }) => sizeOf(shape) > 0).map((one) => max(abs(one)));
  return norms.reduce((a, b) => maximum(a, b));
}

type SlotValues = Readonly<Record<string, Readonly<Record<string, number | Float64Array>>>>;

/** What an optimizer remembers before the first step, by slot and parameter. */
function initialSlots(optimizer: Optimizer, parameters: Tensors): SlotValues {
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, { data, shape }]) => [name, shape.length === 0 ? data[0]! : data]),
  );
  return optimizer.init(values).slots as SlotValues;
}

/** One set of arrays: the outputs of a step, and the same as inputs of the next. */
interface State {
  readonly inputs: Record<string, number | Float64Array>;
  readonly outputs: Record<string, Float64Array>;
}

/** Parameters and slots in three sets of arrays: a step reads one and writes the next, the last one is kept. */
export class Stepper {
  readonly #states: readonly State[];
  readonly #scalars: readonly string[];
  readonly #parameters: Tensors;
  steps = 0;

  constructor(optimizer: Optimizer, parameters: Tensors) {
    this.#parameters = parameters;
    const entries: [string, Tensor][] = Object.entries(parameters).map(([name, value]) => [
      inputKey(name),
      value,
    ]);
    for (const [slot, values] of Object.entries(initialSlots(optimizer, parameters))) {
      for (const [name, value] of Object.entries(values)) {
        const start =
          typeof value === "number"
            ? { data: Float64Array.of(value), shape: [] }
            : { data: value, shape: parameters[name]!.shape };
        entries.push([slotKey(slot, name), start]);
      }
    }
    this.#scalars = entries.filter(([, { shape }]) => shape.length === 0).map(([key]) => key);
    this.#states = [makeState(entries), makeState(entries), makeState(entries)];
  }

  #state(step: number): State {
    return this.#states[step % 3]!;
  }

  /** Computes the next point; `accept` makes it the current one. */
  propose({ kernel, data }: Step): Proposal {
    const { inputs } = this.#state(this.steps);
    const { outputs } = this.#state(this.steps + 1);
    inputs[stepKey] = this.steps + 1;
    for (const name in data) {
      const { shape, data: values } = data[name]!;
      inputs[inputKey(name)] = shape.length === 0 ? values[0]! : values;
    }
    kernel.into(inputs as never, outputs as never);
    return {
      value: outputs.value![0]!,
      norm: outputs.norm![0]!,
      leadsOn: Number.isFinite(outputs.reach![0]!),
    };
  }

  accept(): void {
    const { inputs, outputs } = this.#state(this.steps + 1);
    for (const key of this.#scalars) inputs[key] = outputs[key]![0]!;
    this.steps++;
  }

  /** Goes back to the point before the current one, once. */
  revert(): void {
    this.steps--;
  }

  /** The current values of a parameter: the stepper's own array. */
  values(name: string): Float64Array {
    return this.#state(this.steps).outputs[inputKey(name)]!;
  }

  /** A copy of the current parameters: numbers for scalars, flat arrays for tensors. */
  parameters(): Record<string, number | Float64Array> {
    return Object.fromEntries(
      Object.entries(this.#parameters).map(([name, { shape }]) => {
        const values = this.values(name);
        return [name, shape.length === 0 ? values[0]! : values.slice()];
      }),
    );
  }
}

function makeState(entries: readonly (readonly [string, Tensor])[]): State {
  const outputs = Object.fromEntries([
    ...entries.map(([key, { data }]) => [key, data.slice()] as const),
    ["value", new Float64Array(1)] as const,
    ["norm", new Float64Array(1)] as const,
    ["reach", new Float64Array(1)] as const,
  ]);
  const inputs = entries.map(
    ([key, { shape, data }]) => [key, shape.length === 0 ? data[0]! : outputs[key]!] as const,
  );
  return { inputs: Object.fromEntries([[stepKey, 0] as const, ...inputs]), outputs };
}
