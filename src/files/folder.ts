/** A folder of files, as exports give them. */
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe, reading, readText } from "../../graph/internal.js";
import { reasonOf, shown, writeAtomically } from "./atomic.js";

/**
 * Options of `writeFolder`.
 * @example const options: FolderOptions = { force: true };
 */
export interface FolderOptions {
  /** Write into a folder that isn't empty: files of the same names are replaced, others stay. Default: false. */
  readonly force?: boolean;
}

/**
 * Writes files by their names into a folder, which is made where it isn't there: what `exportJax` gives.
 *
 * @example
 * const problem = { objective: cubic.f, start: { x: [2, 3] }, optimizer: adam({ learningRate: 0.1 }) };
 * writeFolder("cubic-model", exportJax(problem));
 *
 * @throws where the folder isn't empty and `force` isn't given, or can't be written
 */
export function writeFolder(
  path: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  options: FolderOptions = {},
): void {
  const what = "writeFolder";
  readText(path, `${what}: the path`);
  const { force = false } = checkOptions(what, options, { force: "boolean" });
  const entries = reading(`${what}: the files`, () => (files instanceof Map ? [...files] : undefined));
  if (!entries)
    throw new AdjointError(`${what}: the files are ${describe(files)}; pass a Map from names to contents.`);
  const contents = entries.map(([name, content]): readonly [string, Uint8Array] => {
    readText(name, `${what}: the name of a file`);
    if (typeof content === "string") return [name, new TextEncoder().encode(content)];
    if (content instanceof Uint8Array) return [name, content];
    throw new AdjointError(`${what}: ${shown(name)} is ${describe(content)}; it must be a text or bytes.`);
  });
  if (existsSync(path)) {
    if (!statSync(path).isDirectory())
      throw new AdjointError(`${what}: ${shown(path)} is a file, and no folder.`);
    if (!force && readdirSync(path).length > 0)
      throw new AdjointError(
        `${what}: ${shown(path)} is there and isn't empty; choose another folder, or give force (--force).`,
      );
  }
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new AdjointError(`${what}: ${shown(path)} can't be made: ${reasonOf(error)}.`);
  }
  for (const [name, bytes] of contents) writeAtomically(what, join(path, name), [bytes], false);
}
