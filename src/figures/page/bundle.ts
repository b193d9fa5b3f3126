import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * A page's script, with all that it imports, minified.
 *
 * `entry` names a browser module below `src/figures` without its ending `.page.ts`: `"page/charts"` is
 * `page/charts.page.ts`. A built package holds the script, made by `bundlePage`; in the source tree it is made on the
 * fly.
 */
export async function pageScript(entry: string): Promise<string> {
  const place = (ending: string) => new URL(`../${entry}.page${ending}`, import.meta.url);
  try {
    return await readFile(place(".min.js"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const file = fileURLToPath(place(".ts"));
  const known = bundles.get(file) ?? bundlePage(file);
  bundles.set(file, known);
  return known;
}

// What has been bundled in this process.
const bundles = new Map<string, Promise<string>>();

/** Bundles a browser module by esbuild into one script without imports. */
export async function bundlePage(file: string): Promise<string> {
  // Imported here: only the source tree and the build need it, not an installed package.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    // ASCII, so that the script is the same whatever encoding the page is read in.
    charset: "ascii",
    legalComments: "none",
    write: false,
  });
  return outputFiles[0]!.text;
}
