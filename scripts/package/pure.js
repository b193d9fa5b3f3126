/**
 * Marks what modules compute when they are loaded as without effects. That is so, since the package says it of all its files;
 * but where many files are bundled into one, bundlers ask each statement.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

// The compiler whose parts can be called; the other is a program only.
const ts = createRequire(import.meta.url)("@typescript/typescript6");

const isPlain = (node) =>
  ts.isLiteralExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isFunctionExpression(node) ||
  ts.isIdentifier(node) ||
  ts.isPrefixUnaryExpression(node);

const once = fileURLToPath(new URL("./stand-ins/once.ts", import.meta.url)).replaceAll("\\", "/");

/** A file's text with each constant that isn't plain as a call that is marked as pure. */
export function markPure(path) {
  const text = readFileSync(path, "utf8");
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const constants = statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .filter(({ name, initializer }) => ts.isIdentifier(name) && initializer && !isPlain(initializer))
    .filter(({ initializer }) => !ts.isAwaitExpression(initializer));
  if (constants.length === 0) return text;
  let marked = `import { once as adjointOnce } from "${once}"; `;
  let at = 0;
  for (const { initializer } of constants) {
    const start = initializer.pos + /^\s*/.exec(text.slice(initializer.pos))[0].length;
    marked += `${text.slice(at, start)}/* @__PURE__ */ adjointOnce(() => (${text.slice(start, initializer.end)}))`;
    at = initializer.end;
  }
  return marked + text.slice(at);
}

/** A module's text in which objects of all that others export, which the bundler defines by calls, are pure as well. */
export function markNamespaces(text) {
  const marked = text.replaceAll(
    /^var (\w+) = \{\};\n(\w+)\(\1, \{\n([\s\S]*?)\n\}\);$/gm,
    (_, name, define, members) =>
      `var ${name} = /* @__PURE__ */ (() => {\nconst made = {}; ${define}(made, {\n${members}\n}); return made; })();`,
  );
  if (/^\w+\(\w+, \{$/m.test(marked))
    throw new Error("A namespace is made by a call that isn't marked as pure.");
  return marked;
}
