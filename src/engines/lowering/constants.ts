/** Constants that are too large for a text: they stand in a file beside it. */
import type { Shape } from "../../../graph/index.js";

/** Constants of more elements stand in a file. */
export const mostInText = 64;

/**
 * A constant that what was exported reads from a file beside it.
 * @example const sizeOf = ({ values }: ExportedConstant): number => values.length;
 */
export interface ExportedConstant {
  readonly values: Float64Array;
  readonly shape: Shape;
}

/** The large constants of a text by their names, each once. */
export class Constants {
  readonly all = new Map<string, ExportedConstant>();
  readonly #names = new Map<Float64Array, string>();

  nameOf(values: Float64Array, shape: Shape): string {
    const name = this.#names.get(values) ?? `c${this.all.size}`;
    this.#names.set(values, name);
    this.all.set(name, { values, shape });
    return name;
  }
}
