/// <reference lib="dom" />
/** A race of a page as SVG. */
import { record } from "../record.js";
import { type ThemeName, themeOf } from "../style.js";
import { svgDocument } from "../svg.js";
import { drawRace } from "./picture.js";
import type { RaceScene } from "./scene.js";

/** A scene at a time, as a file. */
export function raceSvg(scene: RaceScene, theme: ThemeName, time: number): Blob {
  const size = { width: 800, height: 600 };
  const measure = document.createElement("canvas").getContext("2d");
  const calls = record((ctx) => drawRace(ctx, { ...scene, theme }, Math.floor(time), size), measure);
  const frame = { ...size, description: document.title, background: themeOf(theme).background };
  return new Blob([svgDocument(calls, frame, measure)], { type: "image/svg+xml" });
}
