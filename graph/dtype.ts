import { AdjointError } from "./errors.js";

/** What the elements of a kernel's tensors are. */
export type Precision = "f64" | "f32";

/** The arrays of a precision. */
export type ArrayOf<P extends Precision> = P extends "f32" ? Float32Array : Float64Array;

/** Bytes of an element. */
export const elementBytes = { f64: 8, f32: 4 } as const;

/** The class of the arrays of a precision. @throws for any other name */
export function arrayOf(precision: Precision): Float64ArrayConstructor | Float32ArrayConstructor {
  if (precision === "f64") return Float64Array;
  if (precision === "f32") return Float32Array;
  throw new AdjointError(`compile: dtype is "f64" or "f32", not ${JSON.stringify(precision)}.`);
}
