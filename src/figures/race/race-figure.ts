/** A 3-D race of optimizers over a surface, as PNG, GIF and HTML. */
import { checkOptions } from "../../../graph/internal.js";
import { type Figure, makeFigure } from "../figure.js";
import { checkNumber } from "../options.js";
import { loadDrawing } from "../packages.js";
import { type RaceOptions, raceOptions } from "./options.js";
import { racePage } from "./page-html.js";
import { raceScene } from "./prepare.js";

/**
 * A race of optimizers: the surface of f(x1, x2) in its box, and over it the runs as growing lines with a dot at the head
 * of each. What lies behind the surface is dashed and faded. A run that leaves the box ends at its side, and the legend
 * says so. `png` shows one step, `gif` all of them, `html` is a page to play, turn and ask.
 *
 * @example
 * const runs = { Adam: minimize(cubic.f, cubic.start, adam({ learningRate: 0.1 }), { steps: 150 }) };
 * await raceFigure({ objective: cubic, runs }).save("race.gif");
 *
 * @throws AdjointError where an option can't be used: it is named, with the reason
 */
export function raceFigure(options: RaceOptions): Figure {
  const own = checkOptions("raceFigure", options, raceOptions);
  const scene = raceScene("raceFigure", own);
  const size = (name: "width" | "height", otherwise: number): number =>
    checkNumber(`raceFigure: ${name}`, own[name], otherwise, [200, 4000], true);
  const [width, height] = [size("width", 800), size("height", 600)];
  const pixelRatio = checkNumber("raceFigure: pixelRatio", own.pixelRatio, 1, [0.5, 4], false);
  const frame = checkNumber("raceFigure: frame", own.frame, scene.steps, [0, scene.steps], true);
  const frames = checkNumber("raceFigure: frames", own.frames, 151, [1, 2000], true);
  const fps = checkNumber("raceFigure: fps", own.fps, 15, [0.1, 50], false);
  return makeFigure({
    png: async () => {
      const { racePng } = await loadDrawing("raceFigure");
      return racePng(scene, { width, height, pixelRatio }, frame);
    },
    gif: async (onProgress) => {
      const { raceGif } = await loadDrawing("raceFigure");
      return raceGif(scene, { width, height }, { frames, fps }, onProgress);
    },
    html: () => racePage(scene),
  });
}
