/** Maps by name, and what errors say of a name that isn't known: the names that are, and the one that was meant. */
import { describe, reading, shortened } from "./describe.js";
import { AdjointError } from "./errors.js";
import { isRecord } from "./tree.js";

/** `the keys are a, b, weights; did you mean "weights"?`, to follow what is wrong with a name. */
export function knownNames(what: string, known: readonly string[], name: string): string {
  const meant = nearest(name, known);
  const others = known.length > 12 ? ", …" : "";
  return `the ${what} are ${known.slice(0, 12).map(shortened).join(", ")}${others}${meant === undefined ? "." : `; did you mean "${meant}"?`}`;
}

/** @throws where something is no object, or has a name that isn't known; the error tells the nearest */
export function checkNames(owner: string, what: string, given: unknown, known: readonly string[]): void {
  if (!isRecord(given)) {
    throw new AdjointError(
      `${owner}: expected an object with the ${what} ${known.join(", ") || "(none)"}, got ${describe(given)}.`,
    );
  }
  const all = new Set(known);
  // Symbols, too: nobody would read what they name.
  const unknown = reading(`${owner}: what is given`, () =>
    Reflect.ownKeys(given)
      .map(String)
      .find((name) => !all.has(name)),
  );
  if (unknown !== undefined)
    throw new AdjointError(
      `${owner}: unknown ${what.slice(0, -1)} "${shortened(unknown)}"; ${knownNames(what, known, unknown)}`,
    );
}

/**
 * Checks the names of a map against the expected ones: a missing or an unknown key is an error that names it, with
 * the known names beside it. What isn't known comes first: it may be what is missing, misspelt.
 */
export function checkKeys(map: unknown, names: readonly string[], owner: string, what = "keys"): void {
  // Asked first, since calls with few numbers would spend much of their time on finding out what fits.
  const fits = () =>
    isRecord(map) &&
    Object.keys(map).length === names.length &&
    names.every((name) => Object.hasOwn(map, name));
  if (reading(`${owner}: what is given`, fits)) return;
  checkNames(owner, what, map, names);
  const missing = names.find((name) => !Object.hasOwn(map as object, name));
  if (missing !== undefined)
    throw new AdjointError(`${owner}: "${missing}" is missing; the ${what} are ${names.join(", ")}.`);
}

/** The name that a misspelt one stands for: two fifths of its letters may differ, and the case of all. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let least = Math.floor(name.length * 0.4) + 1;
  let found: string | undefined;
  for (const one of known) {
    const distance = distanceOf(name.toLowerCase(), one.toLowerCase());
    if (distance < least) [least, found] = [distance, one];
  }
  return found;
}

/** How many letters are to be changed, left out or put in: V. I. Levenshtein, Soviet Physics Doklady 10(8), 1966. */
function distanceOf(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (const [i, letter] of [...a].entries()) {
    let least = i + 1;
    row = row.map((above, j) => {
      if (j > 0) least = Math.min(above + 1, least + 1, row[j - 1]! + (letter === b[j - 1] ? 0 : 1));
      return least;
    });
  }
  return row.at(-1)!;
}
