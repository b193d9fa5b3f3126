/** From trainings or runs to all that the panels of their loss figure show. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe } from "../../graph/internal.js";
import { readRunColors } from "./colors.js";
import type { LossOptions } from "./loss.js";
import type { LossRun, LossSpec } from "./loss-chart.js";
import { checkChoice, checkText, readLook, sizeOptions } from "./options.js";
import { append, readRuns, readTrainings } from "./runs.js";
import { epochColor, iterationColor, runStyle } from "./style.js";
import { keptValues, rounded, stepAt } from "./thinning.js";
import type { ValueScale } from "./value-axis.js";

/** The options of `lossFigure`. */
export const lossOptions = ["trainings", "runs", "title", "scale", "minimum", "runColors", ...sizeOptions];

/** What `lossChart` draws, panel by panel, of the options of `lossFigure`; `scaleOption` is what the caller calls the scale. */
export function lossSpecs(options: LossOptions, what = "lossFigure", scaleOption = "scale"): LossSpec[] {
  const own = checkOptions(what, options, lossOptions);
  const { trainings, runs, title, scale = "linear", minimum, runColors } = own;
  const { theme } = readLook(what, own);
  checkText(what, "title", title);
  checkChoice(what, scaleOption, scale, ["linear", "log", "symlog"]);
  if (minimum !== undefined && !Number.isFinite(minimum))
    throw new AdjointError(`${what}: minimum must be a finite number, not ${describe(minimum)}.`);
  if ((trainings === undefined) === (runs === undefined)) {
    const found = runs === undefined ? "neither trainings nor runs" : "both trainings and runs";
    throw new AdjointError(
      `${what}: there are ${found}; pass { trainings } of what train returns or { runs } of what minimize returns.`,
    );
  }
  const settings: Settings = { what, scale, scaleOption, theme, minimum: minimum ?? 0, runColors };
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
    return [panel(settings, "value at each step", "step", "value", iterationColor, read)];
  }
  const read = readTrainings(what, trainings);
  const stepOf = (i: number) => i + 1;
  const series = (pick: (training: (typeof read)[number][1]) => Float64Array) =>
    read.map(([name, training]) => ({ name, values: pick(training), status: training.status, stepOf }));
  const iterations = series(({ iterationLosses }) => iterationLosses);
  const epochs = series(({ epochLosses }) => epochLosses);
  return [
    panel(settings, "iteration loss", "iteration", "loss", iterationColor, iterations),
    panel(settings, "epoch loss", "epoch", "loss", epochColor, epochs),
  ];
}

interface Settings {
  readonly what: string;
  readonly scale: ValueScale;
  readonly scaleOption: string;
  readonly theme: LossSpec["theme"];
  /** What values are told above. */
  readonly minimum: number;
  readonly runColors: unknown;
}

interface Series {
  readonly name: string;
  readonly values: Float64Array;
  readonly status: string;
  readonly stepOf: (i: number) => number;
}

function panel(
  { what, scale, scaleOption, theme, minimum, runColors }: Settings,
  title: string,
  stepLabel: string,
  valueLabel: string,
  color: string,
  given: readonly Series[],
): LossSpec {
  const series =
    minimum === 0 ? given : given.map((one) => ({ ...one, values: one.values.map((x) => x - minimum) }));
  // Above a minimum that is given, a value may be 0 where the minimum is reached.
  for (const { name, values, stepOf } of minimum === 0 ? series : []) {
    const i = scale === "log" ? values.findIndex((value) => value <= 0) : -1;
    if (i < 0) continue;
    throw new AdjointError(
      `${what}: "${name}" has the ${valueLabel} ${values[i]} at ${stepLabel} ${stepOf(i)}; a logarithmic axis needs values ` +
        `above 0, so use { ${scaleOption}: "linear" } or { ${scaleOption}: "symlog" }.`,
    );
  }
  if (
    series.every(
      ({ values }) => !values.some((value) => Number.isFinite(value) && (scale !== "log" || value > 0)),
    )
  ) {
    throw new AdjointError(`${what}: there is no finite ${title}; pass what took one ${stepLabel} at least.`);
  }
  const isSingle = series.length === 1;
  const names = series.map(({ name }) => name);
  const usual = (i: number) => (isSingle ? color : runStyle(i).color);
  const colors = readRunColors(`${what}: runColors`, runColors, names, usual);
  const most = Math.ceil(12_000 / Math.max(3, series.length));
  return {
    ...(theme !== undefined && { theme }),
    title: minimum === 0 ? title : `${title}, above ${minimum}`,
    stepLabel,
    valueLabel: minimum === 0 ? valueLabel : `${valueLabel} − minimum`,
    scale,
    runs: series.map((one, i): LossRun => {
      const kept = keptValues(one.values, most);
      return {
        name: one.name,
        status: one.status,
        color: colors[i]!,
        dash: runStyle(i).dash,
        steps: kept.map(one.stepOf),
        values: rounded(kept.map((k) => one.values[k]!)),
        ...twinOf(series, i),
      };
    }),
    legend: !isSingle,
  };
}

function twinOf(series: readonly Series[], i: number): { readonly same?: string } {
  const { values } = series[i]!;
  const twin = series
    .slice(0, i)
    .find(
      (one) => one.values.length === values.length && one.values.every((x, k) => Object.is(x, values[k])),
    );
  return twin ? { same: twin.name } : {};
}
