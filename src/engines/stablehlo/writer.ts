/** The text of a StableHLO function in the making: types, literals, and lines with the names of their results. */
import type { Dtype, Shape } from "../../../graph/index.js";
import { Constants } from "../lowering/constants.js";
import type { Value } from "../lowering/dialect.js";

export interface StableValue extends Value {
  /** `%3`, or `%5#1`. */
  readonly text: string;
}

export class StableWriter {
  readonly dtype: Dtype;
  readonly constants = new Constants();
  readonly #lines: string[] = [];
  #next = 0;
  #indentation = 2;

  constructor(dtype: Dtype) {
    this.dtype = dtype;
  }

  fresh(): string {
    return `%${this.#next++}`;
  }

  line(text: string): void {
    this.#lines.push(`${"  ".repeat(this.#indentation)}${text}`);
  }

  indented(by: 1 | -1): void {
    this.#indentation += by;
  }

  /** The value of an operation: what stands behind `%n =`. */
  value(operation: string, shape: Shape, kind: Value["kind"] = "number"): StableValue {
    const text = this.fresh();
    this.line(`${text} = ${operation}`);
    return { text, shape, kind };
  }

  elementOf(kind: Value["kind"]): string {
    return { number: this.dtype, truth: "i1", index: "i32" }[kind];
  }

  /** `tensor<2x3xf64>` */
  type({ shape, kind }: Value): string {
    return this.typeOf(shape, this.elementOf(kind));
  }

  typeOf(shape: Shape, element: string): string {
    return `tensor<${[...shape, element].join("x")}>`;
  }

  get text(): string {
    return this.#lines.join("\n");
  }
}

/** A number as MLIR reads it: what isn't finite by its bits. */
export function literal(x: number, dtype: Dtype): string {
  if (!Number.isFinite(x)) {
    const kind = Number.isNaN(x) ? 0 : x > 0 ? 1 : 2;
    const bits = {
      f64: ["0x7FF8000000000000", "0x7FF0000000000000", "0xFFF0000000000000"],
      f32: ["0x7FC00000", "0x7F800000", "0xFF800000"],
    } as const;
    return bits[dtype][kind]!;
  }
  if (Object.is(x, -0)) return "-0.0";
  const text = String(x);
  if (text.includes(".")) return text;
  return text.includes("e") ? text.replace("e", ".0e") : `${text}.0`;
}
