/** What pictures need beyond this library: packages that those who draw install themselves. */
import { AdjointError } from "../../graph/index.js";

const packages = ["chart.js", "@napi-rs/canvas", "dejavu-fonts-ttf"];

/**
 * What draws pictures.
 * @throws AdjointError where a package that it needs isn't installed: it says what to install
 */
export async function loadDrawing(what: string): Promise<typeof import("./drawing.js")> {
  try {
    const drawing = await import("./drawing.js");
    drawing.registerFonts();
    return drawing;
  } catch (cause) {
    if (cause instanceof AdjointError) throw cause;
    const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
    const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    const state = isMissing ? "are installed" : `can be loaded (${String(message).slice(0, 300)})`;
    throw new AdjointError(
      `${what}: a picture needs ${packages.join(", ")}, not all of which ${state}; npm install ${packages.join(" ")}.`,
      { cause },
    );
  }
}
