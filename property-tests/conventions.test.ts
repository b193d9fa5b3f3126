/** What holds of the repository itself: suites run, folders import only what they may, the library stays small. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["graph", "optimizers", "src", "examples", "property-tests"];

/** Every TypeScript file of the project, by its path from the root. */
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name))),
);

const read = (path: string) => readFileSync(join(root, path), "utf8");

const isTest = (path: string) => path.endsWith(".test.ts");

const conventions = suite("conventions");

conventions("every suite is run: one that isn't passes silently", () => {
  for (const path of files.filter(isTest)) {
    const text = read(path);
    const names = [...text.matchAll(/const (\w+) = suite\(/g)].map((match) => match[1]!);
    assert.ok(names.length > 0, `${path} has no suite`);
    assert.is([...text.matchAll(/\bsuite\(/g)].length, names.length, `${path} has a suite without a name`);
    for (const name of names)
      assert.match(text, new RegExp(`^\\s*${name}\\.run\\(\\);`, "m"), `${path}: ${name}`);
  }
});

conventions("no test is left out: uvu counts what `only` hides as skipped, and succeeds", () => {
  for (const path of files.filter(isTest)) assert.not.match(read(path), /^\s*\w+\.(only|skip)\(/m, path);
});

conventions("fast-check comes through the helper that seeds it and makes it report causes", () => {
  const helper = join("property-tests", "support", "law.ts");
  const tests = files.filter((path) => isTest(path) || path.startsWith("property-tests"));
  const direct = tests.filter((path) => /\bfrom "fast-check"/.test(read(path)));
  assert.equal(direct, [helper]);
  assert.match(read(helper), /includeErrorInReport: true/);
});

conventions("graph imports nothing from outside, optimizers only graph", () => {
  const allowed = { graph: /^graph\//, optimizers: /^(graph|optimizers)\// };
  for (const [folder, inside] of Object.entries(allowed)) {
    for (const path of files.filter((one) => one.startsWith(`${folder}/`) && !isTest(one))) {
      for (const [, target] of read(path).matchAll(/(?:\bfrom|\bimport)[ (]+"([^"]+)"/g)) {
        assert.match(target!, /^\.\.?\//, `${path} imports ${target}`);
        assert.match(relative(root, join(root, path, "..", target!)), inside, `${path} imports ${target}`);
      }
    }
  }
});

conventions("no file of graph or pictures tells an op by its name: the records say which it is", () => {
  for (const path of files.filter((one) => /^(graph|src\/pictures)\//.test(one) && !isTest(one)))
    assert.not.match(read(path), /\bop!?\??\.name\)? ?([=!]==|\]|\.startsWith|\.includes|\.match)/, path);
});

conventions(
  "only the entries of the library stand in the folders' index.ts, as plain lists of exports",
  () => {
    for (const path of files.filter((one) => one.endsWith("/index.ts"))) {
      const rest = read(path).replaceAll(/export (type )?(\*|\{[^}]*\}) from "[^"]+";/g, "");
      assert.is(rest.trim(), "", path);
    }
  },
);

conventions("no file of the library is longer than a few screens", () => {
  for (const path of files.filter((one) => !isTest(one))) {
    const lines = read(path).split("\n").length;
    assert.ok(lines <= 400, `${path} has ${lines} lines`);
  }
});

/** The bundle of a module, minified, as a browser would load it. */
async function bundle(contents: string): Promise<{ text: string; size: number }> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2023",
    write: false,
  });
  const [{ contents: bytes, text }] = outputFiles as [(typeof outputFiles)[0]];
  return { text, size: gzipSync(bytes, { level: 9 }).length };
}

/** The ops in a bundle: the record of each names it. */
const opsIn = (text: string) => [...text.matchAll(/\bname:"(\w+)"/g)].map(([, name]) => name!);

conventions(
  "bundles have no import left, are small, and lack the families of ops that aren't used",
  async () => {
    const all = await bundle('export * from "./graph/index.ts"; export * from "./optimizers/index.ts";');
    assert.not.match(all.text, /(^|[;}])import[\s{"*]/);
    const names =
      "trace, vector, matrix, add, multiply, square, sum, matmul, grad, valueAndGrad, compile, adam";
    const gradients = await bundle(`export { ${names} } from "./src/index.ts";`);
    assert.ok(gradients.size < 30 * 1024, `${gradients.size} bytes of ${all.size}`);
    const minimizing = await bundle(`export { ${names}, minimize } from "./src/index.ts";`);
    assert.ok(minimizing.size < 33 * 1024, `${minimizing.size} bytes with minimize`);
    const left = opsIn(minimizing.text);
    for (const name of ["multiply", "matmul", "sum"]) assert.ok(left.includes(name), name);
    for (const name of ["gammaln", "erf", "sigmoid", "floor", "tanh", "cumsum", "solve", "cholesky"]) {
      assert.ok(opsIn(all.text).includes(name), name);
      assert.not.ok(left.includes(name), name);
    }
    assert.not.match(minimizing.text, /scan: xs|logSumExp|variance/);
  },
);

conventions(
  "the entry `adjoint` loads no charts, renderer or fast-check, and the pages' scripts nothing of Node",
  async () => {
    const inputsOf = async (entry: string, platform: "node" | "browser") => {
      const { metafile } = await build({
        entryPoints: [join(root, entry)],
        bundle: true,
        platform,
        format: "esm",
        write: false,
        metafile: true,
        logLevel: "silent",
      });
      const packages = Object.keys(metafile.inputs).map(
        (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
      );
      return [...new Set(packages.filter((name) => name !== undefined))].sort();
    };
    assert.equal(await inputsOf("src/index.ts", "node"), ["csv-parse", "pure-rand"]);
    // That the bundle for a browser can be made at all is the point: an import of Node would be an error.
    for (const entry of files.filter((path) => path.endsWith(".page.ts"))) {
      for (const name of await inputsOf(entry, "browser"))
        assert.match(name, /^(@kurkle\/color|chart\.js|d3-[\w-]+|internmap)$/, entry);
    }
  },
);

conventions("installing needs no script", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const scripted = Object.keys(packages).filter((name) => packages[name]!.hasInstallScript);
  // esbuild's only replaces its launcher by the binary; without it, it works the same. fsevents is for macOS.
  const known = ["node_modules/esbuild", "node_modules/fsevents"];
  assert.equal(
    scripted.filter((name) => !known.includes(name)),
    [],
  );
});

conventions("the lock file names no registry: npm takes packages from the user's own", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { resolved?: string }>;
  };
  for (const [name, { resolved = "" }] of Object.entries(packages)) assert.not.match(resolved, /:\/\//, name);
});

conventions.run();
