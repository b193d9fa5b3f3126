/** The page of a figure of charts. */
import { pageScript } from "./bundle.js";
import type { PageChart } from "./chart.js";
import { escapeHtml, pageHtml } from "./html.js";

const style = `
h1 { margin: 0 0 8px; font-size: 1.1rem; text-align: center; }
.charts { display: flex; flex-wrap: wrap; }
.chart { position: relative; flex: 1 1 420px; min-width: 0; max-height: 92vh; min-height: 320px; }
`;

/** A page with charts side by side, below each other where there is no room, in the proportions of the picture. */
export async function chartsPage(
  title: string,
  charts: readonly PageChart[],
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  const ratio = `${Math.round(width / charts.length)} / ${height}`;
  const places = charts.map(
    ({ kind }, i) =>
      `<div class="chart" style="aspect-ratio: ${ratio}"><canvas id="chart-${i}" role="img" ` +
      `aria-label="${escapeHtml(`${title}: ${kind} chart`)}"></canvas></div>`,
  );
  const page = pageHtml({
    title,
    script: await pageScript("page/charts"),
    data: charts,
    style,
    body: `<main>\n<div class="charts">\n${places.join("\n")}\n</div>\n</main>`,
  });
  return new TextEncoder().encode(page);
}
