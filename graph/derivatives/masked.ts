/**
 * A derivative on its way through a graph, an adjoint or a tangent: a pair {value, mask}. Where the mask is 0 there is
 * none at all, whatever the value says, so that an infinite factor can't turn a branch not taken into NaN. One that is
 * absent everywhere is `undefined`.
 */
import { type Expr, nodeOf } from "../node.js";
import type { Factor, MaskedFactor } from "../op.js";
import { add, multiply, negative } from "../ops/arithmetic.js";
import { coversAll, isAssembled, mergeAssembled } from "../ops/boxes.js";
import { logicalAnd, logicalNot, logicalOr, where } from "../ops/comparison.js";
import { uniformValue } from "../ops/constant.js";
import { shadow } from "../ops/kinks.js";

export interface Masked {
  readonly value: Expr;
  /** Absent where 0; `undefined`: present everywhere. */
  readonly mask?: Expr | undefined;
  /** Whether `value` is 0 wherever `mask` is. */
  readonly zeroed: boolean;
  /** Marks where `mask` is 0 because of a kink, and not of a branch not taken: the 0 there has the derivative of these. */
  readonly rest?: Expr | undefined;
  /** Whether it is absent where something is not used, not for a kink alone: what stands there may be NaN. */
  readonly sparse?: boolean | undefined;
  /** Whether it has come through a kink's mark, so that it may be NaN for having no value: that is so behind other kinks, too. */
  readonly broken?: boolean | undefined;
  /** Whether marks of kinks may have gone into the value, though it is a leaf: the step of a loop sees no further. */
  readonly marked?: boolean | undefined;
}

/** One that is nowhere absent. */
export function unmasked(value: Expr): Masked {
  return { value, zeroed: true };
}

/** One whose value is 0, or `rest`, where it is absent; everywhere present without a mask. */
export function zeroed(value: Expr, mask: Expr | undefined, rest?: Expr, sparse?: boolean): Masked {
  return { value, mask, zeroed: true, rest: mask ? rest : undefined, sparse };
}

/** The same, which is as broken and marked as those that it comes from. */
export function following<T extends Masked | undefined>(one: T, before: readonly (Masked | undefined)[]): T {
  const broken = before.some((given) => given?.broken);
  const marked = before.some((given) => given?.marked);
  return one && (broken || marked)
    ? { ...one, broken: broken || one.broken, marked: marked || one.marked }
    : one;
}

/** The value, 0 where it is absent. */
export function materialize({ value, mask, zeroed, rest }: Masked): Expr {
  return mask === undefined || zeroed ? value : where(mask, value, settled(rest));
}

/** 0, but with the kinks of what is left. */
function settled(rest: Expr | undefined): Expr | number {
  return rest ? shadow(rest) : 0;
}

/** The value times a factor. */
export function scale(given: Masked, partial: Factor): Masked {
  if (typeof partial === "function") return partial(given);
  if (typeof partial !== "number" && "mask" in partial) return scaleMasked(given, partial);
  const { value, mask, zeroed } = given;
  const finite = Number.isFinite(typeof partial === "number" ? partial : uniformValue(partial));
  return { ...given, value: times(value, partial), zeroed: !mask || (zeroed && finite) };
}

function scaleMasked(given: Masked, { mask: moves, kink, value: factor, taint }: MaskedFactor): Masked {
  const { value, mask, zeroed, rest, sparse, broken } = given;
  const own = kink ? kink.passes(moves, given) : moves;
  const both = mask ? logicalAnd(mask, own) : own;
  const before = rest && where(own, rest, 0);
  const present = rest && mask ? logicalOr(mask, rest) : mask;
  const left = kink
    ? where(
        present ? logicalAnd(present, kink.holds) : kink.holds,
        kink.marks(given).reduce(join),
        before ?? 0,
      )
    : before;
  // What is 0 where it is absent stays so without a mask: kernels that no kink concerns needn't carry it along. An operand
  // that is NaN may be one that isn't used; it isn't where what is absent is so for kinks, as NaN is at none.
  const isKept = !!mask && zeroed && factor === 1 && !(taint && sparse);
  const whole = taint ? multiply(times(value, factor), taint) : times(value, factor);
  const product = isKept ? where(own, whole, settled(left)) : whole;
  return { value: product, mask: both, zeroed: isKept, rest: left, sparse: sparse || !kink, broken };
}

const join = (a: Expr, b: Expr): Expr => add(a, b);

function times(value: Expr, factor: Expr | number): Expr {
  if (factor === 1) return value;
  return factor === -1 ? negative(value) : multiply(value, factor);
}

/** The sum of adjoints or tangents. */
export function combine(parts: readonly Masked[]): Masked {
  const rests = parts.flatMap(({ rest }) => (rest ? [rest] : []));
  const sum = zeroed(
    together(parts.map(materialize), add),
    union(parts.map(({ mask }) => mask)),
    rests.length > 0 ? together(rests, add) : undefined,
    parts.some(({ sparse }) => sparse),
  );
  return following(sum, parts);
}

/** Present where one of them is; `undefined`: everywhere. */
function union(masks: readonly (Expr | undefined)[]): Expr | undefined {
  const present = masks.filter((mask) => mask !== undefined);
  const ids = new Set(present.map(({ id }) => id));
  if (present.length < masks.length || present.some((mask) => isOpposite(mask, ids))) return undefined;
  const all = together(present, (left, right) => (isEverywhere(right) ? right : logicalOr(left, right)));
  return isEverywhere(all) ? undefined : all;
}

/** Whether a mask is the opposite of one of these: both sides of a choice. */
function isOpposite(mask: Expr, ids: ReadonlySet<number>): boolean {
  const { op, operands } = nodeOf(mask);
  return op === logicalNot.op && ids.has(operands[0]!);
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
