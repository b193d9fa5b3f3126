/**
 * The reverse mode of a scan: two scans, the other way round. The first carries λ, the adjoint of the carry, and writes
 * the adjoints of the rows beside it; the second, over the λ that are known then, adds up the adjoints of what all steps
 * see. Where λ is absent at some steps only, its mask is carried beside it.
 */
import { type Masked, materialize, zeroed } from "../derivatives/masked.js";
import type { Expr } from "../node.js";
import type { Application, Op } from "../op.js";
import { add } from "../ops/arithmetic.js";
import { element } from "../ops/boxes.js";
import { full } from "../ops/constant.js";
import { reshapeExpr } from "../ops/moving.js";
import type { Shape } from "../shape.js";
import { joinOperands, type Operands, type ScanParams, splitOperands, stepAt } from "./layout.js";
import {
  before,
  both,
  columns,
  cut,
  type Derived,
  derive,
  eitherOf,
  entering,
  joinLegs,
  type Leg,
  leftBy,
  marksIn,
  maskedBy,
  maskIn,
  nextLeg,
  type Parts,
  partsOf,
  pick,
  runLeg,
  spread,
  stepOf,
  unknownIn,
} from "./legs.js";
import { totalSize, unpack } from "./pack.js";
import {
  absent,
  all,
  countOf,
  isNothing,
  joined,
  type Presence,
  presenceIn,
  presenceInAll,
  present,
  rowPresence,
  splitBy,
  textOf,
  unknownOf,
  widthOf,
} from "./presence.js";
import {
  type Arriving,
  addUp,
  packMasked,
  type Totals,
  transposed,
  unknownInAll,
  unpackTotals,
} from "./totals.js";

export function reverse(
  op: Op<ScanParams>,
  adjoint: Masked,
  given: readonly boolean[],
  application: Application<ScanParams>,
): (Masked | undefined)[] {
  const own = partsOf(op, application, [adjoint]);
  const { params, operands, shapes } = own;
  const { length, last } = params;
  const { builder } = operands.carry;
  const [size] = shapes.carry as [number];
  const matters = splitOperands(given, params.rows);
  // What arrives at the last carry: it is the only one that has an adjoint, or the history has them all.
  let at = last ? adjoint : undefined;
  let state = presenceIn(at, shapes.carry);
  const beside = last ? undefined : adjoint;
  const rows = beside && rowPresence(beside, [length, size]);
  const step = chainOf(own, matters.rows, { start: 0, stop: 2, arriving: all(present, size) });
  // Where the last carries are used as a whole, all that is absent is what the steps leave out.
  const isWhole = rows
    ? rows.isBlock && (params.reverse ? rows.first === 0 : rows.stop === length)
    : state.every((one) => one === present);
  const sparse = step.sparse || step.after.includes(absent) || (adjoint.sparse && !isWhole);
  const parts = { ...own, sparse };
  const legs: [Leg, (Masked | undefined)[]][] = [];
  const wanted = pick(shapes.constants, matters.constants);
  let totals: Totals = { values: full(builder, 0, [totalSize(wanted)]), masks: [] };

  const placesOf = (from: number, to: number): [start: number, stop: number] =>
    params.reverse ? [length - to, length - from] : [from, to];
  // Steps behind the last of which a carry is used have no derivative.
  let to = rows ? (params.reverse ? length - rows.first : rows.stop) : length;
  const skipped = placesOf(to, length);
  while (to > 0) {
    const known = (count: number) => rows?.of(...placesOf(to - count, to)) ?? all(absent, size);
    if (isNothing(state) && isNothing(known(to))) break;
    const { count, arriving } = nextLeg(to, legs.length, state, known, (one) =>
      chainOf(parts, matters.rows, { start: 0, stop: 2, arriving: one }),
    );
    const [start, stop] = placesOf(to - count, to);
    const leg = { start, stop, arriving };
    const pulled = pull(op, parts, matters, leg, at, beside);
    legs.push([leg, pulled.rows]);
    totals = addUp(op, parts, matters.constants, leg, pulled.arriving, totals);
    ({ at, state } = pulled);
    to -= count;
  }
  const none = pick(shapes.rows, matters.rows).map(() => undefined);
  for (const [start, stop] of [skipped, placesOf(0, to)])
    if (start < stop) legs.push([{ start, stop, arriving: [] }, none]);

  const rowAdjoints = none.map((_, i) =>
    joinLegs(
      builder,
      legs.map(([leg, own]) => [leg, own[i]] as const),
      [length, ...pick(shapes.rows, matters.rows)[i]!],
    ),
  );
  const found = joinOperands({
    carry: at,
    rows: spread(rowAdjoints, matters.rows),
    constants: spread(unpackTotals(totals, wanted), matters.constants),
  });
  return own.broken ? found.map((one) => one && { ...one, broken: true }) : found;
}

interface Pulled {
  /** λ and what is known of it where the leg began. */
  readonly at: Masked | undefined;
  readonly state: Presence;
  readonly rows: (Masked | undefined)[];
  readonly arriving: Arriving;
}

/** The adjoints of the carry and of the rows that matter, through a leg. */
function pull(
  op: Op<ScanParams>,
  parts: Parts,
  matters: Operands<boolean>,
  leg: Leg,
  at: Masked | undefined,
  beside: Masked | undefined,
): Pulled {
  const { params, operands, shapes, previous } = parts;
  const { builder } = operands.carry;
  const [size] = shapes.carry as [number];
  const rowShapes = pick(shapes.rows, matters.rows);
  const length = leg.stop - leg.start;
  const { body, after, others } = chainOf(parts, matters.rows, leg);
  const [value, mask] = entering(builder, at, leg.arriving);
  // The history's adjoint arrives step by step, with its mask where λ has one that isn't known.
  const hasMask = countOf(leg.arriving) > 0;
  const history = beside && cut(materialize(beside), leg);
  const historyMask =
    beside &&
    both(
      unknownOf(cut(maskIn(builder, beside, beside.value.shape), leg), leg.arriving),
      unknownOf(cut(marksIn(builder, beside, beside.value.shape), leg), leg.arriving),
    );
  const restSize = totalSize(rowShapes);
  const start = joined(builder, [
    value,
    full(builder, 0, [restSize]),
    mask,
    full(builder, 0, [widthOf(others)]),
  ]);
  const arrivingRows = [...(history ? [history] : []), ...(historyMask && hasMask ? [historyMask] : [])];
  const taken = {
    carry: start,
    rows: [...[previous, ...operands.rows].map((row) => cut(row, leg)), ...arrivingRows],
    constants: operands.constants,
  };
  const flip = params.reverse ? 0 : 1;
  const result = runLeg(op, taken, { body, length, reverse: flip, last: 0 });
  const left = leftBy(leg, after);
  const masksFrom = size + restSize;
  const masksTo = masksFrom + widthOf(left);
  const [lambdas, ...rowValues] = unpack(
    columns(result, 0, masksFrom),
    [shapes.carry, ...rowShapes],
    length,
  ) as [Expr, ...Expr[]];
  const masks = columns(result, masksFrom, masksTo);
  const first = stepAt({ ...params, length }, 0);
  const lambda = before(value, lambdas, length, flip);
  const maskBefore = before(mask, masks, length, flip);
  return {
    at: maskedBy(element(lambdas, first), left, element(masks, first)),
    state: left,
    rows: unpackRows(rowValues, rowShapes, others, columns(result, masksTo, result.shape[1]!)),
    arriving: {
      value: history ? (add(lambda, history) as Expr) : lambda,
      mask: historyMask && hasMask ? eitherOf(maskBefore, historyMask) : maskBefore,
    },
  };
}

/** The adjoints of rows, with what is known of their masks and the elements that aren't, all packed. */
function unpackRows(
  values: readonly Expr[],
  shapes: readonly Shape[],
  presence: Presence,
  unknown: Expr,
): (Masked | undefined)[] {
  let next = 0;
  const known = splitBy(presence, shapes);
  const marks = countOf(presence);
  return values.map((value, i) => {
    const own = known[i]!;
    const [from, to] = [next, next + countOf(own)];
    next = to;
    const masks = both(columns(unknown, from, to), columns(unknown, marks + from, marks + to));
    const flat = maskedBy(value, own, masks, value.shape[0]!);
    const shaped = (one: Expr | undefined) => one && reshapeExpr(one, value.shape);
    return flat && zeroed(value, shaped(flat.mask), shaped(flat.rest), true);
  });
}

/** A step of the first scan. Its carry: λ, the adjoints of the rows, and of their masks the elements that aren't known. */
function chainOf(
  { params, shapes, sparse = false, broken }: Parts,
  matters: readonly boolean[],
  { start, stop, arriving }: Leg,
): Derived {
  const { last, body } = params;
  const [size] = shapes.carry as [number];
  const isAlone = stop - start === 1;
  const key = `reverse ${matters.join()} ${last} ${textOf(arriving)} ${start} ${isAlone} ${sparse} ${broken}`;
  const rowShapes = pick(shapes.rows, matters);
  const [restSize, masks] = [totalSize(rowShapes), widthOf(arriving)];
  const shapesOf = (others: number) => ({
    ...shapes,
    carry: [size + restSize + masks + others],
    rows: [
      shapes.carry,
      ...shapes.rows,
      ...(last ? [] : [shapes.carry]),
      ...(last || masks === 0 ? [] : [[masks]]),
    ],
  });
  return derive(body, key, shapesOf, (builder, inputs) => {
    const lambda = columns(inputs.carry, 0, size);
    const unknown = columns(inputs.carry, size + restSize, size + restSize + masks);
    const [from, ...others] = inputs.rows;
    const [rows, beside] = [others.slice(0, shapes.rows.length), others.slice(shapes.rows.length)];
    const [history, historyMask] = beside;
    const value = history ? (add(lambda, history) as Expr) : lambda;
    const seen = historyMask ? eitherOf(unknown, historyMask) : unknown;
    const primals = { ...inputs, carry: from!, rows, step: stepOf(inputs.step, start) };
    const wanted = [from!, ...pick(rows, matters)];
    const arrived = maskedBy(value, arriving, seen);
    const isSparse = sparse || arriving.includes(absent);
    const adjoint = arrived && { ...arrived, sparse: isSparse, broken, marked: true };
    const pulled = transposed(body, builder, primals, adjoint, wanted);
    const [carry, ...rest] = pulled;
    const after = presenceIn(carry, shapes.carry);
    const presence = presenceInAll(rest, rowShapes);
    const left = unknownIn(builder, carry, shapes.carry, isAlone ? after : arriving);
    const result = joined(builder, [
      packMasked(builder, pulled, wanted),
      left,
      unknownInAll(builder, rest, rowShapes, presence),
    ]);
    return { after, others: presence, sparse: pulled.some((one) => one?.sparse && one.mask), result };
  });
}
