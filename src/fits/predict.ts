/** A fitted model at other predictors, with its bands. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe } from "../../graph/internal.js";
import type { Fit } from "./assemble.js";
import { bindResiduals, traceModel } from "./problem.js";
import type { Quality } from "./report.js";
import { readPerRow, readTable } from "./table.js";

/**
 * Values row by row, with the band of their mean and that of new data; NaN where nothing is known.
 * @example const middle = ({ values }: Bands): Float64Array => values;
 */
export interface Bands {
  readonly values: Float64Array;
  readonly confidence: { readonly lower: Float64Array; readonly upper: Float64Array };
  readonly prediction: { readonly lower: Float64Array; readonly upper: Float64Array };
}

/**
 * Options of a report's `predict`.
 * @example const options: PredictOptions = { sigma: 0.1 };
 */
export interface PredictOptions {
  /** The group whose parameters are taken; needed where groups have parameters of their own. */
  readonly group?: string;
  /**
   * The standard deviation of new data, one for all or one a row. Default: that of the data, where it is the same in all
   * rows; else there is no band of prediction.
   */
  readonly sigma?: number | ArrayLike<number>;
}

const what = "predict";

/** value ∓ t·√(jᵀ·C·j), and for new data √(jᵀ·C·j + s²σ²) (Bates & Watts 1988, section 2.3). */
export function bandsOf(
  fit: Fit,
  among: readonly number[],
  covariance: Float64Array,
  { reducedChiSquare }: Quality,
  t: number,
  given: unknown,
  options: PredictOptions,
): Bands {
  const own = checkOptions(what, options, ["group", "sigma"]);
  const group = readGroup(fit, own.group);
  const table = readTable(given, what);
  const { rows } = table;
  const sigma =
    own.sigma === undefined
      ? new Float64Array(rows).fill(
          fit.sigma.every((one) => one === fit.sigma[0]) ? fit.sigma[0]! : Number.NaN,
        )
      : readPerRow(what, "sigma", own.sigma, table, "finite and ≥ 0", (one) => one >= 0 && one < Infinity);
  const { x } = fit.found.engine;
  const model = bindResiduals(traceModel(fit.form, table, group), fit.form, table.columns, {});
  const values = new Float64Array(rows);
  const J = new Float64Array(rows * x.length);
  model.residuals(x, values);
  model.jacobian(x, J);
  const n = fit.names.length;
  const spread = fit.absolute ? 1 : typeof reducedChiSquare === "string" ? Number.NaN : reducedChiSquare;
  const variances = values.map((_, row) => {
    let sum = 0;
    for (const i of among)
      for (const j of among) sum += J[i * rows + row]! * covariance[i * n + j]! * J[j * rows + row]!;
    return sum;
  });
  const band = (extra: (row: number) => number) => ({
    lower: values.map((value, row) => value - t * Math.sqrt(variances[row]! + extra(row))),
    upper: values.map((value, row) => value + t * Math.sqrt(variances[row]! + extra(row))),
  });
  return { values, confidence: band(() => 0), prediction: band((row) => spread * sigma[row]! ** 2) };
}

/** @throws where it isn't one of the fit's groups, or none is given though they differ */
function readGroup({ form, table }: Fit, group: unknown): string | undefined {
  const names = (table.groups ?? []).map(({ name }) => name);
  if (group === undefined) {
    if (form.own.length === 0) return undefined;
    throw new AdjointError(
      `${what}: each group has its own ${form.own.join(", ")}; name one, as in { group: ${JSON.stringify(names[0])} }.`,
    );
  }
  if (typeof group === "string" && names.includes(group)) return group;
  throw new AdjointError(
    `${what}: the group is ${describe(group)}; ${names.length > 0 ? `the fit's are ${names.join(", ")}` : "the fit has none"}.`,
  );
}
