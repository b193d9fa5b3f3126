/** Sections of objectives of many elements: as functions of one or two of them, or of a plane through a run. */
import { AdjointError } from "../../graph/index.js";
import { describe, isRecord, knownNames, readList, readText } from "../../graph/internal.js";
import { type Field, rowOf } from "./field.js";
import { principalDirections } from "./principal-components.js";
import { readRuns } from "./runs.js";

/** A direction in the space of the elements, by those that it has. */
type Direction = readonly (readonly [element: number, weight: number])[];

/** An objective along one or two directions. */
export interface Section {
  readonly f: (...at: readonly number[]) => number;
  readonly labels: readonly string[];
  /** Where it lies, in words that follow its name; none, where all elements are shown. */
  readonly held?: string;
  /** Where points lie along each direction. */
  readonly coordinates: (parameters: unknown) => readonly Float64Array[] | undefined;
}

/** What chooses a section. */
export interface SectionOptions {
  readonly axes?: unknown;
  readonly at?: unknown;
  readonly runs?: unknown;
}

/**
 * The section of an objective that its options ask for; `count` directions.
 * @throws AdjointError where it can't be chosen by them
 */
export function readSection(
  what: string,
  field: Field,
  count: 1 | 2,
  { axes, at, runs }: SectionOptions,
): Section {
  const { names } = field;
  const option = count === 1 ? "axis" : "axes";
  const example = names.slice(0, count).map((name) => `"${name}"`);
  if (axes === undefined && names.length !== count) {
    const list = `${names.slice(0, 6).join(", ")}${names.length > 6 ? ", …" : ""}`;
    throw new AdjointError(
      `${what}: the objective has ${names.length === 1 ? "one element" : `${names.length} elements`} (${list})` +
        (count === 1
          ? `; a curve is of one: pass { axis: ${example[0] ?? '"x"'} }.`
          : names.length < 2
            ? "; a plane needs two; use curveFigure."
            : `; a plane is of two: pass { axes: [${example.join(", ")}] }, or { axes: "pca" } with runs.`),
    );
  }
  const read = runs === undefined ? [] : readRuns(what, runs);
  if (axes === "pca" && count === 2) return planeOfRuns(what, field, at, read);
  const chosen =
    axes === undefined
      ? [...names.keys()]
      : (count === 1 ? [axes] : readAxes(what, axes)).map((name, i) =>
          placeOf(
            `${what}: ${option}${count === 1 ? "" : `[${i}]`}`,
            names,
            readText(name, `${what}: ${option}`),
          ),
        );
  if (new Set(chosen).size < chosen.length)
    throw new AdjointError(`${what}: axes names "${names[chosen[0]!]}" twice.`);
  const directions = chosen.map((element): Direction => [[element, 1]]);
  if (names.length === count) {
    if (at !== undefined)
      throw new AdjointError(`${what}: at holds the elements that aren't shown, and all are.`);
    return {
      ...along(field, new Float64Array(names.length), directions),
      labels: chosen.map((i) => names[i]!),
    };
  }
  const { row, words } = readPoint(what, field, at, read);
  const origin = row.map((x, i) => (chosen.includes(i) ? 0 : x));
  return {
    ...along(field, origin, directions),
    labels: chosen.map((i) => names[i]!),
    held: `, others as ${words}`,
  };
}

function readAxes(what: string, axes: unknown): unknown[] {
  const list = typeof axes === "string" ? [] : readList(axes, `${what}: axes`, (one) => one);
  if (list.length === 2) return list;
  throw new AdjointError(`${what}: axes must be two names of elements, or "pca", not ${describe(axes)}.`);
}

/** The place of an element: of a vector's also as `x[2]`. */
function placeOf(what: string, names: readonly string[], wanted: string): number {
  const plain = wanted.replace(/\s/g, "");
  const short = plain.replace(/^([^[]+)\[(\d+)\]$/, "$1$2");
  const place = names.findIndex((name) => [plain, short].includes(name.replace(/\s/g, "")));
  if (place >= 0) return place;
  throw new AdjointError(
    `${what}: the objective has no "${wanted.slice(0, 60)}"; ${knownNames("elements", [...names.slice(0, 20)], wanted)}`,
  );
}

/** The point at which the elements are held, and what it is called. */
function readPoint(what: string, field: Field, at: unknown, runs: ReturnType<typeof readRuns>) {
  const [first] = runs;
  if (isRecord(at)) return { row: field.read(`${what}: at`, at), words: "given" };
  if (at !== undefined && at !== "start" && at !== "end")
    throw new AdjointError(
      `${what}: at must be "start", "end" or a value for each input, not ${describe(at)}.`,
    );
  if (!first)
    throw new AdjointError(
      `${what}: there is no run whose end could be where the other elements are held; pass { at } with a value for each input.`,
    );
  const [name, { trajectory, parameters }] = first;
  const isStart = at === "start" && trajectory.steps > 0;
  const lists = field.listsOf(isStart ? trajectory.parameters : parameters);
  if (!lists) throw unlike(what, name);
  const row = rowOf(field, lists, 0);
  return { row, words: `at the ${at === "start" ? "start" : "end"} of ${name}` };
}

const unlike = (what: string, name: string) =>
  new AdjointError(
    `${what}: run "${name}" has other parameters than the objective; pass the runs of this objective.`,
  );

function along(
  field: Field,
  origin: Float64Array,
  directions: readonly Direction[],
): Pick<Section, "f" | "coordinates"> {
  const { point, offsets } = field;
  return {
    f: (...at) => {
      point.set(origin);
      directions.forEach((direction, k) => {
        for (const [element, weight] of direction) point[element]! += weight * at[k]!;
      });
      return field.value();
    },
    coordinates: (parameters) => {
      const lists = field.listsOf(parameters);
      if (!lists) return undefined;
      const rows = lists[0]!.length / (offsets[1]! - offsets[0]!);
      return directions.map((direction) => {
        const found = new Float64Array(rows);
        for (const [element, weight] of direction) {
          const input = offsets.findLastIndex((offset) => offset <= element);
          const list = lists[input]!;
          const [size, place] = [offsets[input + 1]! - offsets[input]!, element - offsets[input]!];
          for (let row = 0; row < rows; row++)
            found[row]! += weight * (list[row * size + place]! - origin[element]!);
        }
        return found;
      });
    },
  };
}

/**
 * The plane of the two directions in which the points of runs vary most, through a point: Li, Xu, Taylor, Studer and Goldstein,
 * "Visualizing the loss landscape of neural nets", NeurIPS 2018, section 7.
 */
function planeOfRuns(what: string, field: Field, at: unknown, runs: ReturnType<typeof readRuns>): Section {
  if (runs.length === 0) throw new AdjointError(`${what}: axes: "pca" is the plane of runs; pass { runs }.`);
  if (field.point.length < 2) throw new AdjointError(`${what}: axes: "pca" needs two elements at least.`);
  const { row: origin, words } = readPoint(what, field, at, runs);
  const calm = runs.filter(([, { status }]) => status !== "diverged");
  const rows = (calm.length > 0 ? calm : runs).map(([name, { trajectory, parameters }]) => {
    const [before, last] = [field.listsOf(trajectory.parameters), field.listsOf(parameters)];
    if (!before || !last) throw unlike(what, name);
    const row = (i: number) => (i < trajectory.steps ? rowOf(field, before, i) : rowOf(field, last, 0));
    return { count: trajectory.steps + 1, row };
  });
  const found = principalDirections(rows);
  if (!found)
    throw new AdjointError(`${what}: axes: "pca" needs runs that move; pass two names of elements.`);
  const directions = found.directions.map(
    (one): Direction => Array.from(one, (weight, element) => [element, weight] as const),
  );
  return {
    ...along(field, origin, directions),
    labels: found.shares.map(
      (share, k) => `principal component ${k + 1} (${Number((100 * share).toPrecision(3))} %)`,
    ),
    held: ` on the plane through ${words.replace(/^at /, "")}`,
  };
}
