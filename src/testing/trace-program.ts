/** Programs as traced functions: each step is an op on what the steps before it made. */
import {
  abs,
  add,
  broadcastTo,
  concatenate,
  type Domain,
  diff,
  type Expr,
  eye,
  greater,
  index,
  matmul,
  max,
  mean,
  min,
  multiply,
  type Op,
  pad,
  repeat,
  reshape,
  roll,
  type Shape,
  sign,
  sin,
  slice,
  stack,
  sum,
  type Traced,
  tile,
  trace,
  transpose,
} from "../../graph/index.js";

import {
  apply,
  broadcastShapes,
  constant,
  doubles,
  full,
  type Instances,
  publicOps,
  sizeOf,
} from "../../graph/internal.js";
import {
  domainOf,
  inputName,
  type Objective,
  type Program,
  pointOf,
  type Step,
  specialNumbers,
} from "./programs.js";

/** Every value that the program computes, by the step that makes it, and one scalar to which all contribute. */
export function traceProgram(program: Program): Traced {
  return trace(specs(program), (inputs): Record<string, Expr> => {
    const pool = runProgram(program, inputs);
    const made = pool.slice(program.shapes.length);
    return { ...Object.fromEntries(made.map((expr, i) => [`step${i}`, expr])), total: total(pool) };
  }) as unknown as Traced;
}

/** The program as a scalar function of its inputs. */
export function traceObjective(program: Program): Objective {
  return trace(specs(program), (inputs): Expr => total(runProgram(program, inputs))) as unknown as Objective;
}

function specs({ shapes }: Program): Record<string, { readonly shape: Shape }> {
  return Object.fromEntries(shapes.map((shape, i) => [inputName(i), { shape }]));
}

/** Σ weight·element over all values, no two weights being alike. */
function total(pool: readonly Expr[]): Expr {
  return pool
    .map((expr, k) => {
      const weights = Array.from({ length: sizeOf(expr.shape) }, (_, i) => Math.cos(1 + k + 3 * i));
      return sum(multiply(expr, constant(expr.builder, weights, expr.shape)));
    })
    .reduce((a, b) => add(a, b));
}

function runProgram(program: Program, inputs: Readonly<Record<string, Expr>>): Expr[] {
  const pool = Object.values(inputs);
  const maker = new Maker(program, pool);
  for (const step of program.steps) maker.make(step);
  return pool;
}

/** Beyond this many elements a value isn't repeated further. */
const largest = 6000;

class Maker {
  readonly #program: Program;
  readonly #pool: Expr[];
  readonly #inputs: readonly (readonly number[])[];
  readonly #elementwiseOps: readonly Op[];
  readonly #instances: readonly Instances[];
  /** The numbers behind the nodes, as far as they were asked for. */
  readonly #values: (readonly number[])[] = [];
  #choices: readonly number[] = [];
  #next = 0;

  constructor(program: Program, pool: Expr[]) {
    this.#program = program;
    this.#pool = pool;
    this.#inputs = Object.values(pointOf(program));
    const { ops = publicOps, instances = [] } = program.style;
    this.#elementwiseOps = ops.filter((op) => op.scalar);
    this.#instances = instances.filter((one) => one.instances.some(({ shapes }) => shapes.length > 0));
  }

  make({ kind, choices }: Step): void {
    this.#choices = choices;
    this.#next = 0;
    // Elementwise ops are most of the registry; the others come up as often as they do.
    const makers = [
      () => this.#elementwise(),
      () => this.#elementwise(),
      () => this.#move(this.#pick()),
      () => this.#instance(),
    ];
    const make = this.#program.style.movesOnly ? makers[2]! : makers[kind % makers.length]!;
    const made = make();
    if (made && sizeOf(made.shape) <= largest) this.#pool.push(made);
  }

  /** A number below `count`, the next choice of the step. */
  #choose(count: number): number {
    return count <= 0 ? 0 : (this.#choices[this.#next++ % this.#choices.length]! + this.#next) % count;
  }

  #pick(): Expr {
    return this.#pool[this.#choose(this.#pool.length)]!;
  }

  #elementwise(): Expr {
    const op = this.#elementwiseOps[this.#choose(this.#elementwiseOps.length)]!;
    const operands: Expr[] = [];
    let shape: Shape = [];
    for (let i = 0; i < op.domains.length; i++) {
      const fitting = this.#pool.filter((other) => broadcastShapes(shape, other.shape));
      const operand = this.#constantOr(fitting[this.#choose(fitting.length)]);
      operands.push(operand);
      shape = broadcastShapes(shape, operand.shape)!;
    }
    return apply(
      op,
      operands.map((operand, i) => this.#into(domainOf(op, i), broadcastTo(operand, shape))),
    );
  }

  /** Wild programs are full of the constants that rewrites look for. */
  #constantOr(expr: Expr | undefined): Expr {
    const { builder } = this.#pool[0]!;
    const known = this.#choose(this.#program.style.tame ? 12 : 3) === 0;
    if (expr && !known) return expr;
    const numbers = this.#program.style.tame ? [1, 2, -1, 0.5] : specialNumbers;
    return full(builder, numbers[this.#choose(numbers.length)]!, []);
  }

  /** An op in one of the ways that its record lists, its operands cut to those shapes. */
  #instance(): Expr | undefined {
    const chosen = this.#instances[this.#choose(this.#instances.length)];
    if (!chosen) return this.#move(this.#pick());
    const { op } = chosen;
    const instances = chosen.instances.filter(({ shapes }) => shapes.length > 0);
    const { shapes, params } = instances[this.#choose(instances.length)]!;
    const operands = shapes.map((shape, i) => this.#into(domainOf(op, i), this.#fit(this.#pick(), shape)));
    return apply(op, operands, params);
  }

  /** The elements of `x`, repeated or cut to a shape. */
  #fit(x: Expr, shape: Shape): Expr {
    const size = sizeOf(shape);
    const flat = reshape(x, [sizeOf(x.shape)]);
    const have = flat.shape[0]!;
    if (have === 0) return full(x.builder, 1, shape);
    const copies = Math.ceil(size / have);
    const repeated = copies > 1 ? concatenate(new Array<Expr>(copies).fill(flat)) : flat;
    return reshape(slice(repeated, 0, size), shape);
  }

  /** `x` itself where its numbers lie well within a domain, else a smooth map of it into the domain. */
  #into({ diagonal, ...domain }: Domain, x: Expr): Expr {
    if (!this.#program.style.tame) return x;
    if (diagonal !== undefined) {
      // Below a square, the diagonal begins again.
      const [m, n] = x.shape.slice(-2) as [number, number];
      const unit = eye(n);
      const rows = Array.from({ length: m }, (_, i) => unit[i % n] ?? []);
      const added = constant(x.builder, rows.flat(), [m, n]);
      return add(this.#into(domain, x), multiply(added, diagonal));
    }
    const { kind, low, high } = domain;
    if (kind === "boolean" || (kind === "integer" && low >= 0)) return greater(x, 0);
    if (kind === "integer") return sign(x);
    const margin = 0.05 * (high - low);
    const inside = this.#valuesOf(x).every((value) => value > low + margin && value < high - margin);
    if (inside) return x;
    return add(multiply(sin(x), 0.45 * (high - low)), (low + high) / 2);
  }

  #valuesOf(x: Expr): readonly number[] {
    const { nodes } = x.builder;
    // Nodes only ever join at the end, so what is known stays.
    for (let id = this.#values.length; id < nodes.length; id++) {
      const { op, operands, params, shape } = nodes[id]!;
      const shapes = { operands: operands.map((operand) => nodes[operand]!.shape), result: shape };
      const values = () => operands.map((operand) => this.#values[operand]!);
      this.#values.push(this.#inputs[id] ?? op.evaluate(doubles, values(), shapes, params));
    }
    return this.#values[x.id]!;
  }

  /** Ops that move elements and reductions, by their public functions with drawn axes and bounds. */
  #move(x: Expr): Expr | undefined {
    const { shape } = x;
    const rank = shape.length;
    const axis = this.#choose(rank);
    const axes = shape.map((_, i) => i).filter(() => this.#choose(2) === 0);
    const options = { keepDims: this.#choose(2) === 0 };
    const order = shape.map((_, i) => i);
    for (let i = rank - 1; i > 0; i--) {
      const j = this.#choose(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const length = shape[axis] ?? 0;
    const bound = () => this.#choose(2 * length + 3) - length - 1;
    const like = () => {
      const others = this.#pool.filter((other) => other.shape.length === rank);
      return this.#fit(others[this.#choose(others.length)]!, shape);
    };
    const nonEmpty = axes.every((a) => shape[a]! > 0);
    const moves: (() => Expr | undefined)[] = [
      () => sum(x, axes, options),
      () => (nonEmpty ? mean(x, axes, options) : undefined),
      () => (nonEmpty ? [max, min][this.#choose(2)]!(x, axes, options) : undefined),
      () => transpose(x, order),
      () => reshape(x, this.#choose(2) === 0 ? [-1] : this.#split(sizeOf(shape))),
      () =>
        rank > 0
          ? slice(x, bound(), bound(), { axis, step: [1, 2, -1, -2, 3][this.#choose(5)]! })
          : undefined,
      () => (shape[0] ? index(x, this.#choose(shape[0]!)) : undefined),
      () => (rank > 0 ? concatenate([x, like(), x], axis) : undefined),
      () => stack([x, like()], this.#choose(rank + 1)),
      () => {
        const before = shape.map(() => this.#choose(3));
        return pad(
          x,
          before.map((count) => [count, this.#choose(3)] as const),
        );
      },
      () => broadcastTo(x, [this.#choose(3) + 1, ...shape]),
      () =>
        rank > 0 ? matmul(x, this.#fit(this.#pick(), [shape[rank - 1]!, 1 + this.#choose(3)])) : undefined,
      // A stencil: shifted views of one tensor, as finite differences and convolutions have them.
      () => (length > 2 ? this.#stencil(x, axis) : undefined),
      () => abs(x),
      () => (rank > 0 ? roll(x, bound(), axis) : undefined),
      () => tile(x, this.#choose(3)),
      () => (rank > 0 ? repeat(x, this.#choose(3), axis) : undefined),
      () => (rank > 0 ? diff(x, this.#choose(3), axis) : undefined),
    ];
    return moves[this.#choose(moves.length)]!();
  }

  #split(size: number): Shape {
    const divisors = [1, 2, 3, 5, 6].filter((n) => size % n === 0);
    const first = divisors[this.#choose(divisors.length)]!;
    return this.#choose(2) === 0 ? [first, size / first] : [size / first, 1, first];
  }

  #stencil(x: Expr, axis: number): Expr {
    const before = slice(x, 0, -1, { axis });
    const after = slice(x, 1, undefined, { axis });
    return multiply(before, after);
  }
}
