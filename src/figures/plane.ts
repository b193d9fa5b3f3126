/** What figures of the plane read: an objective of two variables, and runs over it as paths. */
import { AdjointError, type Expr, type Traced } from "../../graph/index.js";
import {
  describe,
  formatShape,
  isRecord,
  isTraced,
  reading,
  readList,
  readText,
  readValue,
} from "../../graph/internal.js";
import type { Interval, Objective } from "../objectives/index.js";
import type { Status } from "../runs/index.js";
import { type Field, fieldOf } from "./field.js";
import { readWindow } from "./options.js";
import { append, readRuns } from "./runs.js";
import { readSection, type SectionOptions } from "./section.js";
import type { Stepping } from "./thinning.js";

/**
 * A function of the plane: of one vector of two, or of two scalars. The library's objectives know more of themselves. That it
 * gives one scalar is looked at when it is used, since an expression's shape may not be known before.
 *
 * @example
 * const objective: PlaneFunction = trace({ x: vector(2) }, ({ x: [a, b] }) => add(square(a), square(b)));
 */
export type PlaneFunction =
  | Objective
  // biome-ignore lint/suspicious/noExplicitAny: names and literal shapes of the inputs are the user's
  | Traced<any, Expr>;

/**
 * A part of the plane.
 * @example const window: PlaneWindow = { x1: [-2, 2], x2: [-1, 3] };
 */
export interface PlaneWindow {
  readonly x1: Interval;
  readonly x2: Interval;
}

/**
 * A point of the plane.
 * @example const point: PlanePoint = { x1: 1, x2: 2 };
 */
export interface PlanePoint {
  readonly x1: number;
  readonly x2: number;
}

/** An objective as figures read it. */
interface Read {
  readonly field: Field;
  readonly record: Readonly<Record<string, unknown>> | undefined;
  /** Of one vector(2) or of two scalars. */
  readonly isPlane: boolean;
}

/** An objective of two variables, ready to be evaluated. */
export interface Plane {
  readonly f: (x1: number, x2: number) => number;
  /** ‖∇f‖ at a run's parameters. */
  readonly gradientNorm: (parameters: unknown) => number;
  /** The names of the variables. */
  readonly labels: readonly [string, string];
  readonly valueLabel: string;
  /** Whether elements are held that aren't shown: values of runs then lie off it. */
  readonly isSection: boolean;
  readonly title: string | undefined;
  /** Those that the objective knows of itself. */
  readonly minima: readonly PlanePoint[];
  /** The part worth drawing, where the objective knows it. */
  readonly window: PlaneWindow | undefined;
  /** Both coordinates of a point by name, or of points row by row. */
  readonly coordinates: (
    parameters: unknown,
  ) => { readonly x1: ArrayLike<number>; readonly x2: ArrayLike<number> } | undefined;
}

/** @throws AdjointError where the objective isn't a traced function that gives one number */
export function readObjective(what: string, objective: unknown): Read {
  const where = `${what}: the objective`;
  const record = isRecord(objective) ? reading(where, () => ({ ...objective })) : undefined;
  const traced = record ? record.f : objective;
  if (!isTraced(traced)) {
    throw new AdjointError(
      `${where}: expected a traced function, got ${typeof traced === "function" ? "a plain one" : describe(objective)}; ` +
        "pass trace({ x: vector(2) }, ({ x }) => …) or one of the library's objectives, such as cubic.",
    );
  }
  const { inputs, nodes, outputs } = traced.graph;
  const output = typeof outputs === "number" ? nodes[outputs]! : undefined;
  if (!output || output.shape.length > 0) {
    const found = output ? `the shape ${formatShape(output.shape)}` : `${Object.keys(outputs).join(", ")}`;
    throw new AdjointError(`${what}: the objective returns ${found}; return one scalar.`);
  }
  const isVector = inputs.length === 1 && inputs[0]!.shape.length === 1 && inputs[0]!.shape[0] === 2;
  const isPair = inputs.length === 2 && inputs.every(({ shape }) => shape.length === 0);
  return {
    field: fieldOf(traced),
    record,
    isPlane: isVector || isPair,
  };
}

/**
 * An objective as a function of the plane; `chosen` are the options that choose two of many elements.
 * @throws AdjointError where the objective isn't a scalar function, or two elements can't be chosen
 */
export function readPlane(what: string, objective: unknown, chosen: SectionOptions): Plane {
  const where = `${what}: the objective`;
  const { field, record, isPlane } = readObjective(what, objective);
  const { f, labels, held, coordinates } = readSection(what, field, 2, chosen);
  const title = record?.title === undefined ? undefined : readText(record.title, `${where}'s title`);
  // What an objective knows of itself, in the order of the axes.
  const isPair = labels.every((label) => field.names.includes(label)) && isPlane;
  const isTurned = isPair && labels[0] !== field.names[0];
  const minima =
    record?.minima === undefined || !isPair
      ? []
      : readList(record.minima, `${where}'s minima`, (point) => readPoint(`${where}'s minima`, point));
  const window = record?.window === undefined || !isPair ? undefined : readWindow(where, record.window);
  return {
    f,
    gradientNorm: field.gradientNorm,
    labels: [labels[0]!, labels[1]!],
    valueLabel: held === undefined ? `f(${labels.join(", ")})` : `f${held}`,
    isSection: held !== undefined,
    title,
    minima: isTurned ? minima.map(({ x1, x2 }) => ({ x1: x2, x2: x1 })) : minima,
    window: window && isTurned ? { x1: window.x2, x2: window.x1 } : window,
    coordinates: (parameters) => {
      const found = coordinates(parameters);
      return found && { x1: found[0]!, x2: found[1]! };
    },
  };
}

/** A point of an objective's, `{ x: [x1, x2] }`. */
function readPoint(what: string, point: unknown): PlanePoint {
  const [x1, x2] = readValue(isRecord(point) ? point.x : point, [2], what);
  return { x1: x1!, x2: x2! };
}

/** A run as a path: the points before each step, and the last one. */
export interface Path extends Stepping {
  readonly name: string;
  readonly x1: Float64Array;
  readonly x2: Float64Array;
  /** The objective at each point. */
  readonly values: Float64Array;
  readonly status: Status;
}

/** @throws AdjointError where there is no run, one isn't a run of this objective, or has no point to draw */
export function readPaths(what: string, runs: unknown, { labels, coordinates }: Plane): Path[] {
  return readRuns(what, runs).map(([name, { trajectory, parameters, value, status, steps }]) => {
    const before = coordinates(trajectory.parameters);
    const last = coordinates(parameters);
    if (!before || last?.x1.length !== 1) {
      throw new AdjointError(
        `${what}: run "${name}" has the parameters ${Object.keys(parameters).join(", ")}, not the two of the objective ` +
          `(${labels.join(", ")}); pass the runs of this objective.`,
      );
    }
    if (trajectory.steps === 0 && steps > 0) {
      throw new AdjointError(
        `${what}: run "${name}" took ${steps} steps but recorded none; leave out { trajectory: false }.`,
      );
    }
    if (before.x1.length !== trajectory.values.length)
      throw new AdjointError(
        `${what}: run "${name}" has not as many points as values; pass what minimize returned.`,
      );
    const path = {
      name,
      x1: append(before.x1, last.x1[0]!),
      x2: append(before.x2, last.x2[0]!),
      values: append(trajectory.values, value),
      status,
      stride: trajectory.stride,
      steps,
    };
    if (path.x1.some((x1, i) => Number.isFinite(x1) && Number.isFinite(path.x2[i]))) return path;
    throw new AdjointError(
      `${what}: run "${name}" has no finite point; start it where the objective is finite.`,
    );
  });
}
