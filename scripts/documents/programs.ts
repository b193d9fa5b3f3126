/**
 * Programs of documents' code: what is type-checked is the code as it stands, what runs is the same with each statement
 * that a comment follows reporting its value.
 */
import type { Block } from "./blocks.js";

/** A module, line by line with the places where its lines stand. */
export interface Program {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly printed: string | undefined;
}

export interface Line {
  readonly text: string;
  readonly place: string;
}

/** Exported names with the entry that has them; `type ` stands before those of types. */
export type Exports = ReadonlyMap<string, { readonly entry: string; readonly import: string }>;

const linesOf = ({ file, line, code }: Block): Line[] =>
  code.map((text, i) => ({ text, place: `${file}:${line + i}` }));

/** A Markdown file's programs: a block with imports begins one, blocks without go on with it. */
export function markdownPrograms(blocks: readonly Block[]): Program[] {
  const programs: { name: string; lines: Line[]; printed: string | undefined }[] = [];
  for (const block of blocks) {
    const begins = block.code.some((line) => /^import /.test(line));
    if (begins || programs.length === 0) {
      const name = `${block.file.replace(/\W/g, "-")}-${block.line}`;
      programs.push({ name, lines: linesOf(block), printed: block.printed });
      continue;
    }
    const last = programs.at(-1)!;
    last.lines.push(...linesOf(block));
    if (block.printed !== undefined)
      last.printed = `${last.printed ?? ""}${last.printed ? "\n" : ""}${block.printed}`;
  }
  return programs;
}

/** Where examples stand: what is above them and below. */
export type Scope = readonly [opening: string, closing: string];

/** The examples of a file's docstrings, each in a scope of its own, with the imports that their names need. */
export function docstringProgram(
  file: string,
  examples: readonly Block[],
  exports: Exports,
  [opening, closing]: Scope = ["{", "}"],
): Program {
  const place = `${file}:1`;
  const own = new Set<string>();
  const lines = examples.flatMap((example) => {
    const inside = linesOf(example);
    for (const { text } of inside) if (isImport(text)) own.add(text);
    const rest = inside.filter(({ text }) => !isImport(text));
    return [{ text: opening, place }, ...rest, { text: closing, place }];
  });
  const words = lines.flatMap(({ text }) =>
    [...withoutTexts(text).matchAll(/(?<![.\w])[A-Za-z]\w*/g)].map(String),
  );
  const imports = new Map<string, string[]>();
  for (const word of new Set(words)) {
    const found = exports.get(word);
    if (found) imports.set(found.entry, [...(imports.get(found.entry) ?? []), found.import]);
  }
  const needed = [...imports].map(([entry, names]) => `import { ${names.join(", ")} } from "${entry}";`);
  return {
    name: file.replace(/\W/g, "-"),
    lines: [{ text: [...own, ...needed].join(" "), place }, ...lines],
    printed: undefined,
  };
}

const isImport = (line: string): boolean => line.startsWith("import ");
const withoutTexts = (line: string): string => line.replace(/"[^"]*"|\/\/.*$/g, "");

function commentBelow(texts: readonly string[], from: number): string | undefined {
  const rest = texts.slice(from + 1);
  const end = rest.findIndex((line) => !line.startsWith("// "));
  const lines = rest.slice(0, end < 0 ? rest.length : end).map((line) => line.slice(3));
  return lines.length === 0 ? undefined : lines.join("\n");
}

/** The text that is type-checked. */
export const checkedText = ({ lines }: Program): string =>
  `${lines.map(({ text }) => text).join("\n")}\nexport {};\n`;

/** The text that runs: `told(line, value, comment)` is called where a comment says what a statement gives. */
export function runText({ lines }: Program): string {
  const texts = lines.map(({ text }) => text);
  for (const [i, text] of texts.entries()) {
    const [, statement, beside] = /^(.*?;)(?:\s*\/\/ (.*))?$/.exec(text) ?? [];
    // What is printed in several lines stands below.
    const below = beside ?? (text.startsWith("console.log(") ? commentBelow(texts, i) : undefined);
    if (statement === undefined || below === undefined) continue;
    const comment = below;
    const named = /^(?:const|let) (\w+)\b.*$/.exec(statement);
    const report = (value: string) => `told(${i}, ${value}, ${JSON.stringify(comment)})`;
    if (/^(?:import|export|return|if|for|while|throw|\s|\}|\)|\]|const|let)/.test(statement)) {
      if (named) texts[i] = `${statement} ${report(`() => ${named[1]}`)};`;
      continue;
    }
    const parts = statement.slice(0, -1).split("; ");
    // Several statements in a line: the last one is told of.
    const last = parts.pop()!;
    const before = parts.map((part) => `${part}; `).join("");
    const wait = /\bawait\b/.test(last);
    texts[i] = `${before}${wait ? "await " : ""}${report(`${wait ? "async " : ""}() => (${last})`)};`;
  }
  return `${texts.join("\n")}\nexport {};\n`;
}
