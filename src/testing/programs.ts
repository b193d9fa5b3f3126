/**
 * Random programs: graphs made of every op, in which each step takes its operands from what the steps before it made.
 * They are drawn as plain numbers (which steps, which operands), so that a counterexample shrinks to a short program.
 */
import type { Domain, Expr, Op, Shape, Shapes, Traced } from "../../graph/index.js";
import { type Instances, sizeOf } from "../../graph/internal.js";
import { type RandomSource, randomSource } from "../data/index.js";

/** A scalar function of named inputs. */
export type Objective = Traced<Shapes, Expr<[]>>;

/** Flat values by the names of inputs. */
export type Point = Readonly<Record<string, readonly number[]>>;

/** Doubles at which rewrites and comparisons go wrong. */
export const specialNumbers: readonly number[] = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0.5,
  2,
  -3,
  0.1,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  2 ** -1022,
];

/** The domain of an operand; ops of any number of operands say it for the first ones. */
export function domainOf(op: Op, operand: number): Domain {
  return op.domains[Math.min(operand, op.domains.length - 1)]!;
}

/** One step: which kind it is, and the choices that it makes. */
export interface Step {
  readonly kind: number;
  readonly choices: readonly number[];
}

export interface Program {
  readonly shapes: readonly Shape[];
  readonly steps: readonly Step[];
  readonly seed: number;
  readonly style: Style;
}

/**
 * How random programs look.
 * @example const calm = (style: Style): Style => ({ ...style, tame: true });
 */
export interface Style {
  /** The lengths of the inputs' axes. */
  readonly lengths: readonly number[];
  /**
   * Whether operands stay in the domains of their ops, so that the results are smooth and finite. Otherwise inputs and
   * constants are NaN, infinite, −0 and the like.
   */
  readonly tame: boolean;
  /** Whether some values are halves, so that they tie. Differences can't be trusted there. */
  readonly ties: boolean;
  /** Whether steps only move elements and reduce them: chains in which moves meet moves. */
  readonly movesOnly?: boolean;
  /** At most so many. */
  readonly steps: number;
  /** The most axes of an input; default 3. */
  readonly maxRank?: number;
  /** The ops that programs are made of; default: those of the public functions. */
  readonly ops?: readonly Op[];
  /** Ways to apply ops of tensors, besides the moves and reductions that the public functions offer. */
  readonly instances?: readonly Instances[];
}

export const smooth: Style = { lengths: [1, 2, 3, 0], tame: true, ties: false, steps: 10 };
export const wild: Style = { lengths: [1, 2, 3, 0], tame: false, ties: true, steps: 14 };
export const moving: Style = { lengths: [2, 3, 4, 1], tame: false, ties: true, movesOnly: true, steps: 6 };
/** Lengths beyond what the compiler writes out. */
export const large: Style = {
  lengths: [40, 33, 3, 1, 70, 5],
  maxRank: 2,
  tame: true,
  ties: true,
  steps: 8,
};

/** A program of a style, drawn. */
export function drawProgram(random: RandomSource, style: Style): Program {
  const natural = () => random.integer(0, 2 ** 20);
  const list = <T>(count: number, make: () => T) => Array.from({ length: count }, make);
  const length = () => style.lengths[random.integer(0, style.lengths.length)]!;
  return {
    shapes: list(random.integer(1, 4), () => list(random.integer(0, (style.maxRank ?? 3) + 1), length)),
    steps: list(random.integer(1, style.steps + 1), () => ({ kind: natural(), choices: list(6, natural) })),
    seed: natural(),
    style,
  };
}

/** Simpler programs, the simplest first: fewer steps, fewer inputs, shorter axes, smaller choices. */
export function* simplerPrograms(program: Program): Generator<Program> {
  const { steps, shapes } = program;
  for (let count = steps.length >> 1; count >= 1; count >>= 1) {
    for (let i = 0; i + count <= steps.length; i += count)
      yield { ...program, steps: steps.toSpliced(i, count) };
  }
  if (shapes.length > 1) {
    for (let i = 0; i < shapes.length; i++) yield { ...program, shapes: shapes.toSpliced(i, 1) };
  }
  for (const [i, shape] of shapes.entries()) {
    for (let axis = 0; axis < shape.length; axis++) {
      yield { ...program, shapes: shapes.with(i, shape.toSpliced(axis, 1)) };
      if (shape[axis]! > 1) yield { ...program, shapes: shapes.with(i, shape.with(axis, shape[axis]! - 1)) };
    }
  }
  for (const [i, step] of steps.entries()) {
    for (const [k, choice] of step.choices.entries()) {
      if (choice > 0)
        yield { ...program, steps: steps.with(i, { ...step, choices: step.choices.with(k, 0) }) };
    }
  }
}

/** The names of a program's inputs: `x0`, `x1` … */
export const inputName = (i: number): string => `x${i}`;

/** Values for a program's inputs. */
export function pointOf({ shapes, seed, style }: Program): Point {
  const random = randomSource(seed);
  const draw = (): number => {
    if (!style.tame && random.uniform() < 0.5)
      return specialNumbers[random.integer(0, specialNumbers.length)]!;
    const value = random.uniform(-2, 2);
    return style.ties && random.uniform() < 0.2 ? Math.round(2 * value) / 2 : value;
  };
  return Object.fromEntries(
    shapes.map((shape, i) => [inputName(i), Array.from({ length: sizeOf(shape) }, draw)]),
  );
}

/** A direction in which all inputs of a program move, no two elements alike. */
export function directionOf({ shapes }: Program, seed: number): Point {
  return Object.fromEntries(
    shapes.map((shape, k) => [
      inputName(k),
      Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed + 5 * k + 7 * i)),
    ]),
  );
}
