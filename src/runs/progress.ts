/** What callbacks are told: numbers, and the point, which is copied for those who ask. */
import { AdjointError } from "../../graph/index.js";
import type { State } from "./state.js";

/** A copy of the point for the callback of a step or an epoch, while it runs. */
function pointFor<P>(callback: string, state: State, place: number): P {
  if (state.told === place) return state.point() as P;
  throw new AdjointError(
    `${callback}: parameters can be read during the callback only, as in ({ parameters }) => ….`,
  );
}

export class BeforeStep<P> {
  readonly step: number;
  readonly value: number;
  readonly gradientNorm: number;
  readonly #state: State;
  #point: P | undefined;

  constructor(step: number, value: number, gradientNorm: number, state: State) {
    this.step = step;
    this.value = value;
    this.gradientNorm = gradientNorm;
    this.#state = state;
  }

  get parameters(): P {
    this.#point ??= pointFor<P>("onStep", this.#state, this.step);
    return this.#point;
  }
}

export class AfterEpoch<P> {
  readonly epoch: number;
  readonly loss: number;
  readonly validation: number | undefined;
  readonly #state: State;
  #point: P | undefined;

  constructor(epoch: number, loss: number, validation: number | undefined, state: State) {
    this.epoch = epoch;
    this.loss = loss;
    this.validation = validation;
    this.#state = state;
  }

  get parameters(): P {
    this.#point ??= pointFor<P>("onEpoch", this.#state, this.epoch);
    return this.#point;
  }
}
