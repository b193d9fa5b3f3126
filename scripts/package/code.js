/**
 * The package's code: one set of modules for bundlers and browsers (`.js`), the same as CommonJS for Node (`.cjs`), and for
 * each entry a module (`.mjs`) by which Node's `import` gets what `require` gives. So a process has one library, however it
 * is loaded, and a bundle only what it uses. The modules for bundlers stand as people read them; the others, small, lead to
 * them by their maps.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { build, transform } from "esbuild";
import { commonJs } from "./common-js.js";
import { largeModules } from "./large.js";
import { mapTo, placesIn, withoutLines } from "./maps.js";
import { markCalls, markExports, once, wrapConstants } from "./pure.js";
import { keepComments, readableLines } from "./readable.js";

/** The package's entries, and modules of their own that not everyone loads. */
const entries = {
  index: "src/index.ts",
  graph: "graph/index.ts",
  optimizers: "optimizers/index.ts",
  solvers: "src/solvers/index.ts",
  expression: "src/expression/index.ts",
  fluent: "src/fluent/fluent.ts",
  testing: "src/testing/index.ts",
  figures: "src/figures/index.ts",
  files: "src/files/index.ts",
  export: "src/engines/index.ts",
};
const parts = {
  "figures-drawing": "src/figures/drawing.ts",
  "figures-files": "src/figures/files.ts",
  "figures-browser": "scripts/package/stand-ins/browser.ts",
};

const all = { ...entries, ...parts };

/** The program, which only Node runs. */
const program = { "command-line": "src/command-line/bin.ts" };

/** The module that makes formulas of TeX. */
const temml = "./temml.js";

/** What users install themselves; all else is in the bundles. */
const external = ["@napi-rs/canvas", "chart.js", "fast-check", "node:*", "./script-*.js", once.path];

const settings = { minify: true, target: "es2023", legalComments: "none", charset: "utf8" };

const standIn = (name, ending = "ts") => `scripts/package/stand-ins/${name}.${ending}`;

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
    // Large ones. That of formulas is a module in both halves.
    bundle.onResolve({ filter: /^temml$/ }, () => ({ path: temml, external: true }));
    bundle.onResolve({ filter: /^csv-parse\/browser\/esm\/sync$/ }, () =>
      ending === ".js" ? { path: "./tables.js", external: true } : { path: join(root, standIn("csv-parse")) },
    );
    bundle.onResolve({ filter: /\/mathjs\/lib\/esm\/expression\/parse\.js$/ }, () =>
      ending === ".js" ? { path: "./parser.js", external: true } : undefined,
    );
    bundle.onResolve({ filter: /^chartjs-node-canvas$/ }, () => ({
      path: join(root, standIn("chart-canvas")),
    }));
  },
});

/** Lets bundlers leave out what isn't used. Why a line is there is told where most look: in graphs and optimizers. */
const marking = {
  name: "marking",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/](graph|optimizers|src)[\\/].*\.ts$/ }, ({ path }) =>
      path.includes("node_modules") ? undefined : { contents: wrapConstants(commented(path)), loader: "ts" },
    );
  },
};

function commented(path) {
  const text = readFileSync(path, "utf8");
  return /[\\/]src[\\/]/.test(path) ? text : keepComments(text);
}

/**
 * For Node: whichever entry is loaded, all that everyone has is, so that it is one file. Files cost more than functions that
 * aren't called.
 */
const loadingAll = {
  entries: Object.fromEntries(
    Object.entries({ ...all, ...program, tables: "csv-parse/sync" }).map(([name, path]) => [
      name,
      `all:${path}`,
    ]),
  ),
  plugin: (root) => ({
    name: "loading all",
    setup(bundle) {
      bundle.onResolve({ filter: /^all:/ }, ({ path }) => ({ path, namespace: "all" }));
      bundle.onLoad({ filter: /^/, namespace: "all" }, ({ path }) => ({
        contents: `import "./${entries.index}"; export * from "${path.replace(/^all:/, "").replace(/^(?=.*\.ts$)/, "./")}";`,
        resolveDir: root,
      }));
    },
  }),
};

/** The modules of one half with their maps, and the files that they are made of. */
async function modulesOf(root, dist, ending, replaced) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ending === ".js" ? all : loadingAll.entries,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    outdir: dist,
    outExtension: { ".js": ending },
    // The library tells its own files by that beginning.
    chunkNames: "adjoint-[hash]",
    plugins: [replacing(root, ending, replaced), ending === ".js" ? marking : loadingAll.plugin(root)],
    logOverride: { "ignored-bare-import": "silent" },
    external,
    sourcemap: "external",
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: "warning",
    charset: "utf8",
    ...(ending === ".js" ? { target: settings.target, legalComments: "inline" } : settings),
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

/** A module as people read it, with the map to its source. */
function readable({ path, text, map, exports }) {
  const lines = readableLines(markExports(text));
  const kept = lines.filter((line) => line !== undefined);
  return { path, text: kept.join("\n"), map: withoutLines(map, lines), exports };
}

/** Modules that nobody steps through, small, with the map to their source: all but graphs and optimizers without solvers. */
async function small(module) {
  const { path, text, map, exports } = module;
  if (map.sources.some((one) => /(^|[\\/])(graph|optimizers(?![\\/]solvers))[\\/]/.test(one))) return module;
  const led = Buffer.from(JSON.stringify(map)).toString("base64");
  const source = `${text.replace(once.line, "")}\n//# sourceMappingURL=data:application/json;base64,${led}\n`;
  const made = await transform(source, { ...settings, format: "esm", sourcemap: "external" });
  return { path, text: markCalls(made.code), map: JSON.parse(made.map), exports };
}

/**
 * Bundles the code into `dist`. Returns the files that it is made of, told from the root, and where sources stand in the
 * modules for bundlers.
 */
export async function bundleCode(root, dist) {
  mkdirSync(dist, { recursive: true });
  const pages = "src/figures/page/bundle.ts";
  const esm = await modulesOf(root, dist, ".js", { [pages]: standIn("pages") });
  const unfinished = await modulesOf(root, dist, ".cjs", {
    [pages]: standIn("pages-of-files"),
    "src/testing/loaded.ts": standIn("loaded"),
  });
  const modules = await Promise.all(esm.modules.map(readable).map(small));
  for (const { path, text } of modules) writeFileSync(path, text);
  const place = placesIn(modules);
  for (const one of unfinished.modules) {
    const { path, text, map } = await commonJs(one, temml, settings);
    const name = basename(path);
    const led = mapTo(map, (source, ...there) => place(resolve(dist, source), ...there), true);
    writeFileSync(`${path}.map`, JSON.stringify({ ...led, file: name }));
    writeFileSync(path, `${text.trimEnd()}\n//# sourceMappingURL=${name}.map\n`);
  }
  const large = await largeModules(root, dist, settings);
  writeFileSync(join(dist, once.path), once.text);
  for (const entry of Object.keys(entries)) {
    const { exports } = modules.find(({ path }) => path === join(dist, `${entry}.js`));
    const text = `import library from "./${entry}.node.cjs";\nexport const { ${exports.join(", ")} } = library;\n`;
    // Node looks for names in what is imported; the detour spares it the search through all of the library.
    const detour = `"use strict";\nconst library = require("./${entry}.cjs");\nmodule.exports = library;\n`;
    writeFileSync(join(dist, `${entry}.node.cjs`), detour);
    writeFileSync(join(dist, `${entry}.mjs`), text);
  }
  const files = [esm, unfinished].flatMap(({ inputs }) => inputs);
  return { files: [...files, ...large], place };
}
