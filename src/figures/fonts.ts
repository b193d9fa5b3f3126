/// <reference lib="dom" />
/** The fonts of pictures: a bare machine has none, and text without one isn't drawn at all. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { AdjointError } from "../../graph/index.js";
import type { Call } from "./record.js";
import { fontFamily } from "./style.js";

const registered = new Set<string>();

/** Registers the font with the canvas, and those of a user's, each once in a process. */
export function registerFonts(what = "", fonts: readonly string[] = []): void {
  if (!registered.has("")) {
    const { resolve } = createRequire(import.meta.filename ?? import.meta.url);
    for (const name of ["DejaVuSans", "DejaVuSans-Bold"]) {
      // As bytes, since some package managers leave packages in archives that only Node can look into.
      const bytes = readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
      GlobalFonts.register(bytes, fontFamily.split(",")[0]!);
    }
    registered.add("");
  }
  for (const path of fonts) {
    if (registered.has(path)) continue;
    if (!isRegistered(path)) {
      throw new AdjointError(
        `${what}: fonts: "${path.slice(-100)}" can't be read as a font; pass the path of a .ttf or .otf file.`,
      );
    }
    registered.add(path);
    known.clear();
  }
}

function isRegistered(path: string): boolean {
  try {
    return GlobalFonts.register(readFileSync(path)) !== null;
  } catch {
    return false;
  }
}

/** Whether a sign has a glyph in some font. */
const known = new Map<string, boolean>();

/** @throws AdjointError where a text that is drawn has a sign of which no font has a glyph: a box would stand in its place */
export function checkGlyphs(what: string, calls: readonly Call[]): void {
  for (const call of calls) {
    if ("set" in call || call.name !== "fillText") continue;
    const text = String(call.args[0]);
    for (const sign of text) {
      // DejaVu Sans has all of Latin.
      if (sign < "\u0250" || hasGlyph(sign)) continue;
      throw new AdjointError(
        `${what}: no font has the sign "${sign}" of "${text.slice(0, 60)}"; pass { fonts: [PATH] } of a font file that has it.`,
      );
    }
  }
}

/** By its looks: what no font has is drawn as what never has a glyph. */
function hasGlyph(sign: string): boolean {
  const found = known.get(sign);
  if (found !== undefined) return found;
  // Marks and what isn't seen have no glyph of their own.
  const has = /[\p{M}\p{C}\p{Z}]/u.test(sign) || looks(sign) !== looks("\u{10fffe}");
  known.set(sign, has);
  return has;
}

function looks(sign: string): string {
  const canvas = createCanvas(24, 24);
  const ctx = canvas.getContext("2d");
  ctx.font = `16px ${fontFamily}`;
  ctx.textBaseline = "top";
  ctx.fillText(sign, 2, 2);
  return Buffer.from(ctx.getImageData(0, 0, 24, 24).data).toString("latin1");
}
