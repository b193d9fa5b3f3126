/** NIST's sets of regression (StRD), 27 nonlinear and 11 linear, with their models as functions of parameters and predictors. */
import { readdirSync, readFileSync } from "node:fs";
import {
  add,
  atan,
  cos,
  divide,
  type Expr,
  exp,
  multiply,
  type Operand,
  power,
  sin,
  square,
  subtract,
} from "adjoint";

/** A set as it was published, in numbers. */
export interface NistSet {
  readonly name: string;
  readonly difficulty: string;
  readonly params: readonly string[];
  readonly data: Readonly<Record<string, readonly number[]>>;
  readonly start1: readonly number[];
  readonly start2: readonly number[];
  readonly dof: number;
  readonly certified: {
    readonly params: readonly number[];
    readonly std_dev: readonly number[];
    readonly rss: number;
    readonly residual_std_dev: number;
  };
  readonly refined?: {
    readonly params: readonly number[];
    readonly rss: number;
    readonly std_dev: readonly number[];
  };
}

const folder = new URL("../reference/nist/", import.meta.url);

export const nistSets: readonly NistSet[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as NistSet);

type Model = (b: readonly Expr[], x: Readonly<Record<string, Expr>>) => Expr;

const times = (a: Operand, b: Operand): Expr => multiply(a, b) as Expr;
const minus = (a: Operand): Expr => multiply(-1, a) as Expr;

/** b₁·e^(−b₂x). */
const decay = (size: Operand, rate: Operand, x: Operand): Expr => times(size, exp(minus(times(rate, x))));

/** b·e^(−(x − centre)²/width²). */
const peak = (height: Operand, centre: Operand, width: Operand, x: Operand): Expr =>
  times(height, exp(minus(square(divide(subtract(x, centre), width)))));

/** c₀ + c₁x + … */
const polynomial = (coefficients: readonly Operand[], x: Operand): Expr =>
  coefficients.reduceRight((sum, one) => add(one, times(x, sum))) as Expr;

const chwirut: Model = ([b1, b2, b3], { x }) =>
  divide(exp(minus(times(b1!, x!))), add(b2!, times(b3!, x!))) as Expr;
const gauss: Model = ([b1, b2, b3, b4, b5, b6, b7, b8], { x }) =>
  add(decay(b1!, b2!, x!), peak(b3!, b4!, b5!, x!), peak(b6!, b7!, b8!, x!)) as Expr;
const lanczos: Model = ([b1, b2, b3, b4, b5, b6], { x }) =>
  add(decay(b1!, b2!, x!), decay(b3!, b4!, x!), decay(b5!, b6!, x!)) as Expr;
const cubics: Model = ([b1, b2, b3, b4, b5, b6, b7], { x }) =>
  divide(polynomial([b1!, b2!, b3!, b4!], x!), polynomial([1, b5!, b6!, b7!], x!)) as Expr;
const saturation: Model = ([b1, b2], { x }) => times(b1!, subtract(1, exp(minus(times(b2!, x!)))));

/** The part of a wave of a period: a·cos(2πx/p) + b·sin(2πx/p). */
const wave = (a: Operand, b: Operand, period: Operand, x: Operand): Expr => {
  const phase = divide(times(2 * Math.PI, x), period);
  return add(times(a, cos(phase)), times(b, sin(phase))) as Expr;
};

export const nistModels: Readonly<Record<string, Model>> = {
  Bennett5: ([b1, b2, b3], { x }) => times(b1!, power(add(b2!, x!), divide(-1, b3!))),
  BoxBOD: saturation,
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  DanWood: ([b1, b2], { x }) => times(b1!, power(x!, b2!)),
  Eckerle4: ([b1, b2, b3], { x }) =>
    times(divide(b1!, b2!), exp(times(-0.5, square(divide(subtract(x!, b3!), b2!))))),
  ENSO: ([b1, b2, b3, b4, b5, b6, b7, b8, b9], { x }) =>
    add(b1!, wave(b2!, b3!, 12, x!), wave(b5!, b6!, b4!, x!), wave(b8!, b9!, b7!, x!)) as Expr,
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  Hahn1: cubics,
  Kirby2: ([b1, b2, b3, b4, b5], { x }) =>
    divide(polynomial([b1!, b2!, b3!], x!), polynomial([1, b4!, b5!], x!)) as Expr,
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  MGH09: ([b1, b2, b3, b4], { x }) =>
    divide(times(b1!, add(square(x!), times(x!, b2!))), add(square(x!), times(x!, b3!), b4!)) as Expr,
  MGH10: ([b1, b2, b3], { x }) => times(b1!, exp(divide(b2!, add(x!, b3!)))),
  MGH17: ([b1, b2, b3, b4, b5], { x }) => add(b1!, decay(b2!, b4!, x!), decay(b3!, b5!, x!)) as Expr,
  Misra1a: saturation,
  Misra1b: ([b1, b2], { x }) => times(b1!, subtract(1, power(add(1, times(times(b2!, x!), 0.5)), -2))),
  Misra1c: ([b1, b2], { x }) => times(b1!, subtract(1, power(add(1, times(times(2, b2!), x!)), -0.5))),
  Misra1d: ([b1, b2], { x }) => divide(times(times(b1!, b2!), x!), add(1, times(b2!, x!))) as Expr,
  Nelson: ([b1, b2, b3], { x1, x2 }) =>
    subtract(b1!, times(times(b2!, x1!), exp(minus(times(b3!, x2!))))) as Expr,
  Rat42: ([b1, b2, b3], { x }) => divide(b1!, add(1, exp(subtract(b2!, times(b3!, x!))))) as Expr,
  Rat43: ([b1, b2, b3, b4], { x }) =>
    divide(b1!, power(add(1, exp(subtract(b2!, times(b3!, x!)))), divide(1, b4!))) as Expr,
  Roszman1: ([b1, b2, b3, b4], { x }) =>
    subtract(subtract(b1!, times(b2!, x!)), divide(atan(divide(b3!, subtract(x!, b4!))), Math.PI)) as Expr,
  Thurber: cubics,
};

/** The responses that the model is of: Nelson's is the logarithm of what is listed. */
export function responsesOf({ name, data }: NistSet): Float64Array {
  return Float64Array.from(data.y!, (y) => (name === "Nelson" ? Math.log(y) : y));
}

/** The predictors of a set by name. */
export function predictorsOf({ data }: NistSet): Record<string, Float64Array> {
  const { y: _, ...others } = data;
  return Object.fromEntries(Object.entries(others).map(([key, values]) => [key, Float64Array.from(values)]));
}

/** The decimal digits to which a number is a certified one: NIST's logarithm of the relative error, 11 where that is all. */
export function digits(found: number, certified: number): number {
  const error = Math.abs(found - certified) / Math.abs(certified);
  return error === 0 ? 11 : Math.min(11, -Math.log10(error));
}

/** A set of NIST's linear regression. */
export interface NistLinearSet extends Pick<NistSet, "name" | "certified"> {
  /** What the parameters multiply, as in "1 x … x^5". */
  readonly columns: string;
  readonly data: Readonly<Record<string, readonly number[]>>;
}

export const nistLinearSets: readonly NistLinearSet[] = Object.values(
  JSON.parse(readFileSync(new URL("../reference/nist-linear.json", import.meta.url), "utf8")),
);

/** The model of a linear set: a polynomial by Horner's rule with or without a constant, or a sum over predictors. */
export function linearModel({ columns, certified }: NistLinearSet) {
  const names = certified.params.map((_, i) => `b${i}`);
  const model = (inputs: Readonly<Record<string, Expr>>): Expr => {
    const b = names.map((name) => inputs[name]!);
    if (columns.includes("x1"))
      return add(...b.map((one, i) => (i ? times(one, inputs[`x${i}`]!) : one))) as Expr;
    return columns.startsWith("1") ? polynomial(b, inputs.x!) : times(inputs.x!, polynomial(b, inputs.x!));
  };
  return { names, model };
}
