/** The second scan of the reverse mode, which adds up the adjoints of what all steps see, and what it shares with the first. */
import { type Masked, materialize, zeroed } from "../derivatives/masked.js";
import { pullback } from "../derivatives/reverse.js";
import type { Graph } from "../graph.js";
import type { Builder, Expr } from "../node.js";
import type { Op } from "../op.js";
import { add } from "../ops/arithmetic.js";
import { logicalOr } from "../ops/comparison.js";
import { full } from "../ops/constant.js";
import type { Shape } from "../shape.js";
import { applyBody } from "./body.js";
import type { Inputs, ScanParams } from "./layout.js";
import {
  both,
  columns,
  cut,
  type Derived,
  derive,
  eitherOf,
  type Leg,
  marksIn,
  maskedBy,
  maskIn,
  type Parts,
  pick,
  runLeg,
  stepOf,
} from "./legs.js";
import { pack, totalSize, unpack } from "./pack.js";
import {
  absent,
  countOf,
  isNothing,
  joined,
  maskOf,
  type Presence,
  presenceInAll,
  present,
  splitBy,
  textOf,
  union,
  unknownOf,
  widthOf,
} from "./presence.js";

/** λ at each step of a leg as it arrives there, row by row, with the elements of its mask that aren't known. */
export interface Arriving {
  readonly value: Expr;
  readonly mask: Expr;
}

/** The adjoints of what all steps see, packed, and their masks leg by leg. */
export interface Totals {
  readonly values: Expr;
  readonly masks: readonly { readonly presence: Presence; readonly unknown: Expr }[];
}

/** The second scan of a leg: adds to the adjoints of what all steps see. */
export function addUp(
  op: Op<ScanParams>,
  parts: Parts,
  matters: readonly boolean[],
  leg: Leg,
  arriving: Arriving,
  { values, masks }: Totals,
): Totals {
  if (!matters.includes(true)) return { values, masks };
  const { params, operands, previous } = parts;
  const { body, others } = sumOf(parts, matters, leg);
  if (isNothing(others)) return { values, masks };
  const { builder } = values;
  const [size] = values.shape as [number];
  const taken = {
    carry: joined(builder, [values, full(builder, 0, [widthOf(others)])]),
    rows: [
      ...[previous, ...operands.rows].map((row) => cut(row, leg)),
      arriving.value,
      ...(countOf(leg.arriving) > 0 ? [arriving.mask] : []),
    ],
    constants: operands.constants,
  };
  const length = leg.stop - leg.start;
  const result = runLeg(op, taken, { body, length, reverse: params.reverse ? 0 : 1, last: 1 });
  const unknown = columns(result, size, result.shape[0]!);
  return { values: columns(result, 0, size), masks: [...masks, { presence: others, unknown }] };
}

export function unpackTotals(
  { values, masks: found }: Totals,
  wanted: readonly Shape[],
): (Masked | undefined)[] {
  if (found.length === 0) return wanted.map(() => undefined);
  const { builder } = values;
  const all = found.map(({ presence, unknown }) => maskOf(builder, presence, unknown));
  const known = splitBy(found.map(({ presence }) => presence).reduce(union), wanted);
  const isMasked = all.every(({ mask }) => mask);
  const joinedBy = (join: (a: Expr, b: Expr) => Expr, list: readonly (Expr | undefined)[]) => {
    const some = list.filter((one) => one !== undefined);
    return isMasked && some.length > 0 ? unpack(some.reduce(join), wanted) : [];
  };
  const own = unpack(values, wanted);
  const masks = joinedBy(
    logicalOr,
    all.map(({ mask }) => mask),
  );
  const marks = joinedBy(
    add,
    all.map(({ rest }) => rest),
  );
  return own.map((value, i) => {
    const presence = known[i]!;
    if (isNothing(presence)) return undefined;
    return zeroed(value, presence.every((one) => one === present) ? undefined : masks[i], marks[i], true);
  });
}

/** A step of the second scan. */
function sumOf(
  { params, shapes, sparse = false, broken }: Parts,
  matters: readonly boolean[],
  { start, arriving }: Leg,
): Derived {
  const { body } = params;
  const wantedShapes = pick(shapes.constants, matters);
  const [size, masks] = [totalSize(wantedShapes), widthOf(arriving)];
  const shapesOf = (others: number) => ({
    ...shapes,
    carry: [size + others],
    rows: [shapes.carry, ...shapes.rows, shapes.carry, ...(masks === 0 ? [] : [[masks]])],
  });
  const key = `sum ${matters.join()} ${textOf(arriving)} ${start} ${sparse} ${broken}`;
  return derive(body, key, shapesOf, (builder, inputs) => {
    const [from, ...others] = inputs.rows;
    const [rows, [value, unknown]] = [
      others.slice(0, shapes.rows.length),
      others.slice(shapes.rows.length) as [Expr, Expr | undefined],
    ];
    const primals = { ...inputs, carry: from!, rows, step: stepOf(inputs.step, start) };
    const wanted = pick(inputs.constants, matters);
    const arrived = maskedBy(value, arriving, unknown ?? full(builder, 0, [0]));
    const isSparse = sparse || arriving.includes(absent);
    const lambda = arrived && { ...arrived, sparse: isSparse, broken, marked: true };
    const pulled = transposed(body, builder, primals, lambda, wanted);
    const presence = presenceInAll(pulled, wantedShapes);
    const total = add(columns(inputs.carry, 0, size), packMasked(builder, pulled, wanted)) as Expr;
    const own = unknownInAll(builder, pulled, wantedShapes, presence);
    const seen = columns(inputs.carry, size, inputs.carry.shape[0]!);
    const all = own.shape[0] === seen.shape[0] ? eitherOf(seen, own) : own;
    return { after: [], others: presence, result: joined(builder, [total, all]) };
  });
}

/** The adjoints of some of a body's inputs, given that of its result. */
export function transposed(
  body: Graph,
  builder: Builder,
  primals: Inputs<Expr>,
  adjoint: Masked | undefined,
  wanted: readonly Expr[],
): (Masked | undefined)[] {
  if (!adjoint) return wanted.map(() => undefined);
  return pullback(builder, [[applyBody(body, builder, primals), adjoint]], wanted);
}

export function packMasked(
  builder: Builder,
  list: readonly (Masked | undefined)[],
  like: readonly Expr[],
): Expr {
  return pack(
    builder,
    list.map((one, i) => (one ? materialize(one) : full(builder, 0, like[i]!.shape))),
  );
}

/** Of all their masks and marks, packed, what isn't known. */
export function unknownInAll(
  builder: Builder,
  list: readonly (Masked | undefined)[],
  shapes: readonly Shape[],
  presence: Presence,
): Expr {
  const [masks, marks] = [maskIn, marksIn].map((of) =>
    unknownOf(
      pack(
        builder,
        list.map((one, i) => of(builder, one, shapes[i]!)),
      ),
      presence,
    ),
  ) as [Expr, Expr];
  return both(masks, marks);
}
