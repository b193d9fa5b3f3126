import { AdjointError } from "../../../graph/index.js";
import { describe } from "../../../graph/internal.js";
import { pageScript } from "../page/bundle.js";
import { escapeHtml, pageHtml } from "../page/html.js";
import type { ComparisonData } from "./data.js";

const style = `
h1 { margin: 0; font-size: 1.35rem; }
h2 { margin: 0 0 4px; font-size: 1rem; }
main { max-width: 1400px; }
.formula { margin: 6px 0; overflow-x: auto; overflow-y: hidden; padding-bottom: 4px; font-size: 1.15rem; }
.formula math { width: fit-content; }
#mark { height: 1.6em; line-height: 1.6em; overflow: hidden; margin: 0 0 6px; color: var(--muted); font-size: .9rem;
  font-variant-numeric: tabular-nums; }
@media (max-width: 600px) { #mark { height: 3.2em; } }
.panels { display: grid; gap: 18px 24px; }
@media (min-width: 1000px) {
  .panels { grid-template-columns: repeat(20, 1fr); }
  section { grid-column: span 10; }
  section:nth-child(3) { grid-column: span 9; }
  section:nth-child(4) { grid-column: span 11; }
}
section { min-width: 0; }
.chart { position: relative; height: 400px; }
#surface { height: 400px; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
#results { width: 100%; }
#results th, #results td { padding: 7px 10px 7px 0; vertical-align: top; }
#results th:nth-child(-n+2), #results td:nth-child(2) { text-align: left; }
#results th:first-child { position: sticky; left: 0; background: var(--background); max-width: 40vw; overflow: hidden;
  text-overflow: ellipsis; }
#results thead th { white-space: normal; max-width: 11em; }
#results td small { display: block; color: var(--muted); }
#results .swatch { margin-right: 6px; }
#results tr.marked > * { background: var(--panel); }
@media print { .chart, #surface { height: auto; } }
`;

/** The page of a comparison; the script fills it from the data. */
export async function comparisonHtml(what: string, data: ComparisonData): Promise<Uint8Array> {
  const { title, formula } = data;
  const keys = "Arrow keys step along a run and from run to run, space plays";
  const label = (text: string) => escapeHtml(`${title}: ${text}`);
  const page = pageHtml({
    title,
    script: await pageScript("page/charts"),
    data,
    style,
    theme: data.contour.theme,
    body: `<main>
<h1>${escapeHtml(title)}</h1>
${formula === null ? "" : `<div class="formula" tabindex="0" role="region" aria-label="The objective">${await mathOf(what, formula)}</div>`}
<div id="legend" class="legend" role="group" aria-label="Runs shown"></div>
<p id="mark" role="status"></p>
<div class="panels">
<section><h2>Contours</h2><div class="chart"><canvas id="contour" role="application" tabindex="0" aria-label="${label(`contours. ${keys}`)}"></canvas></div></section>
<section><h2>Surface</h2><div id="surface"></div></section>
<section><h2>Value at each step</h2><div class="chart"><canvas id="loss" role="application" tabindex="0" aria-label="${label(`value at each step. ${keys}`)}"></canvas></div></section>
<section><h2>Results</h2><div class="scroll" tabindex="0" role="region" aria-label="Results"><table id="results"></table></div></section>
</div>
<div id="tools" class="tools" role="group" aria-label="Files"></div>
<div id="numbers"></div>
</main>`,
  });
  return new TextEncoder().encode(page);
}

/** TeX as MathML, which browsers draw without a script or a font of their own. */
async function mathOf(what: string, formula: string): Promise<string> {
  // Loaded here: it is large, and other figures don't need it.
  const { default: temml } = await import("temml");
  try {
    return temml.renderToString(formula, { displayMode: true, throwOnError: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().slice(0, 300) : describe(error);
    throw new AdjointError(`${what}: the formula isn't TeX that can be drawn: ${reason}.`);
  }
}
