/** What a race can be told, checked, and the objective and the runs as points. */
import { AdjointError, compile, type Expr, type Traced } from "../../../graph/index.js";
import { graphOf, type Shapes } from "../../../graph/trace.js";
import { describe } from "../../../graph/values.js";
import { checkOptions } from "../../checks.js";
import type { Run } from "../../minimize.js";
import type { Objective } from "../../objectives/index.js";
import type { PlaneFunction } from "../plane.js";
import type { Camera } from "./camera.js";
import type { ColorMap } from "./colors.js";
import type { Interval } from "./scene.js";

/** What `minimize` returns, whatever the names of its parameters. */
export type PlaneRun = Pick<Run, "value" | "status" | "steps"> & {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly trajectory: {
    readonly parameters: Readonly<Record<string, Float64Array>>;
    readonly values: Float64Array;
  };
};

export interface RaceOptions {
  /** One of the package's objectives, which know a window and their minima, or a traced function. */
  readonly objective: PlaneFunction;
  /** What `minimize` returned, by the names that the legend shows, in its order. */
  readonly runs: Readonly<Record<string, PlaneRun>>;
  /** Colours of the runs, by name or in order; by default eight that also the colour-blind tell apart. */
  readonly colors?: readonly string[] | Readonly<Record<string, string>>;
  readonly title?: string;
  /** Default `["x1", "x2", "f(x1, x2)"]`. */
  readonly labels?: readonly [x1: string, x2: string, value: string];
  /** The part of the plane; by default the objective's own, else what the paths need. */
  readonly window?: { readonly x1: Interval; readonly x2: Interval };
  /** The values that are shown: the surface is cut at both; by default all of the window's. */
  readonly values?: Interval;
  /** Faces of the surface along x1 and x2, from 1 to 400; default `[60, 60]`. */
  readonly faces?: readonly [x1: number, x2: number];
  /** Default `"rainbow"`. */
  readonly colorMap?: ColorMap;
  /** The colour of the surface's grid lines, or `null` for none; default a dark grey. */
  readonly edges?: string | null;
  /** Degrees: azimuth from x1 towards x2, by default where most of the paths is seen; elevation default 30. */
  readonly camera?: Partial<Camera>;
  /** Pixels; default 800 × 600. A page fills its window instead. */
  readonly width?: number;
  readonly height?: number;
  /** Device pixels a pixel, for sharper PNG files; default 1. */
  readonly pixelRatio?: number;
  /** The step that a PNG shows; default the last. */
  readonly frame?: number;
  /** The most frames of a GIF, spread evenly over the steps; default 151. */
  readonly frames?: number;
  /** Frames a second, at most 50; default 15. */
  readonly fps?: number;
}

const known = [
  "objective",
  "runs",
  "colors",
  "title",
  "labels",
  "window",
  "values",
  "faces",
  "colorMap",
  "edges",
  "camera",
  "width",
  "height",
  "pixelRatio",
  "frame",
  "frames",
  "fps",
];

/** The objective and its runs in the coordinates x1, x2. */
export interface Plane {
  /** The record, where the objective is one of the package's. */
  readonly record: Objective | undefined;
  readonly value: (x1: number, x2: number) => number;
  readonly paths: readonly PlanePath[];
}

export interface PlanePath {
  readonly name: string;
  readonly run: PlaneRun;
  /** The points of the trajectory and the last one, each with its value: x1, x2, f. */
  readonly points: readonly PlanePoint[];
}

export type PlanePoint = readonly [x1: number, x2: number, value: number];

/**
 * Checks what is wrong whatever the picture, and reads the objective and the runs.
 * @throws AdjointError that names the option
 */
export function readPlane(what: string, options: RaceOptions): Plane {
  checkOptions(what, options, known);
  const { objective, runs } = options;
  const isRecord = typeof objective === "object" && objective !== null && "f" in objective;
  const f = (isRecord ? objective.f : objective) as Traced<Shapes, Expr<[]>>;
  const { inputs, shapes } = planeInputs(what, f);
  const kernel = compile(f as Traced<Shapes, Expr<[]>>);
  const value = (x1: number, x2: number): number =>
    kernel(shapes === "vector" ? { [inputs[0]!]: [x1, x2] } : { [inputs[0]!]: x1, [inputs[1]!]: x2 });
  if (typeof runs !== "object" || runs === null || Object.keys(runs).length === 0) {
    throw new AdjointError(`${what}: no runs; pass what minimize returned, such as { adam: run }.`);
  }
  const paths = Object.entries(runs).map(([name, run]): PlanePath => {
    const points = readPoints(`${what}: run "${name}"`, run, inputs);
    return { name, run, points };
  });
  return { record: isRecord ? objective : undefined, value, paths };
}

function planeInputs(what: string, f: unknown): { inputs: string[]; shapes: "vector" | "scalars" } {
  const { inputs } = graphOf(f, what);
  const names = inputs.map(({ name }) => name);
  if (inputs.length === 1 && inputs[0]!.shape.length === 1 && inputs[0]!.shape[0] === 2)
    return { inputs: names, shapes: "vector" };
  if (inputs.length === 2 && inputs.every(({ shape }) => shape.length === 0))
    return { inputs: names, shapes: "scalars" };
  const found = inputs.map(({ name, shape }) => `${name} (${shape.join("×") || "scalar"})`).join(", ");
  throw new AdjointError(
    `${what}: the objective's inputs are ${found}; a surface needs one vector(2), or two scalars.`,
  );
}

function readPoints(what: string, run: PlaneRun, inputs: readonly string[]): PlanePath["points"] {
  const trajectory = run?.trajectory;
  if (typeof trajectory !== "object" || trajectory === null || !(trajectory.values instanceof Float64Array)) {
    throw new AdjointError(`${what} is ${describe(run)}; pass what minimize returned.`);
  }
  const { values, parameters } = trajectory;
  const missing = inputs.find((name) => !(parameters[name] instanceof Float64Array));
  if (missing !== undefined) {
    throw new AdjointError(
      `${what} has no parameter "${missing}" but ${Object.keys(parameters).join(", ")}; pass runs of this objective.`,
    );
  }
  if (values.length < run.steps) {
    throw new AdjointError(
      `${what} took ${run.steps} steps but recorded ${values.length}; leave trajectory at true.`,
    );
  }
  const at = (source: (name: string) => ArrayLike<number>, i: number): [number, number] =>
    inputs.length === 1
      ? [source(inputs[0]!)[2 * i]!, source(inputs[0]!)[2 * i + 1]!]
      : [source(inputs[0]!)[i]!, source(inputs[1]!)[i]!];
  const rows = Array.from(values, (value, i): [number, number, number] => [
    ...at((name) => parameters[name]!, i),
    value,
  ]);
  const last = at((name) => {
    const parameter = run.parameters[name];
    return typeof parameter === "number" ? [parameter] : (parameter as ArrayLike<number>);
  }, 0);
  return [...rows.slice(0, run.steps), [...last, run.value]];
}

/** @throws AdjointError where an interval's ends aren't finite or not in order */
export function checkInterval(what: string, interval: unknown): Interval {
  const [low, high] = Array.isArray(interval) ? (interval as number[]) : [];
  if (Number.isFinite(low) && Number.isFinite(high) && low! < high!) return [low!, high!];
  throw new AdjointError(
    `${what} must be [low, high], two finite numbers with low < high, not ${JSON.stringify(interval) ?? String(interval)}.`,
  );
}

/** @throws AdjointError where a number is given and isn't a finite one in the range */
export function checkNumber(
  what: string,
  value: number | undefined,
  otherwise: number,
  [low, high]: Interval,
  whole: boolean,
): number {
  if (value === undefined) return otherwise;
  if (Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value)))
    return value;
  throw new AdjointError(
    `${what} must be a ${whole ? "whole " : ""}number from ${low} to ${high}, not ${String(value)}.`,
  );
}
