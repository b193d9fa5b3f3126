/** What the cases of `npm run test:package` share: running programs, folders, one line for each case. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Where all cases work; removed at the end. */
export const place = mkdtempSync(join(tmpdir(), "adjoint-package-"));
export const cleanUp = () => rmSync(place, { recursive: true, force: true, maxRetries: 3 });

/** A case throws one of these where the machine lacks what it needs. */
export class Skipped extends Error {}

/** What a program writes. @throws with the end of it, where the program fails */
export function run(command, args, { cwd = place, env = {} } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...clean, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 400_000,
  });
  let [out, all] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    all += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve({ out, all: stripVTControlCharacters(all) });
      else reject(new Error(`${stripVTControlCharacters(all).trim().slice(-1500)}\n(exit ${status})`));
    });
  });
}

// What npm tells its scripts isn't for the managers that are tried.
const clean = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_(registry|cache|userconfig)$)|INIT_CWD|NODE_OPTIONS)/i.test(name),
  ),
);

export const node = (args, options) => run(process.execPath, args, options);
export const npm = (args, options) => run("npm", args, options);

/** A folder with files, by their paths in it. */
export function folder(name, files) {
  const path = join(place, name);
  for (const [file, content] of Object.entries(files)) {
    const target = join(path, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  return path;
}

const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];

/** Packages in a folder, by npm. */
export const installed = (cwd, ...packages) => npm([...install, ...packages], { cwd });

const tools = new Map();

/** A folder where packages of tools are installed, once. @throws Skipped where they can't be had */
export function tool(...packages) {
  const key = packages.join(" ");
  if (!tools.has(key)) {
    const path = folder(`tools-${tools.size}`, { "package.json": { private: true } });
    const made = installed(path, ...packages).then(
      () => path,
      (error) => {
        throw new Skipped(`${key} can't be installed: ${error.message.split("\n")[0]}`);
      },
    );
    made.catch(() => {});
    tools.set(key, made);
  }
  return tools.get(key);
}

const counts = { passed: 0, failed: 0, skipped: 0 };

/** Runs a case and writes its line. */
export async function check(name, body) {
  const before = performance.now();
  try {
    const note = await body();
    counts.passed++;
    console.log(
      `ok       ${name}${typeof note === "string" ? ` · ${note}` : ""} · ${((performance.now() - before) / 1000).toFixed(1)} s`,
    );
  } catch (error) {
    const isSkipped = error instanceof Skipped;
    counts[isSkipped ? "skipped" : "failed"]++;
    console.log(
      `${isSkipped ? "skipped " : "FAILED  "} ${name}: ${error.message.trim().replaceAll("\n", "\n         ")}`,
    );
  }
}

/** The counts of all cases, as a line; sets the exit status. */
export function finish() {
  const { passed, failed, skipped } = counts;
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}
