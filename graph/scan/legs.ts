/** What both modes of a scan's derivative share: an application by its parts, cut into stretches of steps. */
import { type Masked, materialize, unmasked, zeroed } from "../derivatives/masked.js";
import type { Graph } from "../graph.js";
import { apply, type Builder, type Expr, type Node } from "../node.js";
import type { Application, Op } from "../op.js";
import { add } from "../ops/arithmetic.js";
import { element } from "../ops/boxes.js";
import { logicalOr } from "../ops/comparison.js";
import { full } from "../ops/constant.js";
import { concatenate, slice } from "../ops/indexing.js";
import { marksKinks } from "../ops/kinks.js";
import { reshapeExpr } from "../ops/moving.js";
import { sameParams } from "../params.js";
import { type Shape, sizeOf } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import { applyBody, makeBody, makeScan, memo } from "./body.js";
import { type Inputs, type Operands, type ScanParams, splitInputs, splitOperands } from "./layout.js";
import {
  agreed,
  all,
  either,
  isNothing,
  maskOf,
  type Presence,
  textOf,
  union,
  unknownOf,
  widthOf,
  within,
} from "./presence.js";

/** An application by what its parts are. */
export interface Parts {
  readonly params: ScanParams;
  readonly operands: Operands<Expr>;
  readonly shapes: Inputs<Shape>;
  /** The carry that each step began with, row by row. */
  readonly previous: Expr;
  /** In reverse mode: whether masks that aren't known tell what isn't used, and not kinks alone. */
  readonly sparse?: boolean | undefined;
  /** Whether something may be NaN that has come through a kink's mark. */
  readonly broken: boolean;
}

export function partsOf(
  op: Op<ScanParams>,
  { operands, params, result }: Application<ScanParams>,
  arriving: readonly (Masked | undefined)[],
): Parts {
  const { body, rows, length, reverse, last } = params;
  const own = splitOperands(operands, rows);
  const shapes = splitInputs(
    body.inputs.map(({ shape }) => shape),
    rows,
  );
  const history = last ? apply(op, operands, { ...params, last: 0 }) : result;
  const broken = arriving.some((one) => one?.broken) || marksKinks(body);
  return { params, operands: own, shapes, previous: before(own.carry, history, length, reverse), broken };
}

/** Of a history of carries (or of adjoints, the other way round), what stood before each: first of all, `first`. */
export function before(first: Expr, history: Expr, length: number, reverse: 0 | 1): Expr {
  const row = reshapeExpr(first, [1, ...first.shape]);
  if (length === 0) return slice(row, 0, 0);
  if (length === 1) return row;
  return reverse ? concatenate([slice(history, 1), row]) : concatenate([row, slice(history, 0, -1)]);
}

/** Those of a list that have a true one beside them. */
export function pick<T>(list: readonly T[], by: readonly unknown[]): T[] {
  return list.filter((_, i) => by[i]);
}

/** The other way round: the list's entries where there is a true one, `undefined` elsewhere. */
export function spread<T>(list: readonly T[], by: readonly unknown[]): (T | undefined)[] {
  let next = 0;
  return by.map((one) => (one ? list[next++] : undefined));
}

/** Steps that one loop differentiates, by their places in the rows, and what is known of what arrives at each of them. */
export interface Leg {
  readonly start: number;
  readonly stop: number;
  readonly arriving: Presence;
}

/** The rows of a leg. */
export function cut(x: Expr, { start, stop }: Leg): Expr {
  return start === 0 && stop === x.shape[0] ? x : slice(x, start, stop);
}

/** So many steps are taken by themselves. */
export const mostAlone = 2;

/** After so many steps there should be nothing new to know. */
const mostSteps = 4;

/**
 * The steps that come next of so many: all of them, if what is known of what arrives is the same at each, or makes no
 * difference where it isn't; else one alone, whose derivative is written out, so that the loop over the others needs no
 * mask; else all, with masks of what differs from step to step.
 *
 * @param state what is known of what the first of them finds
 * @param rows what arrives besides at the next so many
 * @param derived the derivative of a step, and what is known of what it gives
 */
export function nextLeg(
  length: number,
  done: number,
  state: Presence,
  rows: (count: number) => Presence,
  derived: (arriving: Presence) => Derived,
): { readonly count: number; readonly arriving: Presence } {
  const rest = rows(length);
  const seen = [union(state, rest)];
  const [first] = seen as [Presence];
  if (length === 1) return { count: 1, arriving: first };
  const step = (arriving: Presence) => union(derived(arriving).after, rest);
  for (let i = 0; i < mostSteps; i++) {
    const arriving = seen[i]!;
    const after = step(arriving);
    if (within(after, arriving)) {
      if (seen.every((one) => one === arriving || areAlike(derived(one), derived(arriving))))
        return { count: length, arriving };
      break;
    }
    seen.push(after);
  }
  if (done < mostAlone && !seen[1]!.includes(either)) return { count: 1, arriving: union(state, rows(1)) };
  let arriving = first;
  for (let i = 0; i < mostSteps; i++) {
    const after = step(arriving);
    if (within(after, arriving)) return { count: length, arriving };
    arriving = agreed(arriving, after);
  }
  return { count: length, arriving: all(either, arriving.length) };
}

/** Whether what is known made no difference. */
export function areAlike(a: Derived, b: Derived): boolean {
  return textOf(a.others) === textOf(b.others) && sameNodes(simplified(a.body), simplified(b.body));
}

function simplified(body: Graph): readonly Node[] {
  return memo(body, "simplified", () => simplifyGraph(body).nodes);
}

function sameNodes(a: readonly Node[], b: readonly Node[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ op, operands, params }, i) => {
      const other = b[i]!;
      return (
        op === other.op &&
        operands.every((id, k) => id === other.operands[k]) &&
        sameParams(params, other.params)
      );
    })
  );
}

/** A step's derivative as a body, and what is known of its results. */
export interface Derived {
  readonly body: Graph;
  /** Of the carry's adjoint or tangent. */
  readonly after: Presence;
  /** Of what stands beside it. */
  readonly others: Presence;
  /** Whether it leaves out what isn't used, and not for kinks alone. */
  readonly sparse?: boolean;
}

/** The derivative of a body, remembered with it; `others` that aren't known have their masks at the carry's end. */
export function derive(
  from: Graph,
  key: string,
  shapesOf: (masks: number) => Inputs<Shape>,
  write: (builder: Builder, inputs: Inputs<Expr>) => Omit<Derived, "body"> & { readonly result: Expr },
): Derived {
  return memo(from, key, () => {
    const build = (masks: number): Derived => {
      let found: Omit<Derived, "body"> | undefined;
      const body = makeBody(shapesOf(masks), (builder, inputs) => {
        const { result, ...known } = write(builder, inputs);
        found = known;
        return result;
      });
      return { body, ...found! };
    };
    const first = build(0);
    const masks = widthOf(first.others);
    return masks === 0 ? first : build(masks);
  });
}

/** The number of a step of the whole loop. */
export function stepOf(step: Expr, start: number): Expr {
  return start === 0 ? step : (add(step, start) as Expr);
}

/** A loop over a leg's rows; a single step is written out. */
export function runLeg(op: Op<ScanParams>, operands: Operands<Expr>, params: Omit<ScanParams, "rows">): Expr {
  const { body, length, last } = params;
  if (length > 1) return makeScan(op, operands, params);
  const { carry, rows, constants } = operands;
  const result = applyBody(body, carry.builder, {
    ...{ carry, rows: rows.map((row) => element(row, 0)) },
    ...{ step: full(carry.builder, 0, []), constants },
  });
  return last ? result : reshapeExpr(result, [1, sizeOf(result.shape)]);
}

/** What is known of what a leg leaves: where its loop carries masks, these say it. */
export function leftBy({ arriving, start, stop }: Leg, after: Presence): Presence {
  return stop - start === 1 ? after : after.map((one, i) => (arriving[i] === either ? either : one));
}

/** The values of what arrives at a leg, and of its mask those that aren't known. */
export function entering(
  builder: Builder,
  at: Masked | undefined,
  arriving: Presence,
): [value: Expr, mask: Expr] {
  const shape = [arriving.length];
  const value = at ? materialize(at) : full(builder, 0, shape);
  return [value, unknownIn(builder, at, shape, arriving)];
}

/** Of the mask and the marks of an adjoint or a tangent what isn't known. */
export function unknownIn(
  builder: Builder,
  masked: Masked | undefined,
  shape: Shape,
  presence: Presence,
): Expr {
  return both(
    unknownOf(maskIn(builder, masked, shape), presence),
    unknownOf(marksIn(builder, masked, shape), presence),
  );
}

/** Masks, and marks behind them. */
export function both(masks: Expr, marks: Expr): Expr {
  return concatenate([masks, marks], masks.shape.length - 1);
}

/** Where one of two has masks or marks that aren't known; marks are added, as they have derivatives. */
export function eitherOf(a: Expr, b: Expr): Expr {
  const axis = a.shape.length - 1;
  const half = a.shape[axis]! / 2;
  const masksOf = (x: Expr) => slice(x, 0, half, { axis });
  const marksOf = (x: Expr) => slice(x, half, 2 * half, { axis });
  const masks = logicalOr(masksOf(a), masksOf(b)) as Expr;
  return both(masks, add(marksOf(a), marksOf(b)) as Expr);
}

/** The marks of kinks of an adjoint or a tangent. */
export function marksIn(builder: Builder, masked: Masked | undefined, shape: Shape): Expr {
  return masked?.rest ?? full(builder, 0, shape);
}

/** The mask of an adjoint or a tangent, as numbers. */
export function maskIn(builder: Builder, masked: Masked | undefined, shape: Shape): Expr {
  return masked?.mask ?? full(builder, masked ? 1 : 0, shape);
}

/** One with what is known of its mask and the elements that aren't; `undefined` where it is absent everywhere. */
export function maskedBy(
  value: Expr,
  presence: Presence,
  unknown: Expr,
  ...rows: number[]
): Masked | undefined {
  if (isNothing(presence)) return undefined;
  const { mask, rest } = maskOf(value.builder, presence, unknown, ...rows);
  return zeroed(value, mask, rest, true);
}

/** Of legs in any order, which have a row a step, the rows of all steps. */
export function joinLegs(
  builder: Builder,
  found: readonly (readonly [leg: Pick<Leg, "start" | "stop">, rows: Masked | undefined])[],
  shape: Shape,
): Masked | undefined {
  if (found.every(([, rows]) => rows === undefined)) return undefined;
  if (found.length === 1) return found[0]![1];
  const sorted = [...found].sort(([a], [b]) => a.start - b.start);
  const shapeOf = ({ start, stop }: Pick<Leg, "start" | "stop">) => shape.with(0, stop - start);
  const value = concatenate(
    sorted.map(([leg, rows]) => (rows ? materialize(rows) : full(builder, 0, shapeOf(leg)))),
  );
  if (sorted.every(([, rows]) => rows && !rows.mask)) return unmasked(value);
  const [mask, marks] = [maskIn, marksIn].map((of) =>
    concatenate(sorted.map(([leg, rows]) => of(builder, rows, shapeOf(leg)))),
  );
  return zeroed(value, mask, marks, true);
}

/** Elements of the last axis; all of them are no slice. */
export function columns(x: Expr, start: number, stop: number): Expr {
  const axis = x.shape.length - 1;
  return start === 0 && stop === x.shape[axis] ? x : slice(x, start, stop, { axis });
}
