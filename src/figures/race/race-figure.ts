/// <reference lib="dom" />
/** A 3-D race of optimizers over a surface, as PNG, GIF and HTML. */
import { type Canvas, createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { checkOptions } from "../../../graph/internal.js";
import { type Figure, makeFigure } from "../figure.js";
import { fontFiles } from "../fonts.js";
import { checkNumber } from "../options.js";
import { encodeGif } from "./gif.js";
import { type RaceOptions, raceOptions } from "./options.js";
import { racePage } from "./page-html.js";
import { RacePicture } from "./picture.js";
import { raceScene } from "./prepare.js";
import type { RaceScene } from "./scene.js";

/** How long the last frame of a GIF stays, in milliseconds. */
const lastDelay = 2000;

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
      const { canvas, drawFrame } = stage(scene, width, height, pixelRatio);
      drawFrame(frame);
      return canvas.encode("png");
    },
    gif: async (onProgress) => {
      const { ctx, drawFrame } = stage(scene, width, height, 1);
      const count = Math.min(frames, scene.steps + 1);
      const delays = Array.from({ length: count }, (_, i) => (i === count - 1 ? lastDelay : 1000 / fps));
      const draw = (i: number): Uint8ClampedArray => {
        drawFrame(count === 1 ? scene.steps : Math.round((i * scene.steps) / (count - 1)));
        return ctx.getImageData(0, 0, width, height).data;
      };
      return encodeGif({ width, height, delays, draw }, onProgress);
    },
    html: () => racePage(scene),
  });
}

/** A canvas that shows the race at any step; what stays is drawn once. */
function stage(
  scene: RaceScene,
  width: number,
  height: number,
  pixelRatio: number,
): { canvas: Canvas; ctx: CanvasRenderingContext2D; drawFrame: (step: number) => void } {
  registerFont();
  const [canvas, backdrop] = [0, 1].map(() =>
    createCanvas(Math.round(width * pixelRatio), Math.round(height * pixelRatio)),
  ) as [Canvas, Canvas];
  // The interface of the browser's canvas; only the types of the two differ.
  const [ctx, backdropCtx] = [canvas, backdrop].map((one) => {
    const context = one.getContext("2d") as unknown as CanvasRenderingContext2D;
    context.scale(pixelRatio, pixelRatio);
    return context;
  }) as [CanvasRenderingContext2D, CanvasRenderingContext2D];
  const picture = new RacePicture(scene, { legend: true });
  const layout = picture.layout(ctx, width, height, false);
  const view = picture.view(scene.camera, layout);
  const tracks = picture.tracks(view);
  picture.drawBackdrop(backdropCtx, view, layout);
  const drawFrame = (step: number): void => {
    ctx.drawImage(backdrop as unknown as HTMLCanvasElement, 0, 0, width, height);
    picture.drawRuns(ctx, tracks, view, layout, step);
  };
  return { canvas, ctx, drawFrame };
}

let registered = false;

function registerFont(): void {
  if (registered) return;
  for (const { path } of fontFiles()) GlobalFonts.registerFromPath(path, "DejaVu Sans");
  registered = true;
}
