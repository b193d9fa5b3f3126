/**
 * `npm run test:package [-- GROUP,…]`: what users get. Packs the tarball and tries it with package managers, compilers,
 * bundlers, in Node, browsers and Jest. A line for each case, at the end their counts; what a machine can't have is skipped,
 * with the reason.
 */
import { join } from "node:path";
import { testBundlers } from "./package/cases/bundlers.js";
import { testManagers } from "./package/cases/managers.js";
import { testRuntimes, testTools } from "./package/cases/runtimes.js";
import { check, cleanUp, expect, finish, npm, place, root } from "./package/cases/support.js";
import { testTypes } from "./package/cases/types.js";

const groups = {
  tools: testTools,
  runtimes: testRuntimes,
  types: testTypes,
  bundlers: testBundlers,
  managers: testManagers,
};

/** What the package may be when it is installed: it brings no other. */
const largest = 3e6;

const chosen = process.argv[2]?.split(",") ?? Object.keys(groups);
const unknown = chosen.filter((name) => !(name in groups));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(", ")}; there are ${Object.keys(groups).join(", ")}.`);
  process.exit(2);
}

try {
  let tarball;
  await check("the package is built and packed", async () => {
    const { out } = await npm(["pack", "--json", "--silent", "--pack-destination", place], { cwd: root });
    const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(out);
    tarball = join(place, filename);
    expect(unpackedSize < largest, `unpacked it is ${unpackedSize} bytes`);
    return `${entryCount} files, ${(size / 1e6).toFixed(2)} MB, unpacked ${(unpackedSize / 1e6).toFixed(2)} MB`;
  });
  if (tarball) for (const name of chosen) await groups[name](tarball);
} finally {
  cleanUp();
}
finish();
