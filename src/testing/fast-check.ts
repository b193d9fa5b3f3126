import type fastCheckModule from "fast-check";
import { AdjointError } from "../../graph/index.js";
import { loaded } from "./loaded.js";

/** fast-check, an optional peer dependency: only properties and arbitraries need it. @throws where it isn't installed */
export function fastCheck(what: string): typeof fastCheckModule {
  if (loaded) return loaded;
  throw new AdjointError(
    `${what} needs fast-check, which isn't installed; npm install --save-dev fast-check.`,
  );
}
