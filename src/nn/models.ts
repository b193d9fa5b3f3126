/** Models: functions from inputs and parameters to outputs, built of expressions inside a trace. */
import {
  AdjointError,
  add,
  type Expr,
  matmul,
  matrix,
  type Operand,
  type Spec,
  vector,
} from "../../graph/index.js";
import {
  checkOptions,
  describe,
  formatShape,
  isRecord,
  readCount,
  reading,
  readShape,
  withOperands,
} from "../../graph/internal.js";

/** The parameters of a linear model, as expressions. */
export interface LinearParameters<I extends number, O extends number> {
  /** I×O: a column an output. */
  readonly W: Expr<[I, O]>;
  /** O long: an offset an output. */
  readonly b: Expr<[O]>;
}

/** A linear model: callable on expressions (and on numbers), and a record of the parameters that it needs. */
export interface LinearModel<I extends number, O extends number> {
  /** The outputs XW + b, K×O, of K samples X, K×I. */
  <K extends number>(X: Expr<[K, I]>, parameters: LinearParameters<I, O>): Expr<[K, O]>;
  /** What to declare as inputs of the trace, by name. */
  readonly parameters: { readonly W: Spec<[I, O]>; readonly b: Spec<[O]> };
}

/**
 * The linear model outputs = XW + b, for X of K×inputs, W of inputs×outputs and b of outputs numbers.
 *
 * @example
 * const model = linear({ inputs: 2, outputs: 1 });
 * const loss = trace({ X: matrix(64, 2), y: matrix(64, 1), ...model.parameters }, ({ X, y, W, b }) =>
 *   halfMeanSquaredError(model(X, { W, b }), y),
 * );
 * // ∂W = Xᵀ(outputs − y)/K, ∂b = Σ(outputs − y)/K
 * const gradient = valueAndGrad(loss, "W", "b");
 *
 * // Of several models, the parameters are a tree, and so are their gradients and an optimizer's state.
 * const first = linear({ inputs: 2, outputs: 8 });
 * const second = linear({ inputs: 8, outputs: 1 });
 * const deep = trace(
 *   { X: matrix(64, 2), y: matrix(64, 1), layers: [first.parameters, second.parameters] },
 *   ({ X, y, layers: [one, two] }) => halfMeanSquaredError(second(tanh(first(X, one)), two), y),
 * );
 * const slopes = grad(deep, "layers");
 *
 * @throws AdjointError where a width isn't a whole number above 0; where X, W or b has another shape.
 */
export function linear<const I extends number, const O extends number>(options: {
  readonly inputs: I;
  readonly outputs: O;
}): LinearModel<I, O> {
  const given = checkOptions("linear", options, ["inputs", "outputs"]);
  const inputs = readCount(given.inputs, "linear: inputs", 1) as I;
  const outputs = readCount(given.outputs, "linear: outputs", 1) as O;
  readShape([inputs, outputs], "linear: W");
  const predict = (X: Operand, parameters: Readonly<Record<"W" | "b", Operand>>): Expr => {
    // All inputs of a trace may be passed, of which these two are meant.
    if (!isRecord(parameters)) {
      throw new AdjointError(`linear: the parameters are ${describe(parameters)}; pass an object { W, b }.`);
    }
    const { W, b } = reading("linear: the parameters", () => ({ ...parameters }));
    return withOperands("linear", [X, W, b], ([x, weights, offsets]) => {
      check("X", x, ["samples", inputs]);
      check("W", weights, [inputs, outputs]);
      check("b", offsets, [outputs]);
      return add(matmul(x, weights), offsets) as Expr;
    });
  };
  return Object.assign(predict, {
    parameters: { W: matrix(inputs, outputs), b: vector(outputs) },
  }) as unknown as LinearModel<I, O>;
}

/** A b of one number would be broadcast over all outputs, so every shape is checked here. */
function check(name: string, { shape }: Expr, expected: readonly (number | "samples")[]): void {
  const fits =
    shape.length === expected.length && expected.every((n, axis) => n === "samples" || n === shape[axis]);
  if (fits) return;
  throw new AdjointError(
    `linear: ${name} has the shape ${formatShape(shape)}, but the model takes ` +
      `(${expected.join("×")}); reshape it.`,
  );
}
