/**
 * An op is one record: everything that the framework knows of it stands in one place, and nothing else switches
 * over ops. Tracing asks for the shape, the interpreter for the meaning, the compiler for the code, `simplify` for the
 * rewrites, both modes of differentiation for the derivative, and the property tests for the domain.
 */
import type { Affine } from "./affine.js";
import type { Masked } from "./derivatives/masked.js";
import type { Dtype } from "./dtype.js";
import type { Graph } from "./graph.js";
import type { Expr, Node } from "./node.js";
import type { Params } from "./params.js";
import type { Recipe, RecipeRule } from "./recipe.js";
import type { Shape } from "./shape.js";

/**
 * The numbers that a graph is evaluated on: doubles, big numbers in tests, or code text in the compiler.
 * `apply` runs a scalar op; sums and products stand apart, since tensor ops are made of them.
 * @example const double = <T>({ constant, multiply }: Arithmetic<T>, x: T): T => multiply(constant(2), x);
 */
export interface Arithmetic<T> {
  constant(value: number): T;
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  apply(op: Op, operands: readonly T[]): T;
  /** Whether a condition holds, where numbers are known: those of code aren't. */
  holds?(condition: T): boolean;
}

/** A derivative factor ∂result/∂operand, or what it makes of a derivative. */
export type Factor = Expr | number | MaskedFactor | ((given: Masked) => Masked);

/** A factor that is 0 where `mask` is, whatever `value` says; `taint` is a further one: 1, or NaN where the operand is. */
export interface MaskedFactor {
  readonly value: Expr | number;
  readonly mask: Expr;
  readonly kink?: Kink;
  readonly taint?: Expr;
}

/** What a factor's mask makes 0 for a kink, made by `kinkWhere`. */
export interface Kink {
  /** Where a derivative isn't absent, `moves` being where the slope isn't. */
  passes(moves: Expr, given: Masked): Expr;
  readonly holds: Expr;
  /** What to add up for the marks of this one and of what is so before, where it holds. */
  marks(given: Masked): readonly Expr[];
}

/** The operands of an op: so many expressions, or any number. */
export type Operands = readonly Expr[];
export type One = readonly [Expr];
export type Two = readonly [Expr, Expr];

/** What an op's rules may look at. */
export interface Application<P extends Params = Params, A extends Operands = Operands> {
  readonly operands: A;
  readonly params: P;
  readonly result: Expr;
  /** In reverse mode: which elements of the result are used, where some aren't and may hold anything. */
  readonly used?: Expr | undefined;
}

/** An elementwise op: a thunk an operand for its factor, called if it matters; `undefined` for one without derivative. */
export interface Partials<P extends Params = Params, A extends Operands = Operands> {
  readonly kind: "partials";
  partials(application: Application<P, A>): readonly ((() => Factor) | undefined)[];
}

/**
 * An op that is linear in each operand by itself. `transpose` takes the result's adjoint to the operand's.
 * - `each`: bilinear and the like (matmul); forward mode sums over the operands.
 * - `jointly`: linear in all operands together (assemble).
 * - `carries`: it only moves and adds elements, so that masks go through it.
 * - `sparse`: the transpose leaves elements of the operand untouched (slice): these get no adjoint at all. `covers` tells of
 *   an application that it leaves none.
 * - `discrete`: operands that have no derivative (indices).
 */
export interface Transpose<P extends Params = Params, A extends Operands = Operands> {
  readonly kind: "transpose";
  readonly linear: "each" | "jointly";
  readonly carries?: boolean;
  readonly sparse?: boolean;
  covers?(application: Application<P, A>): boolean;
  readonly discrete?: readonly number[];
  /** Which elements of an operand those of the result in `used` depend on, where that may not be all. */
  mask?(operand: number, application: Application<P, A>): Expr | undefined;
  transpose(adjoint: Expr, operand: number, application: Application<P, A>): Expr;
}

/** A value for each operand. One of several may be absent, the only one isn't, or there were nothing to do. */
type MaybeOf<A extends Operands> = A extends One ? One : { readonly [K in keyof A]: Expr | undefined };

/** A rule that is linear in the operands' tangents (absent ones are `undefined`); reverse mode transposes it. */
export interface Tangent<P extends Params = Params, A extends Operands = Operands> {
  readonly kind: "tangent";
  tangent(tangents: MaybeOf<A>, application: Application<P, A>): Expr;
}

/** One rule for each mode. Absent tangents and adjoints that don't matter are `undefined`. */
export interface ForwardReverse<P extends Params = Params, A extends Operands = Operands> {
  readonly kind: "forwardReverse";
  forward(tangents: MaybeOf<A>, application: Application<P, A>): Expr;
  /** Which elements of an operand those of the result in `used` depend on, where that may not be all. */
  mask?(operand: number, application: Application<P, A>): Expr | undefined;
  /** The adjoints of the operands for which `matters` holds. */
  reverse(
    adjoint: Expr,
    matters: { readonly [K in keyof A]: boolean },
    application: Application<P, A>,
  ): MaybeOf<A>;
}

/** The same, where a rule takes and gives what is absent within a tensor (scan). */
export interface MaskedRules<P extends Params = Params> {
  readonly kind: "masked";
  forward(tangents: readonly (Masked | undefined)[], application: Application<P>): Masked | undefined;
  reverse(
    adjoint: Masked,
    matters: readonly boolean[],
    application: Application<P>,
  ): readonly (Masked | undefined)[];
}

/** The derivative is 0 everywhere, or by decree: comparisons, rounding. */
export interface Constant {
  readonly kind: "constant";
}

/**
 * An op's derivative, in one of the forms that rules have.
 * @example const none: Derivative = { kind: "constant" };
 */
export type Derivative<P extends Params = Params, A extends Operands = Operands> =
  | Partials<P, A>
  | Transpose<P, A>
  | Tangent<P, A>
  | ForwardReverse<P, A>
  | MaskedRules<P>
  | Constant;

/**
 * The values from which property tests draw an operand.
 * @example const positive: Domain = { kind: "real", low: 0.1, high: 3 };
 */
export interface Domain {
  readonly kind: "real" | "integer" | "boolean";
  readonly low: number;
  readonly high: number;
  /** Matrices: what is added to the diagonal, to keep them far from singular ones. */
  readonly diagonal?: number;
}

/** One way to apply a tensor op, for property tests: shapes that its operands may have, and its parameters. */
export interface Instance<P extends Params = Params> {
  readonly shapes: readonly Shape[];
  readonly params: P;
}

/** What one element of an elementwise op computes. */
export interface Scalar {
  compute(...operands: number[]): number;
  /** The same as data, of which all code is made. Without it, or `code`, kernels call `compute`. */
  readonly recipe?: RecipeRule | undefined;
  /** The same as JavaScript alone; operands are atoms (a name, an index or a parenthesized number). */
  readonly code?: ((...operands: string[]) => string) | undefined;
  /** `compute` as `emit` writes it down; without it, its own text, so that it must use nothing outside itself. */
  readonly text?: (() => string) | undefined;
}

/** How a reduction takes one more element, for the compiler. */
export interface Fold<P extends Params = Params> {
  readonly initial: number;
  /** The new total of the total (operand 0) and the element (operand 1). */
  readonly recipe: Recipe;
  /** The axes that vanish, ascending. */
  axes(params: P): readonly number[];
}

/** An op as a function on whole arrays, for kernels. */
export interface Routine {
  /** Fills `result`, of the result's size, from the operands. Without it, kernels compile `text`. */
  run?(result: Float64Array | Float32Array, ...operands: ArrayLike<number>[]): void;
  /** The same as JavaScript, a function that uses nothing outside itself: what `emit` writes down. */
  text?(): string;
}

/** Code of an element that is given: a name, or a load from memory that is put into a local. */
export type Source = string | { readonly load: string };

/** The code of a graph that is part of a routine. */
export interface BodyCode {
  /**
   * Small graphs: statements that compute the elements of the outputs, each assigned to what `targetOf` says, of those of
   * the inputs, `sources`.
   */
  readonly statements?: (
    sources: readonly Source[],
    targetOf: (output: number, element: number) => string,
  ) => readonly string[];
  /** Others: blocks that compute the arrays `outputs` of the `inputs`, numbers for scalars. */
  readonly blocks: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The class of the arrays. */
  readonly arrayClass: string;
}

/** Makes the routine of an op with a body: `write` gives its text, given that of the body. */
export type CompileBody = (body: Graph, write: (code: BodyCode) => string) => Routine | undefined;

/**
 * The ways in which tensor ops are tested (elementwise ones take any shape). They stand beside the op as an export of
 * their own, so that bundles leave them out.
 */
export interface Instances {
  readonly op: Op;
  readonly instances: readonly Instance[];
}

/** By the parameters of an application: those of the one that gives all of it, and the place in that. */
export type Wholes = ReadonlyMap<Params, { readonly params: Params; readonly at: number }>;

/** The shapes of an application. */
export interface ShapesOf<A extends Operands = Operands> {
  readonly operands: { readonly [K in keyof A]: Shape };
  readonly result: Shape;
}

/** The elements of each operand, row-major. */
export type ValuesOf<A extends Operands, T> = { readonly [K in keyof A]: readonly T[] };

/**
 * An op's record; A are its operands, where their number is known.
 * @example const nameOf = (definition: OpDefinition): string => definition.name;
 */
export interface OpDefinition<P extends Params = Params, A extends Operands = Operands> {
  readonly name: string;
  /** Swapping the two operands changes nothing, not even the last bit. */
  readonly commutative?: boolean;
  /** The result is 1 or 0. */
  readonly isTruth?: boolean;
  /** The result's shape; throws where the operands don't fit. */
  shape(operands: ShapesOf<A>["operands"], params: P): Shape;
  /** The reference meaning on flat row-major values. */
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    operands: ValuesOf<A, T>,
    shapes: ShapesOf<A>,
    params: P,
  ): readonly T[];
  /** Elementwise ops only. */
  readonly scalar?: Scalar;
  /** Reductions only. */
  readonly fold?: Fold<P>;
  /**
   * Ops of one operand that only move elements: which element of the operand stands at `index` of the result;
   * `undefined` where that isn't an affine place, so that the operand must lie in memory.
   */
  move?(
    index: readonly Affine[],
    shapes: { readonly operand: Shape; readonly result: Shape },
    params: P,
  ): readonly Affine[] | undefined;
  /** Movements to overlapping windows: what they hold is kept in memory, or it would be computed for each of them. */
  overlaps?(params: P): boolean;
  /** Ops that only add up their operands' elements: to which element of the result one at `index` of an operand is added. */
  accumulate?(index: readonly Affine[], params: P, operand: number): readonly Affine[];
  /**
   * Ops that are neither elementwise, nor folds, nor moves: how kernels compute them. Without it they call `evaluate`.
   * `undefined` where there can't be code. Ops with a body have it compiled by `compileBody`.
   */
  routine?(shapes: ShapesOf<A>, params: P, dtype: Dtype, compileBody: CompileBody): Routine | undefined;
  /**
   * How many scalar operations `evaluate` makes, where that is far from the number of the result's elements. Infinity for
   * an op whose way depends on its numbers: it is never written out.
   */
  work?(shapes: ShapesOf<A>, params: P): number;
  /**
   * The applications of the op among nodes that give an element, along the first axis, of what another one gives, which
   * is there, too: by their parameters. Kernels take them from there.
   */
  wholes?(nodes: readonly Node[]): Wholes;
  /** A graph that has the op without what it computes for nothing; `prepare` is what kernels do to graphs in its parameters. */
  lean?(graph: Graph, prepare: (graph: Graph) => Graph): Graph;
  /** The same made of other ops, for kernels. */
  expand?(application: Omit<Application<P, A>, "result">): Expr;
  /** A simpler expression with the same value to the last bit, or `undefined`. */
  rewrite?(application: Omit<Application<P, A>, "result"> & { readonly shape: Shape }): Expr | undefined;
  /** What is built in its place where it is applied: the same, but with derivatives where this op has none. */
  applied?(operands: A): Expr | undefined;
  /** Its square, where that is smooth though the op isn't. */
  squared?(application: Omit<Application<P, A>, "result">): Expr;
  readonly derivative: Derivative<P, A>;
  /** One domain an operand. */
  readonly domains: readonly Domain[];
}

/**
 * A registered op.
 * @example const nameOf = (op: Op): string => op.name;
 */
export interface Op<P extends Params = Params> extends OpDefinition<P> {
  /** A small number of its own, for hashing. */
  readonly key: number;
}

let lastKey = 0;

const made = new WeakSet<object>();

/** An op of its record. Records of users' own are checked before: the `defineOp` of `definitions.ts`. */
export function defineOp<P extends Params, A extends Operands = Operands>(
  definition: OpDefinition<P, A>,
): Op<P> {
  const op = Object.freeze({ ...definition, key: ++lastKey });
  made.add(op);
  return op;
}

/** An op without operands, whose shape stands in its params. */
export function leafOp<P extends { readonly shape: Shape }>(
  name: string,
  evaluate: OpDefinition<P>["evaluate"],
): Op<P> {
  const shape = (_operands: unknown, params: P) => params.shape;
  return defineOp<P>({ name, shape, evaluate, derivative: { kind: "constant" }, domains: [] });
}

/** Whether a value is what `defineOp` made. */
export function isMadeOp(value: unknown): value is Op {
  return typeof value === "object" && value !== null && made.has(value);
}

export function real(low = -3, high = 3): Domain {
  return { kind: "real", low, high };
}

export function integer(low = -3, high = 3): Domain {
  return { kind: "integer", low, high };
}

/**
 * A domain of 0 and 1.
 *
 * @example
 * const f = trace({ x: scalar(), on: scalar() }, ({ x, on }) => where(on, square(x), x));
 * checkGradient(f, { domain: { x: [-2, 2], on: boolean } }).ok; // true
 */
export const boolean: Domain = { kind: "boolean", low: 0, high: 1 };
