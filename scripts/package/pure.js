/**
 * Marks what modules compute when they are loaded as without effects. That is so, since the package says it of all its files;
 * but where many files are bundled into one, bundlers ask each statement.
 */
import { createRequire } from "node:module";

// The compiler whose parts can be called; the other is a program only.
const ts = createRequire(import.meta.url)("@typescript/typescript6");

/** The module that gives what a function makes, by a call that can be marked. */
export const once = {
  path: "./once.js",
  name: "adjointOnce",
  text: "export const once = (make) => make();\n",
  line: 'import { once as adjointOnce } from "./once.js";',
};

const collections = ["Map", "Set", "WeakMap", "WeakSet"];

/** Whether every bundler knows that there is no effect. */
function isPlain(node) {
  if (ts.isObjectLiteralExpression(node))
    return node.properties.every(
      (one) =>
        (ts.isPropertyAssignment(one) && !ts.isComputedPropertyName(one.name) && isPlain(one.initializer)) ||
        ts.isShorthandPropertyAssignment(one),
    );
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isPlain);
  if (ts.isNewExpression(node))
    return node.arguments?.length === 0 && collections.includes(node.expression.text);
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return isPlain(node.expression);
  return (
    ts.isLiteralExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isIdentifier(node) ||
    ts.isPrefixUnaryExpression(node)
  );
}

/** A file's text with each constant that isn't plain as such a call. */
export function wrapConstants(text) {
  const { statements } = ts.createSourceFile("module.ts", text, ts.ScriptTarget.ESNext);
  const constants = statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .filter(({ name, initializer }) => ts.isIdentifier(name) && initializer && !isPlain(initializer))
    .filter(({ initializer }) => !ts.isAwaitExpression(initializer));
  // In the line of the first statement, so that lines stay.
  let marked = `import { once as ${once.name} } from "${once.path}"; `;
  let at = 0;
  for (const { initializer } of constants) {
    const start = initializer.pos + /^\s*/.exec(text.slice(initializer.pos))[0].length;
    marked += `${text.slice(at, start)}/* @__PURE__ */ ${once.name}(() => (${text.slice(start, initializer.end)}))`;
    at = initializer.end;
  }
  return marked + text.slice(at);
}

/**
 * A bundled module's text in which objects of all that others export, which the bundler defines by calls of its own, are such
 * calls, too, and are named as one.
 */
export function markExports(text) {
  return text
    .replaceAll(
      /([\w$]+) = \{\};\n(__export\(\1, \{[^{}]*\}\);)/g,
      (_, object, definition) =>
        `${object} = /* @__PURE__ */ ${once.name}(() => { const all = {};\n${definition.replace(object, "all")} return all; });`,
    )
    .replaceAll(new RegExp(`\\b${once.name}\\d+\\b`, "g"), once.name);
}

/** A minified module without that import, whose minifier dropped the marks: with both again. */
export function markCalls(text) {
  const marked = text.replaceAll(`${once.name}(`, `/* @__PURE__ */${once.name}(`);
  return marked === text ? text : `import{once as ${once.name}}from"${once.path}";${marked}`;
}
