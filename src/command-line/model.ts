/** What `adjoint export` works on: a program's traced function or problem, or a function that `serialize` wrote. */
import { access, readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Traced } from "../../graph/index.js";
import { graphOf, isRecord } from "../../graph/internal.js";
import type { TrainingProblem } from "../engines/index.js";
import { deserialize } from "../export/index.js";
import { UsageError } from "./terminal.js";

/** A function, or what is trained. */
export type Model =
  | { readonly f: Traced; readonly problem?: undefined }
  | { readonly problem: TrainingProblem; readonly f?: undefined };

/** @throws UsageError where the file can't be read, or exports neither */
export async function readModel(path: string | undefined): Promise<Model> {
  if (path === undefined)
    throw new UsageError(
      "there is no file; give a program that exports a traced function, or what serialize wrote.",
    );
  if (!/^\.[cm]?[jt]s$/.test(extname(path))) return { f: await readSerialized(path) };
  const { default: main, ...others } = await load(path);
  const found = [main, problemAmong(others), ...Object.values(others)]
    .map(modelOf)
    .find((one) => one !== undefined);
  if (found) return found;
  throw new UsageError(
    `"${path}" exports ${Object.keys(others).join(", ") || "nothing else"}; export a traced function, or { objective, start, optimizer }.`,
  );
}

/** What a program exports besides a problem's parts is its own. */
function problemAmong(exported: Readonly<Record<string, unknown>>): object {
  const names = ["objective", "start", "optimizer"].filter((name) => Object.hasOwn(exported, name));
  return Object.fromEntries(names.map((name) => [name, exported[name]]));
}

/** @throws where a function is of another copy of the library, as of one that is installed for all projects */
function modelOf(given: unknown): Model | undefined {
  const f = isRecord(given) ? given.objective : given;
  if (typeof f !== "function" || !("graph" in f)) return undefined;
  graphOf(f, "export", true);
  return f === given ? { f: f as unknown as Traced } : { problem: given as unknown as TrainingProblem };
}

async function readSerialized(path: string): Promise<Traced> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `"${path}" can't be read: ${(error as Error).message.replace(/^[A-Z]+: |,.*$/g, "")}.`,
    );
  }
  return deserialize(text);
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    await access(path);
  } catch {
    throw new UsageError(`"${path}" can't be loaded: no such file.`);
  }
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw new UsageError(
        `"${path}" is TypeScript, which this Node doesn't run; take Node 22.18 or later, or a loader: NODE_OPTIONS="--import tsx".`,
      );
    }
    throw new UsageError(`"${path}" can't be loaded: ${String(message ?? error).split("\n")[0]}`);
  }
}
