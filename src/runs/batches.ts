/** Samples in batches: in the order of the data, or in another one each epoch. */
import { type RandomSource, type RandomState, randomSource } from "../data/index.js";
import type { Program } from "./kernels.js";
import type { Inputs } from "./method.js";
import { type Floats, makeFloats, type Tensor } from "./state.js";

/** Batches of fewer numbers than this are copied: that is faster than to make and to check views. */
const leastView = 32;

/** Samples of fewer numbers than this are copied one by one: that is faster than to make views of them. */
const leastCopy = 64;

/** The samples of one name. */
interface Column {
  readonly data: Floats;
  /** Numbers a sample. */
  readonly width: number;
}

/** Of a batch, with arrays into which its samples are gathered, or views of the samples. */
interface Batch extends Inputs {
  readonly data: readonly Floats[];
}

export interface BatchesOptions {
  /** Samples in all. */
  readonly count: number;
  /** Samples a batch. */
  readonly size: number;
  /** A seed: each epoch visits the samples in another order. */
  readonly shuffle: number | undefined;
  /** The program for a batch of so many samples. */
  readonly programFor: (size: number) => Program;
}

export class Batches {
  /** Batches an epoch, of which the last may be smaller. */
  readonly number: number;
  readonly #columns: readonly Column[];
  readonly #count: number;
  readonly #size: number;
  readonly #full: Batch;
  readonly #last: Batch;
  #random: RandomSource | undefined;
  /** The order in which samples are gathered; `undefined` where batches are views. */
  #order: Uint32Array | undefined;
  readonly #views: Batch[] = [];
  /** The epoch of the order, from 0, and where the random source was before it. */
  #epoch = -1;
  #before: RandomState | undefined;

  constructor(samples: readonly Tensor[], { count, size, shuffle, programFor }: BatchesOptions) {
    this.number = Math.ceil(count / size);
    const dtype = samples[0]!.data instanceof Float32Array ? "f32" : "f64";
    this.#columns = samples.map(({ data }) => ({ data, width: data.length / count }));
    this.#count = count;
    this.#size = size;
    const numbers = this.#columns.reduce((sum, { width }) => sum + size * width, 0);
    this.#random = shuffle === undefined ? undefined : randomSource(shuffle);
    if (numbers < leastView) this.#order = new Uint32Array(count).map((_, i) => i);
    const gathers = this.#random !== undefined || this.#order !== undefined;
    const ofSize = (rows: number): Batch => ({
      program: programFor(rows),
      data: this.#columns.map(({ width }) => makeFloats(dtype, gathers ? rows * width : 0)),
    });
    this.#full = ofSize(size);
    this.#last = count % size === 0 ? this.#full : ofSize(count % size);
  }

  /** Where the random source is before the epoch of a step: the next one to be asked for, or the last. */
  randomAt(step: number): RandomState | undefined {
    return Math.floor(step / this.number) === this.#epoch ? this.#before : this.#random?.state();
  }

  /** Goes on from where a random source was. */
  restore(random: RandomState): void {
    this.#random = randomSource(random);
    this.#epoch = -1;
  }

  /** What a step is computed with, the first being 0; to be asked step by step. */
  at(step: number): Inputs {
    const k = step % this.number;
    const epoch = (step - k) / this.number;
    if (this.#random && epoch !== this.#epoch) {
      this.#before = this.#random.state();
      this.#order = this.#random.permutation(this.#count);
      this.#epoch = epoch;
    }
    const from = k * this.#size;
    const to = Math.min(from + this.#size, this.#count);
    const inputs = k === this.number - 1 ? this.#last : this.#full;
    if (this.#order) {
      for (let i = 0; i < inputs.data.length; i++) {
        gather(inputs.data[i]!, this.#columns[i]!, this.#order, from, to);
      }
      return inputs;
    }
    this.#views[k] ??= {
      program: inputs.program,
      data: this.#columns.map(({ data, width }) => data.subarray(from * width, to * width)),
    };
    return this.#views[k];
  }
}

/** Copies the samples that stand in `order` from one place to another. */
function gather(target: Floats, { data, width }: Column, order: Uint32Array, from: number, to: number): void {
  let next = 0;
  for (let i = from; i < to; i++) {
    const start = order[i]! * width;
    if (width >= leastCopy) {
      target.set(data.subarray(start, start + width), next);
      next += width;
      continue;
    }
    for (let j = 0; j < width; j++) target[next++] = data[start + j]!;
  }
}
