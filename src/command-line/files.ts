/** Files of a command line, and what the system says of them in words. */
import { statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UsageError } from "./terminal.js";

export async function readBytes(option: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${option}: "${path}" can't be read: ${reasonOf(error)}.`);
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`"${path}" can't be written: ${reasonOf(error)}.`);
  }
}

/** Throws where a file surely can't be written: whoever waits for a long run wants to know before. */
export function checkWritable(option: string, path: string | undefined): void {
  if (path === undefined) return;
  const kind = (of: string) => statSync(of, { throwIfNoEntry: false });
  const refused = (reason: string) => new UsageError(`${option}: "${path}" can't be written: ${reason}.`);
  if (path === "" || kind(path)?.isDirectory()) throw refused("it is a folder");
  if (!kind(dirname(path))?.isDirectory()) throw refused("there is no such file or folder");
}

/** What the system says, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const known: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EACCES: "it isn't permitted",
    EPERM: "it isn't permitted",
    EROFS: "it isn't permitted",
    EISDIR: "it is a folder",
    ENOTDIR: "there is no such file or folder",
    ENOSPC: "the disk is full",
  };
  return (code !== undefined && known[code]) || message;
}
