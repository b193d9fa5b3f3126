/** Code that documents show: the fenced blocks of Markdown, and the examples of docstrings. */

/** Lines of code with the place where they stand. */
export interface Block {
  readonly file: string;
  /** Of the first line of code, from 1. */
  readonly line: number;
  readonly code: readonly string[];
  /** What stands in a block without a language right below: what the program prints. */
  readonly printed?: string;
}

/** Fenced blocks of a Markdown file in one language. A block below without a language is what the first one prints. */
export function markdownBlocks(file: string, text: string, language: string): Block[] {
  const fences = [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)].map((match) => {
    const [whole, indent, name, inside] = match;
    return {
      name,
      code: inside!
        .split("\n")
        .slice(0, -1)
        .map((line) => line.slice(indent!.length)),
      line: text.slice(0, match.index).split("\n").length + 1,
      end: match.index + whole.length,
      start: match.index,
    };
  });
  return fences.flatMap(({ name, code, line, end }, i) => {
    if (name !== language) return [];
    const next = fences[i + 1];
    const below = next?.name === "" && text.slice(end, next.start).trim() === "";
    return [{ file, line, code, ...(below && { printed: next.code.join("\n") }) }];
  });
}

/** A docstring with the name that it describes, and its example. */
export interface Docstring {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly examples: readonly Block[];
}

const declared = /^(?:export )?(?:declare )?(?:async )?(?:function|const|class|interface|type) (\w+)/;

/** The docstrings of a TypeScript file's declarations, also of methods and members: these have the name "". */
export function docstrings(file: string, text: string): Docstring[] {
  const aliases = new Map(
    [...text.matchAll(/^export \{([^}]*)\};$/gm)].flatMap(([, list]) =>
      [...list!.matchAll(/(\w+) as (\w+)/g)].map(([, own, told]) => [own!, told!] as const),
    ),
  );
  return [...text.matchAll(/^( *)\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/gm)].map((match) => {
    // A comment for the linter may stand in between.
    const rest = text.slice(match.index + match[0].length).replace(/^(?: *\/\/.*\n)+/, "");
    const line = text.slice(0, match.index).split("\n").length;
    const lines = match[0]
      .split("\n")
      .map((one) => one.replace(/^ *(\/\*\*| \*\/| \* ?)/, "").replace(/ ?\*\/$/, ""));
    const name = declared.exec(rest)?.[1] ?? "";
    return { name: aliases.get(name) ?? name, file, line, examples: examplesIn(file, line, lines) };
  });
}

/** An example ends at the first empty line, and one that begins beside its tag with the line. */
function examplesIn(file: string, first: number, lines: readonly string[]): Block[] {
  return lines.flatMap((line, i) => {
    const beside = /^@example (.*)$/.exec(line.trim())?.[1];
    if (beside !== undefined) return [{ file, line: first + i, code: [beside] }];
    if (line.trim() !== "@example") return [];
    const rest = lines.slice(i + 1);
    const end = rest.findIndex((one) => one.trim() === "" || one.startsWith("@"));
    return [{ file, line: first + i + 1, code: rest.slice(0, end < 0 ? rest.length : end) }];
  });
}
