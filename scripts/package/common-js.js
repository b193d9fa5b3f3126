/**
 * Modules as CommonJS, as small as it gets: what is imported are constants, what is exported is one object. So calls go
 * through no getter and no object, and loading hundreds of names costs next to nothing. What the library exports it never
 * assigns again, and no module is loaded within itself.
 */
import { createRequire } from "node:module";
import { transform } from "esbuild";

// The compiler whose parts can be called; the other is a program only.
const ts = createRequire(import.meta.url)("@typescript/typescript6");

/**
 * A bundled module with its map as CommonJS. What it loads only when it is wanted is required then, since modules can't be
 * imported everywhere, as in Jest; but for one that is of the other half, and for what is named only then: the user's files.
 */
export async function commonJs({ path, text, map }, temml, settings) {
  const isKept = new RegExp(`\\bimport\\((?="${temml}"|[A-Za-z_$])`, "g");
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const told = [
    '"use strict";',
    text.includes("import.meta.url") && 'const moduleUrl="file://"+__filename;',
    text.match(isKept) && "const importModule=(path)=>import(path);",
  ];
  let [body, head, foot] = [text, told.filter(Boolean).join(""), ""];
  for (const statement of statements) {
    if (ts.isImportDeclaration(statement)) head += required(statement);
    else if (ts.isExportDeclaration(statement)) foot += exported(statement);
    else continue;
    const { pos, end } = statement;
    body = body.slice(0, pos) + body.slice(pos, end).replaceAll(/[^\n]/g, " ") + body.slice(end);
  }
  const inline = Buffer.from(JSON.stringify({ ...map, sourcesContent: map.sources.map(() => "") }));
  const made = await transform(
    `${body.replace(isKept, "importModule(")}\n//# sourceMappingURL=data:application/json;base64,${inline.toString("base64")}\n`,
    {
      platform: "neutral",
      supported: { "dynamic-import": false },
      define: { "import.meta.filename": "__filename", "import.meta.url": "moduleUrl" },
      banner: head,
      footer: foot,
      sourcefile: path,
      sourcemap: "external",
      sourcesContent: false,
      ...settings,
    },
  );
  return { path, text: made.code, map: JSON.parse(made.map) };
}

/** `const { a: b } = require("module");` */
function required({ importClause, moduleSpecifier }) {
  const call = `require(${JSON.stringify(moduleSpecifier.text)})`;
  if (importClause === undefined) return "";
  const { name, namedBindings } = importClause;
  if (name || !namedBindings.elements) throw new Error(`${moduleSpecifier.text} isn't imported by names.`);
  const members = namedBindings.elements.map((one) => pair(one.propertyName ?? one.name, one.name));
  return `const{${members}}=${call};`;
}

/** `module.exports = { b: a };` */
function exported({ exportClause }) {
  const members = exportClause.elements.map((one) => pair(one.name, one.propertyName ?? one.name));
  return `Object.defineProperty(module.exports={${members}},"__esModule",{value:!0});`;
}

const pair = (key, value) => (key.text === value.text ? key.text : `${key.text}:${value.text}`);
