/** Colour maps and colours, as #rrggbb. */
import { color } from "d3-color";
import { interpolateRgb, piecewise } from "d3-interpolate";
import { AdjointError } from "../../../graph/index.js";
import { describe, readFunction, readList, rowsOf } from "../../../graph/internal.js";

/**
 * Kenneth Moreland's diverging map from blue to red, at 33 places ("Diverging color maps for scientific visualization",
 * ISVC 2009): matplotlib's coolwarm.
 */
const coolwarm =
  "3b4cc0 445acc 4d68d7 5775e1 6282ea 6c8ef1 779af7 82a5fb 8db0fe 98b9ff a3c2ff aec9fd b8d0f9 c2d5f4 ccd9ee d5dbe6 " +
  "dddddd e5d8d1 ecd3c5 f1ccb9 f5c4ad f7bba0 f7b194 f7a687 f49a7b f18d6f ec7f63 e57058 de604d d55042 cb3e38 c0282f " +
  "b40426";

/** How many colours a map is sampled at: more than an eye tells apart. */
const colorCount = 128;

/** matplotlib's rainbow: r = |2t − ½|, g = sin πt, b = cos πt/2. */
function rainbow(t: number): string {
  const byte = (x: number): number => Math.round(255 * Math.min(1, Math.max(0, x)));
  const g = Math.sin(Math.PI * t);
  return `rgb(${byte(Math.abs(2 * t - 0.5))}, ${byte(g)}, ${byte(Math.cos((Math.PI * t) / 2))})`;
}

/** A colour map: a name, colours from low to high, or a function from [0, 1] such as those of d3-scale-chromatic. */
export type ColorMap = "rainbow" | "coolwarm" | readonly string[] | ((t: number) => string);

/** A CSS colour as #rrggbb, or `undefined` where it is none or isn't opaque. */
function toHex(text: unknown): string | undefined {
  const parsed = typeof text === "string" ? color(text) : null;
  return parsed && parsed.opacity === 1 ? parsed.formatHex() : undefined;
}

/** @throws AdjointError where `text` is no opaque CSS colour */
export function checkColor(what: string, text: unknown): string {
  const hex = toHex(text);
  if (hex !== undefined) return hex;
  const found = typeof text === "string" ? JSON.stringify(text.slice(0, 40)) : describe(text);
  throw new AdjointError(`${what}: ${found} is no opaque colour; write one as "#e4007f".`);
}

/** @throws AdjointError where it is no map, or holds what is no colour */
export function sampleColorMap(what: string, map: unknown): string[] {
  let at: (t: number) => string;
  const colors = rowsOf(map)
    ? readList(map, what, (text, i) => checkColor(`${what}: element ${i}`, text))
    : [];
  if (typeof map === "function") at = readFunction(map as (t: number) => string, what);
  else if (map === "rainbow") at = rainbow;
  else if (map === "coolwarm") {
    at = piecewise(
      interpolateRgb,
      coolwarm.split(" ").map((hex) => `#${hex}`),
    );
  } else if (colors.length > 1) at = piecewise(interpolateRgb, colors);
  else {
    const found = typeof map === "string" ? JSON.stringify(map.slice(0, 40)) : describe(map);
    throw new AdjointError(
      `${what}: ${found} is no colour map; pass "rainbow", "coolwarm", at least two colours, or a function from ` +
        "[0, 1] to colours.",
    );
  }
  return Array.from({ length: colorCount }, (_, i) => checkColor(what, at(i / (colorCount - 1))));
}

/** Colours that are told apart, also by those who see no red or no green (Okabe and Ito, 2008), for runs without one. */
export const runColors = [
  "#d55e00",
  "#0072b2",
  "#f0e442",
  "#000000",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#e69f00",
] as const;
