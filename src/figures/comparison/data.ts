/**
 * What a comparison page shows, as the one JSON of the page, and what its panels make of it. Pure, and free of Node: the
 * page's script is made of it.
 */
import type { ContourSpec } from "../contour-chart.js";
import type { LossSpec } from "../loss-chart.js";
import type { Racer, RaceScene } from "../race/scene.js";
import type { ThinPath } from "../thinning.js";

/** A run, which stands in the JSON once for all panels: the points that they show, with their values. */
export interface ComparisonRun
  extends ThinPath,
    Pick<Racer, "name" | "color" | "dash" | "same" | "exit" | "notes"> {
  readonly status: string;
  /** How many steps it took. */
  readonly taken: number;
  /** Whether it ended outside of the box: how low it went there says nothing. */
  readonly isOutside: boolean;
  /** Where it ended, and the value there. */
  readonly end: readonly (number | null)[];
  /** How many points the surface shows: those before the run leaves the box. */
  readonly inBox: number;
  /** The losses, of the steps at which a picture shows them; null where they aren't finite. */
  readonly losses: { readonly steps: readonly number[]; readonly values: readonly (number | null)[] };
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

export function contourOf({ contour, runs }: ComparisonData): ContourSpec {
  return {
    ...contour,
    runs: runs.map(({ name, color, dash, same, status, steps, x1, x2, values, gaps }) => ({
      ...{ name, color, dash, status, steps, x1, x2, values },
      ...(same !== undefined && { same }),
      ...(gaps && { gaps }),
    })),
  };
}

export function lossOf({ loss, runs }: ComparisonData): LossSpec {
  return {
    ...loss,
    legend: false,
    runs: runs.map(({ name, color, dash, status, losses }) => ({ name, color, dash, status, ...losses })),
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
    racers: runs.map(({ name, color, dash, exit, notes, inBox, steps, x1, x2, values, gaps = [] }) => ({
      ...{ name, color, dash, exit, notes, times: steps.slice(0, inBox), gaps },
      points: Array.from({ length: inBox }, (_, i) => [x1[i]!, x2[i]!, values[i]!]).flat(),
    })),
  };
}
