/** The loss figure: a picture and a page. */
import { checkOptions } from "../../graph/internal.js";
import { chartFigure } from "./chart-figure.js";
import type { RunColors } from "./colors.js";
import type { Figure } from "./figure.js";
import { lossOptions, lossSpecs } from "./loss-spec.js";
import { readLook, readSize, type SizeOptions } from "./options.js";
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
  /** `"log"` shows values of many sizes, all above 0, `"symlog"` those of both signs, too; default `"linear"`. */
  readonly scale?: "linear" | "log" | "symlog";
  /** The least value, f*: shown is how far values are above it. A logarithmic axis leaves out those that reach it. */
  readonly minimum?: number;
  /** Colours by name or in order; default: eight, of which the colour-blind tell six apart, and pink for a single one. */
  readonly runColors?: RunColors;
}

/**
 * Draws how losses fall: of trainings in two panels, the loss of each iteration and the mean of each epoch; of runs of
 * `minimize` in one panel, the value before each step and at the end. Several are drawn over each other, with a legend. One that
 * diverged doesn't stretch the axis: an arrow tells where it leaves.
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, adam({ learningRate: 0.1 }), { steps: 200 });
 * await lossFigure({ runs: { adam: run }, scale: "log" }).save("loss.png");
 *
 * @returns a figure with the formats png, svg, pdf (1000×400 by default) and html, where a point tells run, step and value to the
 *   pointer
 * @throws AdjointError where there is nothing to draw, a logarithmic axis can't hold a value, or an option isn't known or
 *   can't be used
 */
export function lossFigure(options: LossOptions): Figure {
  const what = "lossFigure";
  const own = checkOptions(what, options, lossOptions);
  const panels = lossSpecs(own);
  const { title } = own;
  return chartFigure({
    what,
    charts: panels.map((spec) => ({ kind: "loss" as const, spec })),
    size: readSize(what, own, { width: 1000, height: 400 }),
    look: readLook(what, own),
    ...(title !== undefined && { title }),
    description: title ?? `Losses: ${panels[0]!.runs.map(({ name }) => name).join(", ")}`,
  });
}
