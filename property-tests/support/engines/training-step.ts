/** Whole training steps as cases: loss, gradient and the optimizer's rule in one graph. */
import { adam } from "../../../optimizers/index.js";
import { type TrainingStep, trainingStep } from "../../../src/engines/index.js";
import type { ExportCase } from "../exported.js";
import { type ExportProgram, exportPrograms } from "../exported-programs.js";

/** A step of Adam. */
export function stepOf({ objective, start }: ExportProgram): TrainingStep {
  return trainingStep({ objective, start, optimizer: adam({ learningRate: 0.1 }) });
}

/** The first step of each program. */
export function* stepCases(): Generator<ExportCase> {
  for (const [name, make] of Object.entries(exportPrograms)) {
    const program = make();
    const { step, start } = stepOf(program);
    const data = Object.fromEntries(Object.entries(program.data).map(([key, { data }]) => [key, data]));
    yield { name: `${name}, a step`, f: step, inputs: { step: 1, ...start, data } as never };
  }
}
