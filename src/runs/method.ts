/** Methods: all in which runs differ. An optimizer's is its rule, fused with the gradient into one kernel. */
import type { Dtype } from "../../graph/index.js";
import { mapTree } from "../../graph/internal.js";
import type { Optimizer } from "../../optimizers/index.js";
import { initialOf, slotShape } from "../../optimizers/internal.js";
import { explainNext } from "./divergence.js";
import { fuse } from "./fused.js";
import type { Program } from "./kernels.js";
import type { Loop, LoopOptions } from "./loop.js";
import { type Reason, small } from "./reason.js";
import {
  type Floats,
  isTensor,
  makeFloats,
  State,
  type StateTree,
  type Tensor,
  type Tensors,
} from "./state.js";
import { keys, record } from "./step.js";

/** What a step says of the point where it starts, and of the one where it leads. */
export interface Proposal {
  /** What is reported at the point: the objective. */
  readonly value: number;
  /** The largest absolute element of the gradient there. */
  readonly norm: number;
  /** Whether the next point is finite. */
  readonly leadsOn: boolean;
}

export interface Method {
  /** The state before the first step. */
  init(parameters: Tensors): State;
  /** Evaluates at the state's point and writes the next state, to which `advance` goes. */
  step(state: State): Proposal;
  /** Why to end at a point; `undefined` to go on. */
  terminate(proposal: Proposal): Reason | undefined;
  /** What isn't finite at the state's point, or at the next one: an end of a sentence such as `the gradient by "x" is NaN.` */
  explain?(state: State, at: "point" | "next"): string | undefined;
  /** The loop with the step written into it, where there is one: the same to the bit, only faster. */
  fused?(state: State, options: LoopOptions): Loop | undefined;
}

/** What a step is computed with: its program, and its data in order, arrays for tensors and numbers for scalars. */
export interface Inputs {
  readonly program: Program;
  readonly data: readonly (number | Floats)[];
  /** What the kernel is given, for each of the three arrays of a state: made by the method that takes the steps. */
  given?: readonly Record<string, number | Floats>[];
}

/** What the method of an optimizer is made of. */
export interface OptimizerMethodOptions {
  /** No element of the gradient above this ends a run; 0 for never. */
  readonly tolerance: number;
  readonly dtype: Dtype;
  /** What the steps from a state are computed with: all with the same, or each with its own, asked for step by step. */
  inputsFor(state: State): Inputs | ((step: number) => Inputs);
  /** What isn't finite of the objective at a point, for a step's data. */
  explain(point: ReturnType<State["point"]>, data: Inputs["data"]): string | undefined;
}

/** The method of an optimizer: its rule, fused with the gradient into one kernel. */
export function optimizerMethod(
  optimizer: Optimizer,
  { tolerance, dtype, inputsFor, explain }: OptimizerMethodOptions,
): Method {
  let given: ReturnType<typeof inputsFor>;
  let last: Inputs | undefined;
  let bound: Bound | undefined;
  const proposal = { value: 0, norm: 0, leadsOn: true };
  const method: Method = {
    init(parameters) {
      const state = new State({ parameters, slots: initialSlots(optimizer, parameters) }, dtype);
      given = inputsFor(state);
      return state;
    },
    step(state) {
      last = typeof given === "function" ? given(state.steps) : given;
      bound ??= bind(state);
      last.given ??= bound.give(last.data);
      const inputs = last.given[state.turn]!;
      inputs.step = state.steps + 1;
      for (const { key, offset } of bound.scalars) inputs[key] = state.now[offset]!;
      last.program.kernel.into(inputs as never, bound.outputs[(state.turn + 1) % 3] as never);
      const { value, norm, reach } = bound.told;
      // One for all steps: it is read before the next is taken.
      proposal.value = value[0]!;
      proposal.norm = norm[0]!;
      proposal.leadsOn = Number.isFinite(reach[0]);
      return proposal;
    },
    terminate: ({ norm }) => (tolerance > 0 && norm <= tolerance ? small(norm, tolerance) : undefined),
    explain(state, at) {
      if (at === "point") return explain(state.point(), (last ?? (given as Inputs)).data);
      // A generated loop keeps the next point to itself.
      if (!last) method.step(state);
      return explainNext(state);
    },
    fused: (state, options) =>
      typeof given === "function"
        ? undefined
        : fuse(given, state, { tolerance, explain: (from, at) => method.explain?.(from, at) }, options),
  };
  return method;
}

/** What kernels are given: maps for each of the three arrays of a state. */
interface Bound {
  give(data: Inputs["data"]): Record<string, number | Floats>[];
  readonly outputs: readonly Record<string, Floats>[];
  readonly told: { readonly value: Floats; readonly norm: Floats; readonly reach: Floats };
  /** Kernels take a scalar as a number. */
  readonly scalars: readonly { readonly key: string; readonly offset: number }[];
}

function bind({ leaves, arrays, dtype }: State): Bound {
  const own = keys("y", leaves.length);
  const names: string[] = [];
  const views = arrays.map((array) =>
    record(
      own,
      leaves.map(({ offset, size }) => array.subarray(offset, offset + size)),
    ),
  );
  const told = { value: makeFloats(dtype, 1), norm: makeFloats(dtype, 1), reach: makeFloats(dtype, 1) };
  return {
    give: (data) => {
      while (names.length < data.length) names.push(`d${names.length}`);
      return views.map((all) => {
        const given: Record<string, number | Floats> = { step: 0, ...all };
        for (let i = 0; i < data.length; i++) given[names[i]!] = data[i]!;
        return given;
      });
    },
    outputs: views.map((all) => ({ ...all, ...told })),
    told,
    scalars: leaves.flatMap(({ shape, offset }, i) => (shape.length === 0 ? [{ key: own[i]!, offset }] : [])),
  };
}

/** What an optimizer remembers before the first step, by slot and parameter. */
function initialSlots(optimizer: Optimizer, parameters: Tensors): StateTree["slots"] {
  // A rate that is an expression has no number for a run.
  optimizer.init({});
  return Object.fromEntries(
    Object.entries(optimizer.slots).map(([name, slot]) => [
      name,
      mapTree(parameters, isTensor, (parameter, path): Tensor => {
        const shape = slotShape(slot, parameter.shape, path);
        return { data: initialOf(slot, shape, path), shape };
      }) as Tensors,
    ]),
  );
}
