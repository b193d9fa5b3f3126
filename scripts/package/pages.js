/** The scripts of figures' pages: each a module that holds it as a text, deflated. */
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { deflateSync } from "node:zlib";
import { build } from "esbuild";
import { tsImport } from "tsx/esm/api";

/** Bundles the pages into `dist`. Returns the files that they are made of, told from the root. */
export async function bundlePages(root, dist) {
  const { bundlePage } = await tsImport(join(root, "src/figures/page/bundle.ts"), import.meta.url);
  const folder = join(root, "src/figures");
  const entries = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".page.ts"));
  for (const entry of entries) {
    const script = await bundlePage(join(folder, entry));
    const packed = deflateSync(script, { level: 9 }).toString("base64");
    writeFileSync(join(dist, `script-${basename(entry, ".page.ts")}.js`), `export default "${packed}";\n`);
  }
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => join(folder, entry)),
    outdir: dist,
    bundle: true,
    metafile: true,
    write: false,
  });
  return Object.keys(metafile.inputs);
}
