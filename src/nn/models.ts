/** Models: functions from inputs and parameters to outputs, built of expressions inside a trace. */
import { AdjointError, add, type Expr, matmul, matrix, type Spec, vector } from "../../graph/index.js";
import { checkOptions, describe } from "../../graph/internal.js";

/** The parameters of a linear model, as expressions. */
export interface LinearParameters<I extends number, O extends number> {
  /** I×O: a column an output. */
  readonly W: Expr<[I, O]>;
  /** O long: an offset an output. */
  readonly b: Expr<[O]>;
}

/** A linear model: callable on expressions, and a record of the parameters that it needs. */
export interface LinearModel<I extends number, O extends number> {
  /** The outputs XW + b, K×O, of K samples X, K×I. */
  <K extends number>(X: Expr<[K, I]>, parameters: LinearParameters<I, O>): Expr<[K, O]>;
  /** What to declare as inputs of the trace, by name. */
  readonly parameters: { readonly W: Spec<[I, O]>; readonly b: Spec<[O]> };
}

/**
 * The linear model outputs = XW + b, for X of K×inputs, W of inputs×outputs and b of outputs numbers.
 *
 * ```ts
 * const model = linear({ inputs: 2, outputs: 1 });
 * const loss = trace({ X: matrix(64, 2), y: matrix(64, 1), ...model.parameters }, ({ X, y, W, b }) =>
 *   halfMeanSquaredError(model(X, { W, b }), y),
 * );
 * valueAndGrad(loss, "W", "b");   // ∂W = Xᵀ(outputs − y)/K, ∂b = Σ(outputs − y)/K
 * ```
 *
 * @throws AdjointError where a width isn't a whole number above 0; where X, W or b has another shape.
 */
export function linear<const I extends number, const O extends number>(options: {
  readonly inputs: I;
  readonly outputs: O;
}): LinearModel<I, O> {
  checkOptions("linear", options, ["inputs", "outputs"]);
  const { inputs, outputs } = options;
  for (const [name, width] of Object.entries({ inputs, outputs })) {
    if (Number.isSafeInteger(width) && width > 0) continue;
    throw new AdjointError(`linear: ${name} is ${describe(width)}; pass a whole number above 0.`);
  }
  const predict = <K extends number>(X: Expr<[K, I]>, { W, b }: LinearParameters<I, O>): Expr<[K, O]> => {
    check("X", X, ["samples", inputs]);
    check("W", W, [inputs, outputs]);
    check("b", b, [outputs]);
    // Shapes with type parameters are beyond what the ops' types can follow.
    return add(matmul(X as Expr, W as Expr), b as Expr) as Expr<[K, O]>;
  };
  return Object.assign(predict, { parameters: { W: matrix(inputs, outputs), b: vector(outputs) } });
}

/** A b of one number would be broadcast over all outputs, so every shape is checked here. */
function check(name: string, { shape }: Expr, expected: readonly (number | "samples")[]): void {
  const fits =
    shape.length === expected.length && expected.every((n, axis) => n === "samples" || n === shape[axis]);
  if (fits) return;
  throw new AdjointError(
    `linear: ${name} has the shape (${shape.join("×")}), but the model takes ` +
      `(${expected.join("×")}); reshape it.`,
  );
}
