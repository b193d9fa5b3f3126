/**
 * Kinks: where a function has a documented slope (0, or the mean of a tie) but no second derivative. That is NaN there,
 * unless it is the square of the function that is asked for, which has none: |x|², ‖x‖².
 */
import { binary, fullLike, unary, type WithOp } from "../elementwise.js";
import { apply, type Expr, nodeOf } from "../node.js";
import { type Kink, real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { equal, logicalAnd, logicalOr, notEqual, where } from "./comparison.js";

/** An op that is a number, by itself NaN, whatever its operand is, and has no derivative: NaN. */
function constantOf(name: string, value = Number.NaN): Unary & WithOp {
  return unary({
    name,
    recipe: { value },
    expand: ({ operands: [x] }) => fullLike(x!, value),
    partials: (x) => [() => noSlope(x)],
  });
}

/** 0, whose derivative is NaN: what stands for a derivative where a kink is the reason that there is none. */
export const kink: Unary & WithOp = /* @__PURE__ */ constantOf("kink", 0);

/** 1, whose derivatives are NaN: what marks a kink of what moves with either. */
export const mark: Binary & WithOp = /* @__PURE__ */ binary({
  name: "mark",
  recipe: { value: 1 },
  expand: ({ operands: [x] }) => fullLike(x!, 1),
  partials: (x) => [() => noSlope(x), () => noSlope(x)],
});

/** A kink of what moves with `x`, where this holds; `marked` is 1 and its mark where there is no other. */
export function kinkWhere(holds: Expr, x: Expr, marked: Expr = mark(x, x)): Kink {
  return (own, mask, rest) => {
    // Either's, where the other takes part, and both where they meet.
    if (!rest) return where(mask ? logicalAnd(mask, holds) : holds, marked, 0);
    return where(logicalAnd(logicalOr(mask!, rest), holds), mark(x, rest), where(own, rest, 0));
  };
}

/** NaN, and so is its derivative. */
export const noSlope: Unary & WithOp = /* @__PURE__ */ constantOf("noSlope");

/** `x` itself, whose slope is 1; by comparisons, which are false of NaN, one that isn't could be chosen: there it is NaN. */
export const unlessNaN: Unary & WithOp = /* @__PURE__ */ itself("unlessNaN", () => 1);

/** `x` itself, of which something has a kink where it is 0; its slope is NaN where it is NaN. */
export const bent: Unary & WithOp = /* @__PURE__ */ itself(
  "bent",
  (x) => where(equal(x, 0), mark(x, x), 1),
  // 0 is a kink by decree.
  /* @__PURE__ */ real(0.2, 3),
);

function itself(name: string, slope: (x: Expr) => Expr | number, domain = real()): Unary & WithOp {
  return unary({
    name,
    recipe: 0,
    expand: ({ operands: [x] }) => x!,
    partials: (x) => [() => where(equal(x, x), slope(x), noSlope(x))],
    domains: [domain],
  });
}

/** 0, for something that is known to be 0 where this is asked for: it has the derivative of that, so that kinks aren't lost. */
export const shadow: Unary & WithOp = /* @__PURE__ */ unary({
  name: "shadow",
  recipe: { value: 0 },
  expand: ({ operands: [x] }) => fullLike(x!, 0),
  partials: () => [() => 1],
});

/**
 * `root`, whatever way it was computed, of which is known that it is √s of a smooth `s`. Its slope is 0 where it is 0.
 */
export const rooted: Binary & WithOp = /* @__PURE__ */ binary({
  name: "rooted",
  recipe: 0,
  expand: ({ operands: [root] }) => root!,
  squared: ({ operands: [, s] }) => s!,
  partials: (root) => [
    () => ({ value: 1, mask: notEqual(root, 0), kink: kinkWhere(equal(root, 0), root) }),
    undefined,
  ],
  domains: [/* @__PURE__ */ real(0.2, 3), /* @__PURE__ */ real(0.2, 3)],
});

/** The square of an expression where that is smooth though the expression isn't; also of one that was only moved. */
export function smoothSquare(x: Expr): Expr | undefined {
  const { op, params, operands: ids } = nodeOf(x);
  const operands = ids.map((id) => x.builder.expr(id));
  if (!op.move) return op.squared?.({ operands, params });
  const moved = smoothSquare(operands[0]!);
  return moved && apply(op, [moved], params);
}
