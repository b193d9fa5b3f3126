/**
 * `npm run build`: makes `dist/`, all of the package that isn't source. `npm run build -- FOLDER` makes it there, and with
 * `--code` after that without the types, which takes most of the time.
 */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleCode } from "./package/code.js";
import { writeNotices } from "./package/notices.js";
import { bundlePages } from "./package/pages.js";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
const dist = resolve(root, process.argv[2] ?? "dist");

rmSync(dist, { recursive: true, force: true });
const { files, place } = await bundleCode(root, dist);
writeNotices(root, dist, [...files, ...(await bundlePages(root, dist))]);
if (process.argv[3] !== "--code") {
  const { bundleTypes } = await import("./package/types.js");
  await bundleTypes(root, dist, place);
}
