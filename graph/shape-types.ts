/**
 * Shapes as the compiler computes them, beside what ops compute when they run: lengths that aren't literal are `number`, a
 * rank that isn't is `Shape`. Sums and differences of lengths are known up to 999.
 */
import type { Expr } from "./node.js";
import type { Shape } from "./shape.js";

/** Axes as they are given: one, or a list. */
export type Axes = number | readonly number[];

/** Whether the rank of a shape is known. */
export type Ranked<S extends Shape> = number extends S["length"] ? false : true;

export type Writable<S extends Shape> = number extends S["length"]
  ? Shape
  : { -readonly [K in keyof S]: S[K] };

/** The shape without its first axis: what iterating over a tensor gives. */
export type Tail<S extends Shape> = S extends readonly [unknown, ...infer T extends Shape] ? T : Shape;

/** The shape reversed: the transpose without an axis list. */
export type Reverse<S extends Shape> =
  Ranked<S> extends false
    ? Shape
    : S extends readonly [infer H extends number, ...infer T extends Shape]
      ? [...Reverse<T>, H]
      : [];

/** Axis number F of a shape of which R is left, counted from the front and from the back. */
type NamesOf<F extends Shape, R extends Shape> = `${F["length"]}` | `-${R["length"]}`;

/** S with the axes P in place of each axis that A names. */
type Put<
  S extends Shape,
  A extends string,
  P extends Shape,
  F extends Shape = [],
  Done extends Shape = [],
> = S extends readonly [infer H extends number, ...infer T extends Shape]
  ? Put<T, A, P, [...F, 0], [...Done, ...([Extract<A, NamesOf<F, S>>] extends [never] ? [H] : P)]>
  : Done;

/** S with the axes P in place of axis X, or of each of a list. */
export type Replaced<S extends Shape, X, P extends Shape> = (
  Ranked<S> extends false
    ? Shape
    : X extends number
      ? number extends X
        ? Shape
        : Put<S, `${X}`, P>
      : X extends readonly number[]
        ? number extends X[number]
          ? Shape
          : Put<S, `${X[number]}`, P>
        : Shape
) extends infer R extends Shape
  ? R
  : never;

/** What is left by a reduction: of all axes if X is undefined, the reduced ones staying with length 1 if K is true. */
export type Reduced<S extends Shape, X, K = false> = [K] extends [false]
  ? X extends undefined
    ? []
    : Replaced<S, X, []>
  : [K] extends [true]
    ? X extends undefined
      ? Uniform<S, 1>
      : Replaced<S, X, [1]>
    : Shape;

/** S with the axes P put in, the first of which is axis X of the result where P is one. */
export type Inserted<S extends Shape, X extends number, P extends Shape> =
  Ranked<S> extends false ? Shape : number extends X ? Shape : PutIn<S, `${X}`, P>;

type PutIn<S extends Shape, A extends string, P extends Shape, F extends Shape = []> = A extends
  | `${F["length"]}`
  | `-${[...S, 0]["length"] & number}`
  ? [...F, ...P, ...S]
  : S extends readonly [infer H extends number, ...infer T extends Shape]
    ? PutIn<T, A, P, [...F, H]>
    : Shape;

/** The length of axis X. */
export type LengthAt<S extends Shape, X extends number> = (
  Ranked<S> extends false
    ? number
    : number extends X
      ? number
      : Find<S, `${X}`>
) extends infer N extends number
  ? N
  : never;

type Find<S extends Shape, A extends string, F extends Shape = []> = S extends readonly [
  infer H extends number,
  ...infer T extends Shape,
]
  ? A extends NamesOf<F, S>
    ? H
    : Find<T, A, [...F, H]>
  : number;

/** The axes of S in the order of X. */
export type Permuted<S extends Shape, X extends readonly number[]> = X extends readonly []
  ? []
  : X extends readonly [infer H extends number, ...infer T extends readonly number[]]
    ? [LengthAt<S, H>, ...Permuted<S, T>]
    : Shape;

/** The axes A and B exchanged. */
export type Exchanged<S extends Shape, A extends number, B extends number> =
  Ranked<S> extends false
    ? Shape
    : number extends A | B
      ? Shape
      : Put<Put<S, `${A}`, [LengthAt<S, B>]>, `${B}`, [LengthAt<S, A>]>;

/** S without as many leading axes as the list I has entries. */
export type Behind<S extends Shape, I extends readonly unknown[]> = number extends I["length"]
  ? Shape
  : I extends readonly [unknown, ...infer R]
    ? Behind<Tail<S>, R>
    : S;

/** The axes in front of the last two, and `L` behind them. */
export type Batched<S extends Shape, L extends Shape> = S extends readonly [
  ...infer B extends Shape,
  number,
  number,
]
  ? [...B, ...L]
  : Shape;

/** S, all lengths unknown. */
export type Rank<S extends Shape> = Uniform<S, number>;

type Uniform<S extends Shape, N extends number> = S extends readonly []
  ? []
  : S extends readonly [unknown, ...infer R extends Shape]
    ? [N, ...Uniform<R, N>]
    : Shape;

interface Digits {
  0: [];
  1: [0];
  2: [0, 0];
  3: [0, 0, 0];
  4: [0, 0, 0, 0];
  5: [0, 0, 0, 0, 0];
  6: [0, 0, 0, 0, 0, 0];
  7: [0, 0, 0, 0, 0, 0, 0];
  8: [0, 0, 0, 0, 0, 0, 0, 0];
  9: [0, 0, 0, 0, 0, 0, 0, 0, 0];
}

/** A tuple of as many entries as decimal digits say. */
type Units<N extends string, T extends 0[] = []> = N extends `${infer D extends keyof Digits}${infer R}`
  ? Units<R, [...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...Digits[D]]>
  : T;

type IsLong<N extends number> = `${N}` extends `${number}${number}${number}${number}${string}` ? true : false;

/** Whether so many entries can be counted: a literal from 0 to 999. */
type Countable<N extends number> = number extends N
  ? false
  : `${N}` extends `-${string}` | `${string}.${string}` | `${string}e${string}` | "Infinity"
    ? false
    : IsLong<N> extends true
      ? false
      : true;

type AreCountable<A extends number, B extends number> = Countable<A> extends true ? Countable<B> : false;

export type Plus<A extends number, B extends number> =
  AreCountable<A, B> extends true ? [...Units<`${A}`>, ...Units<`${B}`>]["length"] & number : number;

/** A − B, and 0 where that is negative. */
export type Minus<A extends number, B extends number> = B extends 0
  ? A
  : AreCountable<A, B> extends true
    ? Units<`${A}`> extends [...Units<`${B}`>, ...infer R]
      ? R["length"]
      : 0
    : number;

export type Least<A extends number, B extends number> = [A, B] extends [B, A]
  ? A
  : AreCountable<A, B> extends true
    ? Minus<A, B> extends 0
      ? A
      : B
    : Countable<B> extends true
      ? IsLong<A> extends true
        ? B
        : number
      : number;

/** Where a slice of `L` elements begins or ends. */
type Bound<L extends number, X, Default extends number> = X extends number
  ? number extends X
    ? number
    : `${X}` extends `-${infer N extends number}`
      ? Minus<L, N>
      : Least<L, X>
  : Default;

/** How many elements a slice takes of L. */
export type SliceLength<L extends number, From, To, Step> = Step extends 1
  ? Minus<Bound<L, To, L>, Bound<L, From, 0>>
  : Step extends -1
    ? [From, To] extends [undefined, undefined]
      ? L
      : number
    : number;

type Zeros<N extends number> = Countable<N> extends true ? Units<`${N}`> : 0[];

/** A list of N things: a tuple where N is a literal up to 999. */
export type ListOf<T, N extends number> = Filled<T, Zeros<N>>;

type Filled<T, L extends 0[]> = { [I in keyof L]: T };

/** The sum of axis X over a list of shapes. */
export type TotalLength<
  L extends readonly Shape[],
  X extends number,
  Sum extends number = 0,
> = number extends L["length"]
  ? number
  : L extends readonly [infer H extends Shape, ...infer T extends readonly Shape[]]
    ? TotalLength<T, X, Plus<Sum, LengthAt<H, X>>>
    : Sum;

/** How often B goes into A. */
export type Quotient<A extends number, B extends number> = B extends 0
  ? number
  : AreCountable<A, B> extends true
    ? Divide<Units<`${A}`>, Units<`${B}`>> extends infer N extends number
      ? N
      : number
    : number;

type Divide<A extends 0[], B extends 0[], Q extends 0[] = []> = A extends [...B, ...infer R extends 0[]]
  ? Divide<R, B, [...Q, 0]>
  : Q["length"];

/** S without axes of length 1: all of them where X is undefined. */
export type Squeezed<S extends Shape, X> = X extends undefined ? WithoutOnes<S> : Replaced<S, X, []>;

type WithoutOnes<S extends Shape, Done extends Shape = []> = S extends readonly []
  ? Done
  : S extends readonly [infer H extends number, ...infer T extends Shape]
    ? number extends H
      ? Shape
      : WithoutOnes<T, H extends 1 ? Done : [...Done, H]>
    : Shape;

/** Axis X moved to Y. */
export type Moved<S extends Shape, X, Y> = X extends number
  ? Y extends number
    ? Inserted<Replaced<S, X, []>, Y, [LengthAt<S, X>]>
    : Rank<S>
  : Rank<S>;

export type Sliced<S extends Shape, From, To, X extends number, Step> = Replaced<
  S,
  X,
  [SliceLength<LengthAt<S, X>, From, To, Step>]
>;

/** The shorter side of matrices. */
export type ShortSide<S extends Shape> = Least<LengthAt<S, -2>, LengthAt<S, -1>>;

/** The K-th diagonal of matrices. */
export type DiagonalShape<S extends Shape, K> = Batched<S, [K extends 0 ? ShortSide<S> : number]>;

/** Two tensors side by side, without the axes X that are contracted. */
export type Contracted<A extends Shape, B extends Shape, X> = X extends number
  ? [...Reverse<Behind<Reverse<A>, Zeros<X>>>, ...Behind<B, Zeros<X>>]
  : X extends readonly [infer Of, infer Behinds]
    ? [...Replaced<A, Of, []>, ...Replaced<B, Behinds, []>]
    : Shape;

/** Of vectors with so many elements there is no element 0, 1, …: 32 entries. */
type TooShort<Lengths extends number = 0, L extends readonly number[] = []> = L["length"] extends 32
  ? L
  : [...L, 0]["length"] extends infer N extends number
    ? TooShort<Lengths | N, [...L, Lengths]>
    : never;

/** What nothing takes. */
interface NoElement<Reason extends string> {
  readonly reason: Reason;
}

/** `x[I]`, or in its place what is wrong. */
type Row<S extends Shape, I> = S extends readonly [infer L, ...infer T extends Shape]
  ? I extends keyof TooShort & `${number}`
    ? L extends TooShort[I]
      ? NoElement<`there is no element ${I} of ${L & number}`>
      : Expr<T>
    : Expr<T>
  : S extends readonly []
    ? NoElement<"a scalar has no elements">
    : Expr;

type Rows<S extends Shape> = readonly Expr<Tail<S>>[];

type LengthOf<S extends Shape> = S extends readonly [infer L extends number, ...Shape]
  ? L
  : S extends readonly []
    ? never
    : number;

/**
 * `x[0]`, `x.length` and what `const [a, b] = x` takes. To the compiler only what has all that arrays have is made of elements
 * that aren't perhaps `undefined`; so it has that, but arrays' methods as what can't be called. Beyond the first 32, elements
 * are as those of an array.
 */
export type Elements<S extends Shape> = {
  readonly [K in keyof (readonly [...TooShort, ...unknown[]]) as K extends "slice" ? never : K]: K extends
    | number
    | `${number}`
    ? Row<S, K>
    : K extends "length"
      ? LengthOf<S>
      : K extends typeof Symbol.iterator
        ? Rows<S>[typeof Symbol.iterator]
        : K extends "concat"
          ? (none: never) => NoNumbers[]
          : never;
};

/** Keeps expressions from being taken for lists of numbers. */
interface NoNumbers {
  readonly " ": never;
}
