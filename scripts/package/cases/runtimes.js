/** Engines and loaders: the oldest Node, the newest, Jest, workers, a strict policy; what importing costs. */
import { join } from "node:path";
import { cjs, core, esm, lacking } from "./programs.js";
import { check, expect, folder, installed, manifest, node, root, run, tool } from "./support.js";

const oldest = `${/\d+/.exec(manifest.engines.node)[0]}.0.0`;

/** Another Node, which comes as a package. */
async function otherNode(version) {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  return join(await tool(`${name}@${version}`), "node_modules", name, "bin/node");
}

const inWorker = `
import { Worker, isMainThread } from "node:worker_threads";
if (isMainThread) new Worker(new URL(import.meta.url)).on("error", (error) => { throw error; });
else await import("./program.js");
`;

export async function testRuntimes(tarball) {
  const path = folder("runtimes", {
    "package.json": { name: "runtimes", private: true, type: "module" },
    "program.js": core(esm) + lacking,
    "program.cjs": core(cjs) + lacking,
    "worker.js": inWorker,
    "jest/package.json": { private: true },
    "jest/adjoint.test.js": `test("adjoint", async () => {
  const { adam, minimize, sum, square, trace, vector } = require("adjoint");
  const { checkGradient } = require("adjoint/testing");
  const { lossFigure } = require("adjoint/figures");
  const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
  const run = minimize(f, { x: [1, 2] }, adam({ learningRate: 0.1 }), { steps: 5 });
  expect(checkGradient(f).ok).toBe(true);
  expect((await lossFigure({ runs: { run } }).render("html")).length).toBeGreaterThan(1000);
});`,
  });
  await installed(path, tarball);
  for (const version of [oldest, "latest"]) {
    await check(`Node ${version} · import and require give one library`, async () => {
      const other = await otherNode(version);
      for (const file of ["program.js", "program.cjs"]) await run(other, [file], { cwd: path });
      return (await run(other, ["-v"])).out.trim();
    });
  }
  await check("Jest as it comes · require", async () => {
    const jest = join(await tool("jest@30"), "node_modules/jest/bin/jest.js");
    await node([jest, "--rootDir", "jest", "--ci"], { cwd: path });
  });
  await check("a worker thread", () => node(["worker.js"], { cwd: path }));
  await check("Node where no code can be made", () =>
    node(["--disallow-code-generation-from-strings", "program.js"], { cwd: path }),
  );
  await check("importing costs little CPU time", async () => {
    const { out } = await node([join(root, "scripts/import-time.js"), "adjoint"], { cwd: path });
    const beyond = Number(/([\d.]+) ms beyond/.exec(out)[1]);
    // The bound is for a machine of its own.
    expect(beyond < 80, out);
    return out.trim();
  });
}

export async function testTools(tarball) {
  const path = folder("tools", { "package.json": { name: "tools", private: true, type: "module" } });
  await installed(path, tarball);
  await check("publint finds nothing", async () => {
    const publint = join(await tool("publint@0.3"), "node_modules/publint/src/cli.js");
    const { all } = await node([
      publint,
      join(path, "node_modules/adjoint"),
      "--strict",
      "--level",
      "warning",
      "--pack",
      "false",
    ]);
    expect(/All good/i.test(all), all);
  });
  await check("attw finds nothing, in all resolutions", async () => {
    const attw = join(
      await tool("@arethetypeswrong/cli@0.18"),
      "node_modules/@arethetypeswrong/cli/dist/index.js",
    );
    await node([attw, tarball, "--format", "table-flipped", "--no-color"]);
  });
  await check("source maps lead to what is told", async () => {
    const dist = join(path, "node_modules/adjoint/dist");
    const codec = JSON.stringify(import.meta.resolve("@jridgewell/sourcemap-codec"));
    const program = `
import { readdirSync, readFileSync } from "node:fs";
import { decode } from ${codec};
const linesOf = (file) => readFileSync(file, "utf8").split("\\n");
const files = new Map(readdirSync(".").filter((file) => file.endsWith(".js")).map((file) => [file, linesOf(file)]));
let [places, names] = [0, 0];
for (const file of readdirSync(".").filter((file) => file.endsWith(".map"))) {
  const { sources, mappings } = JSON.parse(readFileSync(file, "utf8"));
  const texts = linesOf(file.replace(".map", ""));
  for (const [i, segments] of decode(mappings).entries()) {
    const name = /^declare (?:function|const|class) ([a-z]+)/i.exec(texts[i])?.[1];
    for (const [column, source, line] of segments) {
      if (source === undefined) continue;
      const text = files.get(sources[source])[line];
      if (text === undefined) throw new Error(file + " tells of " + sources[source] + ":" + line);
      places++;
      if (name === undefined || !texts[i].startsWith(name, column)) continue;
      const isThere = (one) => one.includes(name);
      // Where names are short, what isn't exported has none.
      if (!isThere(text) && files.get(sources[source]).some(isThere))
        throw new Error(name + " isn't in " + sources[source] + ":" + line);
      if (isThere(text)) names++;
    }
  }
}
if (places < 10000 || names < 300) throw new Error("only " + places + " places, " + names + " names");
console.log(places + " places, " + names + " names");
`;
    return (await node(["--input-type=module", "-e", program], { cwd: dist })).out.trim();
  });
}
