/** What holds of the repository itself: suites run, folders import only what they may, the library stays small. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { circles, filesIn, importsOf, isTest, read } from "./support/imports.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Every TypeScript file of the project, by its path from the root. */
const files = filesIn("graph", "optimizers", "src", "examples", "property-tests");

/** The library's own, without tests. */
const sources = filesIn("graph", "optimizers", "src", "examples").filter((path) => !isTest(path));

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
    for (const path of sources.filter((one) => one.startsWith(`${folder}/`))) {
      for (const { target, isOwn } of importsOf(path)) {
        assert.ok(isOwn && inside.test(target), `${path} imports ${target}`);
      }
    }
  }
});

conventions("no files import each other in a circle, types aside", () => {
  const found = circles(
    new Map(
      sources.map((path) => [
        path,
        importsOf(path).flatMap(({ target, isOwn, byValue }) => (isOwn && byValue ? [target] : [])),
      ]),
    ),
  );
  assert.equal(found, []);
  const planted = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["b", "d"]],
    ["d", []],
  ]);
  assert.equal(circles(planted), [["b", "c"]]);
});

/** The room of a file: what lies in it is imported from outside by its door alone. */
function roomOf(path: string): string {
  if (path.startsWith("graph/compile/")) return "graph/compile";
  return /^src\/[\w-]+(?=\/)/.exec(path)?.[0] ?? path.split("/")[0]!;
}

conventions("rooms are entered by their doors", () => {
  for (const path of sources) {
    for (const { target, isOwn } of importsOf(path)) {
      if (!isOwn || roomOf(target) === roomOf(path)) continue;
      // The compiler is a room inside of graph, on which it stands.
      if (roomOf(path) === "graph/compile" && roomOf(target) === "graph") continue;
      assert.match(target, /\/(index|internal)\.ts$/, `${path} imports ${target}`);
    }
  }
});

conventions("ops know nothing of the compiler, nor does what traces and differentiates", () => {
  const doors = ["graph/index.ts", "graph/internal.ts"];
  for (const path of sources.filter((one) => /^graph\/(?!compile\/)/.test(one) && !doors.includes(one))) {
    for (const { target } of importsOf(path))
      assert.not.match(target, /^graph\/compile\//, `${path} imports ${target}`);
  }
});

conventions("no op is told by its name: a user's own may have any", () => {
  const telling = [
    /\bname\s*[!=]==?\s*["'`]/,
    /["'`]\s*[!=]==?\s*[\w.]*\bname\b/,
    /\b(switch|get|has|includes)\s*\(\s*[\w.]*\bop\.name\b/,
    /\bop!?\??\.name\)? ?([=!]==|\]|\.(startsWith|endsWith|includes|match))/,
  ];
  for (const path of sources.filter((one) => /^(graph|src\/pictures|src\/runs)\//.test(one))) {
    for (const pattern of telling) assert.not.match(read(path), pattern, path);
  }
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
    const lines = read(path).trimEnd().split("\n").length;
    assert.ok(lines <= 350, `${path} has ${lines} lines`);
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
    assert.ok(gradients.size < 33.75 * 1024, `${gradients.size} bytes of ${all.size}`);
    const minimizing = await bundle(`export { ${names}, minimize } from "./src/index.ts";`);
    // With the loop of runs, its driver, tests for the end and recorder, what keeps kernels and what explains divergence;
    // and what `auto` chooses among, as `minimize(f, start)` does: three solvers, Hessians and their products (18 KiB),
    // whose runs are resumed, and whose derivatives are found again by their content (1 KiB).
    assert.ok(minimizing.size < 63.5 * 1024, `${minimizing.size} bytes with minimize`);
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
  // protobufjs, of onnxruntime-web's, only warns of versions that don't fit.
  const known = ["node_modules/esbuild", "node_modules/fsevents", "node_modules/protobufjs"];
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
