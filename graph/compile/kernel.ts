/** Kernels: what compiling gives. */
import type { Dtype } from "../dtype.js";
import type { Shape } from "../shape.js";
import type { Results, Shapes, ValuesOf } from "../trace.js";
import type { Listed, Tree } from "../tree.js";

/** What `into` takes for inputs: a number for a scalar, the caller's own array for a tensor. */
export type InputArrays<I, A> = I extends Shape
  ? I extends readonly []
    ? number
    : A
  : I extends Listed
    ? { readonly [K in keyof I]: InputArrays<I[K], A> }
    : I extends readonly (infer E)[]
      ? readonly InputArrays<E, A>[]
      : { readonly [K in keyof I]: InputArrays<I[K], A> };

/** What `into` writes to: an array for each output, of length 1 for a scalar. */
export type OutputArrays<O, A> = O extends { readonly shape: Shape }
  ? A
  : O extends Listed
    ? { [K in keyof O]: OutputArrays<O[K], A> }
    : O extends readonly (infer E)[]
      ? readonly OutputArrays<E, A>[]
      : { [K in keyof O]: OutputArrays<O[K], A> };

/**
 * A compiled function.
 * @example const kernel: Kernel<{ x: [2] }, Expr<[]>> = compile(trace({ x: vector(2) }, ({ x }) => sum(x)));
 */
export interface Kernel<I extends Shapes, O, A = Float64Array> {
  /**
   * Computes into fresh arrays, which the caller may keep. Inputs may be nested, flat or typed arrays. Where all
   * records and lists of a tree are those of the call before, it isn't looked through for unknown keys again.
   */
  (inputs: ValuesOf<I>): Results<O, A>;
  /**
   * Computes into the caller's arrays and allocates nothing. An output may be the very array of an input, but no
   * overlapping view of it. For speed, unknown keys are ignored here.
   */
  into(inputs: InputArrays<I, A>, outputs: OutputArrays<O, A>): void;
  /** The shapes of the inputs: a tree like theirs. */
  readonly inputs: { readonly [K in keyof I]: I[K] };
  /** The shapes of the outputs: a tree like that of the results. */
  readonly outputs: Tree<Shape>;
  readonly dtype: Dtype;
  /**
   * The generated JavaScript: inputs are `x0, x1 …` in order, outputs `o0, o1 …`. Empty where there is none, the graph
   * being WebAssembly or interpreted.
   */
  readonly source: string;
}
