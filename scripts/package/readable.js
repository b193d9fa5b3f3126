/** Bundled modules as people read them: with the comments that say why, and without what the bundler leaves lying. */
import { createRequire } from "node:module";
import { once } from "./pure.js";

// The compiler whose parts can be called; the other is a program only.
const ts = createRequire(import.meta.url)("@typescript/typescript6");

/** A file's text whose comments the bundler keeps, since it takes them for someone's rights. */
export function keepComments(text) {
  return text.replaceAll(/^( *\/\/)(?= )/gm, "$1!");
}

/** The lines of a bundled module's text; those that go are `undefined`: names of files, words for the linter. */
export function readableLines(text) {
  const lines = tabbed(text.replaceAll(/^( *\/\/)!(?= )/gm, "$1")).split("\n");
  const single = `import { once as ${once.name} } from "${once.path}";`;
  const first = lines.indexOf(single);
  for (const [i, line] of lines.entries()) {
    const isForTools = /^\s*\/\/ (?:biome-ignore |[\w./@-]+\.[cm]?[jt]s$)/.test(line);
    const isImported = (line === single && i !== first) || /^import "\.\/[^"]+";$/.test(line);
    if (!isForTools && !isImported) continue;
    lines[i] = undefined;
    // An empty one stands above names of files.
    if (lines[i - 1] === "") lines[i - 1] = undefined;
  }
  return lines;
}

/** A text indented by tabs, half as many as spaces; but for what stands in texts of several lines. */
function tabbed(text) {
  const inTexts = new Set();
  const file = ts.createSourceFile("module.js", text, ts.ScriptTarget.ESNext);
  const visit = (node) => {
    if (ts.isTemplateLiteralToken(node)) {
      for (
        let at = text.indexOf("\n", node.getStart(file));
        at >= 0 && at < node.end;
        at = text.indexOf("\n", at + 1)
      )
        inTexts.add(at + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return text.replaceAll(/^(?: {2})+/gm, (spaces, offset) =>
    inTexts.has(offset) ? spaces : "\t".repeat(spaces.length / 2),
  );
}
