/** Kernels: what compiling gives. */
import type { Dtype } from "../dtype.js";
import type { Shape } from "../shape.js";
import type { Results, Shapes, ValueOf } from "../trace.js";
import type { Tree } from "../tree.js";

/** What `into` takes for an input: a number for a scalar, the caller's own array for a tensor. */
export type InputArray<S extends Shape, A> = S extends readonly [] ? number : A;

/** What `into` writes to: an array for each output, of length 1 for a scalar. */
export type OutputArrays<O, A> = O extends { readonly shape: Shape }
  ? A
  : { [K in keyof O]: OutputArrays<O[K], A> };

export interface Kernel<I extends Shapes, O, A = Float64Array> {
  /** Computes into fresh arrays, which the caller may keep. Inputs may be nested, flat or typed arrays. */
  (inputs: { readonly [K in keyof I]: ValueOf<I[K]> }): Results<O, A>;
  /**
   * Computes into the caller's arrays and allocates nothing. An output may be the very array of an input, but no
   * overlapping view of it. For speed, unknown keys are ignored here.
   */
  into(inputs: { readonly [K in keyof I]: InputArray<I[K], A> }, outputs: OutputArrays<O, A>): void;
  /** The shapes of the inputs, by name. */
  readonly inputs: { readonly [K in keyof I]: I[K] };
  /** The shapes of the outputs: a tree of names like that of the results. */
  readonly outputs: Tree<Shape>;
  readonly dtype: Dtype;
  /**
   * The generated JavaScript: inputs are `x0, x1 …` in order, outputs `o0, o1 …`. Empty where there is none, the graph
   * being WebAssembly or interpreted.
   */
  readonly source: string;
}
