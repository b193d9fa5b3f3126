/** Copies the documents' pictures from `figures/`, where `npm start`, `npm run solvers` and the examples have drawn them, into `docs/gallery/`. */
import { copyFileSync, mkdirSync } from "node:fs";

const pictures = [
  "contour-momentum.png",
  "contour-all.png",
  "loss-gd.png",
  "loss-all.png",
  "race-cubic.gif",
  "race-saddle.png",
  "solvers.png",
  "enzyme-fit.png",
  "enzyme-groups.png",
];

const from = new URL("../figures/", import.meta.url);
const to = new URL("../docs/gallery/", import.meta.url);
mkdirSync(to, { recursive: true });
for (const picture of pictures) copyFileSync(new URL(picture, from), new URL(picture, to));
