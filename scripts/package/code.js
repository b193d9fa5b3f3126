/**
 * The package's code: one set of modules for bundlers and browsers (`.js`), the same as CommonJS for Node (`.cjs`), and for
 * each entry a module (`.mjs`) by which Node's `import` gets what `require` gives. So a process has one library, however it
 * is loaded, and a bundle only what it uses.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { build, transform } from "esbuild";
import { lineMap } from "./maps.js";
import { markCalls, once, wrapConstants } from "./pure.js";
import { copySources, tellSource } from "./sources.js";

/** The package's entries, and modules of their own that not everyone loads. */
const entries = {
  index: "src/index.ts",
  graph: "graph/index.ts",
  optimizers: "optimizers/index.ts",
  solvers: "src/solvers/index.ts",
  fluent: "src/fluent/fluent.ts",
  testing: "src/testing/index.ts",
  figures: "src/figures/index.ts",
  files: "src/files/index.ts",
};
const parts = {
  csv: "src/data/csv.ts",
  "figures-drawing": "src/figures/drawing.ts",
  "figures-files": "src/figures/files.ts",
  "figures-browser": "scripts/package/stand-ins/browser.ts",
};

/** The module that makes formulas of TeX. */
const temml = "./temml.js";

/** What users install themselves; all else is in the bundles. */
const external = ["@napi-rs/canvas", "chart.js", "fast-check", "node:*", "./script-*.js", once.path];

const settings = { minify: true, target: "es2023", legalComments: "none" };

const standIn = (name) => `scripts/package/stand-ins/${name}.ts`;

/** Takes other files in the place of some. */
const replacing = (root, ending, files) => ({
  name: "replacing",
  setup(bundle) {
    const others = new Map(
      Object.entries(files).map(([path, other]) => [join(root, path), join(root, other)]),
    );
    bundle.onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) => {
      const other = others.get(resolve(resolveDir, path).replace(/\.js$/, ".ts"));
      return other && { path: other };
    });
    // A large one, and a module in both halves.
    bundle.onResolve({ filter: /^temml$/ }, () =>
      ending === ".js"
        ? { path: join(root, "scripts/package/stand-ins/temml.js") }
        : { path: temml, external: true },
    );
    bundle.onResolve({ filter: /^chartjs-node-canvas$/ }, () => ({
      path: join(root, standIn("chart-canvas")),
    }));
    // The browser's build brings a Buffer of its own.
    if (ending === ".cjs")
      bundle.onResolve({ filter: /^csv-parse\/browser\/esm\/sync$/ }, ({ resolveDir, kind }) =>
        bundle.resolve("csv-parse/sync", { resolveDir, kind }),
      );
  },
});

/** Lets bundlers leave out what isn't used. */
const marking = {
  name: "marking",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/](graph|optimizers|src)[\\/].*\.ts$/ }, ({ path }) =>
      path.includes("node_modules") ? undefined : { contents: wrapConstants(path), loader: "ts" },
    );
  },
};

/** The modules of one half with their maps, and the files that they are made of. */
async function modulesOf(root, dist, ending, replaced) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...entries, ...parts, ...(ending === ".js" && { temml: "temml" }) },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["main", "module"],
    outdir: dist,
    outExtension: { ".js": ending },
    // The library tells its own files by that beginning.
    chunkNames: "adjoint-[hash]",
    plugins: [replacing(root, ending, replaced), ...(ending === ".js" ? [marking] : [])],
    external,
    sourcemap: "external",
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: "warning",
    ...settings,
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const modules = [...texts.keys()].filter((path) => path.endsWith(ending));
  const made = modules.map((path) => ({
    path,
    text: texts.get(path),
    map: JSON.parse(texts.get(`${path}.map`)),
    exports: metafile.outputs[relative(root, path)].exports,
  }));
  return { modules: made, inputs: Object.keys(metafile.inputs) };
}

/** A module as CommonJS. */
async function commonJs({ path, text, map, exports }) {
  const inline = Buffer.from(JSON.stringify({ ...map, sourcesContent: map.sources.map(() => "") }));
  const banner = [
    text.includes("import.meta.url") && 'var moduleUrl = "file://" + __filename;',
    text.includes(temml) && "var importModule = (path) => import(path);",
  ];
  const made = await transform(
    `${text.replaceAll(`import("${temml}")`, `importModule("${temml}")`)}//# sourceMappingURL=data:application/json;base64,${inline.toString("base64")}\n`,
    {
      format: "cjs",
      platform: "node",
      // Where modules can't be imported when they are wanted, as in Jest, they can still be required.
      supported: { "dynamic-import": false },
      define: { "import.meta.filename": "__filename", "import.meta.url": "moduleUrl" },
      banner: banner.filter(Boolean).join(""),
      sourcefile: path,
      sourcemap: "external",
      sourcesContent: false,
      ...settings,
    },
  );
  return { path, text: made.code, map: JSON.parse(made.map), exports };
}

/** Bundles the code into `dist`. Returns the files that it is made of, told from the root. */
export async function bundleCode(root, dist) {
  mkdirSync(dist, { recursive: true });
  const pages = "src/figures/page/bundle.ts";
  const esm = await modulesOf(root, dist, ".js", { [pages]: standIn("pages") });
  const unfinished = await modulesOf(root, dist, ".cjs", {
    [pages]: standIn("pages-of-files"),
    "src/testing/loaded.ts": standIn("loaded"),
  });
  for (const one of esm.modules) one.text = markCalls(one.text).replaceAll(/import"\.\/[^"]+";/g, "");
  const cjs = await Promise.all(unfinished.modules.map(commonJs));
  for (const { path, text, map } of [...esm.modules, ...cjs]) {
    const name = path.slice(dist.length + 1);
    const tell = (source) => tellSource(root, dist, source);
    writeFileSync(`${path}.map`, JSON.stringify({ ...lineMap(map, tell), file: name }));
    writeFileSync(path, `${text.trimEnd()}\n//# sourceMappingURL=${name}.map\n`);
  }
  copySources(root, dist);
  writeFileSync(join(dist, once.path), once.text);
  for (const entry of Object.keys(entries)) {
    const { exports } = esm.modules.find(({ path }) => path === join(dist, `${entry}.js`));
    const text = `import library from "./${entry}.node.cjs";\nexport const { ${exports.join(", ")} } = library;\n`;
    // Node looks for names in what is imported; the detour spares it the search through all of the library.
    const detour = `"use strict";\nconst library = require("./${entry}.cjs");\nmodule.exports = library;\n`;
    writeFileSync(join(dist, `${entry}.node.cjs`), detour);
    writeFileSync(join(dist, `${entry}.mjs`), text);
  }
  return [...esm.inputs, ...unfinished.inputs];
}
