/** What all figures are told of their picture, and what they refuse. */
import { AdjointError } from "../../graph/index.js";
import { describe } from "../../graph/internal.js";

export interface PictureSize {
  /** In pixels of the page. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture for each of them: 2 is sharp on screens of high density. */
  readonly pixelRatio: number;
}

/** The size of a picture: `width` × `height` units, each `pixelRatio` pixels wide and high. */
export interface SizeOptions {
  readonly width?: number;
  readonly height?: number;
  /** 2 makes a sharp picture on screens of high density; default 1. */
  readonly pixelRatio?: number;
}

/** @throws AdjointError where a picture of that size can't be made */
export function readSize(
  what: string,
  { width, height, pixelRatio = 1 }: SizeOptions,
  defaults: { readonly width: number; readonly height: number },
): PictureSize {
  const size = { width: width ?? defaults.width, height: height ?? defaults.height, pixelRatio };
  if (!(pixelRatio >= 0.5 && pixelRatio <= 8)) {
    throw new AdjointError(`${what}: pixelRatio must be a number from 0.5 to 8, not ${String(pixelRatio)}.`);
  }
  for (const name of ["width", "height"] as const) {
    const value = size[name];
    if (Number.isSafeInteger(value) && value >= 200 && value * pixelRatio <= 16384) continue;
    throw new AdjointError(
      `${what}: ${name} must be a whole number from 200 to 16384/pixelRatio, not ${String(value)}.`,
    );
  }
  return size;
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
  if (value === undefined || typeof value === "string") return;
  throw new AdjointError(`${what}: ${name} must be a text, not ${describe(value)}.`);
}
