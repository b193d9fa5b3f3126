/** Figures as files. Loaded when one is saved: pages have no disk. */
import { mkdir, open, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A place where a file can be written. */
export interface Reserved {
  /** Writes the file, which appears when it is whole. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Leaves nothing behind, not even a folder that was made. */
  readonly release: () => Promise<void>;
}

/** Makes sure that a file can be written, before it is drawn: its folder is made, an unfinished file lies in it. */
export async function reserve(path: string): Promise<Reserved> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new Error("there is a folder of that name");
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `.${basename(path)}.${process.pid}-${++serial}`);
  const release = async () => {
    await rm(unfinished, { force: true });
    // From the innermost; what others have written into stays.
    for (let one = folder; made !== undefined && one.length >= made.length; one = dirname(one)) {
      const isGone = await rmdir(one).then(
        () => true,
        () => false,
      );
      if (!isGone) return;
    }
  };
  try {
    const file = await open(unfinished, "wx");
    await file.close();
  } catch (error) {
    await release();
    throw error;
  }
  const write = async (bytes: Uint8Array) => {
    try {
      const file = await open(unfinished, "w");
      await file.writeFile(bytes).finally(() => file.close());
      await rename(unfinished, path);
    } catch (error) {
      await release();
      throw error;
    }
  };
  return { write, release };
}

// Tells apart what is being written at the same time.
let serial = 0;
