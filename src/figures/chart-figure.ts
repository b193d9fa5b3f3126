/** Figures of charts: the picture in each of its formats, and the page. */
import { type Figure, makeFigure, type OnProgress } from "./figure.js";
import type { Look, PictureSize } from "./options.js";
import { loadDrawing } from "./packages.js";
import { configurationOf, type PageChart } from "./page/chart.js";
import { chartsPage } from "./page/charts.js";
import type { PictureFormat } from "./renderer.js";

/** What a figure of charts is made of. */
export interface ChartFigure {
  readonly what: string;
  readonly charts: readonly PageChart[];
  readonly size: PictureSize;
  readonly look: Look;
  /** Above all charts of the picture. */
  readonly title?: string;
  /** What it shows, in words. */
  readonly description: string;
}

/** The figure of charts that stand side by side. */
export function chartFigure({ what, charts, size, look, title, description }: ChartFigure): Figure {
  const picture = (format: PictureFormat) => async (onProgress: OnProgress) => {
    const { renderCharts } = await loadDrawing(what);
    const sheet = { what, size, look, description, ...(title !== undefined && { title }) };
    const bytes = await renderCharts(
      format,
      charts.map((chart) => configurationOf(chart) as never),
      sheet,
    );
    onProgress(1, 1);
    return bytes;
  };
  return makeFigure({
    png: picture("png"),
    svg: picture("svg"),
    pdf: picture("pdf"),
    html: async (onProgress) => {
      const page = await chartsPage(description, charts, size);
      onProgress(1, 1);
      return page;
    },
  });
}
