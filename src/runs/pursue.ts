/** What all runs from a start do around their loops: records, callbacks, tests of when to end, checkpoints, and the driver. */
import { Answers, type Driven, drive, type Finished, type RunProgress, type Scheduling } from "./drive.js";
import type { Loop, LoopOptions } from "./loop.js";
import type { Trajectory } from "./minimize.js";
import { BeforeStep } from "./progress.js";
import type { Reason } from "./reason.js";
import { makeRecorder } from "./recorder.js";
import type { State } from "./state.js";

/** Whether a run waits, and for what: `isAsync` has it let other tasks run. */
export type Waiting = Scheduling & { readonly isAsync: boolean };

/** What a run is told by its user. */
export interface Wishes {
  readonly steps: number;
  readonly trajectory: boolean;
  readonly memoryLimit: number;
  readonly onStep?: ((progress: never) => unknown) | undefined;
  readonly onProgress?: ((progress: RunProgress) => unknown) | undefined;
  readonly maxTime: number;
}

/** What a run is made of besides. */
export interface Pursuit {
  readonly state: State;
  readonly waiting: Waiting;
  readonly wishes: Wishes;
  /** Whether to end at a point, which is asked once each. */
  readonly test?: ((value: number, norm: number) => Reason | undefined) | undefined;
  loop(options: LoopOptions): Loop;
  readonly checkpoints?: { readonly every: number; save(): unknown } | undefined;
}

/** How a run ended, and what was recorded of it. */
export interface Pursued extends Finished {
  readonly trajectory: Trajectory;
}

/** Runs a loop from where its state is to its end. */
export function* pursue({ state, waiting, wishes, test, loop, checkpoints }: Pursuit): Driven<Pursued> {
  const { steps, trajectory, memoryLimit, onStep, onProgress, maxTime } = wishes;
  const recorder = makeRecorder(state, trajectory ? steps : 0, memoryLimit, state.steps);
  const answers = new Answers();
  const tell = (value: number, norm: number) => {
    state.told = state.steps + 1;
    const answer = onStep!(new BeforeStep(state.told, value, norm, state) as never);
    state.told = 0;
    return answers.take("onStep", answer);
  };
  const evaluated = (value: number, norm: number) => {
    if (state.seen === state.steps) return undefined;
    state.seen = state.steps;
    return test?.(value, norm) ?? (onStep && tell(value, norm));
  };
  const options: LoopOptions = {
    steps,
    recorder: trajectory ? recorder : undefined,
    evaluated: onStep || test ? evaluated : undefined,
  };
  const ended = yield* drive(loop(options), state, {
    ...{ ...waiting, maxSteps: steps, maxTime, answers, onProgress, checkpoints },
  });
  return { ...ended, trajectory: recorder.finish(state.steps) };
}
