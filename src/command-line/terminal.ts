/** What a command talks to: a terminal or pipes, real ones or a test's. */

export interface Output {
  write(text: string): void;
  /** Whether a person looks at it as it is written. */
  readonly isTerminal: boolean;
  /** Characters in a line, where that is known. */
  readonly columns?: number | undefined;
}

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All of standard input. */
  readonly read: () => Promise<string>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A mistake of the one who typed: told in a line or two, exit code 2. */
export class UsageError extends Error {}

/** Whether colours are wanted: on a terminal, unless NO_COLOR says no. */
const isColoured = ({ out, env }: Terminal) => out.isTerminal && !env.NO_COLOR && env.TERM !== "dumb";

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };

export type Colour = keyof typeof codes;

export function paint(terminal: Terminal, code: Colour, text: string): string {
  return isColoured(terminal) ? `\u001b[${codes[code]}m${text}\u001b[0m` : text;
}

/** One document for programs. JSON has no NaN and no infinity: they are texts, as they are of all numbers that aren't finite. */
export function json(document: unknown): string {
  const plain = (_: string, one: unknown) =>
    typeof one === "number" && !Number.isFinite(one)
      ? String(one)
      : ArrayBuffer.isView(one)
        ? [...(one as Float64Array)]
        : one;
  return `${JSON.stringify(document, plain)}\n`;
}

/** Tells an error, to programs as a document if they asked for one. @returns the exit code of bad usage or input */
export function failed(terminal: Terminal, { message }: Error, asJson: boolean): 2 {
  if (!asJson) terminal.err.write(`${paint(terminal, "red", "error")}: ${message}\n`);
  else {
    const [, line, column] = /\bline (\d+), column (\d+):/.exec(message) ?? [];
    const place = line === undefined ? {} : { line: Number(line), column: Number(column) };
    terminal.out.write(json({ error: { message, ...place } }));
  }
  return 2;
}

/** The mistake in which some work ended, if one: what was found before is worth telling. */
export async function problemOf(work: Promise<void>): Promise<UsageError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

/** Rows in columns: texts to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  const isNumber = (cell: string) => /^[-+]?(\d|\.\d|Infinity|NaN)/.test(cell);
  return rows
    .map((row, k) =>
      row
        .map((cell, i) => {
          // A heading stands as its column does.
          const column = k === 0 ? (rows[1]?.[i] ?? "") : cell;
          return isNumber(column) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A number as people read it; `--json` has all of its digits. */
export function short(value: number, digits = 10): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? String(value)
    : String(Number(value.toPrecision(digits)));
}
