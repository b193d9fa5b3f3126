/** Others' modules that are large and loaded by themselves, as small as they get: formulas, tables, expressions. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const standIns = "scripts/package/stand-ins";

/**
 * What temml can that no objective's formula needs: commutative diagrams, pictures, links, numbers of equations, macros of
 * one's own.
 */
const unused =
  "arrow bordermatrix cancelto cd char def envTag hbox html includegraphics label lap multiscript pmb raise ref reflect sfrac smash tag vcenter verb".split(
    " ",
  );

const withoutUnused = {
  name: "without what isn't used",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]temml[\\/]src[\\/]functions\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        /^import "\.\/(?:functions|environments)\/(\w+)";?$/gm,
        (line, name) => (unused.includes(name) ? "" : line),
      ),
    }));
    // Matrices ask for these two.
    bundle.onLoad({ filter: /[\\/]temml[\\/]src[\\/]environments[\\/](cd|borderTree)\.js$/ }, () => ({
      contents: `const none = () => { throw new Error("This environment isn't known"); };
export { none as parseCD, none as bordermatrixParseTree };`,
    }));
  },
};

/** Bundles them into `dist`. Returns the files that they are made of, told from the root. */
export async function largeModules(root, dist, settings) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      temml: `${standIns}/temml.js`,
      tables: "csv-parse/sync",
      parser: "node_modules/mathjs/lib/esm/expression/parse.js",
    },
    bundle: true,
    format: "esm",
    outdir: dist,
    metafile: true,
    inject: [join(root, standIns, "buffer.js")],
    plugins: [withoutUnused],
    ...settings,
  });
  return Object.keys(metafile.inputs);
}
