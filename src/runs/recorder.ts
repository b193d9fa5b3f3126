/** What is recorded of a run: points row by row with a value each, within a set memory. */
import { unflattenTree } from "../../graph/internal.js";
import type { Trajectory } from "./minimize.js";
import { isTensor, type State } from "./state.js";

/** Bytes that are set aside at first, and how many times as many each time that they are full: copies stay few. */
const firstBytes = 2 ** 20;
const growth = 16;

/** What a trajectory takes at most, in bytes, where nothing else is said. */
export const defaultMemoryLimit = 2 ** 28;

/** Where the next row goes. */
export interface Place {
  /** The values, and the rows of each parameter in the order of the state. */
  readonly arrays: readonly Float64Array[];
  /** The rows before it. */
  readonly row: number;
  /** Its step, counted from 0. */
  readonly due: number;
  /** The steps from row to row. */
  readonly stride: number;
}

export interface Recorder {
  /** Where the next row goes. Once so many are written, room is made for it, and another step may be due then. */
  place(written?: number): Place;
  /** Adds the state's parameters as those of a step, counted from 0, if its row is due. */
  record(step: number, value: number): void;
  /** The rows of the first so many steps. */
  finish(steps: number): Trajectory;
}

/**
 * Records a row of every `stride`-th step: of every step, until the memory is full; then every second row is dropped, as
 * often as it takes. It is for `steps` steps at most, in `memoryLimit` bytes, or two rows.
 */
export function makeRecorder(state: State, steps: number, memoryLimit: number): Recorder {
  const { parameters, tree } = state;
  const sizes = [1, ...parameters.map(({ size }) => size)];
  const rowBytes = 8 * sizes.reduce((sum, size) => sum + size);
  const rowsIn = (bytes: number) => Math.min(steps, Math.max(2, Math.floor(bytes / rowBytes)));
  const most = rowsIn(memoryLimit);
  let rows = Math.min(most, rowsIn(firstBytes));
  let arrays = sizes.map((size) => new Float64Array(rows * size));
  let row = 0;
  let stride = 1;

  const makeRoom = () => {
    const longer = Math.min(most, growth * rows);
    const step = longer > rows ? 1 : 2;
    arrays = arrays.map((from, i) => {
      const size = sizes[i]!;
      const to = step === 1 ? new Float64Array(longer * size) : from;
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
    place(written) {
      row = written ?? row;
      if (written === rows) makeRoom();
      return { arrays, row, due: row * stride, stride };
    },
    record(step, value) {
      if (step !== row * stride) return;
      const { due } = recorder.place(row);
      if (step !== due) return;
      arrays[0]![row] = value;
      parameters.forEach(({ offset, size }, i) => {
        arrays[i + 1]!.set(state.now.subarray(offset, offset + size), row * size);
      });
      row++;
    },
    finish(taken) {
      const count = Math.ceil(Math.min(taken, steps) / stride);
      // A view would keep all the room alive, and be copied with it.
      const [values, ...own] = arrays.map((data, i) => {
        const length = count * sizes[i]!;
        return data.length === length ? data : data.slice(0, length);
      });
      const named = unflattenTree(tree.parameters, isTensor, own) as Trajectory["parameters"];
      return { steps: count, stride, parameters: named, values: values! };
    },
  };
  return recorder;
}
