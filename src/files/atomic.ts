/** Files that are there whole or not at all, whatever happens while they are written. */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { AdjointError } from "../../graph/index.js";

/** The file before, which is kept until the next but one is written. */
export const before = (path: string) => `${path}.previous`;

/**
 * Writes a file: under another name, until all of it is on the disk, then at once under its own (POSIX's rename is atomic), and
 * has the folder on the disk, too. Where the file is there already, it is kept under `before` of its name if that is wanted.
 * @throws where it can't be written; the file that was there before is left then
 */
export function writeAtomically(
  what: string,
  path: string,
  parts: readonly Uint8Array[],
  keepBefore: boolean,
): void {
  const temporary = `${path}.tmp`;
  try {
    writeWhole(temporary, parts);
    if (keepBefore && existsSync(path)) keep(path);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    throw new AdjointError(`${what}: ${shown(path)} can't be written, and is as it was: ${reasonOf(error)}.`);
  }
}

/** A path as a message has it. */
export function shown(path: string): string {
  return `"${path.length > 400 ? `${path.slice(0, 200)}…${path.slice(-200)}` : path}"`;
}

/** What the system says of an error. */
export function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/^[A-Z]+: |, \w+( '.*)?$/g, "");
}

function writeWhole(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, "w");
  try {
    for (const part of parts) {
      for (let written = 0; written < part.length; ) written += writeSync(file, part, written);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** There is a file at the path at any moment; where the system has no links, there is one before it at least. */
function keep(path: string): void {
  rmSync(before(path), { force: true });
  try {
    linkSync(path, before(path));
  } catch {
    renameSync(path, before(path));
  }
}

/** Windows opens no folders, and needs no such thing. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
