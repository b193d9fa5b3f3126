/** fast-check where it is installed, for the package's CommonJS half: modules of that kind can't wait. */
import { createRequire } from "node:module";
import type fastCheckModule from "fast-check";

export const loaded = load();

function load(): typeof fastCheckModule | undefined {
  try {
    return createRequire(import.meta.filename)("fast-check").default;
  } catch {
    return undefined;
  }
}
