/// <reference lib="dom" />
/** A chart of a page as SVG. */
import { Chart, type ChartConfiguration } from "chart.js";
import { chartRecorder } from "../record.js";
import { svgDocument } from "../svg.js";

/** The chart drawn once more, on a canvas of its own, by what it tells that. */
export function svgOfChart(made: ChartConfiguration, background: string): string {
  const [width, height] = [1000, 600];
  const canvas = document.createElement("canvas");
  const { plugin, calls } = chartRecorder(width, height);
  const options = { ...made.options, responsive: false, animation: false as const, devicePixelRatio: 1 };
  const plugins = [...(made.plugins ?? []), plugin as never];
  new Chart(canvas, { ...made, options, plugins } as ChartConfiguration).destroy();
  const frame = { width, height, description: document.title, background };
  return svgDocument(calls(), frame, document.createElement("canvas").getContext("2d"));
}
