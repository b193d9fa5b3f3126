/** The loss figure: a picture and a page. */
import { checkOptions } from "../../graph/internal.js";
import { type Figure, makeFigure } from "./figure.js";
import { lossChart } from "./loss-chart.js";
import { lossOptions, lossSpecs } from "./loss-spec.js";
import { readSize, type SizeOptions } from "./options.js";
import { loadDrawing } from "./packages.js";
import { chartsPage } from "./page/charts.js";
import type { Runs, Trainings } from "./runs.js";

/**
 * Options of `lossFigure`.
 * @example const wide = (options: LossOptions): LossOptions => ({ ...options, width: 1200 });
 */
export interface LossOptions extends SizeOptions {
  /** What `train` returns, by the names that the legend shows: two panels, by iteration and by epoch. */
  readonly trainings?: Trainings;
  /** What `minimize` returns, by name: one panel, the value over the steps. Either these or trainings. */
  readonly runs?: Runs;
  /** Text above the figure; default: none. */
  readonly title?: string;
  /** `"log"` shows values of many sizes, all above 0; default `"linear"`. */
  readonly scale?: "linear" | "log";
}

/**
 * Draws how losses fall: of trainings in two panels, the loss of each iteration and the mean of each epoch; of runs of
 * `minimize` in one panel, the value before each step and at the end. Several are drawn over each other, with a legend.
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, adam({ learningRate: 0.1 }), { steps: 200 });
 * await lossFigure({ runs: { adam: run }, scale: "log" }).save("loss.png");
 *
 * @returns a figure with the formats png (1000×400 by default) and html, where a point tells run, step and value to the
 *   pointer
 * @throws AdjointError where there is nothing to draw, a logarithmic axis can't hold a value, or an option isn't known or
 *   can't be used
 */
export function lossFigure(options: LossOptions): Figure {
  const own = checkOptions("lossFigure", options, lossOptions);
  const panels = lossSpecs(own);
  const size = readSize("lossFigure", own, { width: 1000, height: 400 });
  const { title } = own;
  return makeFigure({
    png: async (onProgress) => {
      const { renderCharts } = await loadDrawing("lossFigure");
      const picture = await renderCharts(
        panels.map((panel) => lossChart(panel) as never),
        size,
        title,
      );
      onProgress(1, 1);
      return picture;
    },
    html: async (onProgress) => {
      const names = panels[0]!.runs.map(({ name }) => name).join(", ");
      const charts = panels.map((spec) => ({ kind: "loss" as const, spec }));
      const page = await chartsPage(title ?? `Losses: ${names}`, charts, size);
      onProgress(1, 1);
      return page;
    },
  });
}
