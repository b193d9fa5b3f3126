/** The derivative of a scan: scans of the body's derivative. */
import { pushforward } from "../derivatives/forward.js";
import { type Masked, materialize, unmasked } from "../derivatives/masked.js";
import { pullback } from "../derivatives/reverse.js";
import type { Graph } from "../graph.js";
import { apply, type Builder, type Expr } from "../node.js";
import type { Application, ForwardReverse, Op } from "../op.js";
import { add } from "../ops/arithmetic.js";
import { full } from "../ops/constant.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshapeExpr } from "../ops/moving.js";
import type { Shape } from "../shape.js";
import { applyBody, deriveScan } from "./body.js";
import {
  type Inputs,
  joinInputs,
  joinOperands,
  type Operands,
  type ScanParams,
  splitInputs,
  splitOperands,
  stepAt,
} from "./layout.js";
import { pack, totalSize, unpack } from "./pack.js";

/** Both modes, for the record of the op that `op` gives. */
export function scanDerivative(op: () => Op<ScanParams>): ForwardReverse<ScanParams> {
  return {
    kind: "forwardReverse",
    forward: (tangents, application) => forward(op(), tangents, application),
    reverse: (adjoint, matters, application) => reverse(op(), adjoint, matters, application),
  };
}

/** An application by what its parts are. */
interface Parts {
  readonly params: ScanParams;
  readonly operands: Operands<Expr>;
  readonly shapes: Inputs<Shape>;
  /** The carry that each step began with, row by row. */
  readonly previous: Expr;
}

function partsOf(op: Op<ScanParams>, { operands, params, result }: Application<ScanParams>): Parts {
  const { body, rows, length, reverse, last } = params;
  const own = splitOperands(operands, rows);
  const shapes = splitInputs(
    body.inputs.map(({ shape }) => shape),
    rows,
  );
  const history = last ? apply(op, operands, { ...params, last: 0 }) : result;
  return { params, operands: own, shapes, previous: before(own.carry, history, length, reverse) };
}

/** Of a history of carries (or of adjoints, the other way round), what stood before each: first of all, `first`. */
function before(first: Expr, history: Expr, length: number, reverse: 0 | 1): Expr {
  const row = reshapeExpr(first, [1, ...first.shape]);
  if (length === 0) return slice(row, 0, 0);
  return reverse ? concatenate([slice(history, 1), row]) : concatenate([row, slice(history, 0, -1)]);
}

/** Those of a list that have a true one beside them. */
function pick<T>(list: readonly T[], by: readonly unknown[]): T[] {
  return list.filter((_, i) => by[i]);
}

/** The other way round: the list's entries where there is a true one, `undefined` elsewhere. */
function spread<T>(list: readonly T[], by: readonly unknown[]): (T | undefined)[] {
  let next = 0;
  return by.map((one) => (one ? list[next++] : undefined));
}

/** dcₜ₊₁ = ∂body/∂c·dcₜ + ∂body/∂x·dxₜ + ∂body/∂θ·dθ: a scan over the carries that are known already. */
function forward(
  op: Op<ScanParams>,
  given: readonly (Expr | undefined)[],
  application: Application<ScanParams>,
): Expr {
  const { params, operands, shapes, previous } = partsOf(op, application);
  const tangents = splitOperands(given, params.rows);
  const [rowCount, count] = [shapes.rows.length, shapes.constants.length];
  const key = `forward ${given.map((one) => one !== undefined).join()}`;
  const { carry, rows, constants } = operands;
  const moving = {
    carry: tangents.carry ?? full(carry.builder, 0, carry.shape),
    rows: [previous, ...rows, ...tangents.rows.filter((one) => one !== undefined)],
    constants: [...constants, ...tangents.constants.filter((one) => one !== undefined)],
  };
  return deriveScan(op, params.body, key, moving, params, (builder, inputs) => {
    const [from, ...others] = inputs.rows;
    const primals = {
      ...{ carry: from!, rows: others.slice(0, rowCount) },
      ...{ step: inputs.step, constants: inputs.constants.slice(0, count) },
    };
    const seeds = joinInputs({
      ...{ carry: inputs.carry, rows: spread(others.slice(rowCount), tangents.rows) },
      ...{ step: undefined, constants: spread(inputs.constants.slice(count), tangents.constants) },
    });
    const result = applyBody(params.body, builder, primals);
    const seeded = joinInputs(primals).flatMap((primal, i): [Expr, Masked][] =>
      seeds[i] ? [[primal, unmasked(seeds[i])]] : [],
    );
    const [pushed] = pushforward(builder, seeded, [result]);
    return pushed ? materialize(pushed) : full(builder, 0, shapes.carry);
  });
}

/**
 * Two scans, the other way round. The first carries λ, the adjoint of the carry, and writes the adjoints of the rows
 * beside it; the second, over the λ that are known then, adds up the adjoints of what all steps see.
 */
function reverse(
  op: Op<ScanParams>,
  adjoint: Expr,
  given: readonly boolean[],
  application: Application<ScanParams>,
): (Expr | undefined)[] {
  const parts = partsOf(op, application);
  const { params, operands, shapes } = parts;
  const { length, last } = params;
  const { builder } = operands.carry;
  const matters = splitOperands(given, params.rows);
  const [lambdas, ...rowAdjoints] = unpack(
    chain(op, adjoint, matters, parts),
    [shapes.carry, ...pick(shapes.rows, matters.rows)],
    length,
  ) as [Expr, ...Expr[]];

  // What arrives at the last carry: it is the only one that has an adjoint, or the history has them all.
  const end = last ? adjoint : full(builder, 0, shapes.carry);
  const wanted = pick(shapes.constants, matters.constants);
  // The λ that each step began with: that of the step after it.
  const totals =
    wanted.length === 0
      ? []
      : unpack(
          sums(op, before(end, lambdas, length, params.reverse ? 0 : 1), adjoint, matters, parts),
          wanted,
        );
  const first = stepAt(params, 0);
  const carry = length === 0 ? end : reshapeExpr(slice(lambdas, first, first + 1), shapes.carry);
  return joinOperands({
    carry: matters.carry ? carry : undefined,
    rows: spread(rowAdjoints, matters.rows),
    constants: spread(totals, matters.constants),
  });
}

/** The history of λ with the adjoints of the rows that matter behind it. */
function chain(
  op: Op<ScanParams>,
  adjoint: Expr,
  matters: Operands<boolean>,
  { params, operands, shapes, previous }: Parts,
): Expr {
  const { last } = params;
  const { builder } = operands.carry;
  const [size] = shapes.carry as [number];
  const rest = full(builder, 0, [totalSize(pick(shapes.rows, matters.rows))]);
  const start = {
    carry: concatenate([last ? adjoint : full(builder, 0, shapes.carry), rest]),
    rows: [previous, ...operands.rows, ...(last ? [] : [adjoint])],
    constants: operands.constants,
  };
  const key = `reverse ${matters.rows.join()} ${last}`;
  return deriveScan(op, params.body, key, start, { ...backwards(params), last: 0 }, (own, inputs) => {
    const lambda = slice(inputs.carry, 0, size);
    const [from, ...rows] = inputs.rows;
    // The history's adjoint arrives step by step.
    const arriving = last ? lambda : (add(lambda, rows.pop()!) as Expr);
    const primals = { ...inputs, carry: from!, rows };
    return transposed(params.body, own, primals, arriving, [from!, ...pick(rows, matters.rows)]);
  });
}

/** The adjoints of what all steps see, packed. */
function sums(
  op: Op<ScanParams>,
  lambdas: Expr,
  adjoint: Expr,
  matters: Operands<boolean>,
  { params, operands, shapes, previous }: Parts,
): Expr {
  const { builder } = operands.carry;
  const start = {
    carry: full(builder, 0, [totalSize(pick(shapes.constants, matters.constants))]),
    rows: [previous, ...operands.rows, params.last ? lambdas : (add(lambdas, adjoint) as Expr)],
    constants: operands.constants,
  };
  const key = `sum ${matters.constants.join()}`;
  return deriveScan(op, params.body, key, start, { ...backwards(params), last: 1 }, (own, inputs) => {
    const [from, ...rows] = inputs.rows;
    const arriving = rows.pop()!;
    const primals = { ...inputs, carry: from!, rows };
    const wanted = pick(inputs.constants, matters.constants);
    return add(inputs.carry, transposed(params.body, own, primals, arriving, wanted)) as Expr;
  });
}

function backwards({ length, reverse }: ScanParams) {
  return { length, reverse: reverse ? 0 : 1 } as const;
}

/** The adjoints of some of a body's inputs, packed, given that of its result. */
function transposed(
  body: Graph,
  builder: Builder,
  primals: Inputs<Expr>,
  adjoint: Expr,
  wanted: readonly Expr[],
): Expr {
  const result = applyBody(body, builder, primals);
  const adjoints = pullback(builder, [[result, unmasked(adjoint)]], wanted);
  return pack(
    builder,
    adjoints.map((one, i) => (one ? materialize(one) : full(builder, 0, wanted[i]!.shape))),
  );
}
