/**
 * Marks what modules compute when they are loaded as without effects. That is so, since the package says it of all its files;
 * but where many files are bundled into one, bundlers ask each statement.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The compiler whose parts can be called; the other is a program only.
const ts = createRequire(import.meta.url)("@typescript/typescript6");

/** The module that gives what a function makes, by a call that can be marked. */
export const once = { path: "./once.js", text: "export const once = (make) => make();\n" };

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
export function wrapConstants(path) {
  const text = readFileSync(path, "utf8");
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const constants = statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .filter(({ name, initializer }) => ts.isIdentifier(name) && initializer && !isPlain(initializer))
    .filter(({ initializer }) => !ts.isAwaitExpression(initializer));
  // In the line of the first statement, so that lines stay.
  let marked = `import { once as adjointOnce } from "${once.path}"; `;
  let at = 0;
  for (const { initializer } of constants) {
    const start = initializer.pos + /^\s*/.exec(text.slice(initializer.pos))[0].length;
    marked += `${text.slice(at, start)}adjointOnce(() => (${text.slice(start, initializer.end)}))`;
    at = initializer.end;
  }
  return marked + text.slice(at);
}

/**
 * A bundled module's text in which these calls are marked, and so are objects of all that others export, which the bundler
 * defines by calls of its own.
 */
export function markCalls(text) {
  // Of all files in it the bundler keeps the import.
  const [name, ...others] = [...text.matchAll(/\{once as ([\w$]+)\}from"\.\/once\.js"/g)].map(
    (found) => found[1],
  );
  if (name === undefined) return text;
  const calls = new RegExp(
    `=(${[name, ...others].map((one) => one.replaceAll("$", "\\$")).join("|")})\\(\\(\\)=>`,
    "g",
  );
  return text
    .replaceAll(
      /([\w$]+)=\{\};([\w$]+)\(\1,\{((?:[\w$]+:\(\)=>[\w$]+,?)*)\}\);/g,
      (_, object, define, members) =>
        `${object}=${name}(()=>{const all={};${define}(all,{${members}});return all});`,
    )
    .replaceAll(calls, `=/* @__PURE__ */${name}(()=>`)
    .replaceAll(/import\{once as ([\w$]+)\}from"\.\/once\.js";/g, (kept, one) => (one === name ? kept : ""));
}
