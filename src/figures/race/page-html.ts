import { pageScript } from "../page/bundle.js";
import { pageHtml } from "../page/html.js";
import type { RaceScene } from "./scene.js";

/** The page of a race: one file that needs no network. */
export async function racePage(scene: RaceScene): Promise<Uint8Array> {
  const html = pageHtml({
    title: scene.title || "A race of optimizers",
    script: await pageScript("race/race"),
    data: scene,
    style: "html, body { height: 100%; }\n#race { height: 100%; }\n",
    body: '<div id="race"></div>',
  });
  return new TextEncoder().encode(html);
}
