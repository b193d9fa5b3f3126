/** What a command talks to: a terminal or pipes, real ones or a test's. */

export interface Output {
  write(text: string): void;
  /** Whether a person looks at it as it is written. */
  readonly isTerminal: boolean;
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

export function paint(terminal: Terminal, code: "bold" | "dim" | "green" | "red", text: string): string {
  const codes = { bold: 1, dim: 2, green: 32, red: 31 };
  return isColoured(terminal) ? `\u001b[${codes[code]}m${text}\u001b[0m` : text;
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
