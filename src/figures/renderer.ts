/** Charts as PNG. */
import { createCanvas, loadImage } from "@napi-rs/canvas";
import type { ChartConfiguration } from "chart.js";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import type { PictureSize } from "./options.js";
import { fontFamily, ink } from "./style.js";

// Its constructor loads chart.js anew, which takes much longer than a chart.
const renderers = new Map<string, ChartJSNodeCanvas>();

function rendererOf(width: number, height: number): ChartJSNodeCanvas {
  const key = `${width}×${height}`;
  const known = renderers.get(key);
  if (known) return known;
  const made = new ChartJSNodeCanvas({ width, height, backgroundColour: "#ffffff" });
  renderers.set(key, made);
  return made;
}

function renderChart(chart: ChartConfiguration, { width, height, pixelRatio }: PictureSize): Promise<Buffer> {
  const options = { ...chart.options, devicePixelRatio: pixelRatio };
  return rendererOf(width, height).renderToBuffer({ ...chart, options } as ChartConfiguration);
}

/** A PNG of charts side by side in columns of equal width, with a title above them. */
export async function renderCharts(
  charts: readonly ChartConfiguration[],
  size: PictureSize,
  title?: string,
): Promise<Uint8Array> {
  if (charts.length === 1 && title === undefined) return renderChart(charts[0]!, size);
  const { width, height, pixelRatio } = size;
  const titleHeight = title === undefined ? 0 : 36;
  const column = Math.floor(width / charts.length);
  const pictures = await Promise.all(
    charts.map((chart) => renderChart(chart, { width: column, height: height - titleHeight, pixelRatio })),
  );
  const canvas = createCanvas(Math.round(width * pixelRatio), Math.round(height * pixelRatio));
  const context = canvas.getContext("2d");
  context.scale(pixelRatio, pixelRatio);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  const images = await Promise.all(pictures.map((picture) => loadImage(picture)));
  images.forEach((image, i) => {
    context.drawImage(image, i * column, titleHeight, column, height - titleHeight);
  });
  if (title !== undefined) {
    context.fillStyle = ink;
    context.font = `bold 15px ${fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(title, width / 2, titleHeight / 2 + 4, width - 20);
  }
  return canvas.encode("png");
}
