/** Figures that commands draw into files. */
import { plainMessage } from "./objective.js";
import { UsageError } from "./terminal.js";

/** Draws into a file; its ending says what. */
export async function draw(
  path: string,
  options: object,
  figure: "raceFigure" | "contourFigure" | "curveFigure" | "fitFigure",
): Promise<void> {
  const figures = (await import("../figures/index.js")) as unknown as Record<
    string,
    (options: object) => { save(path: string): Promise<void> }
  >;
  try {
    await figures[figure]!(options).save(path);
  } catch (error) {
    throw new UsageError(`--out: ${plainMessage(error as Error)}`);
  }
}
