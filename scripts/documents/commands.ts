/**
 * Command lines that documents show: in ```console blocks a line `$ npx adjoint …` stands above what it prints, in ```sh blocks
 * they stand alone. `$ cat FILE` shows a file that the lines below read.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { run } from "../../src/command-line/main.js";

export interface CommandLine {
  readonly line: string;
  readonly place: string;
  /** What stands below; `undefined` where a document tells nothing. */
  readonly printed: string | undefined;
}

/** The command lines of a Markdown file. A backslash at the end goes on with the next line. */
export function commandLines(file: string, text: string): CommandLine[] {
  const found: CommandLine[] = [];
  for (const match of text.matchAll(/^```(console|sh)\n([\s\S]*?)^```$/gm)) {
    const [, language, inside] = match;
    const first = text.slice(0, match.index).split("\n").length + 1;
    const lines = inside!.replaceAll("\\\n", "").split("\n").slice(0, -1);
    for (const [i, line] of lines.entries()) {
      const place = `${file}:${first + i}`;
      if (language === "sh" && line.startsWith("npx adjoint"))
        found.push({ line: line.replace(/ +#.*$/, ""), place, printed: undefined });
      if (language !== "console" || !line.startsWith("$ ")) continue;
      const rest = lines.slice(i + 1);
      const end = rest.findIndex((one) => one.startsWith("$ "));
      const printed = rest.slice(0, end < 0 ? rest.length : end).join("\n");
      found.push({ line: line.slice(2), place, printed: printed.trimEnd() });
    }
  }
  return found;
}

/** The words of a line as a shell parts them: blanks, quotes of both kinds. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"']+)+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}

/** Runs a line in the working folder. @returns what it prints, errors after what it found, and its exit code */
export async function runLine(line: string): Promise<{ readonly printed: string; readonly code: number }> {
  const [piped, rest] = line.includes(" | ") ? line.split(" | ", 2) : [undefined, line];
  const words = wordsOf(rest!);
  const input = piped === undefined ? "" : readFileSync(wordsOf(piped)[1]!, "utf8");
  const to = words.indexOf(">");
  const file = to < 0 ? undefined : words[to + 1];
  const args = (to < 0 ? words : words.slice(0, to)).slice(words[0] === "npx" ? 2 : 1);
  const written = { out: "", err: "" };
  const output = (name: "out" | "err") => ({
    isTerminal: false,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await run(withoutMovies(args), {
    out: output("out"),
    err: output("err"),
    env: {},
    read: async () => input,
    signal: new AbortController().signal,
  });
  if (file === undefined) return { printed: written.out + written.err, code };
  writeFileSync(file, written.out);
  return { printed: written.err, code };
}

/** A movie takes longer than all else here, and figures have tests of their own. */
function withoutMovies(args: readonly string[]): string[] {
  return args.filter(
    (one, i) => !(one.endsWith(".gif") || (one === "--out" && args[i + 1]?.endsWith(".gif"))),
  );
}

/** Whether a document tells what was printed: `…` stands for the rest of a word, alone in a line for any lines. */
export function shows(told: string, printed: string): boolean {
  const pattern = told
    .split("\n")
    .map((line) =>
      line.trim() === "…"
        ? "(?:.*\\n)*?.*"
        : line
            .split("…")
            .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
            .join("\\S*"),
    )
    .join("\n");
  return new RegExp(`^${pattern}$`).test(printed.trimEnd());
}
