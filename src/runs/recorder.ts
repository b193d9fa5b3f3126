import type { Stepper, Tensors } from "./step.js";

/** Numbers that are set aside for a trajectory at once; pages that aren't written cost nothing. */
const firstNumbers = 1 << 20;

/** The points of a run row by row with a value each, in arrays that grow by doubling. */
export class Recorder {
  /** The arrays that are written: rows of each parameter, and a value each. */
  readonly rows: Map<string, Float64Array>;
  values: Float64Array;
  count = 0;
  readonly #sizes: ReadonlyMap<string, number>;

  /** For `most` rows at most, or for any number of them. */
  constructor(parameters: Tensors, most = Number.POSITIVE_INFINITY) {
    this.#sizes = new Map(Object.entries(parameters).map(([name, { data }]) => [name, data.length]));
    const width = [...this.#sizes.values()].reduce((sum, size) => sum + size, 1);
    const rows = Math.min(most, Math.max(16, Math.floor(firstNumbers / width)));
    this.values = new Float64Array(rows);
    this.rows = new Map([...this.#sizes].map(([name, size]) => [name, new Float64Array(rows * size)]));
  }

  /** Makes room for another row at least. */
  grow(): void {
    if (this.count < this.values.length) return;
    this.values = doubled(this.values);
    for (const [name, rows] of this.rows) this.rows.set(name, doubled(rows));
  }

  /** Adds the stepper's current point. */
  record(stepper: Stepper, value: number): void {
    this.grow();
    this.values[this.count] = value;
    for (const [name, rows] of this.rows) rows.set(stepper.values(name), this.count * this.#sizes.get(name)!);
    this.count++;
  }

  /** Forgets all but the first rows. */
  keep(count: number): void {
    this.count = Math.min(this.count, count);
  }

  /** The rows, `count` × size numbers for each parameter, and their values. */
  finish(): { count: number; rows: Record<string, Float64Array>; values: Float64Array } {
    const { count } = this;
    const rows = [...this.rows].map(
      ([name, data]) => [name, cut(data, count * this.#sizes.get(name)!)] as const,
    );
    return { count, rows: Object.fromEntries(rows), values: cut(this.values, count) };
  }
}

/** Without the room that wasn't needed. */
function cut(data: Float64Array, length: number): Float64Array {
  return data.length === length ? data : data.slice(0, length);
}

function doubled(data: Float64Array): Float64Array {
  const larger = new Float64Array(Math.max(16, data.length * 2));
  larger.set(data);
  return larger;
}
