/** All workloads, in the order of the table. */
import type { Workload } from "./workload.js";
import * as all from "./workloads/index.js";

export const workloads: readonly Workload[] = [
  all.sphere,
  all.cubic,
  all.saddle,
  ...all.rosenbrock,
  all.linearFit,
  ...all.perceptron,
  ...all.matrixProduct,
  ...all.convolution,
  all.attentionLayer,
  all.mixture,
  all.logDeterminant,
  ...all.decompositions,
  all.exponential,
  ...all.stencil,
  ...all.chain,
  all.adamStep,
  ...all.optimizerSteps,
  all.manySteps,
  all.convenientCall,
  all.manyKernels,
  all.setsInTurn,
  all.treeCall,
  all.stateFile,
  ...all.trainings,
  ...all.runs,
  ...all.solvers,
];

export function workloadOf(name: string): Workload {
  const found = workloads.find((workload) => workload.name === name);
  if (!found) throw new Error(`there is no workload "${name}"`);
  return found;
}
