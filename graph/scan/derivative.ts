/** The derivative of a scan: a scan of the body's derivative. */
import { pushforward } from "../derivatives/forward.js";
import { type Masked, materialize } from "../derivatives/masked.js";
import { pullback } from "../derivatives/reverse.js";
import { type Graph, inline } from "../graph.js";
import { apply, type Builder, type Expr } from "../node.js";
import type { Application } from "../op.js";
import { add } from "../ops/arithmetic.js";
import { full } from "../ops/constant.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshapeExpr } from "../ops/moving.js";
import { type Shape, sizeOf } from "../shape.js";
import { makeBody, makeScan, type ScanParams, scanOp } from "./op.js";

/** The parts of a scan by what they are. */
function partsOf({ operands, params }: Application<ScanParams>) {
  const { body, rows } = params;
  const shapes = body.inputs.map(({ shape }) => shape);
  return {
    carry: operands[0]!,
    rows: operands.slice(1, 1 + rows),
    constants: operands.slice(1 + rows),
    carryShape: shapes[0]!,
    rowShapes: shapes.slice(1, 1 + rows),
    constantShapes: shapes.slice(2 + rows),
  };
}

/** The carry that each step began with, row by row. */
function before({ operands, params, result }: Application<ScanParams>): Expr {
  const { length, reverse, last } = params;
  const history = last ? apply(scanOp, operands, { ...params, last: 0 }) : result;
  const first = reshapeExpr(operands[0]!, [1, ...operands[0]!.shape]);
  if (length === 0) return slice(first, 0, 0);
  return reverse ? concatenate([slice(history, 1), first]) : concatenate([first, slice(history, 0, -1)]);
}

/** Results of small functions of a body, by the body and a key: a derivative that is asked for twice is one node. */
function memo(body: Graph, key: string, make: () => Graph): Graph {
  const known = derived.get(body) ?? new Map<string, Graph>();
  derived.set(body, known);
  const graph = known.get(key) ?? make();
  known.set(key, graph);
  return graph;
}

const derived = new WeakMap<Graph, Map<string, Graph>>();

/** dcₜ₊₁ = ∂body/∂c·dcₜ + ∂body/∂x·dxₜ + ∂body/∂θ·dθ: a scan over the carries that are known already. */
export function forward(tangents: readonly (Expr | undefined)[], application: Application<ScanParams>): Expr {
  const { params } = application;
  const { carry, rows, constants, carryShape, rowShapes, constantShapes } = partsOf(application);
  const moving = tangents.map((tangent) => tangent !== undefined);
  const rowMoves = moving.slice(1, 1 + rows.length);
  const constantMoves = moving.slice(1 + rows.length);
  const pick = <T>(list: readonly T[], moves: readonly boolean[]) => list.filter((_, i) => moves[i]);
  const shapes = [
    carryShape,
    ...[carryShape, ...rowShapes, ...pick(rowShapes, rowMoves)],
    [],
    ...[...constantShapes, ...pick(constantShapes, constantMoves)],
  ];
  const body = memo(params.body, `forward ${moving.join()}`, () =>
    makeBody(shapes, (builder, exprs) => {
      const next = reader(exprs);
      const tangent = next();
      const from = next();
      const own = [from, ...rows.map(next)];
      const rowTangents = rowMoves.map((moves) => (moves ? next() : undefined));
      const step = next();
      const fixed = constants.map(next);
      const constantTangents = constantMoves.map((moves) => (moves ? next() : undefined));
      const primals = [...own, step, ...fixed];
      const result = builder.expr(inline(params.body, builder, primals)[params.body.outputs as number]!);
      const all = [tangent, ...rowTangents, undefined, ...constantTangents];
      // Inputs are leaves; where the body is differentiated by one, it must be one.
      const seeds = primals.flatMap((primal, i): [Expr, Masked][] =>
        all[i] ? [[primal, { value: all[i], clean: true }]] : [],
      );
      const [pushed] = pushforward(builder, seeds, [result]);
      return pushed ? materialize(pushed) : full(builder, 0, carryShape);
    }),
  );
  return makeScan(
    [
      tangents[0] ?? full(carry.builder, 0, carry.shape),
      ...[before(application), ...rows, ...present(tangents.slice(1, 1 + rows.length))],
      ...[...constants, ...present(tangents.slice(1 + rows.length))],
    ],
    { ...params, body, rows: 1 + rows.length + rowMoves.filter(Boolean).length },
  );
}

function present(list: readonly (Expr | undefined)[]): Expr[] {
  return list.filter((one) => one !== undefined);
}

function reader(exprs: readonly Expr[]): () => Expr {
  let position = 0;
  return () => exprs[position++]!;
}

/**
 * Two scans, the other way round. The first carries λ, the adjoint of the carry, and writes the adjoints of the rows
 * beside it; the second, over the λ that are known then, adds up the adjoints of what all steps see.
 */
export function reverse(
  adjoint: Expr,
  matters: readonly boolean[],
  application: Application<ScanParams>,
): (Expr | undefined)[] {
  const { params } = application;
  const { length, last } = params;
  const { carry, rows, constants, carryShape, rowShapes, constantShapes } = partsOf(application);
  const { builder } = carry;
  const size = carryShape[0]!;
  const previous = before(application);
  const rowMatters = matters.slice(1, 1 + rows.length);
  const constantMatters = matters.slice(1 + rows.length);
  const backwards = { length, reverse: params.reverse ? 0 : 1, last: 0 } as const;
  const widths = [size, ...rowShapes.map((shape, i) => (rowMatters[i] ? sizeOf(shape) : 0))];
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((a, b) => a + b, 0));
  const wide = widths.reduce((a, b) => a + b, 0);
  const shared = [carryShape, ...rowShapes];

  // λ with the adjoint that arrives at this step from the history, if it is the history that has one.
  const chain = memo(params.body, `reverse ${rowMatters.join()} ${last}`, () =>
    makeBody([[wide], ...shared, ...(last ? [] : [carryShape]), [], ...constantShapes], (body, exprs) => {
      const next = reader(exprs);
      const lambda = slice(next(), 0, size);
      const own = shared.map(next);
      const arriving = last ? lambda : (add(lambda, next()) as Expr);
      const primals = [...own, next(), ...constants.map(next)];
      const wanted = own.filter((_, i) => i === 0 || rowMatters[i - 1]);
      const adjoints = transposed(params.body, body, primals, arriving, wanted);
      return concatenate(adjoints.map((one) => reshapeExpr(one, [sizeOf(one.shape)])));
    }),
  );
  const zeros = full(builder, 0, [wide]);
  const first = last ? concatenate([adjoint, full(builder, 0, [wide - size])]) : zeros;
  const history = makeScan([first, previous, ...rows, ...(last ? [] : [adjoint]), ...constants], {
    ...backwards,
    body: chain,
    rows: 1 + rows.length + (last ? 0 : 1),
  });
  const column = (i: number, shape: Shape): Expr =>
    reshapeExpr(slice(history, starts[i]!, starts[i]! + widths[i]!, { axis: 1 }), [length, ...shape]);

  let total: Expr | undefined;
  const wantedShapes = constantShapes.filter((_, i) => constantMatters[i]);
  const lengths = wantedShapes.map(sizeOf);
  if (wantedShapes.length > 0) {
    const sum = memo(params.body, `sum ${constantMatters.join()}`, () =>
      makeBody(
        [[lengths.reduce((a, b) => a + b, 0)], ...shared, carryShape, [], ...constantShapes],
        (body, exprs) => {
          const next = reader(exprs);
          const totals = next();
          const own = shared.map(next);
          const arriving = next();
          const step = next();
          const fixed = constants.map(next);
          const wanted = fixed.filter((_, i) => constantMatters[i]);
          const adjoints = transposed(params.body, body, [...own, step, ...fixed], arriving, wanted);
          return add(
            totals,
            concatenate(adjoints.map((one) => reshapeExpr(one, [sizeOf(one.shape)]))),
          ) as Expr;
        },
      ),
    );
    const lambdas = column(0, carryShape);
    // The λ that each step began with: that of the step after it.
    const end = reshapeExpr(last ? adjoint : full(builder, 0, carryShape), [1, size]);
    const shiftedLambdas =
      length === 0
        ? lambdas
        : params.reverse
          ? concatenate([end, slice(lambdas, 0, -1)])
          : concatenate([slice(lambdas, 1), end]);
    const arriving = last ? shiftedLambdas : (add(shiftedLambdas, adjoint) as Expr);
    total = makeScan(
      [full(builder, 0, [lengths.reduce((a, b) => a + b, 0)]), previous, ...rows, arriving, ...constants],
      { ...backwards, last: 1, body: sum, rows: rows.length + 2 },
    );
  }
  let offset = 0;
  return matters.map((relevant, i) => {
    if (!relevant) return undefined;
    if (i === 0) {
      if (length === 0) return last ? adjoint : full(builder, 0, carryShape);
      const lambdas = column(0, carryShape);
      const at = params.reverse ? length - 1 : 0;
      return reshapeExpr(slice(lambdas, at, at + 1), carryShape);
    }
    if (i <= rows.length) return column(i, rowShapes[i - 1]!);
    const shape = constantShapes[i - 1 - rows.length]!;
    const part = slice(total!, offset, offset + sizeOf(shape));
    offset += sizeOf(shape);
    return reshapeExpr(part, shape);
  });
}

/** The adjoints of some of a body's inputs, given that of its result. */
function transposed(
  graph: Graph,
  builder: Builder,
  primals: readonly Expr[],
  adjoint: Expr,
  wanted: readonly Expr[],
): Expr[] {
  const result = builder.expr(inline(graph, builder, primals)[graph.outputs as number]!);
  return pullback(builder, [[result, { value: adjoint, clean: true }]], wanted).map((one, i) =>
    one ? materialize(one) : full(builder, 0, wanted[i]!.shape),
  );
}
