/** Axes and titles of charts that keep inside of small pictures. */
import type { Chart, Scale } from "chart.js";
import type { AxisNumbers } from "./numbers.js";
import { font, fontFamily, type Theme } from "./style.js";
import { shortened } from "./texts.js";

/** Charts that are smaller have no titles at their axes: the numbers need the room. */
const smallest = 240;

const fit = ({ ctx }: Chart, text: string, size: number, weight: string, room: number): string => {
  ctx.save();
  ctx.font = `${weight} ${size}px ${fontFamily}`;
  const short = shortened(ctx, text, room);
  ctx.restore();
  return short;
};

/** What an option is, of the chart as it is now. */
export const asked = <T>(answer: (chart: Chart) => T): T =>
  (({ chart }: { chart: Chart }) => answer(chart)) as unknown as T;

/** The title of an axis, as long as there is room along it. */
export function axisTitle(text: string, theme: Theme, side: "width" | "height") {
  return {
    display: ({ chart }: { chart: Chart }) => chart.width >= smallest && chart.height >= smallest,
    text: ({ chart }: { chart: Chart }) =>
      fit(chart, text, 14, "normal", chart[side] - (side === "width" ? 90 : 130)),
    color: theme.ink,
    font: font(14),
  } as unknown as { display: boolean; text: string; color: string; font: ReturnType<typeof font> };
}

/** The title above a chart. */
export function chartTitle(text: string | undefined, theme: Theme, size = 15) {
  return {
    display: text !== undefined,
    text: (({ chart }: { chart: Chart }) =>
      fit(chart, text ?? "", size, "bold", chart.width - 20)) as unknown as string,
    color: theme.ink,
    font: font(size, "bold"),
    padding: { top: 4, bottom: 6 },
  };
}

/** What writes an axis's ticks. */
export function tickLabels(theme: Theme, { texts }: AxisNumbers) {
  return {
    color: theme.ink,
    font: font(),
    maxRotation: 0,
    callback(this: Scale, _value: string | number, i: number, ticks: readonly { value: number }[]) {
      return texts(ticks.map(({ value }) => value))[i]!;
    },
  };
}
