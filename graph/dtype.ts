/** What the elements of tensors are, and the arrays that hold them. */
import { describe } from "./describe.js";
import { AdjointError } from "./errors.js";

/**
 * What the elements of a kernel's tensors are.
 * @example const dtype: Dtype = "f32";
 */
export type Dtype = "f64" | "f32";

/** The arrays of a dtype. */
export type ArrayOf<D extends Dtype> = D extends "f32" ? Float32Array : Float64Array;

/** Bytes of an element. */
export const elementBytes = { f64: 8, f32: 4 } as const;

/** The class of the arrays of a dtype. @throws for any other name */
export function arrayOf(dtype: Dtype): Float64ArrayConstructor | Float32ArrayConstructor {
  if (dtype === "f64") return Float64Array;
  if (dtype === "f32") return Float32Array;
  throw new AdjointError(`compile: dtype is "f64" or "f32", not ${describe(dtype)}.`);
}
