/**
 * The sources in the package, to which its maps lead: all but those of figures, laws and problems, and without docstrings. The
 * declarations have those, and they make a fifth of the sources.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const folder = "source";
const rooms = ["graph", "optimizers", "src"];
const left = /^src\/(course|figures|objectives|testing)\/|\.test\.ts$/;

/** The path of a source from `dist`, where maps are; nothing where it isn't in the package. */
export function tellSource(root, dist, source) {
  const path = relative(root, resolve(dist, source)).replaceAll("\\", "/");
  const isTold = rooms.some((room) => path.startsWith(`${room}/`)) && !left.test(path);
  return isTold ? `${folder}/${path}` : undefined;
}

/** Writes the sources into `dist`. */
export function copySources(root, dist) {
  for (const room of rooms) {
    for (const file of readdirSync(join(root, room), { recursive: true })) {
      const path = join(root, room, file);
      const told = path.endsWith(".ts") && tellSource(root, dist, path);
      if (!told) continue;
      mkdirSync(dirname(join(dist, told)), { recursive: true });
      writeFileSync(join(dist, told), withoutDocstrings(readFileSync(path, "utf8")));
    }
  }
}

/** All lines stay where they are. What says what a file holds stays, too. */
function withoutDocstrings(text) {
  return text.replaceAll(/^[ \t]*\/\*\*[\s\S]*?\*\/$/gm, (found, offset) =>
    offset === 0 ? found : found.replaceAll(/[^\n]/g, ""),
  );
}
