/** Charts in Node: as tests ask them for their scales and points, and as the calls that draw them. */
import { createCanvas } from "@napi-rs/canvas";
import { Chart, type ChartConfiguration } from "chart.js/auto";
import { registerFonts } from "../../src/figures/fonts.js";
import { type Call, chartRecorder } from "../../src/figures/record.js";

/** A chart on a canvas of a size. */
export function openChart(configuration: unknown, width = 600, height = 400): Chart {
  registerFonts();
  const { options, ...rest } = configuration as ChartConfiguration;
  const still = { ...rest, options: { ...options, responsive: false } } as ChartConfiguration;
  return new Chart(createCanvas(width, height).getContext("2d") as never, still);
}

/** The calls that draw a chart. */
export function drawnCalls(configuration: unknown, width = 600, height = 400): readonly Call[] {
  const { plugins = [], ...rest } = configuration as ChartConfiguration;
  const { plugin, calls } = chartRecorder(width, height);
  openChart({ ...rest, plugins: [...plugins, plugin] }, 1, 1).destroy();
  return calls();
}

/** A text that is drawn, with its colour and the box that it fills. */
export interface DrawnText {
  readonly text: string;
  readonly color: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The texts of a drawing, where they stand. */
export function textsOf(calls: readonly Call[]): DrawnText[] {
  const ctx = createCanvas(1, 1).getContext("2d");
  const found: DrawnText[] = [];
  for (const call of calls) {
    if ("set" in call) {
      (ctx as unknown as Record<string, unknown>)[call.set] = call.value;
      continue;
    }
    const { name, args } = call;
    if (["save", "restore", "translate", "rotate", "scale"].includes(name))
      (ctx as unknown as Record<string, (...args: unknown[]) => void>)[name]!(...args);
    if (name !== "fillText") continue;
    const [text, x, y] = args as [string, number, number];
    const {
      actualBoundingBoxLeft,
      actualBoundingBoxRight,
      actualBoundingBoxAscent,
      actualBoundingBoxDescent,
    } = ctx.measureText(text);
    const { a, b, c, d, e, f } = ctx.getTransform();
    const corners = [x - actualBoundingBoxLeft, x + actualBoundingBoxRight].flatMap((px) =>
      [y - actualBoundingBoxAscent, y + actualBoundingBoxDescent].map(
        (py) => [a * px + c * py + e, b * px + d * py + f] as const,
      ),
    );
    const [xs, ys] = [corners.map(([px]) => px), corners.map(([, py]) => py)];
    found.push({
      ...{ text, color: String(ctx.fillStyle), left: Math.min(...xs), right: Math.max(...xs) },
      ...{ top: Math.min(...ys), bottom: Math.max(...ys) },
    });
  }
  return found;
}
