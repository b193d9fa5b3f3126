/**
 * Every block of code in the README, in docs/ and in docstrings compiles under the flags of `tsc --init` and runs, and what
 * comments and blocks below say that it gives is what it gives.
 */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { methods } from "../../graph/internal.js";
import { docstrings, markdownBlocks } from "./blocks.js";
import {
  checkedText,
  docstringProgram,
  markdownPrograms,
  type Program,
  runText,
  type Scope,
} from "./programs.js";
import { show, tells } from "./show.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const work = join(root, ".documents");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const filesIn = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending) && !file.endsWith(".test.ts") && !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`.replaceAll("\\", "/"))
    .sort();

const entries: Readonly<Record<string, object>> = {
  adjoint: await import("adjoint"),
  "adjoint/testing": await import("adjoint/testing"),
  "adjoint/figures": await import("adjoint/figures"),
  "adjoint/solvers": await import("adjoint/solvers"),
  "adjoint/expression": await import("adjoint/expression"),
  "adjoint/files": await import("adjoint/files"),
  "adjoint/export": await import("adjoint/export"),
};
const sources = ["graph", "optimizers", "src"].flatMap((folder) => filesIn(folder, ".ts"));
const strings = sources.flatMap((file) => docstrings(file, read(file)));
const exported = new Map<string, string>();
for (const [entry, all] of Object.entries(entries)) {
  for (const name of Object.keys(all)) if (!exported.has(name)) exported.set(name, entry);
}
/** What examples may name: types too, which an index exports as such. */
const names = new Map([...exported].map(([name, entry]) => [name, { entry, import: name }]));
for (const file of sources.filter((one) => one.endsWith("index.ts") && !/compile|least-squares/.test(one))) {
  const entry = /src\/(testing|figures|files|solvers|fits|expression|engines)\//.exec(file)?.[1];
  const text = read(file).replaceAll(/export type \{([^}]*)\}/g, (_, list: string) =>
    list.replaceAll(/(\w+)/g, "type $1"),
  );
  for (const [, name] of text.matchAll(/\btype (\w+)/g)) {
    if (!names.has(name!))
      names.set(name!, {
        entry: entry ? `adjoint/${entry.replace("fits", "solvers").replace("engines", "export")}` : "adjoint",
        import: `type ${name}`,
      });
  }
}

/** Where methods' examples stand: expressions have the names that src/fluent/methods.ts tells. */
const inTrace: Scope = [
  'import("adjoint/fluent"); trace({ x: vector(3), A: matrix(2, 2), signals: tensor([1, 5, 1]), images: tensor([1, 4, 4, 1]) }, ({ x, A, signals, images }) => {',
  "return x; });",
];

// `npm run docs` puts copies of them among the pages that it makes.
const isMade = (file: string) => /^docs[\\/]api[\\/]/.test(file);
const guides = ["README.md", ...filesIn("docs", ".md").filter((file) => !isMade(file))];
const programs: Program[] = [
  ...guides.flatMap((file) => markdownPrograms(markdownBlocks(file, read(file), "ts"))),
  ...sources.flatMap((file) => {
    const examples = strings.filter((one) => one.file === file).flatMap((one) => one.examples);
    if (examples.length === 0) return [];
    return [docstringProgram(file, examples, names, file.startsWith("src/fluent/") ? inTrace : undefined)];
  }),
];

const hasExample = (name: string) => strings.some((one) => one.name === name && one.examples.length > 0);

const documents = suite("documents");

documents.before(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
});
documents.after(() => rmSync(work, { recursive: true, force: true }));

documents("every block of code compiles under the flags of tsc --init", async () => {
  for (const program of programs) writeFileSync(join(work, `${program.name}.ts`), checkedText(program));
  const compilerOptions = {
    module: "nodenext",
    target: "esnext",
    types: ["node"],
    customConditions: ["adjoint-source"],
    rootDir: "..",
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    strict: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    noUncheckedSideEffectImports: true,
    moduleDetection: "force",
    skipLibCheck: true,
  };
  writeFileSync(join(work, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", work, "--pretty", "false"], {
    cwd: root,
    maxBuffer: 2 ** 26,
  }).catch((error: { stdout: string }) => error);
  const wrong = stdout.split("\n").flatMap((line) => {
    const match = /^\.documents[\\/](.+)\.ts\((\d+),\d+\): (.*)$/.exec(line);
    // The library's own files are checked under its own flags.
    if (!match) return [];
    const program = programs.find(({ name }) => name === match[1])!;
    return [`${program.lines[Number(match[2]) - 1]?.place}: ${match[3]}`];
  });
  assert.equal(wrong, []);
});

documents("every block of code runs, and gives what is said there", async () => {
  const started = process.cwd();
  const elsewhere = mkdtempSync(join(tmpdir(), "adjoint-documents-"));
  const wrong: string[] = [];
  const log = console.log;
  process.chdir(elsewhere);
  try {
    for (const program of programs) {
      const file = join(work, `${program.name}.run.ts`);
      writeFileSync(file, runText(program));
      const printed: string[] = [];
      console.log = (...values: unknown[]) => {
        printed.push(values.map((value) => (typeof value === "string" ? value : show(value))).join(" "));
      };
      const check = (line: number, value: unknown, comment: string) => {
        const given = value === undefined && printed.length > 0 ? printed.at(-1) : value;
        if (!tells(comment, given))
          wrong.push(`${program.lines[line]!.place}: ${show(given)}, not ${comment}`);
      };
      const told = (line: number, make: () => unknown, comment: string): unknown => {
        let value: unknown;
        try {
          value = make();
        } catch (error) {
          value = error;
        }
        if (value instanceof Promise) return value.then((late) => check(line, late, comment));
        check(line, value, comment);
        return undefined;
      };
      Object.assign(globalThis, { told });
      try {
        await import(pathToFileURL(file).href);
        if (program.printed !== undefined && printed.join("\n") !== program.printed) {
          wrong.push(
            `${program.lines[0]!.place}: prints\n${printed.join("\n")}\ninstead of\n${program.printed}`,
          );
        }
      } catch (error) {
        wrong.push(
          `${program.lines[0]!.place}: ${(error as Error).stack?.split("\n").slice(0, 3).join(" ")}`,
        );
      }
    }
  } finally {
    console.log = log;
    process.chdir(started);
    rmSync(elsewhere, { recursive: true, force: true });
  }
  assert.equal(wrong, []);
});

documents("every exported name has a docstring with an example, and so has every method", () => {
  const lacking = [...names.keys()].filter((name) => !hasExample(name));
  assert.equal(lacking, []);
  assert.ok(names.size > 550);
  // A method has one of its own, or is of a type that many have.
  const [own, regular] = ["methods", "regular-methods"].map((file) => read(`src/fluent/${file}.ts`));
  const bare = methods.filter(([name]) => {
    const type = new RegExp(`^    ${name}: (\\w+)`, "m").exec(regular!)?.[1];
    return type === undefined
      ? !new RegExp(`^    /\\*\\* @example .*\\.${name}\\(.*\\n    ${name}\\b`, "m").test(own!)
      : !hasExample(type);
  });
  assert.equal(bare, []);
});

documents("what documents point to is there", () => {
  const lost = guides.flatMap((file) => {
    const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
    return [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !existsSync(join(root, folder, target)))
      .map((target) => `${file}: ${target}`);
  });
  assert.equal(lost, []);
});

documents.run();
