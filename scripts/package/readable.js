/** Bundled modules as people read them: with the comments that say why, and without what the bundler leaves lying. */
import { createRequire } from "node:module";
import { once } from "./pure.js";

// The compiler whose parts can be called; the other is a program only.
const ts = createRequire(import.meta.url)("@typescript/typescript6");

/** A file's text whose comments the bundler keeps, since it takes them for someone's rights. */
export function keepComments(text) {
  return text.replaceAll(/^( *\/\/)(?= )/gm, "$1!");
}

/** The lines of a bundled module's text; those that go are `undefined`. */
export function readableLines(text) {
  const lines = tabbed(text.replaceAll(/^( *\/\/)!(?= )/gm, "$1")).split("\n");
  const single = `import { once as ${once.name} } from "${once.path}";`;
  const first = lines.indexOf(single);
  for (const [i, line] of lines.entries()) {
    if ((line === single && i !== first) || /^import "\.\/[^"]+";$/.test(line)) lines[i] = undefined;
  }
  // Names of files of which nothing is there, from the last one.
  let isNamed = true;
  for (let i = lines.length - 1; i >= 0; i--) {
    const isName = /^\/\/ [\w./@-]+\.[cm]?[jt]s$/.test(lines[i]);
    if (isName && isNamed) lines[i] = undefined;
    else if (lines[i] === "" && isNamed) lines[i] = undefined;
    else if (lines[i] !== undefined) isNamed = isName;
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
