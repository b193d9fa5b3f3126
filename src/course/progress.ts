/** Saves figures one after the other, and shows how far it is. */
import { fileURLToPath } from "node:url";
import type { FigureFile } from "./course-figures.js";

/** What a terminal is for showing progress. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A figure that couldn't be saved, and why. */
interface Failure {
  readonly file: string;
  readonly error: unknown;
}

/**
 * Saves figures into a folder. On a terminal, one line tells which is being drawn and how much of it is done; elsewhere,
 * each has a line once it is done. One that fails doesn't stop the others.
 * @returns the failures
 */
export async function saveFigures(
  figures: readonly FigureFile[],
  folder: URL,
  output: Output,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const [i, { file, figure }] of figures.entries()) {
    const which = `[${String(i + 1).padStart(String(figures.length).length)}/${figures.length}] ${file}`;
    const show = (done: number, total: number) => {
      if (!output.isTTY) return;
      const line = total > 1 ? `${which}  frame ${done} of ${total}` : which;
      output.write(`\r\u001b[K${line.slice(0, (output.columns ?? 80) - 1)}`);
    };
    show(0, 1);
    try {
      await figure.save(fileURLToPath(new URL(file, folder)), { onProgress: show });
      if (!output.isTTY) output.write(`${which}\n`);
    } catch (error) {
      failures.push({ file, error });
    }
  }
  if (output.isTTY) output.write("\r\u001b[K");
  return failures;
}
