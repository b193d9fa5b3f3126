// What long runs lose without a picture showing it. No import of values, so that pages use it, too.
import type { ContourRun } from "./contour-chart.js";
import type { LossRun } from "./loss-chart.js";
import type { Path, PlaneWindow } from "./plane.js";

/** When the points of a run are: a trajectory may hold one of several steps, and its last point follows. */
export interface Stepping {
  readonly stride: number;
  /** Those of the whole run. */
  readonly steps: number;
}

/** The steps taken before a point. */
export function stepAt({ stride, steps }: Stepping, point: number): number {
  return Math.min(point * stride, steps);
}

/** The point before which so many steps were taken, or the next one. */
export function pointAt({ stride }: Stepping, step: number): number {
  return Math.ceil(step / stride);
}

/**
 * A path without the points that lie on the one kept before, and with those far outside of the window brought nearer,
 * in their direction: no picture shows the difference, and a long run stays small.
 */
export function thinnedPath(
  { name, x1, x2, values, status, ...stepping }: Path,
  window: PlaneWindow,
): Omit<ContourRun, "color" | "dash"> {
  const middle = [(window.x1[0] + window.x1[1]) / 2, (window.x2[0] + window.x2[1]) / 2] as const;
  const half = [(window.x1[1] - window.x1[0]) / 2, (window.x2[1] - window.x2[0]) / 2] as const;
  const kept = {
    steps: [] as number[],
    x1: [] as (number | null)[],
    x2: [] as (number | null)[],
    values: [] as (number | null)[],
  };
  const round = (x: number) => Number(x.toPrecision(9));
  let u = Number.POSITIVE_INFINITY;
  let v = Number.POSITIVE_INFINITY;
  for (let i = 0; i < x1.length; i++) {
    const nextU = (x1[i]! - middle[0]) / half[0];
    const nextV = (x2[i]! - middle[1]) / half[1];
    if (Math.hypot(nextU - u, nextV - v) < 1e-3 && i < x1.length - 1) continue;
    [u, v] = [nextU, nextV];
    const isPoint = Number.isFinite(u) && Number.isFinite(v);
    const nearer = Math.min(1, 1000 / Math.hypot(u, v));
    kept.steps.push(stepAt(stepping, i));
    kept.x1.push(isPoint ? round(nearer < 1 ? middle[0] + nearer * u * half[0] : x1[i]!) : null);
    kept.x2.push(isPoint ? round(nearer < 1 ? middle[1] + nearer * v * half[1] : x2[i]!) : null);
    kept.values.push(Number.isFinite(values[i]) ? round(values[i]!) : null);
  }
  return { name, status, ...kept };
}

/** Losses with the steps of each: of more than `most`, the lowest and the highest of each stretch of equal length. */
export function thinnedSeries(
  values: Float64Array,
  stepOf: (i: number) => number,
  most = 4000,
): Pick<LossRun, "steps" | "values"> {
  const kept: number[] = [];
  if (values.length <= most) kept.push(...values.keys());
  else {
    const stretch = values.length / (most / 2);
    for (let from = 0; from < values.length; from += stretch) {
      const places = Array.from(
        { length: Math.min(values.length, Math.floor(from + stretch)) - Math.floor(from) },
        (_, i) => Math.floor(from) + i,
      );
      const ordered = places.toSorted((a, b) => values[a]! - values[b]!);
      kept.push(...new Set([ordered[0]!, ordered.at(-1)!].toSorted((a, b) => a - b)));
    }
    if (kept.at(-1) !== values.length - 1) kept.push(values.length - 1);
  }
  const round = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(9)) : null);
  return { steps: kept.map(stepOf), values: kept.map((i) => round(values[i]!)) };
}
