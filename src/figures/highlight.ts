import type { Chart } from "chart.js";
import { font, tooltipSize } from "./style.js";

/** A step of a run, by the run's name and the steps taken before it: 0 is the start. */
export interface Mark {
  readonly run: string;
  readonly step: number;
}

/** Asked for beside what a chart shows. */
export interface ChartHooks {
  /** Told the point under the pointer, and `undefined` where it has left all of them. */
  readonly onHover?: (mark: Mark | undefined) => void;
  /** Told that a click in the legend has shown or hidden a run. */
  readonly onToggle?: (run: string, visible: boolean) => void;
}

/** A run as every chart has it: its name, and the steps of its points, ascending. */
interface Steps {
  readonly name: string;
  readonly steps: ArrayLike<number>;
}

/** What all charts of points are told first: to stand still in the room that they have, and to tell the point under the pointer. */
export function pointOptions(runs: readonly Steps[], { onHover }: ChartHooks, right: number) {
  return {
    animation: false as const,
    maintainAspectRatio: false,
    layout: { padding: { top: 8, right, bottom: 4, left: 4 } },
    ...(onHover && {
      onHover: (_event: unknown, [element]: readonly { datasetIndex: number; index: number }[]) => {
        const run = element && runs[element.datasetIndex];
        onHover(run && { run: run.name, step: run.steps[element.index]! });
      },
    }),
  };
}

/** The box beside the pointer: the name of the run, and what `label` says of its point. */
export function pointTooltip(runs: readonly Steps[], label: (run: number, point: number) => string[]) {
  return {
    // Of points in one place, the one that is told to hooks.
    filter: (_item: unknown, index: number) => index === 0,
    titleFont: font(tooltipSize, "bold"),
    bodyFont: font(tooltipSize),
    callbacks: {
      title: ([item]: readonly { datasetIndex: number }[]) => (item ? runs[item.datasetIndex]!.name : ""),
      label: (item: { datasetIndex: number; dataIndex: number }) => label(item.datasetIndex, item.dataIndex),
    },
  };
}

const marks = new WeakMap<object, readonly Mark[]>();
const times = new WeakMap<object, number>();

/** Shows runs up to a step, as a race that is played does; ∞: whole. */
export function showUntil(chart: Chart, step: number): void {
  times.set(chart, step);
}

/** How many of ascending steps a chart shows. */
export function shownOf(chart: Chart, steps: ArrayLike<number>): number {
  const until = times.get(chart) ?? Number.POSITIVE_INFINITY;
  return steps.length === 0 || steps[0]! > until ? 0 : lastNotAfter(steps, until) + 1;
}

/** Rings these points in a chart of this package, in place of those ringed before; none: no ring. */
export function highlight(chart: Chart, ...wanted: readonly Mark[]): void {
  marks.set(chart, wanted);
  chart.draw();
}

/** Draws the rings of a chart whose datasets are these runs, `each` of them to a run, where they lie in its area. */
export function drawHighlights(chart: Chart, runs: readonly Steps[], each = 1): void {
  const { ctx, chartArea } = chart;
  for (const { run, step } of marks.get(chart) ?? []) {
    const place = runs.findIndex(({ name }) => name === run);
    const index = each * place;
    if (place < 0 || !chart.isDatasetVisible(index)) continue;
    const { x, y } = chart.getDatasetMeta(index).data[lastNotAfter(runs[place]!.steps, step)]!;
    const { left, right, top, bottom } = chartArea;
    // NaN, for a point that isn't finite, is on no side.
    if (!(x >= left && x <= right && y >= top && y <= bottom)) continue;
    ctx.save();
    for (const [style, width] of [
      ["#ffffff", 6],
      [chart.data.datasets[index]!.borderColor as string, 3],
    ] as const) {
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.beginPath();
      ctx.arc(x, y, 9, 0, 2 * Math.PI);
      ctx.stroke();
    }
    ctx.restore();
  }
}

/** Shows or hides a run in a chart of this package. */
export function setVisible(chart: Chart, run: string, visible: boolean): void {
  const own = chart.data.datasets.flatMap(({ label }, i) =>
    label === run && chart.isDatasetVisible(i) !== visible ? [i] : [],
  );
  if (own.length === 0) return;
  for (const index of own) chart.setDatasetVisibility(index, visible);
  chart.update();
}

/** The place of the last of ascending steps that isn't after `step`; the first where all are. */
export function lastNotAfter(steps: ArrayLike<number>, step: number): number {
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (steps[middle]! <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}
