import { pageScript } from "../page/bundle.js";
import { escapeHtml, pageHtml } from "../page/html.js";
import type { RaceScene } from "./scene.js";

/** The page of a race: one file that needs no network. */
export async function racePage(scene: RaceScene): Promise<Uint8Array> {
  const title = scene.title || "A race of optimizers";
  const html = pageHtml({
    title,
    script: await pageScript("race/race"),
    data: scene,
    style,
    theme: scene.theme,
    body: `<main>
<h1>${escapeHtml(title)}</h1>
<div id="legend-of-runs" class="legend" role="group" aria-label="Runs shown"></div>
<p id="told" class="told" role="status"></p>
<div id="race"></div>
<div id="tools" class="tools" role="group" aria-label="Files"></div>
<div id="numbers"></div>
</main>`,
  });
  return new TextEncoder().encode(html);
}

const style = `main { max-width: none; padding: 10px 14px; }
#race { height: calc(100vh - 14rem); min-height: 300px; }
@media print { #race { height: auto; } }
`;
