/** C sources compiled and run: all in one file, since a call of the compiler costs more than most functions do. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dtype, Traced } from "../../../graph/index.js";
import { outputsOf, sizeOf } from "../../../graph/internal.js";
import { toC } from "../../../src/engines/index.js";
import type { ExportCase } from "../exported.js";
import { inputsOf } from "./trained.js";

/** Those of the compilers that the machine has. */
export function compilers(): readonly string[] {
  const wanted = process.env.CC ? [process.env.CC] : ["gcc", "clang"];
  return wanted.filter((name) => spawnSync(name, ["--version"]).status === 0);
}

const flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"];

/** The elements of all outputs of each case, as C has them. */
export function runC(
  cases: readonly ExportCase[],
  compiler: string,
  dtype: Dtype = "f64",
  options: readonly string[] = [],
): readonly (readonly number[])[] {
  const real = dtype === "f64" ? "double" : "float";
  const sources = cases.map(({ f }, i) => toC(f, { name: `f${i}x`, dtype }));
  const calls = cases.map((one, i) => {
    const { f } = one;
    const name = `f${i}x`;
    const given = f.graph.inputs.map(({ shape }, k) =>
      shape.length === 0 ? `in${i}_${k}[0]` : `in${i}_${k}`,
    );
    const sizes = sizesOf(f);
    const taken = sizes.map((_, k) => `out${i}_${k}`);
    const workspace = sources[i]!.includes(`#define ${name.toUpperCase()}_WORKSPACE 0\n`)
      ? []
      : ["workspace"];
    return [
      ...inputsOf(one).map((values, k) => `static const ${real} in${i}_${k}[] = {${numbers(values, real)}};`),
      ...sizes.map((size, k) => `static ${real} out${i}_${k}[${Math.max(1, size)}];`),
      `static void call${i}(void) {`,
      ...(workspace.length === 0 ? [] : [`  need(${name.toUpperCase()}_WORKSPACE);`]),
      `  ${name}(${[...given, ...taken, ...workspace].join(", ")});`,
      ...sizes.map((size, k) => `  fwrite(${taken[k]}, sizeof(${real}), ${size}, stdout);`),
      "}",
    ].join("\n");
  });
  const text = [
    ...sources,
    "#include <stdio.h>",
    "#include <stdlib.h>",
    `static ${real} *workspace;`,
    // Whatever was there before must not matter.
    "static void need(size_t size) {",
    `  workspace = realloc(workspace, size * sizeof(${real}));`,
    "  for (size_t i = 0; i < size; i++) workspace[i] = NAN;",
    "}",
    ...calls,
    `int main(void) {\n  need(1);\n${cases.map((_, i) => `  call${i}();`).join("\n")}\n  return 0;\n}`,
    "",
  ].join("\n");
  const folder = mkdtempSync(join(tmpdir(), "adjoint-c-"));
  try {
    const [source, program] = [join(folder, "all.c"), join(folder, "all")];
    writeFileSync(source, text);
    execFileSync(compiler, [...flags, ...options, source, "-o", program, "-lm"], { stdio: "pipe" });
    const bytes = execFileSync(program, { maxBuffer: 2 ** 30 });
    const { buffer } = new Uint8Array(bytes);
    const all = dtype === "f64" ? new Float64Array(buffer) : new Float32Array(buffer);
    let next = 0;
    return cases.map(({ f }) => {
      const size = sizesOf(f).reduce((sum, one) => sum + one, 0);
      next += size;
      return [...all.subarray(next - size, next)];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Whether C must have the interpreter's bits: it takes nothing of its library but what has one right result (roots, rounding,
 * remainders), and nothing that is computed in another order.
 */
export function hasExactBits(f: Traced): boolean {
  if (f.graph.nodes.some(({ op }) => reordered.has(op.name))) return false;
  const calls = toC(f, { name: "exact" }).matchAll(/\b([a-z]\w*)\(/g);
  return [...calls].every(([, name]) => exact.has(name!) || name!.startsWith("exact"));
}

/** How many numbers are others: of all bits but the sign of 0, which boxes that lie on one another may lose. */
export function othersOf(found: readonly number[], expected: readonly number[]): number {
  return expected.filter((x, i) => x !== found[i] && !Object.is(x, found[i])).length;
}

const exact = new Set("if for sizeof fabs sqrt floor ceil trunc rint fmod signbit".split(" "));

const reordered = new Set(["norm", "choleskyAdjoint"]);

const sizesOf = ({ graph }: Traced): readonly number[] =>
  outputsOf(graph).map(({ id }) => sizeOf(graph.nodes[id]!.shape));

function numbers(values: Float64Array, real: string): string {
  if (values.length === 0) return "0";
  const texts = Array.from(values, (x) => {
    if (Number.isNaN(x)) return "NAN";
    if (!Number.isFinite(x)) return x > 0 ? "INFINITY" : "-INFINITY";
    return Object.is(x, -0) ? "-0.0" : String(x);
  });
  return texts.map((text) => `(${real})${text}`).join(", ");
}
