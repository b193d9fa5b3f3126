/**
 * A project as `tsc --init` makes it, with the package's types, to compile users' programs in. They are in a file for each of
 * the sources here, which is quicker to make than the package's own few files; these are compiled by `npm run test:package`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { flags } from "../../scripts/package/cases/flags.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const compiler = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace("package.json", "bin/tsc");

const options = { ...flags("7.0"), module: "nodenext" };

export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** Types that were made of generic ones: what compiling costs, whatever the machine. */
  readonly instantiations: number;
}

/** Compiles programs, each of modules by their names and texts, one after the other. */
export function compilePrograms(programs: readonly Readonly<Record<string, string>>[]): Compiled[] {
  const project = mkdtempSync(join(tmpdir(), "adjoint-types-"));
  try {
    const installed = join(project, "node_modules", "adjoint");
    mkdirSync(installed, { recursive: true });
    const declarations = ["--emitDeclarationOnly", "--noCheck", "--outDir", join(installed, "dist")];
    execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), ...declarations]);
    for (const name of ["fast-check", "pure-rand"])
      symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
    const write = (name: string, content: unknown) =>
      writeFileSync(join(project, name), typeof content === "string" ? content : JSON.stringify(content));
    const entry = (path: string) => `./dist/${path}/index.d.ts`;
    write("node_modules/adjoint/package.json", {
      name: "adjoint",
      type: "module",
      exports: {
        ".": entry("src"),
        "./graph": entry("graph"),
        "./optimizers": entry("optimizers"),
        "./solvers": entry("src/solvers"),
        "./fluent": "./dist/src/fluent/fluent.d.ts",
        "./testing": entry("src/testing"),
        "./figures": entry("src/figures"),
      },
    });
    write("package.json", { name: "user", private: true, type: "module" });
    return programs.map((modules) => {
      write("tsconfig.json", { compilerOptions: options, files: Object.keys(modules) });
      for (const [name, text] of Object.entries(modules)) write(name, text);
      const { stdout } = spawnSync(
        process.execPath,
        [compiler, "-p", ".", "--extendedDiagnostics", "--pretty", "false"],
        { cwd: project, encoding: "utf8" },
      );
      return {
        diagnostics: readDiagnostics(stdout),
        instantiations: Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1]),
      };
    });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Each with the lines that explain it. */
function readDiagnostics(output: string): Diagnostic[] {
  return [...output.matchAll(/^(\S[^\n]*?)\((\d+),\d+\): error ([^\n]*(?:\n [^\n]*)*)/gm)].map(
    ([, file, line, text]) => ({ file: file!, line: Number(line), text: text! }),
  );
}
