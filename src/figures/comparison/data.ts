/**
 * What a comparison page shows, as the one JSON of the page, and what its panels make of it. Pure, and free of Node: the
 * page's script is made of it.
 */
import type { ContourSpec } from "../contour-chart.js";
import type { LossSpec } from "../loss-chart.js";
import type { Racer, RaceScene } from "../race/scene.js";
import { stepAt, thinnedPath, thinnedSeries } from "../thinning.js";

/** A run, which stands in the JSON once for all panels. */
export interface ComparisonRun extends Pick<Racer, "name" | "color" | "exit" | "notes" | "stride" | "steps"> {
  readonly dash: readonly number[];
  readonly status: string;
  /** The points before each step and the last one, with their values; null where a number isn't finite. */
  readonly x1: readonly (number | null)[];
  readonly x2: readonly (number | null)[];
  readonly values: readonly (number | null)[];
  /** How many points the surface shows: those before the run leaves the box. */
  readonly inBox: number;
  /** ‖∇f‖ at the last point; null where it isn't finite. */
  readonly gradientNorm: number | null;
}

export interface ComparisonData {
  readonly title: string;
  /** f(x1, x2) in TeX; null where it is too long to be read. */
  readonly formula: string | null;
  readonly runs: readonly ComparisonRun[];
  /** The contours, with the grid from which the surface is taken, too. */
  readonly contour: Omit<ContourSpec, "runs" | "title">;
  readonly loss: Omit<LossSpec, "runs" | "legend">;
  readonly surface: Omit<RaceScene, "title" | "surface" | "racers"> & {
    readonly surface: Omit<RaceScene["surface"], "values">;
  };
}

const numbers = (values: readonly (number | null)[]) =>
  Float64Array.from(values, (value) => value ?? Number.NaN);

export function contourOf({ contour, runs }: ComparisonData): ContourSpec {
  return {
    ...contour,
    runs: runs.map(({ name, color, dash, status, stride, steps, ...run }) => {
      const stepping = { stride, steps };
      const path = {
        name,
        status,
        ...stepping,
        x1: numbers(run.x1),
        x2: numbers(run.x2),
        values: numbers(run.values),
      };
      return { color, dash, ...thinnedPath(path as never, contour.window) };
    }),
  };
}

export function lossOf({ loss, runs }: ComparisonData): LossSpec {
  return {
    ...loss,
    legend: false,
    runs: runs.map(({ name, color, dash, status, values, ...stepping }) => {
      const stepOf = (i: number) => stepAt(stepping, i);
      return { name, color, dash, status, ...thinnedSeries(numbers(values), stepOf) };
    }),
  };
}

export function sceneOf({ title, contour, surface: scene, runs }: ComparisonData): RaceScene {
  const { columns, rows } = scene.surface;
  const [across, up] = contour.grid.cells;
  // The contours' grid is finer by a whole factor, and has one more cell on each side.
  const values = Array.from({ length: columns * rows }, (_, i) => {
    const column = 1 + ((i % columns) * across) / (columns - 1);
    const row = 1 + (Math.floor(i / columns) * up) / (rows - 1);
    return contour.grid.values[row * (across + 3) + column]!;
  });
  return {
    ...scene,
    title,
    surface: { ...scene.surface, values },
    racers: runs.map(({ name, color, exit, notes, stride, steps, inBox, x1, x2, values }) => {
      const points = Array.from({ length: inBox }, (_, i) => [x1[i]!, x2[i]!, values[i]!]).flat();
      return { name, color, exit, notes, stride, steps, points };
    }),
  };
}
