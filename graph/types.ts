/**
 * What the compiler knows about shapes: literal shapes are carried through the ops, and two that don't fit are a
 * compile error whose text is the run-time message. Unknown lengths (`number`) and ranks (`number[]`) fall back.
 */
import type { Expr } from "./node.js";
import type { Shape } from "./shape.js";
import type {
  Axes,
  Inserted,
  LengthAt,
  ListOf,
  Plus,
  Quotient,
  Rank,
  Ranked,
  Replaced,
  TotalLength,
} from "./shape-types.js";
import type { Tree } from "./tree.js";

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

/**
 * Nested rows of numbers, or a typed array: `[1, 2]`, `[[1, 2], [3, 4]]`, `Float64Array`.
 * @example const rows: NestedArray = [[1, 2], [3, 4]];
 */
export type NestedArray = readonly number[] | readonly NestedArray[] | NumericArray;

/**
 * What an op takes: an expression, a number, constant data, or nested lists of these.
 * @example const row = (x: Expr): Operand => [x, 1];
 */
export type Operand = Expr | number | NestedArray | readonly Operand[];

/**
 * The shape of an operand. Of lists the first entry tells it. That it is a shape is said once more at the end, as the
 * compiler would look for it in all branches, and in these again, wherever an operand isn't known yet.
 */
export type ShapeOf<T> = RowsOf<T> extends infer S extends Shape ? S : never;

type RowsOf<T> =
  T extends Expr<infer S>
    ? S
    : T extends number
      ? []
      : T extends NumericArray
        ? [number]
        : T extends readonly []
          ? [0]
          : T extends readonly [infer H, ...unknown[]]
            ? [T["length"], ...ShapeOf<H>]
            : T extends readonly (infer E)[]
              ? NestedArray extends E
                ? Shape
                : [number, ...ShapeOf<E>]
              : Shape;

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
export type Broadcast<A extends Shape, B extends Shape> = (
  A extends readonly []
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
            : Shape
) extends infer S extends Shape
  ? S
  : never;

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

type KindOf<T> = [T] extends [Expr] ? "expression" : T extends number | NestedArray ? "data" : "expression";

/** What operands are: "expression" where one surely is one, both where one may be. */
type KindsOf<T extends readonly unknown[]> = T extends readonly [infer H, ...infer R]
  ? KindOf<H> extends "expression"
    ? "expression"
    : KindsOf<R> extends "expression"
      ? "expression"
      : KindOf<H> | KindsOf<R>
  : T extends readonly []
    ? "data"
    : KindOf<T[number]>;

/** Numbers in nested arrays of a rank. */
export type Nested<S extends Shape> = S extends readonly []
  ? number
  : S extends readonly [unknown, ...infer R extends Shape]
    ? Nested<R>[]
    : number | NestedArray;

/** Where there may be an expression or plain numbers alone, these give a number if that fits. */
type ResultOfKind<K, T, S extends Shape> = [K] extends ["expression"]
  ? Expr<S>
  : [K] extends ["data"]
    ? Nested<S>
    : Expr<S> | ([Exclude<T, Expr>] extends [number] ? ([] extends S ? number : Nested<S>) : Nested<S>);

/** Plain operands give plain results, an expression among them gives an expression. */
export type ResultOf<T extends readonly unknown[], S extends Shape> = ResultOfKind<KindsOf<T>, T[number], S>;

/** An elementwise op of one operand. */
export type Unary = <const A extends Operand>(x: A) => ResultOf<[A], ShapeOf<A>>;

/** An elementwise op of two operands, which are broadcast against each other. */
export type Binary = <const A extends Operand, const B extends Operand>(
  a: A,
  b: B & Broadcastable<A, B>,
) => ResultOf<[A, B], Broadcast<ShapeOf<A>, ShapeOf<B>>>;

export type BroadcastAll<T extends readonly unknown[]> = T extends readonly [infer H, ...infer R]
  ? Broadcast<ShapeOf<H>, BroadcastAll<R>>
  : T extends readonly []
    ? []
    : ShapeOf<T[number]>;

type Formats<T extends readonly unknown[]> = T extends readonly [infer H, ...infer R]
  ? R extends readonly []
    ? Format<ShapeOf<H>>
    : `${Format<ShapeOf<H>>} and ${Formats<R>}`
  : "";

/** `unknown` where all operands broadcast, else the error text. */
export type AllBroadcastable<T extends readonly unknown[]> =
  true extends HasNever<BroadcastAll<T>> ? `shapes ${Formats<T>} don't broadcast` : unknown;

/** A binary op that also takes fewer or more operands, from the left. */
export type Variadic = <const T extends readonly Operand[]>(
  ...operands: T & AllBroadcastable<T>
) => ResultOf<T, BroadcastAll<T>>;

/** The result of a matrix product: vectors are a row on the left and a column on the right, and that axis vanishes. */
export type MatmulShape<A extends Shape, B extends Shape> =
  Ranked<A> extends false
    ? Shape
    : Ranked<B> extends false
      ? Shape
      : A extends readonly [...infer F extends Shape, infer M extends number, number]
        ? B extends readonly [...infer G extends Shape, number, infer N extends number]
          ? [...Broadcast<F, G>, M, N]
          : B extends readonly [number]
            ? [...F, M]
            : Shape
        : A extends readonly [number]
          ? B extends readonly [...infer G extends Shape, number, infer N extends number]
            ? [...G, N]
            : B extends readonly [number]
              ? []
              : Shape
          : Shape;

type Columns<S extends Shape> = LengthAt<S, -1>;
type Rows<S extends Shape> = S extends readonly [infer K] ? K : LengthAt<S, -2>;

/** Whether two lengths are surely not the same. */
type Differ<M, N> = number extends M | N ? false : [M, N] extends [N, M] ? false : true;

/** `unknown` where the inner lengths of A·B agree (or aren't known), else the error text. */
export type Multipliable<A, B> =
  Differ<Columns<ShapeOf<A>>, Rows<ShapeOf<B>>> extends true
    ? `columns of a ${Format<ShapeOf<A>>} and rows of b ${Format<ShapeOf<B>>} differ`
    : unknown;

/** `unknown` where A is a square matrix, or one for each place of a batch, as far as is known, else the error text. */
export type Square<A> =
  Ranked<ShapeOf<A>> extends false
    ? unknown
    : ShapeOf<A> extends readonly [...Shape, infer M, infer N]
      ? Differ<M, N> extends true
        ? `${Format<ShapeOf<A>>} isn't square`
        : unknown
      : `${Format<ShapeOf<A>>} is no matrix; it needs two axes or more`;

/** `unknown` where A and B of A·X = B have equally many rows, as far as is known, else the error text. */
export type SameRows<A, B> =
  Differ<LengthAt<ShapeOf<A>, -2>, Rows<ShapeOf<B>>> extends true
    ? `the rows of A ${Format<ShapeOf<A>>} and of B ${Format<ShapeOf<B>>} differ`
    : unknown;

/** X of A·X = B. */
export type SolutionShape<A extends Shape, B extends Shape> = A extends readonly [
  number,
  infer N extends number,
]
  ? B extends readonly [number]
    ? [N]
    : B extends readonly [number, infer K extends number]
      ? [N, K]
      : Shape
  : Shape;

/** The shape of operands one behind the other along axis X. */
export type Concatenated<P extends readonly unknown[], X extends number> = Replaced<
  ShapeOf<P[0]>,
  X,
  [TotalLength<{ [I in keyof P]: ShapeOf<P[I]> }, X>]
>;

/** The shape of operands along a new axis X. */
export type Stacked<P extends readonly unknown[], X extends number> = Inserted<
  ShapeOf<P[0]>,
  X,
  [P["length"]]
>;

/** The shape of so many copies along axes. */
export type Tiled<S extends Shape, N extends Axes> = Broadcast<Rank<S>, N extends Shape ? Rank<N> : [number]>;

/** What each row of a tensor gives at its own indices along axis X. */
export type AlongAxis<S extends Shape, I extends Shape, X extends number> = Broadcast<Replaced<S, X, [1]>, I>;

/** The pieces that A is cut into along axis X. */
export type Pieces<A, P, X extends number> = P extends number
  ? ListOf<ResultOf<[A], Replaced<ShapeOf<A>, X, [Quotient<LengthAt<ShapeOf<A>, X>, P>]>>, P>
  : P extends readonly unknown[]
    ? ListOf<ResultOf<[A], Replaced<ShapeOf<A>, X, [number]>>, Plus<P["length"], 1>>
    : never;

/** What `einsum` gives, by its subscripts where they name the result's axes and hold neither dots nor spaces. */
export type EinsumShape<S extends string, T extends readonly unknown[]> = S extends
  | `${string}.${string}`
  | `${string} ${string}`
  ? Shape
  : S extends `${infer In}->${infer Out}`
    ? LengthsOf<Out, Labelled<In, T>>
    : Shape;

type LengthsOf<Out extends string, M, Done extends Shape = []> = Out extends `${infer L}${infer Rest}`
  ? LengthsOf<Rest, M, [...Done, L extends keyof M ? KnownLength<M[L]> : number]>
  : Done;

type KnownLength<L> = [L] extends [never] ? number : L extends number ? L : number;

/** The lengths by label. */
type Labelled<In extends string, T extends readonly unknown[], M = unknown> = T extends readonly [
  infer H,
  ...infer R,
]
  ? In extends `${infer One},${infer Rest}`
    ? Labelled<Rest, R, M & LabelsOf<One, ShapeOf<H>>>
    : M & LabelsOf<In, ShapeOf<H>>
  : M;

type LabelsOf<One extends string, S extends Shape> = One extends `${infer L}${infer Rest}`
  ? S extends readonly [infer N, ...infer R extends Shape]
    ? { [K in L]: N } & LabelsOf<Rest, R>
    : unknown
  : unknown;

/** A function of square matrices that gives such, each of the same size: `cholesky`, `inv`. */
export type SquareToSquare = <const A extends Operand>(a: A & Square<A>) => ResultOf<[A], ShapeOf<A>>;

/** X of A·X = B for a square A. */
export type Solving<O extends readonly unknown[] = []> = <const A extends Operand, const B extends Operand>(
  a: A & Square<A>,
  b: B & SameRows<A, B>,
  ...options: O
) => ResultOf<[A, B], SolutionShape<ShapeOf<A>, ShapeOf<B>>>;

/** `unknown` where a traced function's output may be one scalar, else the error text. Of outputs of any kind it isn't known. */
export type ScalarOutput<O> = [O] extends [Expr<infer S>]
  ? [] extends S
    ? unknown
    : `the objective must be a scalar, not of shape ${Format<S>}; sum or mean it`
  : [Tree<Expr>] extends [O]
    ? unknown
    : "the objective must be one scalar; trace a function that returns the one to differentiate";
