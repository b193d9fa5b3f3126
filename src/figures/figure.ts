import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe } from "../../graph/internal.js";

/**
 * A picture of pixels or of lines, a sheet of paper, an animation, or a page that needs nothing else.
 * @example const format: Format = "html";
 */
export type Format = "png" | "svg" | "pdf" | "gif" | "html";

/**
 * Is told how much of a drawing is done: frames of an animation, else 1 of 1.
 * @example const onProgress: OnProgress = (done, total) => console.error(`${done} of ${total}`);
 */
export type OnProgress = (done: number, total: number) => void;

/**
 * Options of drawing.
 * @example const options: RenderOptions = { onProgress: (done, total) => done / total };
 */
export interface RenderOptions {
  readonly onProgress?: OnProgress;
}

/**
 * Something that can be drawn, in one or several formats. Nothing is drawn before it is asked for.
 * @example const draw = (figure: Figure) => figure.render("png");
 */
export interface Figure {
  /** The formats that this figure has. */
  readonly formats: readonly Format[];
  /**
   * Draws the figure.
   * @returns the bytes of a file of that format
   * @throws AdjointError where the figure doesn't have that format
   */
  render(format: Format, options?: RenderOptions): Promise<Uint8Array>;
  /**
   * Draws the figure into a file whose ending names the format. The folder is made where it is missing, and the file
   * appears when it is whole: a reader never sees half of it. Whether it can be written is tried before anything is drawn.
   * @throws AdjointError where the ending is none of this figure's formats, or the file can't be written
   */
  save(path: string, options?: RenderOptions): Promise<void>;
}

/** Draws one format. */
export type Renderer = (onProgress: OnProgress) => Promise<Uint8Array>;

/** The figure of renderers, one for each format that it has. */
export function makeFigure(renderers: Partial<Readonly<Record<Format, Renderer>>>): Figure {
  const formats = Object.freeze(Object.keys(renderers) as Format[]);

  const readFormat = (what: string, format: Format, options: RenderOptions): (() => Promise<Uint8Array>) => {
    const { onProgress = () => {} } = checkOptions(what, options, { onProgress: "function" });
    const renderer = formats.includes(format) ? renderers[format] : undefined;
    if (renderer) return () => renderer(onProgress);
    throw new AdjointError(
      `${what}: the format is ${describe(format)}; this figure has ${formats.map((one) => `"${one}"`).join(", ")}.`,
    );
  };
  const render = async (format: Format, options: RenderOptions = {}) =>
    readFormat("render", format, options)();

  const save = async (path: string, options: RenderOptions = {}): Promise<void> => {
    const ending = typeof path === "string" ? endingOf(path) : undefined;
    const format = ending?.slice(1).toLowerCase() as Format;
    if (!formats.includes(format)) {
      const found = ending === undefined ? describe(path) : JSON.stringify(path.slice(-100));
      throw new AdjointError(
        `save: the path is ${found}; it must end with ${formats.map((one) => `.${one}`).join(" or ")}.`,
      );
    }
    const draw = readFormat("save", format, options);
    const unwritten = (cause: unknown) => {
      if (cause instanceof AdjointError) return cause;
      const reason = cause instanceof Error ? cause.message : describe(cause);
      return new AdjointError(`save: "${path.slice(-100)}" can't be written: ${reason.slice(0, 300)}.`, {
        cause,
      });
    };
    // Before it is drawn, which may take long.
    const file = await import("./files.js")
      .then(({ reserve }) => reserve(path))
      .catch((cause) => {
        throw unwritten(cause);
      });
    let bytes: Uint8Array;
    try {
      bytes = await draw();
    } catch (error) {
      await file.release();
      throw error;
    }
    await file.write(bytes).catch((cause) => {
      throw unwritten(cause);
    });
  };

  return Object.freeze({ formats, render, save });
}

/** The ending of a file's name with its dot, as Node's `extname` tells it: a name that begins with its only dot has none. */
function endingOf(path: string): string {
  const name = path
    .replace(/[\\/]+$/, "")
    .split(/[\\/]/)
    .at(-1)!;
  return /^.+(\.[^.]*)$/.exec(name)?.[1] ?? "";
}
