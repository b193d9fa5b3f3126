/** What all figures are told of their picture, and what they refuse. */
import { AdjointError } from "../../graph/index.js";
import {
  checkOptions,
  describe,
  isLength,
  reading,
  readList,
  readText,
  rowsOf,
} from "../../graph/internal.js";
import type { Interval } from "../objectives/index.js";
import { type ThemeName, themeNames } from "./style.js";

export interface PictureSize {
  /** In pixels of the page. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture for each of them: 2 is sharp on screens of high density. */
  readonly pixelRatio: number;
}

/**
 * How figures look.
 * @example const options: LookOptions = { theme: "dark" };
 */
export interface LookOptions {
  /** Default `"light"`; a page without one is dark where its reader's screen is, and of strong contrast where that is asked for. */
  readonly theme?: ThemeName;
  /** Paths of font files for signs that DejaVu Sans lacks; a page has the fonts of its reader. */
  readonly fonts?: readonly string[];
}

/** The names of what all figures are told. */
export const lookOptions = ["theme", "fonts"];
export const sizeOptions = ["width", "height", "pixelRatio", ...lookOptions];

/** What is told of looks; nothing where nothing is. */
export interface Look {
  readonly theme?: ThemeName;
  readonly fonts: readonly string[];
}

export function readLook(what: string, { theme, fonts }: LookOptions): Look {
  if (theme !== undefined) checkChoice(what, "theme", theme, themeNames);
  const paths =
    fonts === undefined
      ? []
      : readList(fonts, `${what}: fonts`, (path, i) => readText(path, `${what}: fonts[${i}]`));
  return { ...(theme !== undefined && { theme }), fonts: paths };
}

/**
 * The size of a picture: `width` × `height` units, each `pixelRatio` pixels wide and high.
 * @example const options: SizeOptions = { width: 800, height: 600 };
 */
export interface SizeOptions extends LookOptions {
  readonly width?: number;
  readonly height?: number;
  /** 2 makes a sharp picture on screens of high density; default 1. */
  readonly pixelRatio?: number;
}

/** @throws AdjointError where a picture of that size can't be made */
export function readSize(
  what: string,
  { width, height, pixelRatio }: SizeOptions,
  defaults: { readonly width: number; readonly height: number },
): PictureSize {
  const ratio = checkNumber(`${what}: pixelRatio`, pixelRatio, 1, [0.5, 8], false);
  const size = { width: width ?? defaults.width, height: height ?? defaults.height, pixelRatio: ratio };
  for (const [name, given] of Object.entries({ width, height })) {
    if (given === undefined || (isLength(given) && given >= 200 && given * ratio <= 16384)) continue;
    throw new AdjointError(
      `${what}: ${name} must be a whole number from 200 to 16384/pixelRatio, not ${describe(given)}.`,
    );
  }
  if (size.width * size.height * ratio ** 2 <= mostPixels) return size;
  throw new AdjointError(
    `${what}: ${size.width} × ${size.height} at pixelRatio ${ratio} is more than 100 million pixels; make it smaller.`,
  );
}

/** More would need too much memory. */
const mostPixels = 1e8;

/** @throws AdjointError where a number is given and isn't a finite one in the range */
export function checkNumber(
  what: string,
  value: unknown,
  otherwise: number,
  [low, high]: Interval,
  whole: boolean,
): number {
  if (value === undefined) return otherwise;
  if (typeof value === "number" && value >= low && value <= high && (!whole || Number.isInteger(value)))
    return value;
  throw new AdjointError(
    `${what} must be a ${whole ? "whole " : ""}number from ${low} to ${high}, not ${describe(value)}.`,
  );
}

/** @throws AdjointError where an interval's ends aren't finite, not in order, or too close for numbers between them */
export function readInterval(what: string, interval: unknown): Interval {
  // A list that is too long needn't be read to its end.
  const isPair = reading(what, () => rowsOf(interval)?.length === 2);
  const [low, high] = isPair ? readList(interval, what, (end) => end) : [];
  if (typeof low === "number" && typeof high === "number" && low < high && Number.isFinite(high - low)) {
    const narrowest = Math.max(1e-300, 4 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high)));
    if (high - low >= narrowest) return [low, high];
    throw new AdjointError(
      `${what}: there are no numbers to show from ${low} to ${high}; pass a wider interval.`,
    );
  }
  throw new AdjointError(
    `${what} must be [low, high], two finite numbers with low < high, not ${describe(interval)}.`,
  );
}

/** A part of the plane. @throws AdjointError where an axis isn't an interval */
export function readWindow(what: string, window: unknown): { readonly x1: Interval; readonly x2: Interval } {
  const { x1, x2 } = checkOptions(`${what}: window`, window as Readonly<Record<string, unknown>>, [
    "x1",
    "x2",
  ]);
  return { x1: readInterval(`${what}: window.x1`, x1), x2: readInterval(`${what}: window.x2`, x2) };
}

/** The items of a list of anything. A hole is refused at once: of some lists nobody would see the end. */
export function readItems(what: string, list: unknown): unknown[] {
  return readList(list, what, (item, i) => {
    if (item !== undefined) return item;
    throw new AdjointError(`${what}: there is nothing at place ${i}.`);
  });
}

/** Throws where an option isn't one of a few words. */
export function checkChoice(what: string, name: string, value: unknown, choices: readonly string[]): void {
  if (choices.includes(value as string)) return;
  throw new AdjointError(
    `${what}: ${name} must be ${choices.map((choice) => `"${choice}"`).join(" or ")}, not ${describe(value)}.`,
  );
}

/** Throws where an option that is a text isn't one. */
export function checkText(what: string, name: string, value: unknown): void {
  if (value !== undefined) readText(value, `${what}: ${name}`);
}
