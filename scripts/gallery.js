/** Copies the README's pictures from `figures/`, where `npm start` and `npm run solvers` have drawn them, into `docs/gallery/`. */
import { copyFileSync, mkdirSync } from "node:fs";

const pictures = [
  "contour-momentum.png",
  "contour-all.png",
  "loss-gd.png",
  "loss-all.png",
  "race-cubic.gif",
  "race-saddle.png",
  "solvers.png",
];

const from = new URL("../figures/", import.meta.url);
const to = new URL("../docs/gallery/", import.meta.url);
mkdirSync(to, { recursive: true });
for (const picture of pictures) copyFileSync(new URL(picture, from), new URL(picture, to));
