import type fastCheckModule from "fast-check";
import { AdjointError } from "../../graph/index.js";

/** Undefined where it isn't installed: only properties and arbitraries need it. */
const loaded = await import("fast-check").then(
  (module) => module.default,
  () => undefined,
);

/** fast-check, an optional peer dependency. @throws where it isn't installed */
export function fastCheck(what: string): typeof fastCheckModule {
  if (loaded) return loaded;
  throw new AdjointError(
    `${what} needs fast-check, which isn't installed; npm install --save-dev fast-check.`,
  );
}
