/** The options of `curveFit`, and how they are read. */
import { AdjointError } from "../../graph/index.js";
import {
  describe,
  flattenTree,
  isRecord,
  pathText,
  reading,
  readList,
  readText,
} from "../../graph/internal.js";
import { makeBounds } from "../../optimizers/solvers/internal.js";
import type {
  LeastSquares,
  LeastSquaresSolver,
  LossName,
} from "../../optimizers/solvers/least-squares/index.js";
import { isTensor, knownPace, knownResume, readBounds, type Tensor, type Tensors } from "../runs/internal.js";
import type { Expressions } from "./problem.js";
import type { SearchOptions } from "./search.js";
import { readPerRow, type Table } from "./table.js";

/**
 * A number for each row: one for all, a list, or lists by group.
 * @example const sigma: PerRow = [0.1, 0.1, 0.2];
 */
export type PerRow = number | ArrayLike<number> | Readonly<Record<string, number | ArrayLike<number>>>;

/**
 * Options of `curveFit`.
 * @example const options: CurveFitOptions = { sigma: 0.1, bounds: { k: { lower: 0 } } };
 */
export interface CurveFitOptions<Own extends string = string> extends SearchOptions {
  /** The column of data that the model is of; default "y". */
  readonly response?: string;
  /** The standard deviation of each response, or of all; default 1. */
  readonly sigma?: PerRow;
  /**
   * Standard deviations of predictors by name, as in `{ x: 0.1 }`: the true predictors are unknown then, too, and rows are
   * fitted at their distance from the curve.
   */
  readonly xSigma?: Readonly<Record<string, PerRow>>;
  /** That sigmas are known and not only their ratios: standard errors aren't scaled by the residuals. Default false. */
  readonly absoluteSigma?: boolean;
  /** A weight ≥ 0 for each row; 2 counts it twice. */
  readonly weights?: PerRow;
  /** The column of data that tells the group of each row, for groups that are fitted together. */
  readonly groups?: string;
  /** Parameters of which each group has its own; all others are shared. */
  readonly own?: readonly Own[];
  /** Parameters that stay as they start. */
  readonly fixed?: readonly string[];
  /** Parameters that follow from others, as in `{ b: ({ a }) => multiply(2, a) }`; tied ones are `({ a }) => a`. */
  readonly expressions?: Expressions;
  /** By parameter, as in `{ k: { lower: 0 } }`; of own ones for all groups, or by path (`"v.a"`) for one. */
  readonly bounds?: Readonly<Record<string, { readonly lower?: unknown; readonly upper?: unknown }>>;
  /** What becomes of large residuals, in sigmas; default "linear". */
  readonly loss?: LossName;
  readonly lossScale?: number;
  /** The confidence of intervals and bands; default 0.95. */
  readonly level?: number;
  readonly solver?: LeastSquaresSolver;
  readonly tolerance?: number;
  readonly steps?: number;
  readonly maxEvaluations?: number;
  readonly maxTime?: number;
}

export const curveFitOptions = {
  response: "string",
  sigma: "any",
  xSigma: "any",
  absoluteSigma: "boolean",
  weights: "any",
  groups: "string",
  own: "any",
  fixed: "any",
  expressions: "any",
  bounds: "any",
  loss: "any",
  lossScale: "any",
  level: "any",
  starts: "any",
  seed: "any",
  solver: "any",
  tolerance: "any",
  steps: "any",
  maxEvaluations: "any",
  maxTime: "any",
  ...knownPace,
  ...knownResume,
} as const;

export function readSigma(what: string, given: unknown, table: Table): Float64Array {
  if (given === undefined) return new Float64Array(table.rows).fill(1);
  return readPerRow(what, "sigma", given, table, "finite and > 0", (one) => one > 0 && one < Infinity);
}

export function readRowWeights(what: string, given: unknown, table: Table): Float64Array | undefined {
  if (given === undefined) return undefined;
  return readPerRow(what, "weights", given, table, "finite and ≥ 0", (one) => one >= 0 && one < Infinity);
}

/** @throws where a name isn't a predictor of one number a row, or a deviation isn't a finite number ≥ 0 */
export function readXSigma(
  what: string,
  given: unknown,
  table: Table,
  response: string,
): Readonly<Record<string, Float64Array>> {
  if (given === undefined) return {};
  const own = isRecord(given) ? reading(`${what}: xSigma`, () => Object.entries(given)) : undefined;
  if (!own)
    throw new AdjointError(
      `${what}: xSigma must be an object with standard deviations by predictor, such as { x: 0.1 }, not ${describe(given)}.`,
    );
  return Object.fromEntries(
    own.map(([name, value]) => {
      const column = name === response ? undefined : table.columns[name];
      if (!column)
        throw new AdjointError(`${what}: xSigma names "${name}", which is no predictor in the data.`);
      if (column.shape.length !== 1)
        throw new AdjointError(
          `${what}: xSigma is for predictors of one number a row, which "${name}" isn't.`,
        );
      const allows = (one: number) => one >= 0 && one < Infinity;
      return [name, readPerRow(what, `xSigma of "${name}"`, value, table, "finite and ≥ 0", allows)];
    }),
  );
}

/** What is given by parameter, with that of an own one at the path of each group. */
function byPath(own: readonly string[], groups: readonly string[], given: Readonly<Record<string, unknown>>) {
  const spread = Object.entries(given).flatMap(([name, value]) =>
    own.includes(name) ? groups.map((group) => [pathText([name, group]), value]) : [],
  );
  const plain = Object.entries(given).filter(([name]) => !own.includes(name));
  return { ...Object.fromEntries(spread), ...Object.fromEntries(plain) } as Record<string, unknown>;
}

export function readOwnBounds(
  what: string,
  given: unknown,
  parameters: Tensors,
  own: readonly string[],
  groups: readonly string[],
): LeastSquares["bounds"] {
  if (!isRecord(given) || own.length === 0) return readBounds(what, given, parameters);
  return readBounds(
    what,
    byPath(
      own,
      groups,
      reading(`${what}: bounds`, () => ({ ...given })),
    ),
    parameters,
  );
}

/** The bounds, those of fixed parameters equal. @throws where one isn't known */
export function fix(
  what: string,
  given: unknown,
  parameters: Tensors,
  own: readonly string[],
  { lower, upper }: LeastSquares["bounds"],
  first: Float64Array,
): LeastSquares["bounds"] {
  if (given === undefined) return makeBounds(lower, upper);
  const names = readList(given, `${what}: fixed`, (name, i) => readText(name, `${what}: fixed[${i}]`));
  const leaves = flattenTree<Tensor>(parameters, isTensor);
  const all = leaves.map(({ path }) => [
    pathText(path),
    ...(own.includes(String(path[0])) ? [String(path[0])] : []),
  ]);
  const unknown = names.find((name) => !all.some((one) => one.includes(name)));
  if (unknown !== undefined)
    throw new AdjointError(
      `${what}: fixed names "${unknown}", which is no parameter; they are ${all.map(([name]) => name).join(", ")}.`,
    );
  let offset = 0;
  leaves.forEach(({ leaf }, i) => {
    const end = offset + leaf.data.length;
    if (all[i]!.some((one) => names.includes(one))) {
      lower.set(first.subarray(offset, end), offset);
      upper.set(first.subarray(offset, end), offset);
    }
    offset = end;
  });
  return makeBounds(lower, upper);
}
