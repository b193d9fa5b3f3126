/** Bundles the scripts of pages into the build, beside the code that reads them. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePage } from "../dist/src/figures/page/bundle.js";

const folder = "src/figures";
const source = fileURLToPath(new URL(`../${folder}`, import.meta.url));
const built = fileURLToPath(new URL(`../dist/${folder}`, import.meta.url));

const ending = ".page.ts";
for (const entry of readdirSync(source, { recursive: true }).filter((path) => path.endsWith(ending))) {
  const target = join(built, `${entry.slice(0, -ending.length)}.page.min.js`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, await bundlePage(join(source, entry)));
}
