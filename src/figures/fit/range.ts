// The axes of a fit: of all groups, or of those that are shown. Free of Node, so that pages use it, too.
import { multiple, niceSteps } from "../numbers.js";
import { logRange } from "../value-axis.js";
import type { FitSeries, Range } from "./chart.js";

type Numbers = readonly (number | null)[];

/** Bands may reach so far beyond what else is drawn, as a share of it; farther, they are cut off. */
const bandReach = 0.35;

/** Of points, curves and bands, from bottom to top; none, where nothing has a place on a logarithmic axis. */
export function uprightRange(series: readonly FitSeries[], scale: "linear" | "log"): Range | undefined {
  const drawn = series.flatMap(({ points, curve }) => [...reach(points.y, points.yError), ...curve.y]);
  if (scale === "log") {
    const above = drawn.filter((value) => value !== null && value > 0);
    return above.length === 0 ? undefined : logRange(extent(above));
  }
  const edges = series.flatMap(({ confidence, prediction }) =>
    [confidence, prediction].flatMap((band) => (band ? [...band.lower, ...band.upper] : [])),
  );
  return widened(drawn, edges);
}

/** Of the residuals, as far below 0 as above. */
export function residualRange(series: readonly FitSeries[]): Range {
  const most = Math.max(...extent(series.flatMap(({ points }) => points.residuals)).map(Math.abs));
  const end = niceRange(0, 1.15 * (most || 1), true)[1];
  return [-end, end];
}

function reach(values: Numbers, errors: Numbers | undefined): (number | null)[] {
  if (!errors) return [...values];
  return values.flatMap((one, i) => (one === null ? [] : [one - (errors[i] ?? 0), one + (errors[i] ?? 0)]));
}

/** The least and the greatest; of nothing, from 0 to 1. */
export function extent(values: Numbers): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const one of values) {
    if (one === null) continue;
    low = Math.min(low, one);
    high = Math.max(high, one);
  }
  return low <= high ? [low, high] : [0, 1];
}

/** All that is drawn, and bands unless they go far beyond, out to nice numbers. */
function widened(drawn: Numbers, edges: Numbers): Range {
  const [low, high] = extent(drawn);
  const range = high - low || Math.abs(high) || 1;
  const [least, most] = extent([...edges, low, high]);
  // Below 0, where neither data nor curve go, a band says little.
  const floor = low >= 0 ? Math.max(-0.04 * range, low - bandReach * range) : low - bandReach * range;
  return niceRange(
    Math.max(least, floor) - (least < 0 && low >= 0 ? 0 : 0.03 * range),
    Math.min(most, high + bandReach * range) + 0.03 * range,
    low >= 0 && least >= 0,
  );
}

function niceRange(low: number, high: number, isPositive: boolean): Range {
  const step = niceSteps((high - low) / 20).next().value!;
  const first = multiple(Math.floor(low / step), step);
  return [isPositive && first < 0 ? 0 : first, multiple(Math.ceil(high / step), step)];
}
