/** Comparisons and logic, giving 1 or 0 without a derivative, and the choice between two values. */
import { applyElementwise, binary, elementwise, unary, type WithOp } from "../elementwise.js";
import { type Expr, nodeOf, operandOf, paramsIf } from "../node.js";
import { boolean, type Domain, integer, real } from "../op.js";
import { withOperands } from "../operand.js";
import type { Comparison } from "../recipe.js";
import type { Binary, Broadcast, Operand, ResultOf, ShapeOf, Unary } from "../types.js";
import { uniformValue } from "./constant.js";

function comparison(
  name: Comparison,
  options: { readonly commutative?: boolean; readonly domains: readonly Domain[] } = {
    domains: [integer(), real()],
  },
): Binary & WithOp {
  return binary({ name, isTruth: true, recipe: ["convert", [name, 0, 1]], partials: "constant", ...options });
}

const discrete = { commutative: true, domains: [integer(-1, 1), integer(-1, 1)] };

/**
 * 1 where a > b, else 0
 *
 * @example
 * greater([1, 2, NaN], 1); // [0, 1, 0]
 */
export const greater: Binary & WithOp = /* @__PURE__ */ comparison("greater");
/**
 * 1 where a ≥ b, else 0
 *
 * @example
 * greaterEqual([1, 2, NaN], 2); // [0, 1, 0]
 */
export const greaterEqual: Binary & WithOp = /* @__PURE__ */ comparison("greaterEqual");
/**
 * 1 where a < b, else 0
 *
 * @example
 * less([1, 2, NaN], 2); // [1, 0, 0]
 */
export const less: Binary & WithOp = /* @__PURE__ */ comparison("less");
/**
 * 1 where a ≤ b, else 0
 *
 * @example
 * lessEqual([1, 2, NaN], 1); // [1, 0, 0]
 */
export const lessEqual: Binary & WithOp = /* @__PURE__ */ comparison("lessEqual");
/**
 * 1 where a = b, else 0
 *
 * @example
 * equal([1, 2, NaN], [1, 3, NaN]); // [1, 0, 0]
 */
export const equal: Binary & WithOp = /* @__PURE__ */ comparison("equal", discrete);
/**
 * 1 where a ≠ b, else 0
 *
 * @example
 * notEqual([1, 2, NaN], [1, 3, NaN]); // [0, 1, 1]
 */
export const notEqual: Binary & WithOp = /* @__PURE__ */ comparison("notEqual", discrete);

/**
 * 1 where both are true (neither 0 nor NaN), else 0
 *
 * @example
 * logicalAnd([1, 2, 0], [1, 0, 0]); // [1, 0, 0]
 */
export const logicalAnd: Binary & WithOp = binary({
  name: "logicalAnd",
  commutative: true,
  isTruth: true,
  recipe: ["convert", ["and", ["truthy", 0], ["truthy", 1]]],
  partials: "constant",
  domains: [boolean, boolean],
});

/**
 * 1 where at least one is true (neither 0 nor NaN), else 0
 *
 * @example
 * logicalOr([1, 2, 0], [1, 0, 0]); // [1, 1, 0]
 */
export const logicalOr: Binary & WithOp = binary({
  name: "logicalOr",
  commutative: true,
  isTruth: true,
  recipe: ["convert", ["or", ["truthy", 0], ["truthy", 1]]],
  partials: "constant",
  domains: [boolean, boolean],
});

/**
 * 1 where x is 0 or NaN, else 0
 *
 * @example
 * logicalNot([0, 3]); // [1, 0]
 */
export const logicalNot: Unary & WithOp = unary({
  name: "logicalNot",
  isTruth: true,
  recipe: ["select", ["truthy", 0], { value: 0 }, { value: 1 }],
  partials: "constant",
  domains: [boolean],
});

const whereOp = elementwise<readonly [Expr, Expr, Expr]>(
  {
    name: "where",
    recipe: ["select", ["truthy", 0], 1, 2],
    // The side that isn't chosen has no derivative at all, so that what is infinite there can't spoil the other.
    partials: (condition) => [
      undefined,
      () => ({ value: 1, mask: truth(condition) }),
      () => ({ value: 1, mask: logicalNot(condition) }),
    ],
    rewrite([condition, a, b]) {
      const known = uniformValue(condition);
      if (known !== undefined) return known ? a : b;
      if (a.id === b.id) return a;
      if (paramsIf(condition, logicalNot.op)) return choose(operandOf(condition), b, a);
      const inThen = branchOf(a, condition, 1);
      const inElse = branchOf(b, condition, 2);
      return inThen || inElse ? choose(condition, inThen ?? a, inElse ?? b) : undefined;
    },
    domains: [boolean, real(), real()],
  },
  3,
);

/** A condition as 1 or 0: masks are added up, where other values could cancel. */
function truth(condition: Expr): Expr {
  return nodeOf(condition).op.isTruth ? condition : logicalNot(logicalNot(condition));
}

/** What `x`, if it is a choice by the same condition, is known to be in one branch. */
function branchOf(x: Expr, condition: Expr, operand: 1 | 2): Expr | undefined {
  const { op, operands } = nodeOf(x);
  return op === whereOp && operands[0] === condition.id ? operandOf(x, operand) : undefined;
}

function choose(condition: Expr, a: Expr, b: Expr): Expr {
  return applyElementwise(whereOp, [condition, a, b]);
}

interface Where extends WithOp {
  <const C extends Operand, const A extends Operand, const B extends Operand>(
    condition: C,
    a: A,
    b: B,
  ): ResultOf<[C, A, B], Broadcast<ShapeOf<C>, Broadcast<ShapeOf<A>, ShapeOf<B>>>>;
}

/**
 * `a` where the condition is true (neither 0 nor NaN), else `b`. The derivative is that of the side taken; what the
 * other side's would be, infinite or NaN, doesn't matter.
 *
 * @example
 * where([1, 0], [1, 2], [10, 20]); // [1, 20]
 */
export const where: Where = /* @__PURE__ */ Object.assign(
  ((condition: Operand, a: Operand, b: Operand) =>
    withOperands("where", [condition, a, b], ([c, x, y]) => choose(c, x, y))) as Where,
  { op: whereOp },
);
