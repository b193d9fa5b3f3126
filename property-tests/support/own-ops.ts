/** Ops as users write them, one of each kind: what holds for the library's own must hold for these. */

import type { WithOp } from "../../graph/elementwise.js";
import {
  add,
  applyOp,
  binary,
  cos,
  defineOp,
  divide,
  type Expr,
  exp,
  multiply,
  type Op,
  sin,
  square,
  unary,
  withDerivative,
} from "../../graph/index.js";
import type { Domain } from "../../graph/op.js";

const bell = (x: Expr): Expr => exp(multiply(-0.5, square(x)));
const reversed = (values: readonly unknown[]) => [...values].reverse();

/** Elementwise, by a function alone that kernels call: x·e^(−x²/2). */
const called = unary({
  name: "ownCalled",
  compute: (x) => x * Math.exp((-x * x) / 2),
  partials: (x) => [() => multiply(subtractFromOne(square(x)), bell(x))],
});

const subtractFromOne = (x: Expr): Expr => add(1, multiply(-1, x));

/** By its code: sin x. */
const coded = unary({
  name: "ownCoded",
  compute: (x) => Math.sin(x),
  code: (x) => `Math.sin(${x})`,
  partials: (x) => [() => cos(x)],
});

/** By its recipe: x³. */
const ofRecipe = unary({
  name: "ownRecipe",
  recipe: ["multiply", 0, ["multiply", 0, 0]],
  partials: (x) => [() => multiply(3, square(x))],
});

/** Of two operands: a/(1 + b²). */
const ofTwo = binary({
  name: "ownBinary",
  compute: (a, b) => a / (1 + b * b),
  partials: (_a, b) => [
    () => divide(1, add(1, square(b))),
    (result) => multiply(-2, divide(multiply(result, b), add(1, square(b)))),
  ],
});

/** Made of the library's, with rules of each kind. */
const byPartials = withDerivative((x) => square(x), {
  name: "ownPartials",
  derivative: { kind: "partials", partials: ({ operands: [x] }) => [() => multiply(2, x!)] },
});
const byTangent = withDerivative((a, b) => multiply(square(a), sin(b)), {
  name: "ownTangent",
  domains: [
    { kind: "real", low: -2, high: 2 },
    { kind: "real", low: -2, high: 2 },
  ],
  derivative: {
    kind: "tangent",
    tangent: ([da, db], { operands: [a, b] }) => {
      const first = da && multiply(multiply(multiply(2, a!), sin(b!)), da);
      const second = db && multiply(multiply(square(a!), cos(b!)), db);
      return first && second ? add(first, second) : (first ?? second)!;
    },
  },
});

/** By its record: the elements in reverse order, by its meaning alone. */
const reverse: Op = defineOp({
  name: "ownReverse",
  shape: ([x]) => x!,
  evaluate: <T>(_arithmetic: unknown, [x]: readonly (readonly T[])[]) => reversed(x!) as T[],
  routine: () => ({
    text: () => "(r, x) => { for (let i = 0; i < r.length; i++) r[i] = x[r.length - 1 - i]; }",
  }),
  derivative: { kind: "transpose", linear: "each", transpose: (adjoint) => applyOp(reverse, [adjoint]) },
  domains: [{ kind: "real", low: -1, high: 1 }],
});

/** A function of so many operands, with the domains of these. */
export interface OwnOp {
  readonly name: string;
  readonly domains: readonly Domain[];
  call(...operands: readonly Expr[]): Expr;
}

const own = (f: ((...operands: never[]) => Expr) & WithOp): OwnOp => ({
  name: f.op.name,
  domains: f.op.domains,
  call: f as OwnOp["call"],
});

export const ownOps: readonly OwnOp[] = [
  ...[called, coded, ofRecipe].map(own),
  ...[own(ofTwo), own(byPartials), own(byTangent)],
  { name: reverse.name, domains: reverse.domains, call: (x) => applyOp(reverse, [x!]) },
];
