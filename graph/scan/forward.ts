/** The forward mode of a scan: dcₜ₊₁ = ∂body/∂c·dcₜ + ∂body/∂x·dxₜ + ∂body/∂θ·dθ, over the carries that are known already. */
import { pushforward } from "../derivatives/forward.js";
import { type Masked, materialize, unmasked, zeroed } from "../derivatives/masked.js";
import type { Builder, Expr } from "../node.js";
import type { Application, Op } from "../op.js";
import { element } from "../ops/boxes.js";
import { constant, full } from "../ops/constant.js";
import { reshapeExpr } from "../ops/moving.js";
import { type Shape, sizeOf } from "../shape.js";
import { applyBody } from "./body.js";
import { joinInputs, type ScanParams, splitOperands, stepAt } from "./layout.js";
import {
  areAlike,
  columns,
  cut,
  type Derived,
  derive,
  entering,
  joinLegs,
  type Leg,
  leftBy,
  marksIn,
  maskedBy,
  maskIn,
  mostAlone,
  nextLeg,
  type Parts,
  partsOf,
  runLeg,
  stepOf,
  unknownIn,
} from "./legs.js";
import {
  absent,
  all,
  either,
  isNothing,
  joined,
  type Presence,
  presenceIn,
  present,
  rowPresence,
  textOf,
  widthOf,
} from "./presence.js";

/** A tangent of what a step sees besides the carry. Its mask is known, or one more operand. */
interface Seed {
  readonly value: Expr;
  readonly presence: Presence;
  readonly masks: readonly [mask: Expr, marks: Expr] | undefined;
}

function seedOf(masked: Masked | undefined, presenceOf: (masked: Masked) => Presence): Seed | undefined {
  if (!masked) return undefined;
  const presence = presenceOf(masked);
  if (isNothing(presence)) return undefined;
  const value = materialize(masked);
  const { builder, shape } = value;
  const of = (masked: Masked) => [maskIn(builder, masked, shape), marksIn(builder, masked, shape)] as const;
  return { value, presence, masks: presence.includes(either) ? of(masked) : undefined };
}

/** The tangents of the rows and of what all steps see. */
interface Seeds {
  readonly rows: readonly (Seed | undefined)[];
  readonly constants: readonly (Seed | undefined)[];
}

/** Those of some steps: what is known of a row's mask holds at all of them. */
function seedsOf(
  { params, shapes }: Parts,
  given: readonly (Masked | undefined)[],
  [start, stop]: readonly [number, number],
): Seeds {
  const { rows, constants } = splitOperands(given, params.rows);
  const rowShape = ([width, ...others]: Shape): readonly [number, number] | undefined =>
    width === undefined || others.length > 0 ? undefined : [params.length, width];
  return {
    rows: rows.map((one, i) => {
      const shape = rowShape(shapes.rows[i]!);
      return seedOf(one, (masked) => {
        if (shape) return rowPresence(masked, shape).of(start, stop);
        return all(masked.mask ? either : present, 1);
      });
    }),
    constants: constants.map((one, i) => seedOf(one, (masked) => presenceIn(masked, shapes.constants[i]!))),
  };
}

export function forward(
  op: Op<ScanParams>,
  given: readonly (Masked | undefined)[],
  application: Application<ScanParams>,
): Masked | undefined {
  const parts = partsOf(op, application, given);
  const { length, last, reverse } = parts.params;
  const { shapes, operands } = parts;
  let at = given[0];
  let state = presenceIn(at, shapes.carry);
  const found: [Leg, Masked | undefined][] = [];
  for (let from = 0; from < length; ) {
    const { leg, seeds } = takeLeg(parts, given, from, found.length, state);
    const history = push(op, parts, seeds, leg, at);
    found.push([leg, history]);
    state = leftBy(leg, derivedOf(parts, seeds, leg).after);
    const count = leg.stop - leg.start;
    at = last ? history : lastRow(history, stepAt({ length: count, reverse }, count - 1));
    from += count;
  }
  const all = last ? at : joinLegs(operands.carry.builder, found, [length, ...shapes.carry]);
  return all && { ...all, broken: parts.broken };
}

/** The steps that come next from `from` on, and what they see. */
function takeLeg(
  parts: Parts,
  given: readonly (Masked | undefined)[],
  from: number,
  done: number,
  state: Presence,
): { readonly leg: Leg; readonly seeds: Seeds } {
  const { length, reverse } = parts.params;
  const placesOf = (first: number, behind: number): [number, number] =>
    reverse ? [length - behind, length - first] : [first, behind];
  const nothing = all(absent, state.length);
  const seeds = seedsOf(parts, given, placesOf(from, length));
  const { count, arriving } = nextLeg(
    length - from,
    done,
    state,
    () => nothing,
    (known) => derivedOf(parts, seeds, { start: 0, stop: 2, arriving: known }),
  );
  const legOf = (size: number, known: Presence): Leg => {
    const [start, stop] = placesOf(from, from + size);
    return { start, stop, arriving: known };
  };
  const leg = legOf(count, arriving);
  const own = count === 1 ? seeds : withoutMasks(parts, seeds, leg);
  const rest = [from + 1, length] as const;
  const isAlone =
    count === 1 || (hasMasks(own) && done < mostAlone && !hasMasks(seedsOf(parts, given, placesOf(...rest))));
  if (!isAlone) return { leg, seeds: own };
  return { leg: legOf(1, state), seeds: seedsOf(parts, given, placesOf(from, from + 1)) };
}

const hasMasks = ({ rows }: Seeds) => rows.some((seed) => seed?.masks);

/** The same seeds without masks of rows that make no difference, what they leave out being but added to what is there. */
function withoutMasks(parts: Parts, seeds: Seeds, leg: Leg): Seeds {
  if (!hasMasks(seeds)) return seeds;
  const filled = (filling: typeof absent | typeof present): Seeds => ({
    ...seeds,
    rows: seeds.rows.map((seed, i) => {
      if (!seed || seed.presence.length !== sizeOf(parts.shapes.rows[i]!)) return seed;
      const presence = seed.presence.map((one) => (one === either ? filling : one));
      return { value: seed.value, presence, masks: undefined };
    }),
  });
  const [early, late] = [filled(absent), filled(present)];
  const [least, most] = [derivedOf(parts, early, leg), derivedOf(parts, late, leg)];
  return areAlike(least, most) && textOf(least.after) === textOf(most.after) ? late : seeds;
}

function lastRow(history: Masked | undefined, i: number): Masked | undefined {
  if (!history) return undefined;
  const mask = history.mask && element(history.mask, i);
  return zeroed(element(history.value, i), mask, undefined, true);
}

/** The tangents of the carries of a leg, or of its last carry. */
function push(
  op: Op<ScanParams>,
  { params, operands, shapes, previous, broken }: Parts,
  { rows, constants }: Seeds,
  leg: Leg,
  at: Masked | undefined,
): Masked | undefined {
  const { builder } = operands.carry;
  const [size] = shapes.carry as [number];
  const { body, after } = derivedOf({ params, operands, shapes, previous, broken }, { rows, constants }, leg);
  const length = leg.stop - leg.start;
  const taken = {
    carry: joined(builder, entering(builder, at, leg.arriving)),
    rows: [previous, ...operands.rows, ...valuesOf(rows), ...masksOf(rows)].map((row) => cut(row, leg)),
    constants: [...operands.constants, ...valuesOf(constants), ...masksOf(constants)],
  };
  const result = runLeg(op, taken, { body, length, reverse: params.reverse, last: params.last });
  const width = result.shape.at(-1)!;
  return maskedBy(
    columns(result, 0, size),
    leftBy(leg, after),
    columns(result, size, width),
    ...(params.last ? [] : [length]),
  );
}

const valuesOf = (seeds: readonly (Seed | undefined)[]) =>
  seeds.flatMap((seed) => (seed ? [seed.value] : []));
const masksOf = (seeds: readonly (Seed | undefined)[]) => seeds.flatMap((seed) => seed?.masks ?? []);

function derivedOf({ params, shapes, broken }: Parts, { rows, constants }: Seeds, leg: Leg): Derived {
  const { start, stop, arriving } = leg;
  const isAlone = stop - start === 1;
  const [size] = shapes.carry as [number];
  const described = [rows, constants].map((seeds) =>
    seeds.map((seed) => (seed ? textOf(seed.presence) : "")),
  );
  const key = `forward ${described.join(" ")} ${textOf(arriving)} ${start} ${isAlone} ${broken}`;
  const ownShapes = {
    carry: [size + widthOf(arriving)],
    rows: [
      shapes.carry,
      ...shapes.rows,
      ...[...valuesOf(rows), ...masksOf(rows)].map(({ shape }) => shape.slice(1)),
    ],
    step: [],
    constants: [
      ...shapes.constants,
      ...[...valuesOf(constants), ...masksOf(constants)].map(({ shape }) => shape),
    ],
  };
  return derive(
    params.body,
    key,
    () => ownShapes,
    (builder, inputs) => {
      const [from, ...others] = inputs.rows;
      const primals = {
        ...{ carry: from!, rows: others.slice(0, shapes.rows.length) },
        ...{
          step: stepOf(inputs.step, start),
          constants: inputs.constants.slice(0, shapes.constants.length),
        },
      };
      const dc = columns(inputs.carry, 0, size);
      const unknown = columns(inputs.carry, size, size + widthOf(arriving));
      const seeds = joinInputs<Masked | undefined>({
        carry: maskedBy(dc, arriving, unknown),
        rows: maskedSeeds(builder, rows, others.slice(shapes.rows.length)),
        step: undefined,
        constants: maskedSeeds(builder, constants, inputs.constants.slice(shapes.constants.length)),
      });
      const result = applyBody(params.body, builder, primals);
      const seeded = joinInputs<Expr>(primals).flatMap((primal, i): [Expr, Masked][] =>
        seeds[i] ? [[primal, { ...seeds[i], broken, marked: true }]] : [],
      );
      const [pushed] = pushforward(builder, seeded, [result]);
      const after = presenceIn(pushed, shapes.carry);
      const value = pushed ? materialize(pushed) : full(builder, 0, shapes.carry);
      const masks = unknownIn(builder, pushed, shapes.carry, isAlone ? after : arriving);
      return { after, others: [], result: joined(builder, [value, masks]) };
    },
  );
}

/** The tangents of inputs, given first the values of those that have one, then the masks that aren't known. */
function maskedSeeds(
  builder: Builder,
  seeds: readonly (Seed | undefined)[],
  inputs: readonly Expr[],
): (Masked | undefined)[] {
  let [next, nextMask] = [0, valuesOf(seeds).length];
  return seeds.map((seed) => {
    if (!seed) return undefined;
    const value = inputs[next++]!;
    if (seed.masks) return zeroed(value, inputs[nextMask++]!, inputs[nextMask++]!, true);
    if (seed.presence.every((one) => one === present)) return unmasked(value);
    const mask = constant(
      builder,
      seed.presence.map((one) => Number(one === present)),
      [seed.presence.length],
    );
    return zeroed(value, reshapeExpr(mask, value.shape), undefined, true);
  });
}
