/** The directions in which the points of runs vary most. */
import { compile, eigh, trace } from "../../graph/index.js";

/** So many points of all runs tell the principal components: their products are that many squared. */
const mostPoints = 120;

/** The points of a run, one below the other. */
interface Rows {
  readonly count: number;
  readonly row: (i: number) => Float64Array;
}

/**
 * The two directions in which points vary most, the first two principal components, and their shares of the variance; none, where
 * the points are one. Of long runs, points evenly spread over them.
 */
export function principalDirections(
  runs: readonly Rows[],
): { readonly directions: readonly Float64Array[]; readonly shares: readonly number[] } | undefined {
  const most = Math.max(2, Math.floor(mostPoints / runs.length));
  const points = runs
    .flatMap(({ count, row }) => {
      const kept = Math.min(count, most);
      return Array.from({ length: kept }, (_, i) =>
        row(Math.round((i * (count - 1)) / Math.max(1, kept - 1))),
      );
    })
    .filter((row) => row.every(Number.isFinite));
  const count = points.length;
  if (count === 0) return undefined;
  const mean = points[0]!.map((_, k) => points.reduce((sum, row) => sum + row[k]! / count, 0));
  const away = points.map((row) => row.map((x, k) => x - mean[k]!));
  const scale = away.reduce((all, row) => row.reduce((a, x) => Math.max(a, Math.abs(x)), all), 0);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return undefined;
  const rows = away.map((row) => row.map((x) => x / scale));
  // The eigenvectors of all products of points mix these to those of the covariance, which has a row for each element.
  const products = rows.flatMap((a) => rows.map((b) => dot(a, b)));
  const { eigenvalues: values, eigenvectors: vectors } = compile(
    trace({ a: { shape: [count, count] } }, ({ a }) => ({ ...eigh(a) })),
  )({
    a: Float64Array.from(products),
  } as never) as unknown as { readonly eigenvalues: Float64Array; readonly eigenvectors: Float64Array };
  const total = values.reduce((sum, x) => sum + Math.max(0, x), 0);
  const shareOf = (k: number) => Math.max(0, values[count - k] ?? 0) / total;
  const mixed = (k: number) => mix(rows, (i) => vectors[i * count + count - k]!);
  const first = unit(mixed(1))!;
  const least = first.reduce((best, x, k) => (Math.abs(x) < Math.abs(first[best]!) ? k : best), 0);
  // Of points on a line, any direction across it.
  const across = shareOf(2) > 1e-12 ? mixed(2) : first.map((_, k) => (k === least ? 1 : 0));
  const share = dot(across, first);
  const second = unit(across.map((x, k) => x - share * first[k]!))!;
  return { directions: [first, second], shares: [shareOf(1), shareOf(2) > 1e-12 ? shareOf(2) : 0] };
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

function mix(rows: readonly Float64Array[], weight: (i: number) => number): Float64Array {
  return rows[0]!.map((_, k) => rows.reduce((sum, row, i) => sum + weight(i) * row[k]!, 0));
}

/** Of length 1, its largest element above 0; none of what has no length. */
function unit(x: Float64Array): Float64Array | undefined {
  const largest = x.reduce((best, one) => (Math.abs(one) > Math.abs(best) ? one : best), 0);
  if (largest === 0) return undefined;
  const scaled = x.map((one) => one / largest);
  const length = Math.hypot(...scaled);
  return scaled.map((one) => one / length);
}
