/** The pages' scripts for the package's CommonJS half, which reads them from the modules of the other half. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

export async function pageScript(entry: string): Promise<string> {
  const text = await readFile(`${__dirname}/script-${basename(entry)}.js`, "utf8");
  return JSON.parse(text.slice(text.indexOf('"'), text.lastIndexOf('"') + 1)) as string;
}
