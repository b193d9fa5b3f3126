/** Sums, products, squares, and the larger and smaller of two. */
import { binary, fullLike, unary, variadic, type WithOp } from "../elementwise.js";
import { type Expr, nodeOf, operandOf } from "../node.js";
import { real } from "../op.js";
import type { Binary, Unary, Variadic } from "../types.js";
import { equal, greater, less, logicalNot, notEqual, where } from "./comparison.js";
import { uniformValue } from "./constant.js";
import { kink, kinkWhere, noSlope, smoothSquare } from "./kinks.js";

/** Whether a known operand is exactly `value`; −0 and 0 differ. */
function is(x: Expr, value: number): boolean {
  return Object.is(uniformValue(x), value);
}

/** The operand of `x` if `x` is an application of the unary `op`. */
function argumentOf(x: Expr, { op }: WithOp): Expr | undefined {
  return nodeOf(x).op === op ? operandOf(x) : undefined;
}

/**
 * a + b; more than two operands are added from the left.
 *
 * @example
 * add([1, 2], 10, [0.5, 0.25]); // [11.5, 12.25]
 */
export const add: Variadic & WithOp = variadic({
  name: "add",
  commutative: true,
  recipe: ["add", 0, 1],
  partials: () => [() => 1, () => 1],
  // x + 0 is no rewrite: −0 + 0 is 0.
  rewrite([a, b]) {
    if (is(a, -0)) return b;
    if (is(b, -0)) return a;
    const negated = argumentOf(b, negative);
    if (negated) return subtract(a, negated);
    const negatedFirst = argumentOf(a, negative);
    return negatedFirst && subtract(b, negatedFirst);
  },
});

/**
 * a − b
 *
 * @example
 * subtract([1, 2], 1); // [0, 1]
 */
export const subtract: Binary & WithOp = binary({
  name: "subtract",
  recipe: ["subtract", 0, 1],
  partials: () => [() => 1, () => -1],
  rewrite([a, b]) {
    if (is(b, 0)) return a;
    const negated = argumentOf(b, negative);
    return negated && add(a, negated);
  },
});

/**
 * −x
 *
 * @example
 * negative([1, -2]); // [-1, 2]
 */
export const negative: Unary & WithOp = unary({
  name: "negative",
  recipe: ["negative", 0],
  partials: () => [() => -1],
  rewrite([x]) {
    const inner = argumentOf(x, negative);
    if (inner) return inner;
    const [factor, rest] = constantFactor(x);
    return rest && multiply(fullLike(x, -factor), rest);
  },
});

/**
 * a·b; more than two operands are multiplied from the left.
 *
 * @example
 * multiply([1, 2], 10, [0.5, 0.25]); // [5, 5]
 */
export const multiply: Variadic & WithOp = variadic({
  name: "multiply",
  commutative: true,
  recipe: ["multiply", 0, 1],
  partials: (a, b) => [() => b, () => a],
  applied: ([a, b]) => (a!.id === b!.id ? smoothSquare(a!) : undefined),
  // x·0 is no rewrite: it is NaN at ±∞ and −0 at negative x.
  rewrite([a, b]) {
    if (is(a, 1)) return b;
    if (is(b, 1)) return a;
    if (is(a, -1)) return negative(b);
    if (is(b, -1)) return negative(a);
    if (a.id === b.id) return square(a);
    return withoutSign(a, b) ?? withoutSign(b, a);
  },
});

/** a·b where a is −u: −(u·b), or u·(−b) where −b is known. */
function withoutSign(a: Expr, b: Expr): Expr | undefined {
  const positive = argumentOf(a, negative);
  if (!positive) return undefined;
  const known = uniformValue(b);
  return known === undefined ? negative(multiply(positive, b)) : multiply(positive, fullLike(b, -known));
}

/**
 * a/b
 *
 * @example
 * divide([1, -1, 0], 0); // [Infinity, -Infinity, NaN]
 */
export const divide: Binary & WithOp = binary({
  name: "divide",
  recipe: ["divide", 0, 1],
  partials: (_a, b) => [() => divide(fullLike(b, 1), b), (result) => negative(divide(result, b))],
  rewrite([a, b]) {
    if (is(b, 1)) return a;
    if (is(b, -1)) return negative(a);
    // Halving is multiplying by 1/2, to the last bit: the reciprocal of a power of two is exact.
    const divisor = uniformValue(b);
    if (divisor === undefined || !isPowerOfTwo(divisor)) return undefined;
    return multiply(a, fullLike(a, 1 / divisor));
  },
  domains: [real(), real(0.5, 3)],
});

/** Whether a number, its sign aside, is a power of two by which multiplying and dividing are exact. */
export function isPowerOfTwo(x: number): boolean {
  const exponent = Math.round(Math.log2(Math.abs(x)));
  return Math.abs(exponent) < 1000 && 2 ** exponent === Math.abs(x);
}

/**
 * x²
 *
 * @example
 * square([-3, 2]); // [9, 4]
 */
export const square: Unary & WithOp = unary({
  name: "square",
  recipe: ["multiply", 0, 0],
  partials: (x) => [() => multiply(fullLike(x, 2), x)],
  applied: ([x]) => smoothSquare(x!),
  rewrite([x]) {
    const negated = argumentOf(x, negative);
    return negated && square(negated);
  },
});

/**
 * |x|; its derivative at 0 is 0, its second derivative there NaN.
 *
 * @example
 * abs([-2, 0, 3]); // [2, 0, 3]
 */
export const abs: Unary & WithOp = /* @__PURE__ */ unary({
  name: "abs",
  recipe: ["abs", 0],
  partials: (x) => [() => ({ value: sign(x), mask: notEqual(x, 0), kink: kinkWhere(equal(x, 0), x) })],
  squared: ({ operands: [x] }) => square(x!),
  rewrite([x]) {
    const negated = argumentOf(x, negative);
    return negated ? abs(negated) : argumentOf(x, abs) && x;
  },
});

/**
 * −1, 0 or 1 by the sign of x; its derivative is 0.
 *
 * @example
 * sign([-3, 0, 5]); // [-1, 0, 1]
 */
export const sign: Unary & WithOp = /* @__PURE__ */ unary({
  name: "sign",
  recipe: ["sign", 0],
  partials: "constant",
});

/** The half of a tie goes to each side; the side that isn't chosen has no derivative at all, and where one is NaN so are both. */
function chosen(a: Expr, b: Expr, wins: Binary, loses: Binary): () => { value: Expr; mask: Expr } {
  return () => {
    const half = onlyOne([a, b]) ? 0.5 : add(0.5, kink(subtract(a, b)));
    const unlessWon = where(equal(a, b), half, noSlope(subtract(a, b)));
    return { value: where(wins(a, b), 1, unlessWon), mask: logicalNot(loses(a, b)) };
  };
}

/** The one that both are. */
function onlyOne([a, b]: readonly Expr[]): Expr | undefined {
  return a!.id === b!.id ? a : undefined;
}

/**
 * The larger of a and b; NaN if one of them is, and so are its slopes. A tie shares the derivative equally and has no second one: NaN.
 *
 * @example
 * maximum([1, 5], [3, 2]); // [3, 5]
 */
export const maximum: Variadic & WithOp = /* @__PURE__ */ variadic({
  name: "maximum",
  commutative: true,
  recipe: ["maximum", 0, 1],
  partials: (a, b) => [chosen(a, b, greater, less), chosen(b, a, greater, less)],
  rewrite: onlyOne,
});

/**
 * The smaller of a and b; NaN if one of them is, and so are its slopes. A tie shares the derivative equally and has no second one: NaN.
 *
 * @example
 * minimum([1, 5], [3, 2]); // [1, 2]
 */
export const minimum: Variadic & WithOp = /* @__PURE__ */ variadic({
  name: "minimum",
  commutative: true,
  recipe: ["minimum", 0, 1],
  partials: (a, b) => [chosen(a, b, less, greater), chosen(b, a, less, greater)],
  rewrite: onlyOne,
});

/** The known factor of a product with one, and the rest: [c, x] of c·x. */
export function constantFactor(x: Expr): readonly [number, Expr?] {
  if (nodeOf(x).op !== multiply.op) return [1];
  const [a, b] = [operandOf(x), operandOf(x, 1)];
  const left = uniformValue(a);
  if (left !== undefined) return [left, b];
  const right = uniformValue(b);
  return right === undefined ? [1] : [right, a];
}
