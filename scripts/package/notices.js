/** The licences of others' code in the package. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes the licences of the packages among so many files, told from the root. */
export function writeNotices(root, dist, files) {
  const named = files.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const packages = [...new Set(named.filter((name) => name !== undefined))].sort();
  // Packages of one licence, whose words are the same but for breaks of lines, share them below their own notices.
  const terms = new Map();
  for (const name of packages) {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), "utf8").trim();
    const isOwn = (part) => /^(the )?(mit|isc) license|^copyright/i.test(part);
    const parts = text.split(/\n\s*\n/).map((part) => part.replace(/\s+/g, " ").trim());
    const isShort = parts.every((part) => part.length < 2000);
    const own = isShort ? parts.filter(isOwn) : [];
    const key = isShort ? parts.filter((part) => !isOwn(part)).join("\n\n") : text;
    terms.set(key, [...(terms.get(key) ?? []), [`${name} ${version}`, ...own].join("\n")]);
  }
  const notices = [...terms].map(([text, owners]) => `${owners.join("\n\n")}\n\n${text}\n`);
  const rule = `\n${"-".repeat(80)}\n\n`;
  writeFileSync(
    join(dist, "THIRD-PARTY-LICENSES.txt"),
    `The files of this folder hold code of these packages:\n\n${notices.join(rule)}`,
  );
}
