/** What figures need beyond this library: packages that those who draw install themselves. */
import { AdjointError } from "../../graph/index.js";

/**
 * What `load` imports.
 * @throws AdjointError where a package that it needs isn't installed: it says what to install
 */
export async function withPackages<T>(
  what: string,
  packages: readonly string[],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (cause instanceof AdjointError) throw cause;
    const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
    const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    const state = isMissing ? "are installed" : `can be loaded (${String(message).slice(0, 300)})`;
    throw new AdjointError(
      `${what} needs ${packages.join(", ")}, not all of which ${state}; npm install ${packages.join(" ")}.`,
      { cause },
    );
  }
}

/** What draws pictures. */
export function loadDrawing(what: string): Promise<typeof import("./drawing.js")> {
  return withPackages(`${what}: a picture`, ["chart.js", "@napi-rs/canvas", "dejavu-fonts-ttf"], async () => {
    const drawing = await import("./drawing.js");
    drawing.registerFonts();
    return drawing;
  });
}
