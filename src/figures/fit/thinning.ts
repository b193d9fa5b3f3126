/** A fit of many rows: the points that a picture shows. */
import { seenPoints } from "../thinning.js";
import type { FitSeries, Range } from "./chart.js";

/** Of many points, those that cover what those before them don't. */
export function thinned(
  one: FitSeries,
  x: Range,
  y: Range,
  scale: "linear" | "log",
  yScale: "linear" | "log",
): FitSeries {
  const { points } = one;
  const share = ([low, high]: Range, kind: "linear" | "log") => {
    const place = kind === "log" ? Math.log : (value: number) => value;
    return (value: number | null) => (place(value ?? Number.NaN) - place(low)) / (place(high) - place(low));
  };
  const [across, up] = [points.x.map(share(x, scale)), points.y.map(share(y, yScale))];
  const kept = seenPoints(across, up);
  if (kept.length === points.x.length) return one;
  const pick = (list: readonly (number | null)[]) => kept.map((i) => list[i]!);
  return {
    ...one,
    points: {
      x: pick(points.x),
      y: pick(points.y),
      ...(points.xError && { xError: pick(points.xError) }),
      ...(points.yError && { yError: pick(points.yError) }),
      residuals: pick(points.residuals),
    },
  };
}
