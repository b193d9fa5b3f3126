/** Source maps that tell lines: a third of the size, and stack traces need no more. */
import { decode, encode } from "@jridgewell/sourcemap-codec";

/**
 * A map without the columns within a line and without names. `tell` gives the path of a source from the map, or nothing
 * where it isn't in the package: then the map doesn't tell of it.
 */
export function lineMap(map, tell) {
  const told = map.sources.map(tell);
  const sources = told.filter((path) => path !== undefined);
  const places = told.map((path) => sources.indexOf(path));
  const mappings = decode(map.mappings).map((segments) => {
    let [source, line] = [-1, -1];
    const kept = [];
    for (const segment of segments) {
      const place = segment.length === 1 ? -1 : places[segment[1]];
      if (place === source && (place === -1 || segment[2] === line)) continue;
      [source, line] = [place, segment[2]];
      kept.push(place === -1 ? [segment[0]] : [segment[0], place, line, segment[3]]);
    }
    return kept;
  });
  return { version: 3, sources, names: [], mappings: encode(mappings) };
}

/** A map of declarations, likewise, but with all of its columns. */
export function sourceMap(map, tell) {
  const told = map.sources.map(tell);
  const sources = told.filter((path) => path !== undefined);
  const mappings = decode(map.mappings).map((segments) =>
    segments.flatMap(([column, source, ...place]) => {
      if (source === undefined || told[source] === undefined) return [];
      return [[column, sources.indexOf(told[source]), place[0], place[1]]];
    }),
  );
  return { ...map, sources, names: [], mappings: encode(mappings) };
}

/** A map of a text before which so many lines have come. */
export function movedDown(map, lines) {
  return { ...map, mappings: ";".repeat(lines) + map.mappings };
}
