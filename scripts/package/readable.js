/** Bundled modules as people read them: with the comments that say why, and without what the bundler leaves lying. */
import { createRequire } from "node:module";
import { once } from "./pure.js";

// The compiler whose parts can be called; the other is a program only.
const ts = createRequire(import.meta.url)("@typescript/typescript6");

/** A file's text whose comments the bundler keeps, since it takes them for someone's rights. */
export function keepComments(text) {
  return text.replaceAll(/^( *\/\/)(?= )/gm, "$1!");
}

/**
 * The lines of a bundled module's text; those that go are `undefined`: names of files, words for the linter, and what members
 * of classes are, which stands in the types.
 */
export function readableLines(text) {
  const plain = text.replaceAll(/^( *\/\/)!(?= )/gm, "$1");
  const inTexts = linesInTexts(plain);
  const lines = plain
    .split("\n")
    .map((line, i) =>
      inTexts.has(i) ? line : line.replace(/^(?: {2})+/, (spaces) => "\t".repeat(spaces.length / 2)),
    );
  const first = lines.indexOf(once.line);
  let inTypes = false;
  for (const [i, line] of lines.entries()) {
    if (inTexts.has(i)) continue;
    const isForTypes = inTypes || /^\s*\/\*\* /.test(`${line} `);
    inTypes = isForTypes && !line.endsWith("*/");
    const isForTools = /^\s*\/\/ (?:biome-ignore |[\w./@-]+\.[cm]?[jt]s$)/.test(line);
    const isImported = (line === once.line && i !== first) || /^import "\.\/[^"]+";$/.test(line);
    if (!isForTypes && !isForTools && !isImported) continue;
    lines[i] = undefined;
    // An empty one stands above names of files.
    if (lines[i - 1] === "") lines[i - 1] = undefined;
  }
  return lines;
}

/** The lines that begin within a text of several lines. */
function linesInTexts(text) {
  const found = new Set();
  const file = ts.createSourceFile("module.js", text, ts.ScriptTarget.ESNext);
  const lineAt = (position) => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node) => {
    if (ts.isTemplateLiteralToken(node)) {
      const last = lineAt(node.end);
      for (let line = lineAt(node.getStart(file)) + 1; line <= last; line++) found.add(line);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
