/** Bundles the script of a page by esbuild, which users of the package need not have. */
import { build } from "esbuild";

/** The module at `source` with all it imports, as one classic script. */
export async function bundlePage(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    write: false,
  });
  return outputFiles[0]!.text.replaceAll("</script", "<\\/script").trim();
}
