/**
 * A derivative on its way through a graph, an adjoint or a tangent: a pair {value, mask}. Where the mask is 0 there is
 * none at all, whatever the value says, so that an infinite factor can't turn a branch not taken into NaN. One that is
 * absent everywhere is `undefined`.
 */
import { type Expr, nodeOf } from "../node.js";
import type { Factor } from "../op.js";
import { add, multiply, negative } from "../ops/arithmetic.js";
import { coversAll, isAssembled, mergeAssembled } from "../ops/boxes.js";
import { logicalAnd, logicalOr, where } from "../ops/comparison.js";
import { uniformValue } from "../ops/constant.js";

export interface Masked {
  readonly value: Expr;
  /** Absent where 0; `undefined`: present everywhere. */
  readonly mask?: Expr | undefined;
  /** Whether `value` is 0 wherever `mask` is. */
  readonly zeroed: boolean;
  /** What stands where `mask` is 0, if not the number 0: kinks leave a 0 there that has no derivative of its own. */
  readonly rest?: Expr | undefined;
}

/** One that is nowhere absent. */
export function unmasked(value: Expr): Masked {
  return { value, zeroed: true };
}

/**
 * One whose value is 0 where it is absent; everywhere present without a mask. Of kinks the value knows.
 */
export function zeroed(value: Expr, mask: Expr | undefined, kinks?: unknown): Masked {
  return { value, mask, zeroed: true, rest: kinks ? value : undefined };
}

/** The value, 0 where it is absent. */
export function materialize({ value, mask, zeroed, rest }: Masked): Expr {
  return mask === undefined || zeroed ? value : where(mask, value, rest ?? 0);
}

/** The value times a factor. */
export function scale(masked: Masked, partial: Factor): Masked {
  if (typeof partial !== "number" && "mask" in partial) {
    const mask = masked.mask === undefined ? partial.mask : logicalAnd(masked.mask, partial.mask);
    return {
      value: times(masked.value, partial.value),
      mask,
      zeroed: false,
      rest: restOf(masked, partial),
    };
  }
  const finite = Number.isFinite(typeof partial === "number" ? partial : uniformValue(partial));
  return {
    ...masked,
    value: times(masked.value, partial),
    zeroed: masked.mask === undefined || (masked.zeroed && finite),
  };
}

/** What stands where there is no product: kinks of either, where the other takes part. */
function restOf(
  { mask, rest }: Masked,
  { mask: own, kink }: { readonly mask: Expr; readonly kink?: Expr },
): Expr | undefined {
  if (kink && mask) return where(mask, kink, rest ?? 0);
  return kink ?? (rest && where(own, rest, 0));
}

function times(value: Expr, factor: Expr | number): Expr {
  if (factor === 1) return value;
  return factor === -1 ? negative(value) : multiply(value, factor);
}

/** The sum of adjoints or tangents. Pieces of one tensor are assembled at once, so that n slices of it cost n, not n². */
export function combine(parts: readonly Masked[]): Masked {
  const values = parts.map(materialize);
  const pieces = values.filter(isAssembled);
  const sum = values.filter((value) => !isAssembled(value));
  if (pieces.length > 0) sum.push(mergeAssembled(pieces));
  return zeroed(
    sum.reduce((left, right) => add(left, right)),
    union(parts.map(({ mask }) => mask)),
    parts.find(({ rest }) => rest),
  );
}

/** Present where one of them is; `undefined`: everywhere. */
function union(masks: readonly (Expr | undefined)[]): Expr | undefined {
  const present = masks.filter((mask) => mask !== undefined);
  if (present.length < masks.length) return undefined;
  const pieces = present.filter(isAssembled);
  const rest = present.filter((mask) => !isAssembled(mask));
  if (pieces.length > 0) {
    const merged = mergeAssembled(pieces);
    if (isEverywhere(merged)) return undefined;
    rest.push(merged);
  }
  return rest.reduce((left, right) => logicalOr(left, right));
}

/** Whether an assembled mask leaves nothing out: its parts are true and cover the tensor. */
export function isEverywhere(mask: Expr): boolean {
  const { builder } = mask;
  return nodeOf(mask).operands.every((part) => uniformValue(builder.expr(part)) === 1) && coversAll(mask);
}
