/**
 * In which order the operands of a scan and the inputs of its body stand. Operands: the first carry (a vector), then what
 * is taken row by row, then what all steps see. Inputs: the same, with a row in place of the rows and the step's number
 * behind them. Nothing else counts places.
 */
import type { Graph } from "../graph.js";

/** The body's output is the next carry. */
export interface ScanParams {
  readonly body: Graph;
  readonly length: number;
  /** How many operands are taken row by row. */
  readonly rows: number;
  /** 1: the last row first, and the history written from its end. */
  readonly reverse: 0 | 1;
  /** 1: the result is the last carry alone; 0: that after each step. */
  readonly last: 0 | 1;
}

/** The operands of a scan by what they are. */
export interface Operands<T> {
  readonly carry: T;
  readonly rows: readonly T[];
  readonly constants: readonly T[];
}

/** The inputs of a scan's body by what they are. */
export interface Inputs<T> extends Operands<T> {
  readonly step: T;
}

export function splitOperands<T>([carry, ...others]: readonly T[], rows: number): Operands<T> {
  return { carry: carry!, rows: others.slice(0, rows), constants: others.slice(rows) };
}

export function joinOperands<T>({ carry, rows, constants }: Operands<T>): T[] {
  return [carry, ...rows, ...constants];
}

export function splitInputs<T>(list: readonly T[], rows: number): Inputs<T> {
  const { constants, ...others } = splitOperands(list, rows);
  const [step, ...rest] = constants;
  return { ...others, step: step!, constants: rest };
}

export function joinInputs<T>({ carry, rows, step, constants }: Inputs<T>): T[] {
  return [carry, ...rows, step, ...constants];
}

/** The place of the number of the step that comes `k`-th. */
export function stepAt({ length, reverse }: Pick<ScanParams, "length" | "reverse">, k: number): number {
  return reverse ? length - 1 - k : k;
}
