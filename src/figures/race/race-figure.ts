/** A 3-D race of optimizers over a surface, as a picture, an animation and a page. */
import { checkOptions } from "../../../graph/internal.js";
import { type Figure, makeFigure, type OnProgress } from "../figure.js";
import { checkNumber, readLook, readSize } from "../options.js";
import { loadDrawing } from "../packages.js";
import type { PictureFormat } from "../renderer.js";
import { type RaceOptions, raceOptions } from "./options.js";
import { racePage } from "./page-html.js";
import { raceScene } from "./prepare.js";

/**
 * A race of optimizers: the surface of f(x1, x2) in its box, and over it the runs as growing lines with a dot at the head
 * of each. What lies behind the surface is dashed and faded. A run that leaves the box ends at its side, and the legend
 * says so. Of an objective of many elements it shows two, or a plane (`axes`), the others held (`at`). `png`, `svg` and
 * `pdf` show one step, `gif` all of them, `html` is a page to play, turn and ask.
 *
 * @example
 * const runs = { Adam: minimize(cubic.f, cubic.start, adam({ learningRate: 0.1 }), { steps: 150 }) };
 * await raceFigure({ objective: cubic, runs }).save("race.gif");
 * const f = trace({ x: vector(3) }, ({ x }) => sum(multiply([1, 2, 5], square(x))));
 * const run = minimize(f, { x: [2, 1, 1] }, adam({ learningRate: 0.1 }), { steps: 40 });
 * await raceFigure({ objective: f, runs: { Adam: run }, axes: "pca" }).save("plane.html");
 *
 * @throws AdjointError where an option can't be used: it is named, with the reason
 */
export function raceFigure(options: RaceOptions): Figure {
  const own = checkOptions("raceFigure", options, raceOptions);
  const scene = raceScene("raceFigure", own);
  const what = "raceFigure";
  const size = readSize(what, own, { width: 800, height: 600 });
  const look = readLook(what, own);
  const frame = checkNumber("raceFigure: frame", own.frame, scene.steps, [0, scene.steps], true);
  const frames = checkNumber("raceFigure: frames", own.frames, 151, [1, 2000], true);
  const fps = checkNumber("raceFigure: fps", own.fps, 15, [0.1, 50], false);
  const names = scene.racers.map(({ name }) => name).join(", ");
  const description = scene.title || `A race over ${scene.labels[2]}: ${names}`;
  const picture = (format: PictureFormat) => async (onProgress: OnProgress) => {
    const { racePicture } = await loadDrawing(what);
    const bytes = await racePicture(format, scene, frame, { what, size, look, description });
    onProgress(1, 1);
    return bytes;
  };
  return makeFigure({
    png: picture("png"),
    svg: picture("svg"),
    pdf: picture("pdf"),
    gif: async (onProgress) => {
      const { raceGif } = await loadDrawing(what);
      return raceGif(scene, { what, size, look, description }, { frames, fps }, onProgress);
    },
    html: async (onProgress) => {
      const page = await racePage(scene);
      onProgress(1, 1);
      return page;
    },
  });
}
