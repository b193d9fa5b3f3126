/** The data of a fit, read row by row: its columns, the groups of its rows, and what is given for each row besides. */
import { AdjointError } from "../../graph/index.js";
import { describe, flatten, isRecord, reading, readText, readValue, rowsOf } from "../../graph/internal.js";
import { allFinite } from "../../optimizers/solvers/internal.js";
import { checkFinite, type Given, type Tensor } from "../runs/internal.js";

/** Rows side by side that belong together. */
export interface Group {
  readonly name: string;
  readonly from: number;
  readonly rows: number;
}

/** Columns of data, a number a row (or several); rows of a group lie side by side. */
export interface Table {
  readonly columns: Readonly<Record<string, Column>>;
  readonly rows: number;
  readonly groups: readonly Group[] | undefined;
  /** For each row the place at which it was given; `undefined` where rows are as they were given. */
  readonly order: readonly number[] | undefined;
}

export interface Column extends Tensor {
  readonly data: Float64Array;
}

/**
 * What was fitted, as it was given, row by row.
 * @example const columnOf = ({ response }: FittedData): string => response;
 */
export interface FittedData {
  /** The name of the column that the model is of. */
  readonly response: string;
  /** The columns by name: predictors and the response. */
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** The standard deviation of each response, where it is given. */
  readonly sigma: Float64Array | undefined;
  /** Those of predictors, where they are given. */
  readonly xSigma: Readonly<Record<string, Float64Array>>;
  /** The group of each row, where there are groups. */
  readonly groups: readonly string[] | undefined;
}

/**
 * Reads columns, or those of groups by name or in a list; `by` names the column that tells a row's group.
 * @throws where a column isn't one of finite numbers, or columns are of unequal lengths: the row is named
 */
export function readTable(given: unknown, owner: string, by?: unknown): Table {
  const isList = rowsOf(given) !== undefined;
  if (!isRecord(given) && !isList)
    throw new AdjointError(`${owner}: data must be an object with columns by name, not ${describe(given)}.`);
  const own = reading(`${owner}: data`, () => Object.entries(given as object) as [string, unknown][]);
  const isNested = own.length > 0 && own.every(([, one]) => isRecord(one));
  if (isNested) {
    if (by !== undefined)
      throw new AdjointError(`${owner}: data is given by groups already; leave out the option groups.`);
    return joined(
      own.map(([name, one]) => [name, readColumns(one as Given, owner, `data "${name}": `)] as const),
      owner,
    );
  }
  if (!isRecord(given))
    throw new AdjointError(
      `${owner}: data must be columns by name, or a list of such groups, not ${describe(given)}.`,
    );
  if (by === undefined) return readColumns(given, owner, "data ");
  const name = readText(by, `${owner}: groups`);
  if (!Object.hasOwn(given, name))
    throw new AdjointError(
      `${owner}: groups names the column "${name}", which data doesn't have; it has ${own.map(([one]) => one).join(", ")}.`,
    );
  const labels = readLabels(Object.fromEntries(own)[name], owner, name);
  const table = readColumns(Object.fromEntries(own.filter(([one]) => one !== name)), owner, "data ");
  if (labels.length !== table.rows)
    throw new AdjointError(
      `${owner}: data "${name}" has ${labels.length} rows, and the other columns have ${table.rows}.`,
    );
  return sorted(table, labels);
}

function readLabels(given: unknown, owner: string, name: string): string[] {
  const list = rowsOf(given);
  if (!list)
    throw new AdjointError(
      `${owner}: data "${name}" must be an array, a group's name a row, not ${describe(given)}.`,
    );
  return reading(`${owner}: data "${name}"`, () =>
    Array.from(list, (one, i) => {
      if (typeof one === "string" || (typeof one === "number" && Number.isFinite(one))) return String(one);
      throw new AdjointError(
        `${owner}: data "${name}" holds ${describe(one)} in row ${i}; it must name each row's group.`,
      );
    }),
  );
}

function readColumns(data: Given, owner: string, place: string): Table {
  const given = reading(`${owner}: ${place}`, () => ({ ...data }));
  let rows: number | undefined;
  let first = "";
  const columns: Record<string, Column> = {};
  for (const name of Object.keys(given)) {
    const column = readColumn(given[name], owner, `${place}"${name}"`, name);
    columns[name] = column;
    const own = column.shape[0]!;
    if (rows !== undefined && own !== rows)
      throw new AdjointError(`${owner}: ${place}"${name}" has ${own} rows, and "${first}" has ${rows}.`);
    if (rows === undefined) [rows, first] = [own, name];
  }
  if (rows === undefined || rows === 0)
    throw new AdjointError(`${owner}: ${place === "data " ? "data holds" : `${place}there are`} no rows.`);
  return { columns, rows, groups: undefined, order: undefined };
}

function readColumn(value: unknown, owner: string, place: string, name: string): Column {
  const column = rowsOf(value);
  if (!column)
    throw new AdjointError(`${owner}: ${place} must be an array, a number a row, not ${describe(value)}.`);
  return reading(`${owner}: ${place}`, () => {
    const isKnown = column instanceof Float64Array && allFinite(column);
    for (let i = 0; i < column.length && !isKnown; i++) {
      const one = column[i];
      if (typeof one === "number" && Number.isFinite(one)) continue;
      if (rowsOf(one)) break;
      throw new AdjointError(
        `${owner}: ${place} holds ${describe(one)} in row ${i}; leave out rows in which something is missing.`,
      );
    }
    const { data, shape } = flatten(value, `${owner}: ${place}`);
    if (!isKnown) checkFinite(owner, [name], data);
    return { data, shape };
  });
}

/** Groups one below the other. @throws where one has other columns */
function joined(groups: readonly (readonly [string, Table])[], owner: string): Table {
  const [[firstName, first]] = groups as [readonly [string, Table]];
  const names = Object.keys(first.columns);
  let from = 0;
  const places: Group[] = [];
  for (const [name, { columns, rows }] of groups) {
    const missing = names.find((one) => !Object.hasOwn(columns, one));
    const spare = Object.keys(columns).find((one) => !names.includes(one));
    if (missing !== undefined || spare !== undefined)
      throw new AdjointError(
        missing !== undefined
          ? `${owner}: data "${name}" has no column "${missing}", which "${firstName}" has.`
          : `${owner}: data "${name}" has a column "${spare}", which "${firstName}" hasn't.`,
      );
    places.push({ name, from, rows });
    from += rows;
  }
  const columns = Object.fromEntries(
    names.map((name) => {
      const parts = groups.map(([, table]) => table.columns[name]!);
      const inner = parts[0]!.shape.slice(1);
      groups.forEach(([group], i) => {
        if (String(parts[i]!.shape.slice(1)) !== String(inner))
          throw new AdjointError(
            `${owner}: data "${name}" of the group "${group}" isn't of the shape of "${firstName}".`,
          );
      });
      const data = new Float64Array(parts.reduce((sum, one) => sum + one.data.length, 0));
      let offset = 0;
      for (const part of parts) {
        data.set(part.data, offset);
        offset += part.data.length;
      }
      return [name, { data, shape: [from, ...inner] }];
    }),
  );
  return { columns, rows: from, groups: places, order: undefined };
}

/** Brings the rows of each group together. */
function sorted({ columns, rows }: Table, labels: readonly string[]): Table {
  const members = new Map<string, number[]>();
  labels.forEach((label, i) => {
    const own = members.get(label);
    if (own) own.push(i);
    else members.set(label, [i]);
  });
  const order = [...members.values()].flat();
  let from = 0;
  const groups = [...members].map(([name, { length }]): Group => {
    from += length;
    return { name, from: from - length, rows: length };
  });
  return {
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, { data, shape }]) => {
        const width = data.length / rows;
        const own = new Float64Array(data.length);
        order.forEach((row, i) => {
          own.set(data.subarray(row * width, (row + 1) * width), i * width);
        });
        return [name, { data: own, shape }];
      }),
    ),
    rows,
    groups,
    order,
  };
}

/**
 * A number for each row: one for all, a list in the order of the data, or lists by group.
 * @throws where there aren't as many as rows, or one isn't allowed: the row is named
 */
export function readPerRow(
  owner: string,
  name: string,
  given: unknown,
  { rows, groups, order }: Table,
  wanted: string,
  allows: (one: number) => boolean,
): Float64Array {
  const list = (value: unknown, count: number, where: string): Float64Array => {
    const read =
      typeof value === "number"
        ? new Float64Array(count).fill(value)
        : readValue(value, [count], `${owner}: ${where}`).slice();
    const place = read.findIndex((one) => !allows(one));
    if (place < 0) return read;
    throw new AdjointError(`${owner}: ${where} is ${read[place]} in row ${place}; it must be ${wanted}.`);
  };
  if (!groups || !isRecord(given)) {
    const read = list(given, rows, name);
    return order ? Float64Array.from(order, (row) => read[row]!) : read;
  }
  const own = reading(`${owner}: ${name}`, () => ({ ...given }));
  const names = groups.map((group) => group.name);
  const wrong =
    Object.keys(own).find((one) => !names.includes(one)) ?? names.find((one) => !Object.hasOwn(own, one));
  if (wrong !== undefined)
    throw new AdjointError(
      `${owner}: ${name} must have the groups ${names.join(", ")}; ${names.includes(wrong) ? "it lacks" : "it has"} "${wrong}".`,
    );
  const into = new Float64Array(rows);
  for (const { name: group, from, rows: count } of groups)
    into.set(list(own[group], count, `${name} of "${group}"`), from);
  return into;
}

/** What stands in the order of the table, in the order in which rows were given. */
export function asGiven(values: Float64Array, { order }: Table): Float64Array {
  if (!order) return values.slice();
  const own = new Float64Array(values.length);
  const width = values.length / order.length;
  order.forEach((row, i) => {
    own.set(values.subarray(i * width, (i + 1) * width), row * width);
  });
  return own;
}
