/**
 * The package's types, bundled: those of CommonJS (`.d.cts`), which those of modules (`.d.ts`) pass on, so that a type is
 * the same however the library is loaded. Only what speaks of fast-check is there twice, since fast-check's types are.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { mapTo, movedDown } from "./maps.js";

const entries = {
  index: "src/index",
  graph: "graph/index",
  optimizers: "optimizers/index",
  solvers: "src/solvers/index",
  expression: "src/expression/index",
  fluent: "src/fluent/fluent",
  testing: "src/testing/index",
  figures: "src/figures/index",
  files: "src/files/index",
  export: "src/engines/index",
};

/** Bundles the declarations into `dist`; their maps lead where `place` finds their sources. */
export async function bundleTypes(root, dist, place) {
  const single = join(dist, "declarations");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", single], {
    cwd: root,
    stdio: "inherit",
  });
  const bundle = await rollup({
    input: Object.fromEntries(
      Object.entries(entries).map(([name, path]) => [name, join(single, `${path}.d.ts`)]),
    ),
    external: ["fast-check"],
    plugins: [dts({ sourcemap: true })],
    // Types that aren't exported are written out where they are inferred.
    onwarn: (warning, tell) => /private shared type exports/.test(warning.message) || tell(warning),
  });
  await bundle.write({
    dir: dist,
    format: "es",
    sourcemap: true,
    entryFileNames: "[name].d.cts",
    chunkFileNames: ({ name }) => `types-${name.replace(/\.d$/, "")}.d.cts`,
  });
  rmSync(single, { recursive: true });
  for (const file of readdirSync(dist).filter((name) => name.endsWith(".d.cts"))) finish(dist, file, place);
  for (const name of Object.keys(entries)) {
    if (name !== "testing") writeFileSync(join(dist, `${name}.d.ts`), `export * from "./${name}.cjs";\n`);
  }
}

const optional = "import { Arbitrary, IProperty } from 'fast-check';\n";

/** Sees to it that types compile without what needn't be installed, and that their sources are found. */
function finish(dist, file, place) {
  const path = join(dist, file);
  let text = readFileSync(path, "utf8");
  let map = JSON.parse(readFileSync(`${path}.map`, "utf8"));
  map = mapTo(map, (source, ...there) => place(resolve(dist, source), ...there));
  if (text.includes("'fast-check'")) {
    if (!text.startsWith(optional)) throw new Error(`${file} doesn't begin with fast-check's types.`);
    text = `// @ts-ignore: they are any where fast-check isn't installed\n${text}`;
    map = movedDown(map, 1);
    const module = basename(file).replace(".d.cts", ".d.ts");
    writeFileSync(join(dist, module), text.replace(`${file}.map`, `${module}.map`));
    writeFileSync(join(dist, `${module}.map`), JSON.stringify({ ...map, file: module }));
  }
  writeFileSync(path, text);
  writeFileSync(`${path}.map`, JSON.stringify(map));
}
