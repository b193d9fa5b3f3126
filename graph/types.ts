/**
 * What the compiler knows about shapes: literal shapes are carried through the ops, and two that don't fit are a
 * compile error whose text is the run-time message. Unknown lengths (`number`) and ranks (`number[]`) fall back.
 */
import type { Expr } from "./node.js";
import type { Shape } from "./shape.js";

/** Arrays of numbers of every kind that there is, but of bigints. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray;

/** Nested rows of numbers, or a typed array: `[1, 2]`, `[[1, 2], [3, 4]]`, `Float64Array`. */
export type NestedArray = readonly number[] | readonly NestedArray[] | NumericArray;

/** What an op takes: an expression, a number, or constant data. */
export type Operand = Expr | number | NestedArray;

export type ShapeOf<T> = T extends Expr<infer S> ? S : T extends number ? [] : Shape;

/** Whether the rank of a shape is known. */
type Ranked<S extends Shape> = number extends S["length"] ? false : true;

type Dimension<A, B> = number extends A
  ? number extends B
    ? number
    : B extends 1
      ? number
      : B
  : number extends B
    ? A extends 1
      ? number
      : A
    : A extends B
      ? A
      : A extends 1
        ? B
        : B extends 1
          ? A
          : never;

/** NumPy's broadcasting of two shapes; an axis that doesn't fit becomes `never`. */
export type Broadcast<A extends Shape, B extends Shape> = A extends readonly []
  ? B
  : B extends readonly []
    ? A
    : Ranked<A> extends false
      ? Shape
      : Ranked<B> extends false
        ? Shape
        : [A, B] extends [
              readonly [...infer AI extends Shape, infer AL],
              readonly [...infer BI extends Shape, infer BL],
            ]
          ? [...Broadcast<AI, BI>, Dimension<AL, BL>]
          : Shape;

type HasNever<S extends Shape> = S extends readonly [infer H, ...infer T extends Shape]
  ? [H] extends [never]
    ? true
    : HasNever<T>
  : false;

type Join<S extends Shape> = S extends readonly [infer H extends number]
  ? `${H}`
  : S extends readonly [infer H extends number, ...infer T extends Shape]
    ? `${H}×${Join<T>}`
    : "";

/** A literal shape as errors print it: `(2×3)`. */
export type Format<S extends Shape> = `(${Join<S>})`;

/** `unknown` where the shapes of A and B broadcast, else the error text as a type that nothing fits. */
export type Broadcastable<A, B> =
  HasNever<Broadcast<ShapeOf<A>, ShapeOf<B>>> extends true
    ? `shapes ${Format<ShapeOf<A>>} and ${Format<ShapeOf<B>>} don't broadcast`
    : unknown;

type HasExpr<T extends readonly unknown[]> = T extends readonly [infer H, ...infer R]
  ? [H] extends [Expr]
    ? true
    : HasExpr<R>
  : T extends readonly []
    ? false
    : [T[number]] extends [Expr]
      ? true
      : false;

/** Plain operands give plain results, an expression among them gives an expression. */
export type ResultOf<T extends readonly unknown[], S extends Shape> =
  HasExpr<T> extends true
    ? Expr<S>
    : [Extract<T[number], Expr>] extends [never]
      ? [T[number]] extends [number]
        ? number
        : number | NestedArray
      : Expr<S> | number;

/** An elementwise op of one operand. */
export type Unary = <const A extends Operand>(x: A) => ResultOf<[A], ShapeOf<A>>;

/** An elementwise op of two operands, which are broadcast against each other. */
export type Binary = <const A extends Operand, const B extends Operand>(
  a: A,
  b: B & Broadcastable<A, B>,
) => ResultOf<[A, B], Broadcast<ShapeOf<A>, ShapeOf<B>>>;

type BroadcastAll<T extends readonly Operand[]> = T extends readonly [
  infer H extends Operand,
  ...infer R extends readonly Operand[],
]
  ? Broadcast<ShapeOf<H>, BroadcastAll<R>>
  : T extends readonly []
    ? []
    : Shape;

/** A binary op that also takes more operands, from the left. */
export interface Variadic {
  <const T extends readonly [Operand, Operand, Operand, ...Operand[]]>(
    ...operands: T
  ): ResultOf<T, BroadcastAll<T>>;
  <const A extends Operand, const B extends Operand>(
    a: A,
    b: B & Broadcastable<A, B>,
  ): ResultOf<[A, B], Broadcast<ShapeOf<A>, ShapeOf<B>>>;
}

/** The shape without its first axis: what iterating over a tensor gives. */
export type Tail<S extends Shape> = S extends readonly [unknown, ...infer T extends Shape] ? T : Shape;

/** The shape reversed: the transpose without an axis list. */
export type Reverse<S extends Shape> =
  Ranked<S> extends false
    ? Shape
    : S extends readonly [infer H extends number, ...infer T extends Shape]
      ? [...Reverse<T>, H]
      : [];

/** The result of a matrix product, ranks 1 and 2; other ranks are left to run time. */
export type MatmulShape<A extends Shape, B extends Shape> =
  Ranked<A> extends false
    ? Shape
    : Ranked<B> extends false
      ? Shape
      : [A, B] extends [readonly [infer M extends number, number], readonly [number, infer N extends number]]
        ? [M, N]
        : [A, B] extends [readonly [infer M extends number, number], readonly [number]]
          ? [M]
          : [A, B] extends [readonly [number], readonly [number, infer N extends number]]
            ? [N]
            : [A, B] extends [readonly [number], readonly [number]]
              ? []
              : Shape;

type Columns<S extends Shape> = S extends readonly [...Shape, infer K] ? K : number;
type Rows<S extends Shape> = S extends readonly [infer K]
  ? K
  : S extends readonly [infer K, unknown]
    ? K
    : number;

/** `unknown` where the inner lengths of A·B agree (or aren't known), else the error text. */
export type Multipliable<A, B> = [Dimension<Columns<ShapeOf<A>>, Rows<ShapeOf<B>>>] extends [never]
  ? `columns of a ${Format<ShapeOf<A>>} and rows of b ${Format<ShapeOf<B>>} differ`
  : Columns<ShapeOf<A>> extends 1
    ? number extends Rows<ShapeOf<B>>
      ? unknown
      : Rows<ShapeOf<B>> extends 1
        ? unknown
        : `columns of a ${Format<ShapeOf<A>>} and rows of b ${Format<ShapeOf<B>>} differ`
    : unknown;
