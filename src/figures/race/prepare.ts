/** From the options of a race to its scene. */
import { AdjointError } from "../../../graph/index.js";
import { checkOptions, readList, readText } from "../../../graph/internal.js";
import { defaultMap, readColor, readRunColors, sampleMap, surfaceColors } from "../colors.js";
import { sameAs } from "../contour-spec.js";
import { chooseLevels } from "../levels.js";
import {
  checkChoice,
  checkNumber,
  checkText,
  readInterval,
  readItems,
  readLook,
  readWindow,
} from "../options.js";
import { type Path, type Plane, readPaths, readPlane } from "../plane.js";
import { runStyle } from "../style.js";
import { keptPoints, stepAt } from "../thinning.js";
import { fitWindow } from "../window.js";
import { type Camera, View } from "./camera.js";
import { type RaceOptions, raceOptions } from "./options.js";
import { makeTracks } from "./paths.js";
import type { HeightScale, Interval, Note, Racer, RaceScene, Surface } from "./scene.js";
import { makeMesh } from "./surface.js";

/**
 * The scene of a race: f sampled over the window, the runs cut at the box, a camera that sees them.
 * @throws AdjointError where an option can't be used: it is named, with the reason
 */
export function raceScene(what: string, given: RaceOptions): RaceScene {
  const options = checkOptions(what, given, raceOptions);
  const { axes, at, runs } = options;
  const plane = readPlane(what, options.objective, { axes, at, runs });
  const paths = readPaths(what, options.runs, plane);
  const { x1, x2 } = chooseWindow(what, options, plane, paths);
  const coarse = sampleSurface(what, options, plane, x1, x2);
  const values =
    options.values === undefined
      ? span(what, coarse, plane.isSection ? paths : [], { x1, x2 })
      : readInterval(`${what}: values`, options.values);
  const ranges = [x1, x2, values] as const;
  const usual = axes === undefined ? ["x1", "x2", "f(x1, x2)"] : [...plane.labels, plane.valueLabel];
  const { title = "", labels = usual, scale = "auto" } = options;
  const { theme } = readLook(what, options);
  checkChoice(what, "scale", scale, ["auto", "linear", "log", "quantile"]);
  const height = chooseHeight(coarse, values, scale);
  // Logarithms make teeth of a valley's floor that no sample meets: there are twice as many samples.
  const isFiner = height !== undefined && options.faces === undefined;
  const surface = isFiner
    ? { ...sampleSurface(what, { ...options, faces: [120, 120] }, plane, x1, x2), every: 2 }
    : coarse;
  const names = paths.map(({ name }) => name);
  const colors = readRunColors(`${what}: runColors`, options.runColors, names);
  const most = Math.ceil(12_000 / Math.max(3, paths.length));
  const racers = paths.map((path, i) => ({
    ...makeRacer(path, ranges, plane.f, most),
    ...{ color: colors[i]!, dash: runStyle(i).dash },
    ...sameAs(paths, i),
  }));
  const inBox = ([a, b, c]: readonly number[]): boolean =>
    [a!, b!, c!].every((x, i) => inside(x, ranges[i]!));
  checkText(what, "title", title);
  const texts = readList(labels, `${what}: labels`, (label) => readText(label, `${what}: each of labels`));
  if (texts.length !== 3)
    throw new AdjointError(`${what}: labels must be three texts, for x1, x2 and the value.`);
  const scene = {
    ...(theme !== undefined && { theme }),
    ...(height && { height }),
    title,
    labels: texts as unknown as RaceScene["labels"],
    ranges,
    surface,
    racers,
    minima: plane.minima.map(({ x1, x2 }) => [x1, x2, plane.f(x1, x2)]).filter(inBox),
    steps: Math.max(...paths.map(({ steps }) => steps)),
  };
  return { ...scene, camera: chooseCamera(what, options.camera, scene) };
}

function inside(x: number, [low, high]: Interval): boolean {
  const slack = 1e-9 * (high - low);
  return x >= low - slack && x <= high + slack;
}

function chooseWindow(
  what: string,
  { window }: RaceOptions,
  { minima, window: usual }: Plane,
  paths: readonly Path[],
): { x1: Interval; x2: Interval } {
  if (window === undefined) return usual ?? fitWindow(paths, minima);
  return readWindow(what, window);
}

function sampleSurface(
  what: string,
  { faces = [60, 60], colorMap = defaultMap, edges = "#4d4d4d" }: RaceOptions,
  { f }: Plane,
  x1: Interval,
  x2: Interval,
): Surface {
  const [columns = 0, rows = 0, ...others] = readItems(`${what}: faces`, faces).map(
    (count, i) =>
      1 + checkNumber(`${what}: faces along ${i === 0 ? "x1" : "x2"}`, count, Number.NaN, [1, 400], true),
  );
  if (!(columns > 1 && rows > 1) || others.length > 0)
    throw new AdjointError(`${what}: faces must be two whole numbers from 1 to 400, such as [60, 60].`);
  const at = ([low, high]: Interval, i: number, n: number): number => low + ((high - low) * i) / (n - 1);
  const values: (number | null)[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = f(at(x1, column, columns), at(x2, row, rows));
      values.push(Number.isFinite(value) ? Number(value.toPrecision(6)) : null);
    }
  }
  return {
    columns,
    rows,
    values,
    colors: sampleMap(`${what}: colorMap`, colorMap, surfaceColors),
    edges: edges === null ? null : readColor(`${what}: edges`, edges),
  };
}

/** From the lowest value of a surface to the highest, and of runs over it, whose values aren't those of the surface. */
function span(
  what: string,
  { values }: Surface,
  paths: readonly Path[],
  window: { readonly x1: Interval; readonly x2: Interval },
): Interval {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const calm = paths.filter(({ status }) => status !== "diverged");
  const above = calm.flatMap(({ x1, x2, values: own }) =>
    [...own].filter(
      (value, i) => Number.isFinite(value) && inside(x1[i]!, window.x1) && inside(x2[i]!, window.x2),
    ),
  );
  for (const value of [...values, ...above]) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high)
    throw new AdjointError(`${what}: the objective is finite nowhere in the window; move the window.`);
  const margin = low === high ? Math.max(1, Math.abs(low)) : 0;
  return [low - margin, high + margin];
}

/** Heights by logarithm, where they are asked for or values would lie flat on the floor. */
function chooseHeight(
  { values }: Surface,
  [low, high]: Interval,
  scale: NonNullable<RaceOptions["scale"]>,
): HeightScale | undefined {
  if (scale === "linear") return undefined;
  const shown = values.filter((value) => value !== null && value >= low && value <= high) as number[];
  if (shown.length === 0) return undefined;
  if (scale === "quantile") {
    const sorted = Float64Array.from([...shown, low, high]).sort();
    const all = Array.from({ length: 65 }, (_, i) => sorted[Math.round((i / 64) * (sorted.length - 1))]!);
    const quantiles = all.filter((value, i) => i === 0 || value > all[i - 1]!);
    return quantiles.length > 1 ? { quantiles } : undefined;
  }
  const chosen = chooseLevels([...shown, low, high], 7, scale);
  if (chosen.scale === "linear") return undefined;
  const base = low > 0 && high >= 10 * low ? 0 : low;
  // A fifth of the values is below the unit: between samples of a sharp valley nothing is known of its floor.
  const above = shown.map((value) => value - base).sort((a, b) => a - b);
  const least = above[Math.floor(above.length / 5)]! || (high - base) / 1e4;
  return { base, unit: Number(`1e${Math.floor(Math.log10(least))}`) };
}

/** A step of a run with its value. */
type RacePoint = readonly [x1: number, x2: number, value: number];

/** The path up to where it leaves the box, and what the legend says of its end. */
function makeRacer(
  path: Path,
  ranges: readonly Interval[],
  f: Plane["f"],
  most: number,
): Omit<Racer, "color" | "dash"> {
  const { name, x1, x2, values, status, ...stepping } = path;
  const points = Array.from(x1, (x, i): RacePoint => [x, x2[i]!, values[i]!]);
  const { steps } = stepping;
  const finite = points.findIndex((point) => !point.every(Number.isFinite));
  const drawable = finite < 0 ? points : points.slice(0, finite);
  const outside = drawable.findIndex((point) => !point.every((x, i) => inside(x, ranges[i]!)));
  const kept = outside < 0 ? drawable : drawable.slice(0, outside);
  const notes: Note[] = [];
  if (outside === 0) notes.push({ step: 0, text: "starts outside of the box" });
  if (outside > 0)
    notes.push({
      step: stepAt(stepping, outside),
      text: `left the box at step ${stepAt(stepping, outside)}`,
    });
  if (status === "diverged") notes.push({ step: steps, text: `diverged at step ${steps + 1}` });
  if (status === "converged") notes.push({ step: steps, text: `converged at step ${steps}` });
  if (status === "stopped") notes.push({ step: steps, text: `stopped at step ${steps}` });
  const [across, up] = [ranges[0]!, ranges[1]!];
  const within = { ...path, x1: x1.subarray(0, kept.length), x2: x2.subarray(0, kept.length) };
  const { places, gaps } = keptPoints(within, { x1: across, x2: up }, 1, most);
  return {
    name,
    times: places.map((i) => stepAt(stepping, i)),
    points: places.flatMap((i) => kept[i]!.map((x) => Number(x.toPrecision(8)))),
    ...(gaps.length > 0 && { gaps }),
    exit:
      outside > 0
        ? exitBetween(
            drawable[outside - 1]!,
            drawable[outside]!,
            [stepAt(stepping, outside - 1), stepAt(stepping, outside)],
            ranges,
            f,
          )
        : null,
    notes,
  };
}

/** Where the way between two steps, straight across the floor and on the surface, first meets the box's side. */
function exitBetween(
  from: RacePoint,
  to: RacePoint,
  steps: readonly [number, number],
  ranges: readonly Interval[],
  f: Plane["f"],
): NonNullable<Racer["exit"]> {
  const at = (share: number): RacePoint => {
    const [x1, x2] = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
    return [x1, x2, f(x1, x2)];
  };
  const isInside = (share: number): boolean => at(share).every((x, i) => inside(x, ranges[i]!));
  // Looked for in parts of the way inside the window, in which f seldom leaves the box and comes back.
  const shares = ([0, 1] as const).map((i) => {
    const side = to[i] > ranges[i]![1] ? ranges[i]![1] : to[i] < ranges[i]![0] ? ranges[i]![0] : to[i];
    return to[i] === from[i] ? 1 : Math.min(1, Math.max(0, (side - from[i]) / (to[i] - from[i])));
  });
  const whole = Math.min(...shares);
  const parts = 100;
  let part = 1;
  while (part < parts && isInside((whole * part) / parts)) part++;
  let [low, high] = [(whole * (part - 1)) / parts, (whole * part) / parts];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (isInside(middle)) low = middle;
    else high = middle;
  }
  const point = at(low).map((x, i) => {
    const [least, most] = ranges[i]!;
    return Number(Math.min(most, Math.max(least, x)).toPrecision(8));
  });
  return { time: steps[0] + low * (steps[1] - steps[0]), point };
}

/** Of each run so many pieces tell how much of it is seen. */
const seenPieces = 400;

/** The camera that is asked for; where no azimuth is, the one from which most of the paths is seen. */
function chooseCamera(what: string, asked: Partial<Camera> = {}, scene: Omit<RaceScene, "camera">): Camera {
  const own = checkOptions(`${what}: camera`, asked, ["azimuth", "elevation", "zoom"]);
  const number = (key: keyof Camera, otherwise: number, range: Interval): number =>
    checkNumber(`${what}: camera.${key}`, own[key], otherwise, range, false);
  const azimuth = number("azimuth", Number.NaN, [-360, 360]);
  const camera = { elevation: number("elevation", 30, [0, 90]), zoom: number("zoom", 1, [0.2, 8]) };
  if (!Number.isNaN(azimuth)) return { ...camera, azimuth };
  const mesh = makeMesh({ ...scene, camera: { ...camera, azimuth: 0 } });
  let best = { azimuth: -60, score: -1 };
  // First the view that matplotlib starts with, then round the box; not along an axis, where depth is hard to see.
  for (const candidate of [-60, -45, -30, 30, 45, 60, 120, 135, 150, -150, -135, -120]) {
    const whole = { ...scene, camera: { ...camera, zoom: 1, azimuth: candidate } };
    const view = new View(whole.camera, { x: 0, y: 0, scale: 100 });
    let score = 0;
    for (const track of makeTracks(whole, mesh, view, seenPieces)) {
      let seen = 0;
      track.samples.forEach(({ pixel, hidden }, i) => {
        const before = track.samples[i - 1]?.pixel ?? pixel;
        if (!hidden) seen += Math.hypot(pixel.x - before.x, pixel.y - before.y);
      });
      let length = 0;
      track.vertices.forEach(({ point }, i) => {
        const before = track.vertices[i - 1]?.point ?? point;
        length += Math.hypot(...point.map((x, k) => x - before[k]!));
      });
      if (length > 0) score += seen / (100 * length);
    }
    if (score > 1.02 * best.score) best = { azimuth: candidate, score };
  }
  return { ...camera, azimuth: best.azimuth };
}
