/// <reference lib="dom" />
/** A race as PNG and GIF. */
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { OnProgress } from "../figure.js";
import { registerFonts } from "../fonts.js";
import type { PictureSize } from "../options.js";
import { encodeGif } from "./gif.js";
import { RacePicture } from "./picture.js";
import type { RaceScene } from "./scene.js";

/** How long the last frame of a GIF stays, in milliseconds. */
const lastDelay = 2000;

/** One step of a race. */
export async function racePng(scene: RaceScene, size: PictureSize, step: number): Promise<Uint8Array> {
  const { canvas, drawFrame } = stage(scene, size);
  drawFrame(step);
  return canvas.encode("png");
}

/** So many of a race's steps, from the first to the last. */
export async function raceGif(
  scene: RaceScene,
  { width, height }: Omit<PictureSize, "pixelRatio">,
  { frames, fps }: { readonly frames: number; readonly fps: number },
  onProgress: OnProgress,
): Promise<Uint8Array> {
  const { ctx, drawFrame } = stage(scene, { width, height, pixelRatio: 1 });
  const count = Math.min(frames, scene.steps + 1);
  const delays = Array.from({ length: count }, (_, i) => (i === count - 1 ? lastDelay : 1000 / fps));
  const draw = (i: number): Uint8ClampedArray => {
    drawFrame(count === 1 ? scene.steps : Math.round((i * scene.steps) / (count - 1)));
    return ctx.getImageData(0, 0, width, height).data;
  };
  return encodeGif({ width, height, delays, draw }, onProgress);
}

/** A canvas that shows the race at any step; what stays is drawn once. */
function stage(
  scene: RaceScene,
  { width, height, pixelRatio }: PictureSize,
): { canvas: Canvas; ctx: CanvasRenderingContext2D; drawFrame: (step: number) => void } {
  registerFonts();
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
