/// <reference lib="dom" />
/** A race as a picture and as GIF. */
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { OnProgress } from "../figure.js";
import { checkGlyphs, registerFonts } from "../fonts.js";
import { record } from "../record.js";
import { measuring, type PictureFormat, renderDrawing, type Sheet } from "../renderer.js";
import { encodeGif } from "./gif.js";
import { drawRace, RacePicture } from "./picture.js";
import type { RaceScene } from "./scene.js";

/** How long the last frame of a GIF stays, in milliseconds. */
const lastDelay = 2000;

/** One step of a race. */
export function racePicture(
  format: PictureFormat,
  scene: RaceScene,
  step: number,
  sheet: Sheet,
): Promise<Uint8Array> {
  return renderDrawing(format, (ctx) => drawRace(ctx, scene, step, sheet.size), sheet);
}

/** So many of a race's steps, from the first to the last. */
export async function raceGif(
  scene: RaceScene,
  sheet: Sheet,
  { frames, fps }: { readonly frames: number; readonly fps: number },
  onProgress: OnProgress,
): Promise<Uint8Array> {
  const { width, height } = sheet.size;
  registerFonts(sheet.what, sheet.look.fonts);
  checkGlyphs(
    sheet.what,
    record((ctx) => drawRace(ctx, scene, scene.steps, sheet.size), measuring()),
  );
  const { ctx, drawFrame } = stage(scene, width, height);
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
  width: number,
  height: number,
): { ctx: CanvasRenderingContext2D; drawFrame: (step: number) => void } {
  const [canvas, backdrop] = [0, 1].map(() => createCanvas(width, height)) as [Canvas, Canvas];
  // The interface of the browser's canvas; only the types of the two differ.
  const [ctx, backdropCtx] = [canvas, backdrop].map(
    (one) => one.getContext("2d") as unknown as CanvasRenderingContext2D,
  ) as [CanvasRenderingContext2D, CanvasRenderingContext2D];
  const picture = new RacePicture(scene, { legend: true });
  const layout = picture.layout(ctx, width, height, false);
  const view = picture.view(scene.camera, layout);
  const tracks = picture.tracks(view);
  picture.drawBackdrop(backdropCtx, view, layout);
  const drawFrame = (step: number): void => {
    ctx.drawImage(backdrop as unknown as HTMLCanvasElement, 0, 0, width, height);
    picture.drawRuns(ctx, tracks, view, layout, step);
  };
  return { ctx, drawFrame };
}
