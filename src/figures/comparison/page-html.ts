import { AdjointError } from "../../../graph/index.js";
import { describe } from "../../../graph/internal.js";
import { pageScript } from "../page/bundle.js";
import { escapeHtml, pageHtml } from "../page/html.js";
import type { ComparisonData } from "./data.js";

const style = `
h1 { margin: 0; font-size: 1.35rem; }
h2 { margin: 0 0 4px; font-size: 1rem; }
main { max-width: 1400px; }
.formula { margin: 6px 0; overflow-x: auto; font-size: 1.15rem; }
.formula math { width: fit-content; }
#legend { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; margin: 8px 0 2px; }
#legend button { display: inline-flex; align-items: center; gap: 8px; min-height: 34px; padding: 0 12px; font: inherit;
  font-size: .9rem; color: inherit; background: #fff; border: 1px solid #b4b4bc; border-radius: 17px; cursor: pointer; }
#legend button[aria-pressed="false"] { color: #6a6a72; text-decoration: line-through; background: #f2f2f4; }
#legend i, #results i { display: inline-block; width: 20px; height: 5px; border-radius: 3px; }
#legend button[aria-pressed="false"] i { opacity: .3; }
#legend span { color: #55555c; font-size: .9rem; margin-left: 8px; }
#mark { height: 1.6em; line-height: 1.6em; overflow: hidden; margin: 0 0 6px; color: #55555c; font-size: .9rem;
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
#surface { height: 400px; border: 1px solid #e0e0e6; border-radius: 6px; overflow: hidden; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 10px 7px 0; border-bottom: 1px solid #e0e0e6; text-align: right; white-space: nowrap; vertical-align: top; }
th:nth-child(-n+2), td:nth-child(2) { text-align: left; }
th:first-child { position: sticky; left: 0; background: #fff; }
td small { display: block; color: #55555c; }
tr.marked > * { background: #f4f4f8; }
#legend button:focus-visible { outline: 3px solid #2f6fed; outline-offset: 1px; }
`;

/** The page of a comparison; the script fills it from the data. */
export async function comparisonHtml(what: string, data: ComparisonData): Promise<Uint8Array> {
  const { title, formula } = data;
  const label = (text: string) => escapeHtml(`${title}: ${text}`);
  const page = pageHtml({
    title,
    script: await pageScript("page/charts"),
    data,
    style,
    body: `<main>
<h1>${escapeHtml(title)}</h1>
${formula === null ? "" : `<div class="formula">${await mathOf(what, formula)}</div>`}
<div id="legend" role="group" aria-label="Runs shown"></div>
<p id="mark" role="status"></p>
<div class="panels">
<section><h2>Contours</h2><div class="chart"><canvas id="contour" role="img" aria-label="${label("contours")}"></canvas></div></section>
<section><h2>Surface</h2><div id="surface"></div></section>
<section><h2>Value at each step</h2><div class="chart"><canvas id="loss" role="img" aria-label="${label("value at each step")}"></canvas></div></section>
<section><h2>Results</h2><div class="scroll"><table id="results"></table></div></section>
</div>
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
