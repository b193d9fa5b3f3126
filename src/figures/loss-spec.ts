/** From trainings or runs to all that the panels of their loss figure show. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions } from "../../graph/internal.js";
import type { LossOptions } from "./loss.js";
import type { LossRun, LossSpec } from "./loss-chart.js";
import { checkChoice, checkText } from "./options.js";
import { append, readRuns, readTrainings } from "./runs.js";
import { epochColor, iterationColor, runStyle } from "./style.js";
import { stepAt, thinnedSeries } from "./thinning.js";

/** The options of `lossFigure`. */
export const lossOptions = ["trainings", "runs", "title", "scale", "width", "height", "pixelRatio"];

/** What `lossChart` draws, panel by panel, of the options of `lossFigure`. */
export function lossSpecs(options: LossOptions, what = "lossFigure"): LossSpec[] {
  const { trainings, runs, title, scale = "linear" } = checkOptions(what, options, lossOptions);
  checkText(what, "title", title);
  checkChoice(what, "scale", scale, ["linear", "log"]);
  if ((trainings === undefined) === (runs === undefined)) {
    const found = runs === undefined ? "neither trainings nor runs" : "both trainings and runs";
    throw new AdjointError(
      `${what}: there are ${found}; pass { trainings } of what train returns or { runs } of what minimize returns.`,
    );
  }
  if (runs !== undefined) {
    const read = readRuns(what, runs).map(([name, { trajectory, steps, value, status }]) => {
      if (trajectory.steps === 0 && steps > 0) {
        throw new AdjointError(
          `${what}: run "${name}" took ${steps} steps but recorded none; leave out { trajectory: false }.`,
        );
      }
      const stepOf = (i: number) => stepAt({ stride: trajectory.stride, steps }, i);
      return { name, values: append(trajectory.values, value), status, stepOf };
    });
    return [panel(what, "value at each step", "step", "value", iterationColor, read, scale)];
  }
  const read = readTrainings(what, trainings);
  const stepOf = (i: number) => i + 1;
  const series = (pick: (training: (typeof read)[number][1]) => Float64Array) =>
    read.map(([name, training]) => ({ name, values: pick(training), status: training.status, stepOf }));
  const iterations = series(({ iterationLosses }) => iterationLosses);
  const epochs = series(({ epochLosses }) => epochLosses);
  return [
    panel(what, "iteration loss", "iteration", "loss", iterationColor, iterations, scale),
    panel(what, "epoch loss", "epoch", "loss", epochColor, epochs, scale),
  ];
}

interface Series {
  readonly name: string;
  readonly values: Float64Array;
  readonly status: string;
  readonly stepOf: (i: number) => number;
}

function panel(
  what: string,
  title: string,
  stepLabel: string,
  valueLabel: string,
  color: string,
  series: readonly Series[],
  scale: "linear" | "log",
): LossSpec {
  for (const { name, values, stepOf } of series) {
    const i = scale === "log" ? values.findIndex((value) => value <= 0) : -1;
    if (i < 0) continue;
    throw new AdjointError(
      `${what}: "${name}" has the ${valueLabel} ${values[i]} at ${stepLabel} ${stepOf(i)}; a logarithmic axis needs values ` +
        `above 0, so use { scale: "linear" }.`,
    );
  }
  if (series.every(({ values }) => !values.some(Number.isFinite))) {
    throw new AdjointError(`${what}: there is no finite ${title}; pass what took one ${stepLabel} at least.`);
  }
  return {
    title,
    stepLabel,
    valueLabel,
    scale,
    runs: series.map((one, i): LossRun => {
      const style = series.length === 1 ? { color, dash: [] } : runStyle(i);
      return { name: one.name, status: one.status, ...style, ...thinnedSeries(one.values, one.stepOf) };
    }),
    legend: series.length > 1,
  };
}
