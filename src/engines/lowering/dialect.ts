/**
 * What a target of the export says: some forty primitives on tensors, and nothing else. A graph becomes one of primitives
 * first (`primitives.ts`, by the records' `expand` and the tables of `expansions/`); then `lowerGraph` walks it and calls
 * them. A new target is
 *
 * 1. a class that implements `Dialect`, whose values extend `Value` by what the target calls them (a name, a text);
 * 2. `lowerGraph(primitivesOf(graph, "toTarget", hasNative), dialect, inputs)`, which gives the values of the outputs in the
 *    order of their leaves, `hasNative` being whether the dialect has an op by itself;
 * 3. a text or a file around what the dialect has written meanwhile.
 *
 * What a target may rely on: the operands of elementwise primitives have one shape; no operand of a move, a reduction, a
 * product or a loop is empty (such results are `full`), though `full`, `constant`, `reshape`, `transpose`, `broadcast` and
 * elementwise primitives may have a length of 0; axes ascend; steps of `slice` are positive; indices are whole, inside, and
 * of the kind "index"; a "truth" is what `compare`, `and`, `or`, `not` gave. What a target lacks of the functions is made of
 * others (`has`, `decompositions.ts`). Calls depend on the graph alone, so that texts do.
 */
import type { Node, Shape } from "../../../graph/index.js";
import type { Comparison, MathFunction } from "../../../graph/internal.js";

/** What primitives give and take. */
export interface Value {
  readonly shape: Shape;
  /** Numbers of the export's dtype, truths (0 or 1, whatever a target has for it), or whole numbers that are indices. */
  readonly kind: "number" | "truth" | "index";
}

/** Functions of one number, by their names in JavaScript's Math, and `negative`, `round` (of two, to the even one). */
export type UnaryFunction = Exclude<MathFunction, "hypot" | "atan2"> | "negative" | "round";

/** `maximum` and `minimum` give NaN where an operand is NaN; `power` needn't care about 1^NaN and 1^∞; `remainder` has the sign of the first, as C's fmod. */
export type BinaryFunction =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "maximum"
  | "minimum"
  | "power"
  | "hypot"
  | "atan2"
  | "remainder";

/** A loop of a fixed number of steps. */
export interface LoopSpec<V extends Value> {
  readonly length: number;
  /** Whether row `length` − 1 comes first. The history stays in the order of the rows. */
  readonly reverse: boolean;
  /** Whether the result is the last carry alone; else that after each step, along a new first axis. */
  readonly last: boolean;
  readonly carry: V;
  /** Of each, step `i` sees row `i`. */
  readonly rows: readonly V[];
}

/** What the body of a loop sees. What it uses from around it, it uses as it is. */
export interface LoopInputs<V extends Value> {
  readonly carry: V;
  readonly rows: readonly V[];
  /** The number of the row, as a number of shape []. */
  readonly step: V;
}

export interface Dialect<V extends Value> {
  /** How errors name the target: "JAX", "ONNX". */
  readonly target: string;
  /** Which functions the target has; the others are made of these by `decompositions.ts`. */
  has(f: UnaryFunction | BinaryFunction): boolean;
  /** An op that the target has by itself, with the same meaning, given its operands; `undefined` where it hasn't. */
  native?(node: Node, shapes: readonly Shape[]): ((operands: readonly V[]) => V) | undefined;
  /** An elementwise op as a function of its own, called where its recipe has more than one instruction: `write` gives its body. */
  call?(name: string, operands: readonly V[], write: (operands: readonly V[]) => V): V;
  /** Called for each node's value, which is used so many times: the place to bind it to a name. */
  bind(value: V, about: { readonly uses: number; readonly label?: string | undefined }): V;

  constant(values: Float64Array, shape: Shape): V;
  full(value: number, shape: Shape): V;
  /** 0, 1, 2 … as numbers. */
  iota(length: number): V;

  unary(f: UnaryFunction, x: V): V;
  binary(f: BinaryFunction, a: V, b: V): V;
  compare(comparison: Comparison, a: V, b: V): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  not(a: V): V;
  select(truth: V, a: V, b: V): V;
  /** A truth as 1 or 0. */
  toNumber(truth: V): V;
  /** Whole numbers as indices. */
  toIndex(x: V): V;

  reshape(x: V, shape: Shape): V;
  transpose(x: V, axes: readonly number[]): V;
  /** Repeats `x` along `axes` of `shape`, which it lacks. */
  broadcast(x: V, shape: Shape, axes: readonly number[]): V;
  slice(x: V, starts: readonly number[], shape: Shape, steps: readonly number[]): V;
  reverse(x: V, axes: readonly number[]): V;
  /** So many zeros before, behind, and between neighbours, along each axis. */
  pad(x: V, low: readonly number[], high: readonly number[], between: readonly number[]): V;
  concatenate(parts: readonly V[], axis: number): V;
  reduce(by: "add" | "maximum" | "minimum", x: V, axes: readonly number[]): V;
  /** (…, m, k)·(…, k, n), with equal leading axes. */
  dot(a: V, b: V): V;
  /**
   * The elements of `x` along `axis` at `indices`, whose first `batch` axes are the first of `x`, too: shape
   * (x before axis, indices behind batch, x behind axis).
   */
  gather(x: V, indices: V, axis: number, batch: number): V;
  /** The transpose of `gather` by `x`: zeros of `shape`, to which `values` are added at their indices. */
  scatterAdd(values: V, indices: V, axis: number, batch: number, shape: Shape): V;
  /** `body` writes a step and gives the next carry. */
  loop(spec: LoopSpec<V>, body: (inputs: LoopInputs<V>) => V): V;
}
