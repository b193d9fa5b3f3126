/**
 * A derivative on its way through a graph, an adjoint or a tangent: a pair {value, mask}. Where the mask is 0 there is
 * none at all, whatever the value says, so that an infinite factor can't turn a branch not taken into NaN. One that is
 * absent everywhere is `undefined`.
 */
import { type Expr, nodeOf } from "../node.js";
import type { Factor } from "../op.js";
import { add, multiply, negative } from "../ops/arithmetic.js";
import { coversAll, isAssembled, mergeAssembled } from "../ops/boxes.js";
import { logicalAnd, logicalNot, logicalOr, where } from "../ops/comparison.js";
import { uniformValue } from "../ops/constant.js";

export interface Masked {
  readonly value: Expr;
  /** Absent where 0; `undefined`: present everywhere. */
  readonly mask?: Expr | undefined;
  /** Whether `value` is 0 wherever `mask` is. */
  readonly zeroed: boolean;
  /** What stands where `mask` is 0, if not the number 0: kinks leave a 0 there that has no derivative of its own. */
  readonly rest?: Expr | undefined;
  /** Whether it is absent where something is not used, not for a kink alone: what stands there may be NaN. */
  readonly sparse?: boolean | undefined;
}

/** One that is nowhere absent. */
export function unmasked(value: Expr): Masked {
  return { value, zeroed: true };
}

/** One whose value is 0, or `rest`, where it is absent; everywhere present without a mask. */
export function zeroed(value: Expr, mask: Expr | undefined, rest?: Expr, sparse?: boolean): Masked {
  return { value, mask, zeroed: true, rest, sparse };
}

/** The value, 0 where it is absent. */
export function materialize({ value, mask, zeroed, rest }: Masked): Expr {
  return mask && !zeroed ? where(mask, value, rest ?? 0) : value;
}

/** The value times a factor. */
export function scale({ value, mask, zeroed: isZero, rest, sparse }: Masked, partial: Factor): Masked {
  if (typeof partial !== "number" && "mask" in partial) {
    const { mask: own, kink, value: factor } = partial;
    const both = mask ? logicalAnd(mask, own) : own;
    // Kinks of either, where the other takes part.
    const left = kink && mask ? where(mask, kink, rest ?? 0) : (kink ?? (rest && where(own, rest, 0)));
    // What is 0 where it is absent stays so without a mask: kernels that no kink concerns needn't carry it along.
    const isKept = !!mask && isZero && factor === 1;
    const product = isKept ? where(own, value, (kink && left) ?? 0) : times(value, factor);
    return { value: product, mask: both, zeroed: isKept, rest: left, sparse: sparse || !kink };
  }
  const finite = Number.isFinite(typeof partial === "number" ? partial : uniformValue(partial));
  return { value: times(value, partial), mask, zeroed: !mask || (isZero && finite), rest, sparse };
}

function times(value: Expr, factor: Expr | number): Expr {
  if (factor === 1) return value;
  return factor === -1 ? negative(value) : multiply(value, factor);
}

/** The sum of adjoints or tangents. */
export function combine(parts: readonly Masked[]): Masked {
  const total = together(parts.map(materialize), add);
  return zeroed(
    total,
    union(parts.map(({ mask }) => mask)),
    parts.some(({ rest }) => rest) ? total : undefined,
    parts.some(({ sparse }) => sparse),
  );
}

/** Present where one of them is; `undefined`: everywhere. */
function union(masks: readonly (Expr | undefined)[]): Expr | undefined {
  const present = masks.filter((mask) => mask !== undefined);
  if (present.length < masks.length || present.some((one) => present.some((other) => isNot(one, other))))
    return undefined;
  const all = together(present, (left, right) => (isEverywhere(right) ? right : logicalOr(left, right)));
  return isEverywhere(all) ? undefined : all;
}

/** Whether a mask is another's opposite: both sides of a choice. */
function isNot(mask: Expr, other: Expr): boolean {
  const { op, operands } = nodeOf(mask);
  return op === logicalNot.op && operands[0] === other.id;
}

/** Pieces of one tensor are assembled at once, so that n slices of it cost n, not n². */
function together(list: readonly Expr[], join: (left: Expr, right: Expr) => Expr): Expr {
  const pieces = list.filter(isAssembled);
  const others = list.filter((one) => !isAssembled(one));
  if (pieces.length > 0) others.push(mergeAssembled(pieces));
  return others.reduce((left, right) => join(left, right));
}

/** Whether an assembled mask leaves nothing out: its parts are true and cover the tensor. */
export function isEverywhere(mask: Expr): boolean {
  const { builder } = mask;
  return (
    isAssembled(mask) &&
    nodeOf(mask).operands.every((part) => uniformValue(builder.expr(part)) === 1) &&
    coversAll(mask)
  );
}
