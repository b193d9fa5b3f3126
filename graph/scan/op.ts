/** Loops of a fixed number of steps as one node, whose body is a graph. `../scan.ts` is what users call. */
import { declareInputs, finish, type Graph, inline } from "../graph.js";
import { countElements, interpretNodes } from "../interpret.js";
import { apply, Builder, type Expr } from "../node.js";
import { type Arithmetic, defineOp, type Instances, type Op, real } from "../op.js";
import { add, multiply, square } from "../ops/arithmetic.js";
import { broadcastLike } from "../ops/broadcast.js";
import type { Shape } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import { forward, reverse } from "./derivative.js";
import { scanRoutine } from "./routine.js";

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
  within: (params) =>
    params.last && params.length > 0
      ? { params: { ...params, last: 0 }, at: params.reverse ? 0 : params.length - 1 }
      : undefined,
  routine: (_shapes, params, _dtype, compileBody) => scanRoutine(params, compileBody),
  work: (_shapes, { body, length }) => length * countElements(body),
  derivative: {
    kind: "forwardReverse",
    forward,
    reverse,
  },
  domains: [real(-1, 1)],
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

/** A body of its own nodes: `write` gives the next carry from inputs of these shapes. */
export function makeBody(
  shapes: readonly Shape[],
  write: (builder: Builder, inputs: readonly Expr[]) => Expr,
): Graph {
  const inputs = shapes.map((shape, i) => ({ name: String(i), shape }));
  const builder = new Builder();
  return finish(builder, inputs, write(builder, declareInputs(builder, inputs)));
}

export const scanInstances: Instances = /* @__PURE__ */ makeInstances();

function makeInstances(): Instances {
  const pair: Shape = [2];
  const product = makeBody(
    [pair, pair, [], pair],
    (_, [c, x, i, k]) =>
      add(multiply(c!, k!), multiply(x!, multiply(c!, broadcastLike(add(i!, 1) as Expr, pair)))) as Expr,
  );
  const decay = makeBody([[1], []], (_, [c]) => multiply(square(c!), 0.5) as Expr);
  const shapes = (length: number) => [pair, [length, 2], pair];
  const params = { body: product, rows: 1, reverse: 0, last: 0 } as const;
  return {
    op: scanOp as Op,
    instances: [
      { shapes: shapes(3), params: { ...params, length: 3 } },
      { shapes: shapes(2), params: { ...params, length: 2, reverse: 1 } },
      { shapes: shapes(3), params: { ...params, length: 3, last: 1 } },
      { shapes: shapes(2), params: { ...params, length: 2, last: 1, reverse: 1 } },
      { shapes: shapes(1), params: { ...params, length: 1 } },
      { shapes: shapes(0), params: { ...params, length: 0 } },
      { shapes: shapes(0), params: { ...params, length: 0, last: 1 } },
      { shapes: [[1]], params: { body: decay, length: 3, rows: 0, reverse: 0, last: 0 } },
    ],
  };
}
