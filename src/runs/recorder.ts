/** What is recorded of a run: points row by row with a value each, within a set memory. */
import { unflattenTree } from "../../graph/internal.js";
import type { Trajectory } from "./minimize.js";
import { type Floats, isTensor, makeFloats, type State } from "./state.js";

/** Bytes that are set aside at first, and how many times as many each time that they are full: copies stay few. */
const firstBytes = 2 ** 20;
const growth = 16;

/** What a trajectory takes at most, in bytes, where nothing else is said. */
export const defaultMemoryLimit = 2 ** 28;

/** Where the next row goes. */
export interface Place {
  /** The values, and the rows of each parameter in the order of the state. */
  readonly arrays: readonly Floats[];
  /** The rows before it. */
  readonly row: number;
  /** Its step, counted from 0. */
  readonly due: number;
  /** The steps from row to row. */
  readonly stride: number;
}

export interface Recorder {
  /** So many rows are written, by who asked for their place; there is no room made for another. */
  keep(written: number): void;
  /** Where the next row goes. Once so many are written, room is made for it, and another step may be due then. */
  place(written?: number): Place;
  /** Adds the state's parameters as those of a step, counted from 0, if its row is due. */
  record(step: number, value: number): void;
  /** The rows of the first so many steps. */
  finish(steps: number): Trajectory;
}

/**
 * Records a row of every `stride`-th step: of every step, until the memory is full; then every second row is dropped, as
 * often as it takes. It is for the steps from `start` to `steps` at most, in `memoryLimit` bytes, or two rows.
 */
export function makeRecorder(state: State, steps: number, memoryLimit: number, start = 0): Recorder {
  const { parameters, tree } = state;
  const stepsIn = (taken: number) => Math.max(0, Math.min(taken, steps) - start);
  const sizes = [1, ...parameters.map(({ size }) => size)];
  const rowBytes = 8 * sizes.reduce((sum, size) => sum + size);
  const rowsIn = (bytes: number) => Math.min(stepsIn(steps), Math.max(2, Math.floor(bytes / rowBytes)));
  const most = rowsIn(memoryLimit);
  let rows = Math.min(most, rowsIn(firstBytes));
  // The values are doubles in any case.
  const makeRows = (length: number, i: number) => makeFloats(i === 0 ? "f64" : state.dtype, length);
  let arrays = sizes.map((size, i) => makeRows(rows * size, i));
  let row = 0;
  let stride = 1;

  const makeRoom = () => {
    const longer = Math.min(most, growth * rows);
    const step = longer > rows ? 1 : 2;
    arrays = arrays.map((from, i) => {
      const size = sizes[i]!;
      const to = step === 1 ? makeRows(longer * size, i) : from;
      for (let r = 0; r * step < rows; r++) {
        for (let k = 0; k < size; k++) to[r * size + k] = from[r * step * size + k]!;
      }
      return to;
    });
    row = Math.ceil(rows / step);
    rows = longer;
    stride *= step;
  };

  const recorder: Recorder = {
    keep(written) {
      row = written;
    },
    place(written) {
      row = written ?? row;
      if (written === rows) makeRoom();
      return { arrays, row, due: start + row * stride, stride };
    },
    record(step, value) {
      if (step !== start + row * stride) return;
      const { due } = recorder.place(row);
      if (step !== due) return;
      arrays[0]![row] = value;
      parameters.forEach(({ offset, size }, i) => {
        arrays[i + 1]!.set(state.now.subarray(offset, offset + size), row * size);
      });
      row++;
    },
    finish(taken) {
      const count = Math.ceil(stepsIn(taken) / stride);
      // A view would keep all the room alive, and be copied with it.
      const [values, ...own] = arrays.map((data, i) => {
        const length = count * sizes[i]!;
        return data.length === length ? data : data.slice(0, length);
      });
      const named = unflattenTree(tree.parameters, isTensor, own) as Trajectory["parameters"];
      return { start, steps: count, stride, parameters: named, values: values as Float64Array };
    },
  };
  return recorder;
}
