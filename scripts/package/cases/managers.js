/** Package managers: each installs the tarball, runs programs without the figures' packages, installs these, and draws. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cjs, core, drawing, esm, lacking } from "./programs.js";
import { check, expect, folder, manifest, node, npm, place, tool } from "./support.js";

const optional = Object.keys(manifest.peerDependencies).filter((name) => name !== "fast-check");
const wanted = optional.map((name) => `${name}@${manifest.devDependencies[name]}`);

const files = (name) => ({
  "package.json": { name: `by-${name}`, version: "1.0.0", private: true, type: "module", license: "MIT" },
  "lacking/program.js": core(esm) + lacking,
  "lacking/program.cjs": core(cjs) + lacking,
  "drawing/program.js": core(esm) + drawing,
  "drawing/program.cjs": core(cjs) + drawing,
});

/** Each manager: how it adds packages and runs a program in a folder, and what it adds to the folder. */
const managers = {
  npm: async () => ({
    add: (cwd, packages) =>
      npm(["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], { cwd }),
    execute: (cwd, program) => node([program], { cwd }),
  }),
  pnpm: async () => {
    const pnpm = await binary("pnpm@10", "pnpm/bin/pnpm.cjs");
    return {
      add: (cwd, packages) => node([pnpm, "add", "--ignore-workspace", ...packages], { cwd }),
      execute: (cwd, program) => node([program], { cwd }),
    };
  },
  "Yarn 1": async () => {
    const yarn = await binary("yarn@1", "yarn/bin/yarn.js");
    const env = {
      YARN_REGISTRY: await registry(),
      // It takes a tarball of the same name for the same.
      YARN_CACHE_FOLDER: join(place, "yarn-cache"),
    };
    return {
      add: (cwd, packages) =>
        node([yarn, "add", "--no-progress", "--non-interactive", ...packages.map(withProtocol)], {
          cwd,
          env,
        }),
      execute: (cwd, program) => node([program], { cwd }),
    };
  },
  "Yarn 4 (Plug'n'Play)": () => yarn4("pnp"),
  "Yarn 4 (node_modules)": () => yarn4("node-modules"),
};

const withProtocol = (one) => (one.endsWith(".tgz") ? `file:${one}` : one);

async function yarn4(linker) {
  const yarn = await binary("@yarnpkg/cli-dist@4", "@yarnpkg/cli-dist/bin/yarn.js");
  const server = await registry();
  const env = {
    YARN_NPM_REGISTRY_SERVER: server,
    YARN_UNSAFE_HTTP_WHITELIST: new URL(server).hostname,
    YARN_NODE_LINKER: linker,
    YARN_ENABLE_TELEMETRY: "0",
    YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
  };
  return {
    marker: "yarn.lock",
    add: (cwd, packages) =>
      node([yarn, "add", ...packages.map((one) => (one.endsWith(".tgz") ? `adjoint@file:${one}` : one))], {
        cwd,
        env,
      }),
    execute: (cwd, program) => node([yarn, "node", program], { cwd, env }),
  };
}

const binary = async (what, path) => join(await tool(what), "node_modules", path);

let server;
async function registry() {
  server ??= npm(["config", "get", "registry"]).then(({ out }) => out.trim().replace(/\/$/, ""));
  return server;
}

export async function testManagers(tarball) {
  for (const [name, prepare] of Object.entries(managers)) {
    const path = folder(`by ${name.replace(/\W+/g, "-")}`, files(name.replace(/\W+/g, "-").toLowerCase()));
    let manager;
    await check(`${name} · installs the tarball, without a warning`, async () => {
      manager = await prepare();
      if (manager.marker) folder(`by ${name.replace(/\W+/g, "-")}`, { [manager.marker]: "" });
      const { all } = await manager.add(path, [tarball]);
      const warnings = all
        .split("\n")
        .filter((line) => /\bwarn(ing)?\b|YN0002|YN0086/i.test(line) && !known.test(line));
      expect(warnings.length === 0, warnings.join("\n"));
    });
    if (!manager) continue;
    const runBoth = async (kind) => {
      for (const ending of ["js", "cjs"]) await manager.execute(path, `${kind}/program.${ending}`);
    };
    await check(`${name} · import and require, all but pictures; figures say what to install`, () =>
      runBoth("lacking"),
    );
    if (name === "npm") await testNpm(path);
    await check(`${name} · with the figures' packages, draws`, async () => {
      await manager.add(path, wanted);
      await runBoth("drawing");
    });
    rmSync(path, { recursive: true, force: true });
  }
}

// Yarn 1 says that of every tarball and of every project without a licence.
const known = /No license field|No lockfile found|\[\d+\/\d+\]/;

async function testNpm(path) {
  await check("npm · ls --all and sbom find nothing wrong", async () => {
    await npm(["ls", "--all"], { cwd: path });
    const { out } = await npm(["sbom", "--sbom-format", "cyclonedx"], { cwd: path });
    expect(JSON.parse(out).components.length === 1, "sbom lists more than one package");
  });
  await check("npm · what is installed is under 3 MB", async () => {
    const modules = join(path, "node_modules");
    const packages = readdirSync(modules).filter((name) => !name.startsWith("."));
    expect(packages.join() === "adjoint", `${packages.join()} are installed`);
    let bytes = 0;
    for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) bytes += statSync(join(entry.parentPath ?? entry.path, entry.name)).size;
    expect(bytes < 3e6, `${bytes} bytes`);
    return `${(bytes / 1e6).toFixed(2)} MB`;
  });
}
