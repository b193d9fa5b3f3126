/** Which parameters something is about, told by their paths. */
import { type Option, type Path, pathText } from "../graph/internal.js";

/**
 * Parameters by path: `"layers.0"` is that parameter or all that stands below it; `*` is any key, `**` any number of keys, so that
 * `"**.b"` is every `b` and `"*"` everything. Or an expression that paths such as `layers.0.W` must match.
 * @example const pattern: Pattern = "layers.*.W";
 */
export type Pattern = string | RegExp;

export function isPattern(given: unknown): given is Pattern {
  try {
    return (typeof given === "string" && given !== "") || given instanceof RegExp;
  } catch {
    // A Proxy whose prototype can't be asked for.
    return false;
  }
}

/** A pattern as an option; everything by default. */
export const only: Option<Pattern, string> = /* @__PURE__ */ Object.freeze({
  default: "*",
  range: 'a path such as "layers.0" or "**.W", or a regular expression',
  allows: isPattern,
});

/** Whether a parameter is among those of a pattern. */
export function matches(pattern: Pattern, path: Path): boolean {
  return new RegExp(typeof pattern === "string" ? expressionOf(pattern) : pattern).test(pathText(path));
}

function expressionOf(pattern: string): string {
  const escaped = pattern
    .split(".")
    .map((key) => (key === "**" ? ".*" : key.replace(/[\\^$+?()[\]{}|]/g, "\\$&").replaceAll("*", "[^.]*")))
    .join("\\.");
  // Below `**.` there may be no key at all.
  return `^${escaped.replaceAll(".*\\.", "(.*\\.)?")}(\\.|$)`;
}
