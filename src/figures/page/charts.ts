/** The page of a figure of charts. */
import { pageScript } from "./bundle.js";
import type { PageChart } from "./chart.js";
import { escapeHtml, pageHtml } from "./html.js";

const style = `
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
  const places = charts.map(({ kind }, i) => {
    const walks = kind !== "profile";
    const role = walks ? 'role="application" tabindex="0"' : 'role="img"';
    const keys = walks
      ? `. Arrow keys step along ${kind === "fit" ? "a group and from group to group" : "a run and from run to run"}`
      : "";
    const label = escapeHtml(`${title}: ${kind} chart${charts.length > 1 ? ` ${i + 1}` : ""}${keys}`);
    return `<div class="chart" style="aspect-ratio: ${ratio}"><canvas id="chart-${i}" ${role} aria-label="${label}"></canvas></div>`;
  });
  const page = pageHtml({
    title,
    script: await pageScript("page/charts"),
    data: charts,
    style,
    theme: charts[0]?.spec.theme,
    body: `<main>
<h1>${escapeHtml(title)}</h1>
<div id="legend-of-runs" class="legend" role="group" aria-label="Runs shown"></div>
<p id="told" class="told" role="status"></p>
<div class="charts">\n${places.join("\n")}\n</div>
<div id="tools" class="tools" role="group" aria-label="Files"></div>
<div id="numbers"></div>
</main>`,
  });
  return new TextEncoder().encode(page);
}
