/** The scripts of pages: built ones in the package, made on the fly from the sources in a checkout. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const scripts = new Map<string, Promise<string>>();

/**
 * The script of a page, bundled with all it imports, safe inside a script element. `entry` is the URL of its TypeScript
 * module; the package holds the bundle beside it as `….page.js`.
 */
export function pageScript(entry: URL): Promise<string> {
  const source = fileURLToPath(entry);
  let script = scripts.get(source);
  if (!script) {
    script = makeScript(source);
    scripts.set(source, script);
  }
  return script;
}

async function makeScript(source: string): Promise<string> {
  const built = source.replace(/\.[jt]s$/, ".page.js");
  if (existsSync(built)) return readFile(built, "utf8");
  const { bundlePage } = await import("./bundle-page.js");
  return bundlePage(source.replace(/\.js$/, ".ts"));
}

/** JSON inside a script element: no text in it can end the element. */
export function pageJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** A text inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
