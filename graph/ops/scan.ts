/** Loops of a fixed number of steps as one node, whose body is a graph. `../scan.ts` is what users call. */
import { pushforward } from "../forward.js";
import { declareInputs, finish, type Graph, type Input, inline } from "../graph.js";
import { interpretNodes } from "../interpret.js";
import { type Masked, materialize } from "../masked.js";
import { apply, Builder, type Expr } from "../node.js";
import { type Application, type Arithmetic, defineOp, type Op, real } from "../op.js";
import { pullback } from "../reverse.js";
import { type Shape, sizeOf } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import { add } from "./arithmetic.js";
import { full } from "./constant.js";
import { concatenate, slice } from "./indexing.js";
import { reshapeExpr } from "./moving.js";

/**
 * Operands: the first carry (a vector), then `rows` tensors of which each step sees one row, then what all steps see.
 * The body's inputs are the same (rows without their first axis) with the step's number after the rows; its output is
 * the next carry.
 */
export interface ScanParams {
  readonly body: Graph;
  readonly length: number;
  /** How many operands are taken row by row. */
  readonly rows: number;
  /** 1: the last row first, and the history written from its end. */
  readonly reverse: 0 | 1;
  /** 1: the result is the last carry alone; 0: that after each step. */
  readonly last: 0 | 1;
}

export const scanOp: Op<ScanParams> = defineOp<ScanParams>({
  name: "scan",
  shape: ([carry], { length, last }) => (last ? carry! : [length, ...carry!]),
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [first, ...others]: readonly (readonly T[])[],
    _shapes: unknown,
    { body, length, rows, reverse, last }: ScanParams,
  ) {
    const history = new Array<readonly T[]>(length);
    let carry = first!;
    for (let k = 0; k < length; k++) {
      const step = reverse ? length - 1 - k : k;
      const row = others.slice(0, rows).map((values) => {
        const width = values.length / length;
        return values.slice(step * width, (step + 1) * width);
      });
      const inputs = [carry, ...row, [arithmetic.constant(step)], ...others.slice(rows)];
      carry = interpretNodes(body.nodes, arithmetic, inputs)[body.outputs as number]!;
      history[step] = carry;
    }
    return last ? carry : history.flat();
  },
  derivative: {
    kind: "forwardReverse",
    forward: (tangents, application) => forward(tangents, application),
    reverse: (adjoint, matters, application) => reverse(adjoint, matters, application),
  },
  domains: [real(), real(), real()],
});

/** A scan without the operands that its body doesn't use. */
export function makeScan(operands: readonly Expr[], params: ScanParams): Expr {
  const body = simplifyGraph(params.body);
  const used = new Set(body.nodes.flatMap(({ operands }) => operands));
  used.add(body.outputs as number);
  // The carry and the step always stay; the step is no operand.
  const step = 1 + params.rows;
  const keeps = body.inputs.map((_, i) => i === 0 || i === step || used.has(i));
  const positions = body.inputs.map((_, i) => keeps.slice(0, i).filter(Boolean).length);
  const builder = new Builder(body.nodes.length);
  const inputs = body.inputs.filter((_, i) => keeps[i]);
  const declared = declareInputs(builder, inputs);
  const moved = inline(
    body,
    builder,
    // What isn't kept isn't used, so that anything may stand for it.
    body.inputs.map((_, i) => declared[keeps[i] ? positions[i]! : 0]!),
  );
  const pruned = finish(builder, inputs, builder.expr(moved[body.outputs as number]!));
  return apply(
    scanOp,
    operands.filter((_, i) => keeps[i < step ? i : i + 1]),
    { ...params, body: pruned, rows: keeps.slice(1, step).filter(Boolean).length },
  );
}

/** A body of its own nodes: `write` gives the next carry from the inputs. */
function makeBody(
  inputs: readonly Input[],
  write: (builder: Builder, inputs: readonly Expr[]) => Expr,
): Graph {
  const builder = new Builder();
  return finish(builder, inputs, write(builder, declareInputs(builder, inputs)));
}

const unnamed = (shapes: readonly Shape[]): Input[] => shapes.map((shape, i) => ({ name: String(i), shape }));

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
function forward(tangents: readonly (Expr | undefined)[], application: Application<ScanParams>): Expr {
  const { params } = application;
  const { carry, rows, constants, carryShape, rowShapes, constantShapes } = partsOf(application);
  const moving = tangents.map((tangent) => tangent !== undefined);
  const rowMoves = moving.slice(1, 1 + rows.length);
  const constantMoves = moving.slice(1 + rows.length);
  const pick = <T>(list: readonly T[], moves: readonly boolean[]) => list.filter((_, i) => moves[i]);
  const inputs = unnamed([
    carryShape,
    ...[carryShape, ...rowShapes, ...pick(rowShapes, rowMoves)],
    [],
    ...[...constantShapes, ...pick(constantShapes, constantMoves)],
  ]);
  const body = memo(params.body, `forward ${moving.join()}`, () =>
    makeBody(inputs, (builder, exprs) => {
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
function reverse(
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
    makeBody(
      unnamed([[wide], ...shared, ...(last ? [] : [carryShape]), [], ...constantShapes]),
      (body, exprs) => {
        const next = reader(exprs);
        const lambda = slice(next(), 0, size);
        const own = shared.map(next);
        const arriving = last ? lambda : (add(lambda, next()) as Expr);
        const primals = [...own, next(), ...constants.map(next)];
        const wanted = own.filter((_, i) => i === 0 || rowMatters[i - 1]);
        const adjoints = transposed(params.body, body, primals, arriving, wanted);
        return concatenate(adjoints.map((one) => reshapeExpr(one, [sizeOf(one.shape)])));
      },
    ),
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
        unnamed([[lengths.reduce((a, b) => a + b, 0)], ...shared, carryShape, [], ...constantShapes]),
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
