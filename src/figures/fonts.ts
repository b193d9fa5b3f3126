/** The font of pictures: a bare machine has none, and text without one isn't drawn at all. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { GlobalFonts } from "@napi-rs/canvas";
import { fontFamily } from "./style.js";

let registered = false;

/** Registers the font with the canvas, once in a process. */
export function registerFonts(): void {
  if (registered) return;
  const { resolve } = createRequire(import.meta.filename ?? import.meta.url);
  for (const name of ["DejaVuSans", "DejaVuSans-Bold"]) {
    // As bytes, since some package managers leave packages in archives that only Node can look into.
    const bytes = readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
    GlobalFonts.register(bytes, fontFamily.split(",")[0]!);
  }
  registered = true;
}
