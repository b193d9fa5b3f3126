/// <reference lib="dom" />
/** Charts, and drawings of other kinds, as PNG, SVG and PDF: all three of the same calls. */
import { createCanvas, PDFDocument } from "@napi-rs/canvas";
import type { ChartConfiguration, Plugin } from "chart.js";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import { checkGlyphs, registerFonts } from "./fonts.js";
import type { Look, PictureSize } from "./options.js";
import { type Call, chartRecorder, record, replay } from "./record.js";
import { fontFamily, themeOf } from "./style.js";
import { svgDocument } from "./svg.js";
import { shortened } from "./texts.js";

/** What a picture is drawn as. */
export type PictureFormat = "png" | "svg" | "pdf";

/** A picture of a size, in a look. */
export interface Sheet {
  /** Whose picture it is, for errors. */
  readonly what: string;
  readonly size: PictureSize;
  readonly look: Look;
  /** Above the charts. */
  readonly title?: string;
  /** What it tells those who can't see it. */
  readonly description: string;
}

// Its constructor loads chart.js anew, which takes much time and memory: charts take their size from their recorder.
let renderer: ChartJSNodeCanvas | undefined;

/** The calls that draw a chart. */
export async function recordChart(
  { options, plugins = [], ...chart }: ChartConfiguration,
  width: number,
  height: number,
): Promise<readonly Call[]> {
  const { plugin, calls } = chartRecorder(width, height);
  renderer ??= new ChartJSNodeCanvas({ width: 1, height: 1 });
  const once = { ...options, devicePixelRatio: 1, responsive: false, animation: false as const };
  await renderer.renderToBuffer({
    ...chart,
    options: once,
    plugins: [...plugins, plugin as Plugin],
  });
  return calls();
}

/** Charts side by side in columns of equal width, with a title above them. */
export async function renderCharts(
  format: PictureFormat,
  charts: readonly ChartConfiguration[],
  sheet: Sheet,
): Promise<Uint8Array> {
  registerFonts(sheet.what, sheet.look.fonts);
  const { title, size, look } = sheet;
  const titleHeight = title === undefined ? 0 : 36;
  const column = Math.floor(size.width / charts.length);
  const drawn: (readonly Call[])[] = [];
  for (const chart of charts) drawn.push(await recordChart(chart, column, size.height - titleHeight));
  const call = (name: string, ...args: unknown[]): Call => ({ name, args });
  const calls = drawn.flatMap((own, i) => [
    call("save"),
    call("translate", i * column, titleHeight),
    ...own,
    call("restore"),
  ]);
  if (title === undefined) return renderCalls(format, calls, sheet);
  const heading = record((ctx) => {
    ctx.fillStyle = themeOf(look.theme).ink;
    ctx.font = `bold 15px ${fontFamily}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(shortened(ctx, title, size.width - 20), size.width / 2, titleHeight / 2 + 4);
  }, measuring());
  return renderCalls(format, [...calls, ...heading], sheet);
}

/** A context to measure by. */
export const measuring = () => createCanvas(1, 1).getContext("2d");

/** What a function draws. */
export function renderDrawing(
  format: PictureFormat,
  draw: (ctx: CanvasRenderingContext2D) => void,
  sheet: Sheet,
): Promise<Uint8Array> {
  registerFonts(sheet.what, sheet.look.fonts);
  return renderCalls(format, record(draw, measuring()), sheet);
}

async function renderCalls(
  format: PictureFormat,
  calls: readonly Call[],
  { what, size, look, description }: Sheet,
): Promise<Uint8Array> {
  const { width, height, pixelRatio } = size;
  checkGlyphs(what, calls);
  const draw = (context: unknown, scale: number) => {
    const ctx = context as CanvasRenderingContext2D;
    ctx.scale(scale, scale);
    ctx.fillStyle = themeOf(look.theme).background;
    ctx.fillRect(0, 0, width, height);
    // As a context begins: the background isn't part of what was recorded.
    ctx.fillStyle = "#000000";
    replay(calls, ctx);
  };
  if (format === "svg") {
    const svg = svgDocument(
      calls,
      { ...size, description, background: themeOf(look.theme).background },
      measuring(),
    );
    return new TextEncoder().encode(svg);
  }
  if (format === "pdf") {
    const paper = new PDFDocument({ title: description });
    // A page is told in points, of which a pixel of a page on a screen is three quarters.
    draw(paper.beginPage(0.75 * width, 0.75 * height), 0.75);
    paper.endPage();
    return new Uint8Array(paper.close());
  }
  const canvas = createCanvas(Math.round(width * pixelRatio), Math.round(height * pixelRatio));
  draw(canvas.getContext("2d"), pixelRatio);
  return canvas.encode("png");
}
