/** The page of a race: one file that needs no network. */
import { escapeHtml, pageJson, pageScript } from "../page/bundle.js";
import type { RaceScene } from "./scene.js";

/** The page's bytes. */
export async function racePage(scene: RaceScene): Promise<Uint8Array> {
  const script = await pageScript(new URL("./page-entry.js", import.meta.url));
  const title = escapeHtml(scene.title || "A race of optimizers");
  return new TextEncoder().encode(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
html, body { margin: 0; height: 100%; background: #fff; }
#race { height: 100%; }
</style>
<div id="race"></div>
<script type="application/json" id="scene">${pageJson(scene)}</script>
<script>${script}</script>
</html>
`);
}
