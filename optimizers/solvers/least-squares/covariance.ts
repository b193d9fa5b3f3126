/** What a Jacobian at a solution says of its parameters: their covariance, and which of them it doesn't determine. */
import { norm } from "../vectors.js";
import { reduceRows } from "./qr.js";
import { jacobiSvd } from "./svd.js";

export interface Covariance {
  /** (JᵀJ)⁻¹ of the parameters in question, row by row; NaN in the rows and columns of those that aren't determined. */
  readonly matrix: Float64Array;
  /** Whether the data don't determine a parameter: it moves along a direction on which no residual depends. */
  readonly undetermined: readonly boolean[];
  /** The largest singular value of J with columns of length 1 by the smallest; ∞ where some direction isn't determined. */
  readonly condition: number;
}

/** Singular values below this share of the largest are rounding. */
const leastShare = 1e-12;

/** A parameter has a part in a direction from this on. */
const leastPart = 1e-6;

/** Of a Jacobian of so many columns, by its R, for the columns named in `among`. */
export function covarianceOf(whole: Float64Array, size: number, among: readonly number[]): Covariance {
  const n = among.length;
  const R = n === size ? whole : columnsOf(whole, size, among);
  const lengths = Float64Array.from(
    among,
    (_, j) => norm(Float64Array.from(among, (_, i) => R[i * n + j]!)) || 1,
  );
  const scaled = new Float64Array(n * n);
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) scaled[j * n + i] = R[i * n + j]! / lengths[j]!;
  const { s, V } = jacobiSvd(scaled, n, n, new Float64Array(n));
  const largest = s.reduce((a, b) => Math.max(a, b), 0);
  const matrix = new Float64Array(n * n);
  const undetermined = among.map(() => false);
  let least = Infinity;
  for (let c = 0; c < n; c++) {
    if (!(s[c]! > leastShare * largest)) {
      for (let i = 0; i < n; i++) if (Math.abs(V[i * n + c]!) > leastPart) undetermined[i] = true;
      least = 0;
      continue;
    }
    least = Math.min(least, s[c]!);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++)
        matrix[i * n + j]! += (V[i * n + c]! * V[j * n + c]!) / (s[c]! * s[c]! * lengths[i]! * lengths[j]!);
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (undetermined[i] || undetermined[j]) matrix[i * n + j] = Number.NaN;
  }
  return { matrix, undetermined, condition: n === 0 ? 1 : largest / least };
}

/** The R of some columns of a matrix, by that of all. */
function columnsOf(whole: Float64Array, size: number, among: readonly number[]): Float64Array {
  const n = among.length;
  const columns = Float64Array.from({ length: n * size }, (_, at) => {
    const [k, i] = [Math.floor(at / size), at % size];
    return whole[i * size + among[k]!]!;
  });
  const R = new Float64Array(n * n);
  reduceRows(columns, new Float64Array(size), undefined, { R, q: new Float64Array(n) });
  return R;
}
