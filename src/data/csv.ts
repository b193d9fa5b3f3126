// The browser build brings its own Buffer, so text needs nothing of Node. It is given bytes, because its
// Buffer takes six times as long to encode a text as the rest takes to parse it.
import { CsvError, type Options, parse } from "csv-parse/browser/esm/sync";
import { AdjointError } from "../../graph/index.js";
import {
  checkKeys,
  checkOptions,
  describe,
  isRecord,
  nearest,
  readCount,
  reading,
  readList,
  readText,
  readValue,
} from "../../graph/internal.js";

/**
 * A table of numbers, column by column.
 * @example const table: Table = readCsv("x,y\n1,2\n3,4\n");
 */
export interface Table {
  /** The columns' names, in the order of the file or of `options.columns`. */
  readonly names: readonly string[];
  /** The number of rows, the header not counted; at least 1. */
  readonly rows: number;
  /** Each column's numbers by its name: `rows` doubles. Any name works, `__proto__` and `constructor` too. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/**
 * Options of `readCsv`.
 * @example const options: CsvOptions = { delimiter: ";", columns: ["x", "y"] };
 */
export interface CsvOptions {
  /** What errors call the text: the name of the file that it came from. */
  readonly file?: string;
  /**
   * The names of the columns to read, in this order; the others may hold anything. By default all are read.
   */
  readonly columns?: readonly string[];
  /** What separates cells: `","` by default. */
  readonly delimiter?: string;
}

/**
 * Reads a table of numbers from text in the CSV form of RFC 4180, a header line with the columns' names
 * first:
 *
 * @example
 * const table = readCsv("x1,x2,y\n1,2,0.5\n3,4,1e-3\n");
 * table.rows;          // 2
 * table.columns.y;     // Float64Array [0.5, 0.001]
 * tableMatrix(table, ["x1", "x2"]);  // Float64Array [1, 2, 3, 4]
 *
 * A byte order mark, line ends of any kind, quoted cells, blanks around a cell and blank lines at the end
 * are all understood. A number is written in decimal (`-1.5`, `.5`, `2e-3`) and is finite. A file is read
 * by the caller: `readCsv(readFileSync(path, "utf8"), { file: path })`.
 *
 * @throws AdjointError, `readCsv: file:line:column: …`, both counted from 1 (columns in UTF-16 units), at the first
 *   fault: a row with another number of cells than the header, an empty cell, a cell that is no finite
 *   number, a quote that isn't closed or stands inside a cell, a name that is empty or given twice, no
 *   header, no row. Also for a column that isn't there, and for what is no text.
 */
export function readCsv(text: string, options: CsvOptions = {}): Table {
  if (typeof text !== "string") {
    throw new AdjointError(
      `readCsv: the text is ${describe(text)}; pass the text of a file: readCsv(readFileSync(path, "utf8")).`,
    );
  }
  const given = checkOptions("readCsv", options, { delimiter: "string", columns: "any", file: "string" });
  const asked = given.columns === undefined ? undefined : readNames(given.columns, "readCsv: columns");
  const source = new Source(trimmed(text), given);
  const [header = [], ...records] = source.records();
  checkHeader(source, header, records.length);
  const names = asked ?? header;
  const twice = repeated(names);
  if (twice >= 0) throw new AdjointError(`readCsv: column ${quote(names[twice]!)} was asked for twice.`);
  const positions = positionsOf(names, header, `readCsv: ${source.name}`);
  const values = names.map(() => new Float64Array(records.length));
  records.forEach((record, row) => {
    checkLength(source, record, row + 1, header);
    for (let i = 0; i < positions.length; i++) {
      const cell = record[positions[i]!]!;
      values[i]![row] = numeral.test(cell) ? Number(cell) : Number.NaN;
      if (!Number.isFinite(values[i]![row])) failCell(source, cell, row + 1, positions[i]!, names[i]!);
    }
  });
  return {
    names,
    rows: records.length,
    columns: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
  };
}

/**
 * Columns of a table as one matrix, rows × names.length, row-major: what a model takes as its inputs.
 * By default all columns, in the table's order.
 *
 * @example
 * const table = readCsv("x,y,z\n1,2,3\n4,5,6");
 * tableMatrix(table, ["z", "x"]); // Float64Array [3, 1, 6, 4]
 *
 * @throws AdjointError where the table has no such column.
 */
export function tableMatrix(table: Table, names?: readonly string[]): Float64Array {
  const { names: known, rows, columns } = readTable(table);
  const chosen = names === undefined ? known : readNames(names, "tableMatrix: names");
  positionsOf(chosen, known, "tableMatrix");
  // All of them are looked at: a table with a column that is none isn't to be trusted.
  const values = new Map(known.map((name) => [name, readColumn(columns, name, rows)]));
  const matrix = new Float64Array(readCount(rows * chosen.length, "tableMatrix: the elements"));
  chosen.forEach((name, i) => {
    const column = values.get(name)!;
    for (let row = 0; row < rows; row++) matrix[row * chosen.length + i] = column[row]!;
  });
  return matrix;
}

function readColumn(columns: Readonly<Record<string, unknown>>, name: string, rows: number): Float64Array {
  const what = `tableMatrix: column ${quote(name)}`;
  const column = reading(what, () => (Object.hasOwn(columns, name) ? columns[name] : undefined));
  return readValue(column, [rows], what);
}

/** A table with each of its parts read once; its columns are still the user's. */
function readTable(table: unknown): {
  readonly names: readonly string[];
  readonly rows: number;
  readonly columns: Readonly<Record<string, unknown>>;
} {
  const what = "tableMatrix: the table";
  if (!isRecord(table)) {
    throw new AdjointError(
      `${what} is ${describe(table)}; pass what readCsv returns, { names, rows, columns }.`,
    );
  }
  checkKeys(table, ["names", "rows", "columns"], what);
  const { names, rows, columns } = reading(what, () => ({ ...table }));
  if (!isRecord(columns)) {
    throw new AdjointError(
      `${what}'s columns are ${describe(columns)}; pass an object { name: numbers, … }.`,
    );
  }
  return {
    names: readNames(names, `${what}'s names`),
    rows: readCount(rows, `${what}'s rows`),
    columns,
  };
}

function readNames(names: unknown, what: string): string[] {
  return readList(names, what, (name, i) => readText(name, `${what}: name ${i}`));
}

/** A decimal number. `Number` alone would also take "", "0x1f" and "Infinity". */
const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The text under the parser, which knows how to say where a cell stands. */
class Source {
  readonly name: string;
  readonly #text: string;
  readonly #options: Options;

  constructor(text: string, { file = "<csv>", delimiter = "," }: CsvOptions) {
    if (delimiter.length !== 1 || /["\s]/.test(delimiter.replace("\t", ""))) {
      throw new AdjointError(
        `readCsv: the delimiter is ${quote(delimiter)}; ` +
          "pass one character that is no quote, blank or line end.",
      );
    }
    this.name = file.length > 100 ? `…${file.slice(-100)}` : file;
    this.#text = text;
    this.#options = {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      // Lengths are checked here, where the header can be named.
      relax_column_count: true,
      trim: true,
    };
  }

  /** The cells of every line, the header's first. */
  records(): string[][] {
    try {
      return parse(new TextEncoder().encode(this.#text), this.#options);
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const { records, index, code } = error as CsvError & { records: number; index: number };
      const [fact, remedy] = quoteFaults[code] ?? [error.message, "mend the file"];
      this.fail(records, index, fact, remedy);
    }
  }

  /** Throws the one error for a fault in a cell, both counted from 0, the header being record 0. */
  fail(record: number, cell: number, fact: string, remedy: string): never {
    const lines = this.#text.slice(0, this.#start(record, cell)).split(/\r\n|\n|\r/);
    const column = lines.at(-1)!.length + 1;
    throw new AdjointError(`readCsv: ${this.name}:${lines.length}:${column}: ${fact}; ${remedy}.`);
  }

  /**
   * Where a cell starts in the text, up to which it is sound. The parser could tell the place of every
   * cell, but that costs it five times as much as the cell.
   */
  #start(record: number, cell: number): number {
    let quoted = false;
    for (let i = 0, r = 0, c = 0; i < this.#text.length; i++) {
      if (r === record && c === cell) return i;
      const character = this.#text[i];
      // A quote inside a quoted cell is written twice, and so changes nothing.
      if (character === '"') quoted = !quoted;
      else if (quoted) continue;
      else if (character === this.#options.delimiter) c++;
      else if (character === "\n" || (character === "\r" && this.#text[i + 1] !== "\n")) {
        r++;
        c = 0;
      }
    }
    return this.#text.length;
  }
}

const quoteFaults: Readonly<Record<string, readonly [fact: string, remedy: string]>> = {
  CSV_QUOTE_NOT_CLOSED: [
    "a cell starts with a quote that nothing closes before the end of the text",
    'close it, or write "" for a quote inside a quoted cell',
  ],
  INVALID_OPENING_QUOTE: [
    "a quote stands inside a cell that doesn't start with one",
    'quote the whole cell and write "" for the quote inside it',
  ],
  CSV_INVALID_CLOSING_QUOTE: [
    "text follows a cell's closing quote",
    'end the cell at its quote, or write "" for a quote inside it',
  ],
};

function checkHeader(source: Source, header: readonly string[], rows: number): void {
  if (header.length === 0) {
    source.fail(0, 0, "there is no text here", "expected a header line with names, then rows of numbers");
  }
  const nameless = header.indexOf("");
  if (nameless >= 0) source.fail(0, nameless, `column ${nameless + 1} of the header has no name`, "name it");
  const twice = repeated(header);
  if (twice >= 0) {
    source.fail(
      0,
      twice,
      `the header names ${quote(header[twice]!)} twice`,
      "every column needs a name of its own",
    );
  }
  // Whole numbers may be names (pandas writes 0,1,2 for columns without one), but 0.31,−1.2 is surely a row.
  if (header.every((name) => numeral.test(name)) && !header.every((name) => /^\d+$/.test(name))) {
    source.fail(0, 0, "the first line holds numbers only, not names", "put a header line before the rows");
  }
  if (rows > 0) return;
  const [only = ""] = header;
  const isPath = header.length === 1 && /[\\/]|\.\w+$/.test(only);
  source.fail(
    0,
    0,
    "there is a header but no row",
    isPath
      ? `readCsv takes the text of a file, not its path: readCsv(readFileSync(${quote(only)}, "utf8"))`
      : "expected at least one row of numbers",
  );
}

function checkLength(
  source: Source,
  record: readonly string[],
  row: number,
  header: readonly string[],
): void {
  const got = record.length;
  const expected = header.length;
  if (got === expected) return;
  if (got === 1 && record[0] === "") source.fail(row, 0, "a blank line stands among the rows", "remove it");
  source.fail(
    row,
    got > expected ? expected : 0,
    `row ${row} has ${got} cell${got === 1 ? "" : "s"}, but the header has ${expected} ` +
      `(${listed(header)})`,
    got > expected
      ? "remove the cells from here on, or quote a cell that holds the delimiter"
      : "add the missing ones",
  );
}

function failCell(source: Source, cell: string, row: number, column: number, name: string): never {
  const where = `in column ${quote(name)}, row ${row}`;
  if (cell === "") source.fail(row, column, `the cell ${where} is empty`, "fill it in, or leave the row out");
  const reason = numeral.test(cell) ? "is beyond the range of doubles" : "is no finite decimal number";
  source.fail(row, column, `${quote(cell)} ${where} ${reason}`, "write a number such as -1.5 or 2e-3");
}

/** Where each name stands among the columns. */
function positionsOf(names: readonly string[], columns: readonly string[], where: string): number[] {
  const positions = new Map(columns.map((name, i) => [name, i]));
  return names.map((name) => {
    const position = positions.get(name);
    if (position !== undefined) return position;
    const meant = nearest(name, columns);
    const hint = meant === undefined ? "." : `; did you mean ${quote(meant)}?`;
    throw new AdjointError(
      `${where}: there is no column ${quote(name)}; the columns are ${listed(columns.map(quote))}${hint}`,
    );
  });
}

/** The position of the first name that stood there before, or −1. */
function repeated(names: readonly string[]): number {
  const seen = new Set<string>();
  return names.findIndex((name) => seen.size === seen.add(name).size);
}

/**
 * The text without a byte order mark, which the parser takes off a Buffer only, and without blank lines at
 * its end. (A regular expression for the latter would take quadratic time on many of them.)
 */
function trimmed(text: string): string {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let end = text.length;
  while (end > start && isLineEnd(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

/** Names as errors show them, of many the first. */
function listed(names: readonly string[]): string {
  return names.length > 10
    ? `${names.slice(0, 10).join(", ")}, … (${names.length} in all)`
    : names.join(", ");
}

/** A text as errors show it, long ones cut. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
