/** Colours and colour maps as users give them: the one reader of all figures. */
import { color } from "d3-color";
import { interpolateRgb, piecewise } from "d3-interpolate";
import { AdjointError } from "../../graph/index.js";
import {
  describe,
  isRecord,
  knownNames,
  readFunction,
  reading,
  readList,
  rowsOf,
} from "../../graph/internal.js";
import { readItems } from "./options.js";
import { runStyle } from "./style.js";

const hexes = (stops: string) => stops.split(" ").map((hex) => `#${hex}`);

// As evenly spaced stops. viridis and magma: Smith and van der Walt, 2015; cividis: Nuñez, Anderton and Renslow, "Optimizing
// colormaps with consideration for color vision deficiency", PLoS ONE 13, 2018; coolwarm: Moreland, "Diverging color maps for
// scientific visualization", ISVC 2009; course: the bands of the course's contours.
const stopsOf = {
  viridis:
    "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725",
  magma:
    "000004 0a0822 1d1147 36106b 51127c 6a1c81 832681 9c2e7f b73779 d0416f e75263 f56b5c fc8961 fea772 fec488 fde2a3 fcfdbf",
  cividis:
    "002051 012b65 11366c 26426e 3c4d6e 51586e 62646f 727071 7f7c75 8c8877 9a9478 a9a177 bbaf71 cebd68 e2cb5c f3da4f fdea45",
  coolwarm:
    "3b4cc0 445acc 4d68d7 5775e1 6282ea 6c8ef1 779af7 82a5fb 8db0fe 98b9ff a3c2ff aec9fd b8d0f9 c2d5f4 ccd9ee d5dbe6 " +
    "dddddd e5d8d1 ecd3c5 f1ccb9 f5c4ad f7bba0 f7b194 f7a687 f49a7b f18d6f ec7f63 e57058 de604d d55042 cb3e38 c0282f " +
    "b40426",
  course: "e4007f f19ec2 e86096 eb7aaa f6c8dc f5f5f5 000000",
} as const;

/** matplotlib's rainbow: r = |2t − ½|, g = sin πt, b = cos πt/2. */
function rainbow(t: number): string {
  const byte = (x: number): number => Math.round(255 * Math.min(1, Math.max(0, x)));
  const g = Math.sin(Math.PI * t);
  return `rgb(${byte(Math.abs(2 * t - 0.5))}, ${byte(g)}, ${byte(Math.cos((Math.PI * t) / 2))})`;
}

/**
 * Colours from low values to high: a name (viridis, magma and cividis rise evenly in lightness; cividis also for those who see
 * no red or no green), a list of CSS colours, or a function from [0, 1] such as those of d3-scale-chromatic.
 * @example const grey: ColorMap = ["#000000", "#ffffff"];
 */
export type ColorMap =
  | "viridis"
  | "magma"
  | "cividis"
  | "rainbow"
  | "coolwarm"
  | "course"
  | readonly string[]
  | ((t: number) => string);

/**
 * Colours of runs: by name, or a list in their order; the others have the usual ones.
 * @example const colors: RunColors = { Adam: "#b5003c" };
 */
export type RunColors = readonly string[] | Readonly<Record<string, string>>;

/** The map of who names none. */
export const defaultMap = "viridis";

/** A CSS colour as #rrggbb. @throws AdjointError where `text` is no opaque one */
export function readColor(what: string, text: unknown): string {
  const parsed = typeof text === "string" ? color(text) : null;
  if (parsed && parsed.opacity === 1) return parsed.formatHex();
  const found = typeof text === "string" ? JSON.stringify(text.slice(0, 40)) : describe(text);
  throw new AdjointError(`${what}: ${found} is no opaque CSS colour; write one as "#e4007f".`);
}

/** So many colours of a map, from its lowest. @throws AdjointError where it is no map, or holds what is no colour */
export function sampleMap(what: string, map: unknown, count?: number): string[] {
  const { stops, at } = readMap(what, map);
  const wanted = count ?? stops ?? 7;
  const places = Array.from({ length: wanted }, (_, i) => (wanted === 1 ? 0 : i / (wanted - 1)));
  return places.map((place) => readColor(what, at(place)));
}

/** How many colours a surface's map is sampled at: more than an eye tells apart. */
export const surfaceColors = 128;

function readMap(
  what: string,
  map: unknown,
): { readonly stops?: number; readonly at: (t: number) => string } {
  if (typeof map === "function") return { at: readFunction(map as (t: number) => string, what) };
  if (map === "rainbow") return { at: rainbow };
  if (typeof map === "string" && Object.hasOwn(stopsOf, map)) {
    const stops = hexes(stopsOf[map as keyof typeof stopsOf]);
    return { ...(map === "course" && { stops: stops.length }), at: piecewise(interpolateRgb, stops) };
  }
  const given = rowsOf(map) ? readList(map, what, (text, i) => readColor(`${what}: element ${i}`, text)) : [];
  if (given.length === 1) return { stops: 1, at: () => given[0]! };
  if (given.length > 1) return { stops: given.length, at: piecewise(interpolateRgb, given) };
  const found = typeof map === "string" ? JSON.stringify(map.slice(0, 40)) : describe(map);
  const names = [...Object.keys(stopsOf), "rainbow"].map((name) => `"${name}"`).join(", ");
  throw new AdjointError(
    `${what}: ${found} is no colour map; pass ${names}, a list of CSS colours, or a function from [0, 1] to colours.`,
  );
}

/**
 * A colour for each name, in order.
 * @param usual what a name has that isn't given one
 * @throws AdjointError where one is no colour, or of nobody in the list
 */
export function readRunColors(
  what: string,
  colors: unknown,
  names: readonly string[],
  usual: (i: number) => string = (i) => runStyle(i).color,
  things = "runs",
): string[] {
  const given = colors === undefined ? new Map<string, unknown>() : readNamed(what, colors, names, things);
  for (const name of given.keys()) {
    if (names.includes(name)) continue;
    throw new AdjointError(
      `${what} names "${name.slice(0, 60)}", which is none of the ${things}; ${knownNames(things, [...names], name)}`,
    );
  }
  return names.map((name, i) =>
    given.has(name) ? readColor(`${what}: "${name}"`, given.get(name)) : usual(i),
  );
}

/** Colours by name, of which a list gives them in order. */
function readNamed(
  what: string,
  colors: unknown,
  names: readonly string[],
  things: string,
): Map<string, unknown> {
  if (isRecord(colors)) return new Map(Object.entries(reading(what, () => ({ ...colors }))));
  const list = rowsOf(colors) ? readItems(what, colors) : [];
  if (list.length > 0 && list.length <= names.length) return new Map(list.map((one, i) => [names[i]!, one]));
  const found = list.length > 0 ? `a list of ${list.length} for ${names.length} ${things}` : describe(colors);
  throw new AdjointError(
    `${what} is ${found}; pass a list in the order of the ${things}, or an object by their names.`,
  );
}
