/** A fitted model at other predictors, with its bands. */
import { flattenTree } from "../../graph/internal.js";
import { isTensor, type Tensor, type Tensors } from "../runs/internal.js";
import type { Fit } from "./assemble.js";
import { bindResiduals, readColumns, traceResiduals } from "./problem.js";
import type { Quality } from "./report.js";

/** Values row by row, with the band of their mean and that of new data (of σ = 1); NaN where nothing is known. */
export interface Bands {
  readonly values: Float64Array;
  readonly confidence: { readonly lower: Float64Array; readonly upper: Float64Array };
  readonly prediction: { readonly lower: Float64Array; readonly upper: Float64Array };
}

/** value ∓ t·√(jᵀ·C·j), and for new data √(jᵀ·C·j + s²) (Bates & Watts 1988, section 2.3). */
export function bandsOf(
  fit: Fit,
  among: readonly number[],
  covariance: Float64Array,
  { reducedChiSquare }: Quality,
  t: number,
  given: unknown,
): Bands {
  const { predictors, rows } = readColumns(given, "predict");
  const f = traceResiduals(fit.model, fit.expressions, fit.parameters, predictors, rows);
  const { x } = fit.found.engine;
  const ones = new Float64Array(rows).fill(1);
  const residuals = bindResiduals(f, fit.parameters, predictors as Tensors, new Float64Array(rows), ones);
  const values = new Float64Array(rows);
  const J = new Float64Array(rows * x.length);
  residuals.residuals(x, values);
  residuals.jacobian(x, J);
  const n = flattenTree<Tensor>(fit.parameters, isTensor).reduce(
    (sum, { leaf }) => sum + leaf.data.length,
    0,
  );
  const spread = fit.absolute ? 1 : typeof reducedChiSquare === "string" ? Number.NaN : reducedChiSquare;
  const variances = values.map((_, row) => {
    let sum = 0;
    for (const i of among)
      for (const j of among) sum += J[i * rows + row]! * covariance[i * n + j]! * J[j * rows + row]!;
    return sum;
  });
  const band = (extra: number) => ({
    lower: values.map((value, row) => value - t * Math.sqrt(variances[row]! + extra)),
    upper: values.map((value, row) => value + t * Math.sqrt(variances[row]! + extra)),
  });
  return { values, confidence: band(0), prediction: band(spread) };
}
