/** The pages' scripts in the package: bundled when it is built, as modules that hold a text. */
import { inflate } from "./inflate.js";

export async function pageScript(entry: string): Promise<string> {
  const { default: packed } = (await pages[entry]!()) as { readonly default: string };
  return inflate(packed);
}

// Written out, so that bundlers find them.
const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  // @ts-expect-error: made by the build
  "page/charts": () => import("./script-charts.js"),
  // @ts-expect-error: made by the build
  "race/race": () => import("./script-race.js"),
};
