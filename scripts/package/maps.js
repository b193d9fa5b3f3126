/**
 * Source maps. The modules for bundlers are readable, so they need none, and all others lead to them: those of CommonJS,
 * and the declarations of what is there when a program runs.
 */
import { basename, dirname, resolve } from "node:path";
import { decode, encode } from "@jridgewell/sourcemap-codec";

/** Where sources stand in modules with maps: a function of a source's path, a line and a column there. */
export function placesIn(modules) {
  const places = new Map();
  for (const { path, map } of modules) {
    const sources = map.sources.map((source) => resolve(dirname(path), source));
    for (const [line, segments] of decode(map.mappings).entries()) {
      for (const [column, source, from, fromColumn] of segments) {
        if (source === undefined) continue;
        const key = `${sources[source]}:${from}`;
        if (!places.has(key)) places.set(key, []);
        places.get(key).push([fromColumn, basename(path), line, column]);
      }
    }
  }
  return (source, line, column) => {
    const found = places.get(`${source}:${line}`);
    const [, ...place] = found?.find(([from]) => from === column) ?? found?.[0] ?? [];
    return found && place;
  };
}

/**
 * A map whose places are others, by `find(source, line, column)`: a file, a line, a column, or nothing. `lines` leaves out
 * what stands in the line of the place before: a third of the size, and stack traces need no more.
 */
export function mapTo(map, find, lines = false) {
  const sources = [];
  const mappings = decode(map.mappings).map((segments) => {
    let last = "";
    return segments.flatMap(([column, source, ...place]) => {
      const [file, line, there] = (source !== undefined && find(map.sources[source], ...place)) || [];
      const told = `${file}:${line}`;
      if (lines && told === last) return [];
      last = told;
      if (file === undefined) return [[column]];
      if (!sources.includes(file)) sources.push(file);
      return [[column, sources.indexOf(file), line, there]];
    });
  });
  return { version: 3, file: map.file, sources, names: [], mappings: encode(mappings) };
}

/** A map without lines that are no longer there. */
export function withoutLines(map, lines) {
  return { ...map, mappings: encode(decode(map.mappings).filter((_, i) => lines[i] !== undefined)) };
}

/** A map of a text before which so many lines have come. */
export function movedDown(map, lines) {
  return { ...map, mappings: ";".repeat(lines) + map.mappings };
}
