/**
 * Kinks: where a function has a documented slope (0, or the mean of a tie) but no second derivative. That is NaN there,
 * unless it is the square of the function that is asked for, which has none: |x|², ‖x‖².
 */

import type { Masked } from "../derivatives/masked.js";
import { applyElementwise, binary, elementwise, fullLike, unary, type WithOp } from "../elementwise.js";
import type { Graph } from "../graph.js";
import { apply, type Builder, type Expr, type Node, nodeOf } from "../node.js";
import { integer, type Kink, real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { equal, logicalAnd, logicalOr, notEqual, where } from "./comparison.js";

/** An op that is a number, by itself NaN, whatever its operand is, and has no derivative: NaN. */
function constantOf(name: string, value = Number.NaN): Unary & WithOp {
  return unary({
    name,
    recipe: { value },
    expand: ({ operands: [x] }) => fullLike(x!, value),
    partials: (x) => [() => unknown(x)],
  });
}

/** No derivative, NaN: also where the operand's is taken to be 0 at a kink, as it moves. */
function unknown(x: Expr): (given: Masked) => Masked {
  return ({ value, mask, rest, sparse }) => {
    const present = mask && rest ? logicalOr(mask, rest) : mask;
    return { value: noSlope(mark(value, x)), mask: present, zeroed: !present, sparse, broken: true };
  };
}

/** 0, whose derivative is NaN: what stands for a derivative where a kink is the reason that there is none. */
export const kink: Unary & WithOp = /* @__PURE__ */ constantOf("kink", 0);

/** 1, whose derivatives are NaN: what marks a kink of what moves with either. */
export const mark: Binary & WithOp = /* @__PURE__ */ binary({
  name: "mark",
  recipe: { value: 1 },
  expand: ({ operands: [x] }) => fullLike(x!, 1),
  partials: (x) => [() => unknown(x), () => unknown(x)],
});

/** A kink of what moves with `by`, where a condition holds; `marks` are 1 and its mark where there are no others before. */
export function kinkWhere(holds: Expr, by: Expr, marks: Expr = mark(by, by)): Kink {
  return {
    // A kink's 0 is a number: times what has no value it has none.
    passes: (moves, { value, broken }) =>
      broken ? logicalOr(moves, logicalAnd(holds, notEqual(value, value))) : moves,
    marks({ value, rest, marked }) {
      const here = rest ? mark(by, rest) : marks;
      // What has no derivative has none 0 times either.
      return marked || holdsMarks(value) ? [here, vanishing(value)] : [here];
    },
    holds,
  };
}

/** Whether a node marks kinks, or is a loop whose steps do. */
function isMark({ op, params }: Node): boolean {
  if (op === mark.op || op === kink.op || op === noSlope.op) return true;
  const { body } = params as { readonly body?: Graph };
  return op.derivative.kind === "masked" && body !== undefined && marksKinks(body);
}

const marking = new WeakMap<Graph, boolean>();

/** Whether kinks are marked in the body of a loop, as they are in one that is a derivative. */
export function marksKinks(body: Graph): boolean {
  const known = marking.get(body) ?? body.nodes.some(isMark);
  marking.set(body, known);
  return known;
}

const scanned = new WeakMap<Builder, boolean[]>();

/** Whether marks of kinks went into an expression, by a way that has a derivative. */
function holdsMarks({ builder, id }: Expr): boolean {
  const known = scanned.get(builder) ?? [];
  scanned.set(builder, known);
  for (let at = known.length; at <= id; at++) {
    const node = builder.nodes[at]!;
    const isMoved = node.op.derivative.kind !== "constant" && node.operands.some((operand) => known[operand]);
    known.push(isMoved || isMark(node));
  }
  return known[id]!;
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

/**
 * `x` itself, which has a kink where a condition holds, of all that moves with `y`: also of what it doesn't depend on by its
 * documented slope.
 */
const bentByOp = /* @__PURE__ */ elementwise<readonly [Expr, Expr, Expr]>(
  {
    name: "bentBy",
    recipe: 0,
    expand: ({ operands: [x] }) => x,
    partials: (_x, holds, y) => [
      () => 1,
      undefined,
      () => ({ value: 0, mask: fullLike(y, 0), kink: kinkWhere(holds, y) }),
    ],
    // Where the condition holds, there is a kink by decree.
    domains: [/* @__PURE__ */ real(), /* @__PURE__ */ integer(0, 0), /* @__PURE__ */ real()],
  },
  3,
);

export const bentBy: ((x: Expr, holds: Expr, y: Expr) => Expr) & WithOp = /* @__PURE__ */ Object.assign(
  (x: Expr, holds: Expr, y: Expr): Expr => applyElementwise(bentByOp, [x, holds, y]),
  { op: bentByOp },
);

/** 0, for something that is known to be 0 where this is asked for: it has the derivative of that, so that kinks aren't lost. */
export const shadow: Unary & WithOp = /* @__PURE__ */ unary({
  name: "shadow",
  recipe: { value: 0 },
  expand: ({ operands: [x] }) => fullLike(x!, 0),
  partials: () => [() => 1],
});

/** 0 times something: its derivative is NaN where that of the operand is so for a kink, else there is none. */
export const vanishing: Unary & WithOp = /* @__PURE__ */ unary({
  name: "vanishing",
  recipe: { value: 0 },
  expand: ({ operands: [x] }) => fullLike(x!, 0),
  partials: {
    kind: "masked",
    forward([tangent]) {
      if (!tangent?.broken) return undefined;
      const { value } = tangent;
      return { ...tangent, mask: notEqual(value, value), zeroed: false, rest: undefined };
    },
    // Absent but for the marks that it meets on its way.
    reverse({ value, mask, sparse }) {
      const nothing = fullLike(value, 0);
      return [{ value: nothing, mask: nothing, zeroed: true, rest: mask ?? fullLike(value, 1), sparse }];
    },
  },
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
