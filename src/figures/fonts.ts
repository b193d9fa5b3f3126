import { createRequire } from "node:module";

/** The font of pictures: a bare machine has none, and text without one isn't drawn at all. */
export function fontFiles(): { readonly path: string; readonly weight: "normal" | "bold" }[] {
  const { resolve } = createRequire(import.meta.url);
  return [
    { path: resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"), weight: "normal" },
    { path: resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"), weight: "bold" },
  ];
}
