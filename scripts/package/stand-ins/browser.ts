/** What figures have of Node, for bundles for browsers: none of it. */
import { AdjointError } from "../../../graph/index.js";

function refuse(what: string): never {
  throw new AdjointError(
    `${what} in Node only; in a browser, figure.render("html") gives the bytes of a page.`,
  );
}

export const registerFonts = (): never => refuse("Figures are drawn as PNG, SVG, PDF and GIF");
export const renderCharts = registerFonts;
export const racePicture = registerFonts;
export const raceGif = registerFonts;
export const reserve = (): never => refuse("save: figures are saved as files");
