/** Errors that point at a place of the text. */
import { AdjointError } from "../../graph/index.js";

/** What is read, and for whom. */
export interface Source {
  /** The function that the user called. */
  readonly owner: string;
  readonly text: string;
}

/** Without what a terminal would take for more than a character. */
export const printable = (text: string) => text.replace(/\s/g, " ").replace(/\p{C}/gu, "�");

/** The most of a line that an error shows. */
const window = 72;

/**
 * An error that shows the line, with a caret under the place:
 *
 *     expression: line 1, column 5: unknown function "sinn"; did you mean "sin"?
 *       x + sinn(y)
 *           ^
 */
export function problem({ owner, text }: Source, at: number | undefined, message: string): AdjointError {
  if (at === undefined) return new AdjointError(`${owner}: ${message}`);
  const before = text.slice(0, at).split("\n");
  const column = before.at(-1)!.length;
  const line = text.split("\n", before.length).at(-1)!;
  const from = Math.max(0, Math.min(column - window / 2, line.length - window));
  // Tabs and other blanks are as wide as one.
  const shown = printable(line.slice(from, from + window));
  const cut = [from > 0 ? "…" : "", from + window < line.length ? "…" : ""];
  const caret = " ".repeat(column - from + cut[0]!.length);
  return new AdjointError(
    `${owner}: line ${before.length}, column ${column + 1}: ${message}\n  ${cut[0]}${shown}${cut[1]}\n  ${caret}^`,
  );
}
