import { AdjointError } from "./errors.js";
import type { Op } from "./op.js";
import { hashParams, mix, noParams, type Params, sameParams } from "./params.js";
import { formatShape, type Shape, sizeOf, tooMany } from "./shape.js";
import type { Elements } from "./shape-types.js";

/**
 * One application of an op: plain immutable data, its operands being positions of earlier nodes.
 * @example const nameOf = (node: Node): string => node.op.name;
 */
export interface Node<P extends Params = Params> {
  readonly op: Op<P>;
  readonly operands: readonly number[];
  readonly params: P;
  readonly shape: Shape;
  /** The user's line, in traces for debugging. Transformations copy it to the nodes that they make of this one. */
  readonly origin?: string;
  /** A name that the user gave. */
  readonly label?: string;
}

/**
 * Whether a node is an application of an op, which its record decides and no name. What is true of a node's params
 * follows from its op, so that the compiler knows them, too.
 */
export function isOp<P extends Params>(node: Node, op: Op<P>): node is Node<P> {
  return node.op === op;
}

/**
 * The nodes of a graph in the making. Nodes are hash-consed: asking twice for the same op on the same operands with
 * the same parameters gives the same node, so sharing is a property of building.
 */
export class Builder {
  readonly nodes: Node[] = [];
  /** The origin of nodes to come. */
  origin: string | (() => string | undefined) | undefined;
  /** While the function that is traced runs, a number that is larger the later it began; 0 before and after. */
  running = 0;
  /** Open addressing: node id + 1, or 0 for a free slot. Twice as long as the list of hashes. */
  #slots: Int32Array;
  #hashes: Int32Array;

  /** `x[i]` along the first axis: an op, and ops are made of this file, so that whoever makes a builder brings it. */
  readonly element: (x: Expr, i: number) => Expr;

  /** `capacity`: how many nodes are expected; more can come. */
  constructor(element: (x: Expr, i: number) => Expr, capacity = 0) {
    this.element = element;
    const size = 2 ** Math.ceil(Math.log2(Math.max(32, capacity)));
    this.#slots = new Int32Array(size * 2);
    this.#hashes = new Int32Array(size);
  }

  intern(op: Op, operands: readonly number[], params: Params, shape: Shape): number {
    return this.adopt({ op, operands, params, shape });
  }

  /** The position of a node: of the one that is there already, or of this very object as a new one. */
  adopt(node: Node): number {
    const { op, operands, params } = node;
    const hash = this.#hash(op, operands, params);
    const id = this.nodes.length;
    if (id === this.#hashes.length) this.#grow();
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#hashes[entry - 1] === hash && same(this.nodes[entry - 1]!, op, operands, params))
        return entry - 1;
      slot = (slot + 1) & mask;
    }
    this.nodes.push(this.origin === undefined || node.origin !== undefined ? node : this.#marked(node));
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    return id;
  }

  #marked(node: Node): Node {
    const origin = typeof this.origin === "function" ? this.origin() : this.origin;
    return origin === undefined ? node : { ...node, origin };
  }

  expr(id: number): Expr {
    return new Expr(this, id, this.nodes[id]!.shape);
  }

  #hash(op: Op, operands: readonly number[], params: Params): number {
    let hash = mix(0x811c9dc5 | 0, op.key);
    if (op.commutative && operands.length === 2) {
      const [a, b] = operands as readonly [number, number];
      hash = mix(mix(hash, Math.min(a, b)), Math.max(a, b));
    } else for (let i = 0; i < operands.length; i++) hash = mix(hash, operands[i]!);
    return hashParams(hash, params);
  }

  #grow(): void {
    const hashes = new Int32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const slots = new Int32Array(hashes.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.nodes.length; id++) {
      let slot = hashes[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

function same(node: Node, op: Op, operands: readonly number[], params: Params): boolean {
  if (node.op !== op || node.operands.length !== operands.length) return false;
  if (op.commutative && operands.length === 2) {
    const [a, b] = operands;
    const [c, d] = node.operands;
    if (!((a === c && b === d) || (a === d && b === c))) return false;
  } else {
    for (let i = 0; i < operands.length; i++) if (node.operands[i] !== operands[i]) return false;
  }
  return sameParams(node.params, params);
}

/**
 * A value in a graph being traced: a handle on a node. Its shape is known, its numbers are not.
 * A vector or a tensor can be taken apart by its first axis: `const [x1, x2] = x`.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => {
 *   const [a, b] = x;
 *   return multiply(a, b);
 * });
 * f({ x: [2, 3] }); // 6
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: an element for each index comes from the prototype
export class Expr<out S extends Shape = Shape> {
  /** Tells an expression: a value can be asked for it without running a user's code, as its prototype can't. */
  readonly #brand = true;
  readonly builder: Builder;
  readonly id: number;
  readonly shape: S;

  /** Not for users: ops and `trace` make expressions. */
  constructor(builder: Builder, id: number, shape: S) {
    this.builder = builder;
    this.id = id;
    this.shape = shape;
  }

  static [Symbol.hasInstance](value: unknown): value is Expr {
    return typeof value === "object" && value !== null && #brand in value;
  }

  /** The length of the first axis. @throws of a scalar, which has none */
  get length(): Elements<S>["length"] {
    return (this.shape[0] ?? this[0]) as never;
  }

  /** `x + 1` would silently make text of an expression, so every implicit conversion is refused. */
  [Symbol.toPrimitive](): never {
    throw new AdjointError(
      "An expression is no number or text to JavaScript; use add(x, 1) for x + 1, where(less(x, 0), a, b) for x < 0 ? a : b, " +
        "exp(x) for Math.exp(x), and print(graph) to read it.",
    );
  }
}

declare global {
  /** The methods of expressions, which `import "adjoint/fluent"` brings. */
  interface AdjointMethods {
    /** Arrays have it, so that expressions must, too. */
    slice(none: never): never;
  }
}

/** `x[i]` and, as arrays have it, the iterator. */
export interface Expr<out S extends Shape = Shape> extends Elements<S>, AdjointMethods {}

// What an expression hasn't itself is asked of this: there is no other way to give it every index.
Object.setPrototypeOf(
  Expr.prototype,
  new Proxy(
    { [Symbol.iterator]: Array.prototype.values },
    {
      get: (inherited, key, x: Expr) =>
        /^-?\d+$/.test(String(key)) ? x.builder.element(x, Number(key)) : Reflect.get(inherited, key),
    },
  ),
);

/** Applies an op to expressions of one trace. */
export function apply<P extends Params>(op: Op<P>, operands: readonly Expr[], params?: P): Expr {
  const builder = operands[0]!.builder;
  const ids = new Array<number>(operands.length);
  const shapes = new Array<Shape>(operands.length);
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i]!;
    if (operand.builder !== builder) throw otherTrace(op, operand);
    ids[i] = operand.id;
    shapes[i] = operand.shape;
  }
  const shape = op.shape(shapes, (params ?? noParams) as P);
  checkSize(op.name, shape);
  return new Expr(builder, builder.intern(op, ids, params ?? noParams, shape), shape);
}

/** @throws where no array can hold a result, or no plain one */
export function checkSize(what: string, shape: Shape, limit = tooMany, kind = "an array"): void {
  if (sizeOf(shape) >= limit)
    throw new AdjointError(`${what}: ${formatShape(shape)} has more elements than ${kind} can hold.`);
}

export function nodeOf(expr: Expr): Node {
  return expr.builder.nodes[expr.id]!;
}

/** The params of `x` if it is an application of `op`. */
export function paramsIf<P extends Params>(x: Expr, op: Op<P>): P | undefined {
  const node = nodeOf(x);
  return isOp(node, op) ? node.params : undefined;
}

/** An operand of `x`, the first unless said otherwise. */
export function operandOf(x: Expr, position = 0): Expr {
  return x.builder.expr(nodeOf(x).operands[position]!);
}

export function otherTrace(op: { readonly name: string }, operand: Expr): AdjointError {
  return new AdjointError(
    `${op.name}: an expression of shape ${formatShape(operand.shape)} belongs to another trace; ` +
      "it lives only inside the function that is traced, so pass it in as an input.",
  );
}
