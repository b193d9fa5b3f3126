import type { Stepper, Tensors } from "./step.js";

/** The points of a run row by row with a value each, in arrays that grow by doubling. */
export class Recorder {
  readonly #rows: Map<string, Float64Array>;
  readonly #sizes: ReadonlyMap<string, number>;
  #values: Float64Array = new Float64Array(16);
  #count = 0;

  constructor(parameters: Tensors) {
    this.#sizes = new Map(Object.entries(parameters).map(([name, { data }]) => [name, data.length]));
    this.#rows = new Map([...this.#sizes].map(([name, size]) => [name, new Float64Array(16 * size)]));
  }

  /** Adds the stepper's current point. */
  record(stepper: Stepper, value: number): void {
    if (this.#count === this.#values.length) {
      this.#values = doubled(this.#values);
      for (const [name, rows] of this.#rows) this.#rows.set(name, doubled(rows));
    }
    this.#values[this.#count] = value;
    for (const [name, rows] of this.#rows)
      rows.set(stepper.values(name), this.#count * this.#sizes.get(name)!);
    this.#count++;
  }

  /** Forgets all but the first rows. */
  keep(count: number): void {
    this.#count = Math.min(this.#count, count);
  }

  /** Copies of the rows, `count` × size numbers for each parameter, and of their values. */
  finish(): { count: number; rows: Record<string, Float64Array>; values: Float64Array } {
    const count = this.#count;
    const rows = [...this.#rows].map(
      ([name, data]) => [name, data.slice(0, count * this.#sizes.get(name)!)] as const,
    );
    return { count, rows: Object.fromEntries(rows), values: this.#values.slice(0, count) };
  }
}

function doubled(data: Float64Array): Float64Array {
  const larger = new Float64Array(data.length * 2);
  larger.set(data);
  return larger;
}
