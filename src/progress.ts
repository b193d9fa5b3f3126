/** Saves figures one after the other, and shows how far it is. */
import { fileURLToPath } from "node:url";
import type { FigureFile } from "./course-figures.js";

/** What a terminal is for showing progress. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Saves figures into a folder. On a terminal, one line tells which is being drawn and how much of it is done; elsewhere,
 * each has a line once it is done.
 * @returns how many were saved
 */
export async function saveFigures(
  figures: readonly FigureFile[],
  folder: URL,
  output: Output,
): Promise<number> {
  for (const [i, { file, figure }] of figures.entries()) {
    const which = `[${String(i + 1).padStart(String(figures.length).length)}/${figures.length}] ${file}`;
    const show = (done: number, total: number) => {
      if (!output.isTTY) return;
      const line = total > 1 ? `${which}  frame ${done} of ${total}` : which;
      output.write(`\r\u001b[K${line.slice(0, (output.columns ?? 80) - 1)}`);
    };
    show(0, 1);
    await figure.save(fileURLToPath(new URL(file, folder)), { onProgress: show });
    if (!output.isTTY) output.write(`${which}\n`);
  }
  if (output.isTTY) output.write("\r\u001b[K");
  return figures.length;
}
