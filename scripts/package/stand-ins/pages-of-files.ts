/** The pages' scripts for the package's CommonJS half, which reads them from the modules of the other half. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { inflate } from "./inflate.js";

export async function pageScript(entry: string): Promise<string> {
  const text = await readFile(`${__dirname}/script-${basename(entry)}.js`, "utf8");
  return inflate(text.slice(text.indexOf('"') + 1, text.lastIndexOf('"')));
}
