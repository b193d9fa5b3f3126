import type { Chart, ChartOptions, LegendItem } from "chart.js";
import { type ChartHooks, setVisible } from "./highlight.js";
import { dashIn, font, fontFamily, fontSize, inTheme, type Theme } from "./style.js";
import { shortened } from "./texts.js";

/** What a legend tells of a run. */
interface LegendRun {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly status: string;
  /** The name of a run before it that is the same. */
  readonly same?: string;
}

/** The width of a key. */
const keyWidth = 26;

/** The legend of a chart whose datasets are these runs; a click shows or hides one. `key` explains the marks. */
export function legend(
  runs: readonly LegendRun[],
  { onToggle }: ChartHooks,
  theme: Theme,
  key?: string,
): NonNullable<NonNullable<ChartOptions<"scatter">["plugins"]>["legend"]> {
  return {
    onClick: (_event, { datasetIndex }, { chart }) => {
      // The key belongs to no run.
      if (datasetIndex === undefined) return;
      const visible = !chart.isDatasetVisible(datasetIndex);
      const { name } = runs[datasetIndex]!;
      setVisible(chart, name, visible);
      onToggle?.(name, visible);
    },
    labels: legendLabels(theme, (chart) => runs.map((run, i) => runItem(chart, run, i, theme)), key),
  };
}

/** The labels of a legend: as many of its items as have room, and the key of the marks where there is some left. */
export function legendLabels(theme: Theme, items: (chart: Chart) => LegendItem[], key?: string) {
  return {
    color: theme.ink,
    font: font(),
    usePointStyle: true,
    pointStyleWidth: keyWidth,
    generateLabels: (chart: Chart) => fitting(chart, theme, items(chart), key),
  };
}

function fitting(
  chart: Chart,
  theme: Theme,
  items: readonly LegendItem[],
  key: string | undefined,
): LegendItem[] {
  const { ctx, width, height } = chart;
  ctx.save();
  ctx.font = `${fontSize}px ${fontFamily}`;
  const room = width - 64;
  const rows = Math.max(1, Math.floor((0.3 * height) / (fontSize + 10)));
  const shown = items.map((item) => ({ ...item, text: shortened(ctx, item.text, room - keyWidth) }));
  const needs = (list: readonly LegendItem[]) => {
    let [row, x] = [1, 0];
    for (const { text } of list) {
      const own = ctx.measureText(text).width + keyWidth + fontSize / 2 + 12;
      if (x > 0 && x + own > room) [row, x] = [row + 1, 0];
      x += own;
    }
    return row;
  };
  let list: LegendItem[] = shown;
  for (let left = shown.length - 1; left > 0 && needs(list) > rows; left--) {
    list = [...shown.slice(0, left), textItem(`… and ${shown.length - left} more`, theme)];
  }
  if (key !== undefined) {
    const whole = [...list, textItem(key, theme)];
    if (ctx.measureText(key).width < room - keyWidth - 12 && needs(whole) <= rows) list = whole;
  }
  ctx.restore();
  return list;
}

function runItem(chart: Chart, run: LegendRun, datasetIndex: number, theme: Theme): LegendItem {
  const { name, status, same } = run;
  const notes = [
    ...(status === "diverged" ? ["diverged"] : []),
    ...(same === undefined ? [] : [`same as ${same}`]),
  ];
  const color = inTheme(run.color, theme);
  return {
    text: notes.length > 0 ? `${name} (${notes.join(", ")})` : name,
    strokeStyle: color,
    fillStyle: color,
    fontColor: theme.ink,
    lineWidth: 3,
    lineDash: dashIn(theme, run.dash, datasetIndex),
    pointStyle: "line",
    hidden: !chart.isDatasetVisible(datasetIndex),
    datasetIndex,
  };
}

function textItem(text: string, { ink }: Theme): LegendItem {
  return { text, strokeStyle: "transparent", fillStyle: "transparent", fontColor: ink, lineWidth: 0 };
}
