/** A figure: one picture that can be written in several formats. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { AdjointError } from "../../graph/errors.js";

export type Format = "png" | "gif" | "html";

/** Told while a figure is drawn: `done` of `total` parts are. */
export type OnProgress = (done: number, total: number) => void;

export interface RenderOptions {
  readonly onProgress?: OnProgress;
}

export interface Figure {
  /** The formats that this figure has. */
  readonly formats: readonly Format[];
  /**
   * The bytes of a file.
   * @throws AdjointError where the figure hasn't this format
   */
  render(format: Format, options?: RenderOptions): Promise<Uint8Array>;
  /**
   * Writes a file in the format that its ending names; its folder is made if need be. The file is there as a whole or
   * not at all.
   * @throws AdjointError where the ending names no format of this figure
   */
  save(path: string, options?: RenderOptions): Promise<void>;
}

/** A figure of what draws each of its formats. */
export function makeFigure(
  renderers: Readonly<Partial<Record<Format, (onProgress: OnProgress) => Promise<Uint8Array>>>>,
): Figure {
  const formats = Object.keys(renderers) as Format[];
  const endings = formats.map((format) => `.${format}`).join(", ");
  const render: Figure["render"] = async (format, { onProgress = () => {} } = {}) => {
    const renderer = Object.hasOwn(renderers, format) ? renderers[format] : undefined;
    if (!renderer) {
      throw new AdjointError(`figure: no format "${String(format)}"; this figure has ${formats.join(", ")}.`);
    }
    return renderer(onProgress);
  };
  const save: Figure["save"] = async (path, options) => {
    const format = formats.find((one) => extname(path).toLowerCase() === `.${one}`);
    if (!format) {
      const found = extname(path) ? `the ending "${extname(path)}"` : "no ending";
      throw new AdjointError(
        `figure: ${JSON.stringify(path)} has ${found}; this figure is saved as ${endings}.`,
      );
    }
    const bytes = await render(format, options);
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
  return { formats, render, save };
}
