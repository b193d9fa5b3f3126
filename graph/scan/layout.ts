/**
 * In which order a scan's operands and its body's inputs stand. Operands: the first carry, then what is taken row by row,
 * then what all steps see. Inputs: the same, a row of each in place of the rows, with the step's number behind them.
 */

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

export function splitOperands<T>(list: readonly T[], rows: number): Operands<T> {
  return { carry: list[0]!, rows: list.slice(1, 1 + rows), constants: list.slice(1 + rows) };
}

export function joinOperands<T>({ carry, rows, constants }: Operands<T>): T[] {
  return [carry, ...rows, ...constants];
}

export function splitInputs<T>(list: readonly T[], rows: number): Inputs<T> {
  const { carry, rows: own, constants } = splitOperands(list, rows);
  return { carry, rows: own, step: constants[0]!, constants: constants.slice(1) };
}

export function joinInputs<T>({ carry, rows, step, constants }: Inputs<T>): T[] {
  return [carry, ...rows, step, ...constants];
}
