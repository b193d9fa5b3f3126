/** Loops of a fixed number of steps as one node, whose body is a graph. `scan.ts` is what users call. */
import { AdjointError } from "../errors.js";
import { countElements, interpretNodes } from "../interpret.js";
import type { Expr } from "../node.js";
import { type Arithmetic, defineOp, type Instances, type Op, real } from "../op.js";
import { add, multiply, square } from "../ops/arithmetic.js";
import { broadcastLike } from "../ops/broadcast.js";
import { formatShape, isLength, type Shape, sameShape } from "../shape.js";
import { makeBody } from "./body.js";
import { scanDerivative } from "./derivative.js";
import { joinInputs, joinOperands, type ScanParams, splitInputs, splitOperands, stepAt } from "./layout.js";
import { lean } from "./lean.js";
import { scanRoutine } from "./routine.js";
import { wholes } from "./wholes.js";

export const scanOp: Op<ScanParams> = defineOp<ScanParams>({
  name: "scan",
  shape(operands, { body, length, rows, last }) {
    const { step, ...inputs } = splitInputs(
      body.inputs.map(({ shape }) => shape),
      rows,
    );
    const taken = joinOperands({ ...inputs, rows: inputs.rows.map((row) => [length, ...row]) });
    const given = body.nodes[body.outputs as number]!.shape;
    // A carry of another shape, or a number of the step that is none.
    const differ = !sameShape(given, inputs.carry) || step.length > 0 || !isLength(length);
    if (
      differ ||
      taken.length !== operands.length ||
      !taken.every((own, i) => sameShape(own, operands[i]!))
    ) {
      const list = (shapes: readonly Shape[]) => shapes.map(formatShape).join(", ");
      throw new AdjointError(
        `scan: a body from ${list(taken)} to ${formatShape(given)} can't go over operands ${list(operands)} in ${length} steps.`,
      );
    }
    return last ? given : [length, ...given];
  },
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    operands: readonly (readonly T[])[],
    _shapes: unknown,
    { body, length, rows, reverse, last }: ScanParams,
  ) {
    const given = splitOperands(operands, rows);
    const history = new Array<readonly T[]>(length);
    let { carry } = given;
    for (let k = 0; k < length; k++) {
      const step = stepAt({ length, reverse }, k);
      const own = given.rows.map((values) => {
        const width = values.length / length;
        return values.slice(step * width, (step + 1) * width);
      });
      const inputs = joinInputs({ ...given, carry, rows: own, step: [arithmetic.constant(step)] });
      carry = interpretNodes(body.nodes, arithmetic, inputs)[body.outputs as number]!;
      history[step] = carry;
    }
    return last ? carry : history.flat();
  },
  wholes: (nodes) => wholes(scanOp, nodes),
  lean: (graph, prepare) => lean(scanOp, graph, prepare),
  routine: (_shapes, params, _dtype, compileBody) => scanRoutine(params, compileBody),
  work: (_shapes, { body, length }) => length * countElements(body),
  derivative: scanDerivative(() => scanOp),
  domains: [real(-1, 1)],
});

export const scanInstances: Instances = /* @__PURE__ */ makeInstances();

function makeInstances(): Instances {
  const pair: Shape = [2];
  const product = makeBody(
    { carry: pair, rows: [pair], step: [], constants: [pair] },
    (_, { carry, rows: [x], step, constants: [k] }) =>
      add(
        multiply(carry, k!),
        multiply(x!, multiply(carry, broadcastLike(add(step, 1) as Expr, pair))),
      ) as Expr,
  );
  const decay = makeBody(
    { carry: [1], rows: [], step: [], constants: [] },
    (_, { carry }) => multiply(square(carry), 0.5) as Expr,
  );
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
