/** A set of samples that training doesn't see: its metric after each epoch, and the parameters where that was best. */
import { AdjointError, type Expr, type Traced, trace } from "../../graph/index.js";
import { checkOptions, describe, isRecord, leavesOf } from "../../graph/internal.js";
import type { ParameterExprs } from "../../optimizers/index.js";
import { batchSpecs, type Functions } from "./batch-step.js";
import type { Memory } from "./checkpoint.js";
import { readScalar } from "./checks.js";
import { programOf } from "./kernels.js";
import { checkAlike, readSamples } from "./samples.js";
import { type Floats, isTensor, makeFloats, plainTree, type State, type Tensors } from "./state.js";

export interface ValidationSet {
  /** The metric after each epoch. */
  readonly metrics: number[];
  /** From 1; 0 before the first. */
  bestEpoch: number;
  /** The parameters of the best epoch, one after the other. */
  best: Floats | undefined;
  /** Computes the metric after an epoch, keeps the parameters if none was better, and gives what is to become less. */
  rate(epoch: number): number;
  /** What is remembered, and goes on from that. */
  save(): Memory;
  restore(memory: Memory): void;
}

/** @throws where the set can't be used */
export function makeValidation(
  what: string,
  functions: Functions,
  state: State,
  samples: Tensors,
  given: unknown,
): ValidationSet | undefined {
  if (given === undefined) return undefined;
  const place = `${what}: validation`;
  const known = { data: "any", metric: "function", maximize: "boolean" } as const;
  const own = checkOptions(place, given as { data: unknown; metric?: unknown; maximize?: boolean }, known);
  if (!isRecord(own.data))
    throw new AdjointError(`${place}: data must be samples by name, not ${describe(own.data)}.`);
  const data = readSamples(place, own.data, state.dtype);
  checkAlike(what, samples, data);
  const metric = (own.metric ?? functions.metric ?? functions.objective) as (inputs: ParameterExprs) => Expr;
  const sign = own.maximize ? -1 : 1;
  const compute = metricOf(place, metric, state, data);
  const { parameters } = state;
  const size = parameters.reduce((sum, one) => sum + one.size, 0);
  const set: ValidationSet = {
    metrics: [],
    bestEpoch: 0,
    best: undefined,
    rate(epoch) {
      const value = compute();
      set.metrics.push(value);
      const best = set.metrics[set.bestEpoch - 1];
      if (best === undefined || sign * value < sign * best || Number.isNaN(best)) {
        set.bestEpoch = epoch;
        set.best = state.now.slice(0, size);
      }
      return sign * value;
    },
    save: () => ({ metrics: set.metrics, bestEpoch: [set.bestEpoch], best: set.best ?? [] }),
    restore({ metrics = [], bestEpoch, best = [] }) {
      set.metrics.push(...Array.from(metrics));
      set.bestEpoch = bestEpoch?.[0] ?? 0;
      if (best.length !== size) return;
      set.best = makeFloats(state.dtype, size);
      set.best.set(best);
    },
  };
  return set;
}

/** The metric at the state's point, by a kernel of its own. */
function metricOf(
  what: string,
  metric: (inputs: ParameterExprs) => Expr,
  state: State,
  data: Tensors,
): () => number {
  const columns = leavesOf(data, isTensor);
  const { own, batch } = batchSpecs(state.tree.parameters, data, columns[0]!.shape[0]!);
  const program = programOf(
    "metric",
    [metric],
    JSON.stringify([own, batch]),
    state.dtype,
    () =>
      trace({ ...own, ...batch }, (inputs) => ({
        value: readScalar(what, "the metric", metric(inputs as ParameterExprs)),
      })) as unknown as Traced,
  );
  const value = makeFloats(state.dtype, 1);
  const constants = plainTree(data);
  return () => {
    program.kernel.into({ ...state.point(), ...constants } as never, { value } as never);
    return value[0]!;
  };
}
