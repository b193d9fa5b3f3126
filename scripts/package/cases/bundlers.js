/** Bundlers, each without a warning, and what they make in a browser: in a page, in a worker, under a strict policy. */
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { check, expect, folder, installed, manifest, node, Skipped } from "./support.js";

const program = `
import { adam, add, compile, minimize, multiply, power, scalar, square, trace, valueAndGrad, vector, weightedSphere } from "adjoint";
import { expression, math, toExpression } from "adjoint/expression";
import { leastSquares } from "adjoint/solvers";
import { comparisonPage, contourFigure, raceFigure } from "adjoint/figures";

const check = (condition, what) => { if (!condition) throw new Error(what); };
const cubic = trace({ x: vector(2) }, ({ x: [x1, x2] }) =>
  add(square(x1), square(x2), power(x2, 3), multiply(x1, x2)));
export async function main() {
  const { value, grad } = compile(valueAndGrad(cubic))({ x: [2, 3] });
  check(value === 46 && grad.x[0] === 7 && grad.x[1] === 35, "gradient");
  const text = expression("x: vector(2)\\nx[1]^2 + x[2]^2 + x[2]^3 + x[1] x[2]");
  const slopes = compile(valueAndGrad(text))({ x: [2, 3] });
  check(slopes.value === 46 && slopes.grad.x[1] === 35, "text");
  check(expression(toExpression(text))({ x: [2, 3] }) === 46, "text of a text");
  check(trace({ t: scalar() }, ({ t }) => math\`2 \${t}^2\`)({ t: 3 }) === 18, "template");
  const fit = leastSquares(expression("[x - 3, 2 (y + 1)]"), { x: 0, y: 0 });
  check(fit.status === "converged" && Math.abs(fit.parameters.x - 3) < 1e-8, "least squares");
  const sphere = weightedSphere();
  const run = minimize(sphere.f, { x: [3, 4] }, adam({ learningRate: 0.1 }), { steps: 150 });
  const options = { objective: sphere, runs: { adam: run } };
  for (const figure of [contourFigure(options), raceFigure(options), comparisonPage(options)]) {
    const page = new TextDecoder().decode(await figure.render("html"));
    check(page.includes("<script>") && page.length > 20_000, "page");
  }
  let message = "";
  try { await contourFigure(options).render("png"); } catch (error) { message = error.message; }
  check(message.includes("in Node only"), message);
  return "ok";
}
`;

/** Only gradients: what isn't used falls out. */
const names = "trace, vector, matrix, add, multiply, square, sum, matmul, grad, valueAndGrad, compile, adam";

const builders = {
  esbuild: {
    packages: [`esbuild@${manifest.devDependencies.esbuild}`],
    script: `
import { build } from "esbuild";
export async function bundle(entry, file) {
  const { warnings } = await build({ entryPoints: [entry], outfile: file, bundle: true, minify: true, format: "esm", logLevel: "silent" });
  return warnings.map(({ text }) => text);
}`,
  },
  Rollup: {
    packages: ["rollup@4", "@rollup/plugin-node-resolve@16", "@rollup/plugin-terser@1"],
    script: `
import { rollup } from "rollup";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
export async function bundle(entry, file) {
  const warnings = [];
  const made = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })], onwarn: ({ message }) => warnings.push(message) });
  await made.write({ file, format: "es", inlineDynamicImports: true, plugins: [terser()] });
  return warnings;
}`,
  },
  Vite: {
    packages: ["vite@7"],
    script: `
import { build, createLogger } from "vite";
import { basename, dirname } from "node:path";
export async function bundle(entry, file) {
  const warnings = [];
  const customLogger = { ...createLogger("silent"), warn: (text) => warnings.push(text), warnOnce: (text) => warnings.push(text) };
  await build({ root: dirname(entry), configFile: false, customLogger, build: { outDir: dirname(file), emptyOutDir: false, minify: "esbuild", target: "es2023", modulePreload: false,
    rollupOptions: { input: entry, preserveEntrySignatures: "strict", output: { entryFileNames: basename(file), chunkFileNames: "[name]-[hash].js" } } } });
  return warnings;
}`,
  },
  webpack: {
    packages: ["webpack@5"],
    script: `
import webpack from "webpack";
import { basename, dirname } from "node:path";
export function bundle(entry, file) {
  const options = { mode: "production", target: "web", entry, performance: false, experiments: { outputModule: true },
    output: { path: dirname(file), filename: basename(file), chunkFilename: "[name]-" + basename(file), library: { type: "module" } } };
  return new Promise((resolve, reject) => webpack(options, (error, stats) => {
    if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString("errors-only")));
    else resolve(stats.toJson({ warnings: true }).warnings.map(({ message }) => message));
  }));
}`,
  },
};

export async function testBundlers(tarball) {
  const browser = await openBrowser();
  for (const [name, { packages, script }] of Object.entries(builders)) {
    const path = folder(`bundled by ${name}`, {
      "package.json": { name: "bundled", private: true, type: "module" },
      "program.js": program,
      "gradients.js": `export { ${names} } from "adjoint";\n`,
      "bundle.js": `${script}
const [entry, file] = process.argv.slice(2);
const warnings = await bundle(entry, file);
if (warnings.length > 0) throw new Error(warnings.join("\\n"));
`,
    });
    let made = false;
    const bundle = (entry) => node(["bundle.js", join(path, entry), join(path, "out", entry)], { cwd: path });
    await check(`${name} · bundles without a warning`, async () => {
      await installed(path, tarball, ...packages).catch((error) => {
        throw new Skipped(error.message.split("\n")[0]);
      });
      await bundle("program.js");
      made = true;
    });
    if (!made) continue;
    await check(`${name} · leaves out what isn't used`, async () => {
      await bundle("gradients.js");
      const text = readFileSync(join(path, "out/gradients.js"));
      for (const unused of ["gammaln", "cholesky", "CsvError", "expression"])
        expect(!text.includes(`"${unused}"`), unused);
      return `${(gzipSync(text).length / 1024).toFixed(1)} KiB gzipped, ${statSync(join(path, "out/gradients.js")).size} bytes`;
    });
    await browser.check(name, join(path, "out"));
  }
  await browser.close();
}

const pages = {
  "/page.html": '<!doctype html><title>…</title><script type="module" src="/page.js"></script>',
  "/page.js":
    'import { main } from "./program.js";\nmain().then((told) => { document.title = told; }, (error) => { document.title = error.message; });\n',
  "/in-worker.html": '<!doctype html><title>…</title><script type="module" src="/in-worker.js"></script>',
  "/in-worker.js":
    'const worker = new Worker("./worker.js", { type: "module" });\nworker.onmessage = ({ data }) => { document.title = data; };\nworker.onerror = ({ message }) => { document.title = String(message); };\n',
  "/worker.js":
    'import { main } from "./program.js";\nmain().then((told) => postMessage(told), (error) => postMessage(error.message));\n',
};

/** A browser that opens what bundlers make. */
async function openBrowser() {
  const opened = await open();
  const told = async (folderOfFiles, path, policy) => {
    if (opened instanceof Skipped) throw opened;
    const server = createServer(({ url }, response) => {
      const type = extname(url) === ".html" ? "text/html" : "text/javascript";
      response.setHeader("content-type", `${type}; charset=utf-8`);
      if (policy) response.setHeader("content-security-policy", policy);
      try {
        response.end(pages[url] ?? readFileSync(join(folderOfFiles, url)));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const page = await opened.newPage();
    try {
      await page.goto(`http://127.0.0.1:${server.address().port}${path}`);
      // Asked from outside: a page that may make no code can't run a predicate of ours either.
      const end = Date.now() + 60_000;
      while ((await page.title()) === "…" && Date.now() < end)
        await new Promise((next) => setTimeout(next, 50));
      expect((await page.title()) === "ok", await page.title());
    } finally {
      await page.close();
      server.close();
    }
  };
  return {
    async check(name, files) {
      await check(`${name} · runs in a page`, () => told(files, "/page.html"));
      await check(`${name} · runs in a worker`, () => told(files, "/in-worker.html"));
      await check(`${name} · runs where no code can be made (Content-Security-Policy)`, () =>
        told(files, "/page.html", "default-src 'self'"),
      );
    },
    close: async () => (opened instanceof Skipped ? undefined : opened.close()),
  };
}

async function open() {
  try {
    const { findChromium, launchChromium } = await import("../../../property-tests/support/browser.ts");
    const path = findChromium();
    return path === undefined
      ? new Skipped("no Chromium on PATH or in CHROMIUM")
      : await launchChromium(path);
  } catch (error) {
    return new Skipped(error.message.split("\n")[0]);
  }
}
