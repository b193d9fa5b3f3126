/** A traced function as C99. */
import type { Dtype, Graph, Shape, Shapes, Traced } from "../../../graph/index.js";
import { formatShape, graphOf, outputsOf, type Path, sizeOf } from "../../../graph/internal.js";
import { lowerGraph } from "../lowering/lower.js";
import { primitivesOf } from "../lowering/primitives.js";
import { readTarget } from "../target.js";
import { CDialect } from "./dialect.js";
import { CModule } from "./module.js";
import { hasNative } from "./natives.js";

/** Words of C, and macros of its headers and compilers. */
const reserved = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict " +
    "return short signed sizeof static struct switch typedef union unsigned void volatile while main size_t NAN INFINITY " +
    "signbit isnan isinf isfinite isnormal fpclassify isgreater isless isunordered workspace bool true false NULL offsetof " +
    "linux unix i386 wchar_t ptrdiff_t float_t double_t math_errhandling HUGE_VAL"
  ).split(" "),
);
const mathematical = new Set(
  (
    "acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 frexp ilogb ldexp log log10 log1p log2 logb " +
    "modf scalbn scalbln cbrt fabs hypot pow sqrt erf erfc lgamma tgamma ceil floor nearbyint rint lrint llrint round lround " +
    "llround trunc fmod remainder remquo copysign nan nextafter nexttoward fdim fmax fmin fma j0 j1 jn y0 y1 yn gamma finite " +
    "drem significand scalb sincos exp10 pow10 signgam"
  ).split(" "),
);
/** Functions of C's library that a program may have linked, or that compilers know unasked. */
const linked = new Set(
  (
    "abort abs atexit atof atoi atol bcmp bcopy bzero calloc clock close connect ctime difftime div exit fclose ffs fopen fork fputc " +
    "fputs fread free fscanf fseek fwrite getc getenv gets index kill labs ldiv link listen localtime lseek malloc memchr memcmp " +
    "memcpy memmove memset mktime open pause perror pipe printf putc putchar puts qsort raise rand random read realloc remove rename " +
    "rewind rindex scanf select send setbuf signal sleep sprintf srand srandom sscanf stat strcat strchr strcmp strcpy strlen " +
    "strncmp strncpy strstr strtod strtok strtol system time tolower toupper ungetc vprintf wait write"
  ).split(" "),
);

/** Names that the function's own lines have: a letter and a number. */
const own = /^[bceinrsv]\d+$/;

/** Whether C has a word already. */
function isTaken(name: string): boolean {
  return (
    reserved.has(name) ||
    /^(FP|M|HUGE)_/.test(name) ||
    mathematical.has(name) ||
    mathematical.has(name.replace(/[fl]$/, ""))
  );
}

/**
 * Options of `toC`.
 * @example const options: COptions = { name: "loss", dtype: "f32" };
 */
export interface COptions {
  /** The name of the function: an identifier that C doesn't have. */
  readonly name: string;
  /** What the numbers are: `double` for "f64", the default, or `float` for "f32". */
  readonly dtype?: Dtype;
}

/**
 * A traced function as C99: one file that needs the mathematical library alone and allocates nothing. Inputs without axes go
 * in by value, tensors as arrays, the last axis first; then come the outputs, and the workspace, of as many numbers as the
 * macro says that has the function's name. Parameters are called by the keys of the trees, joined by "_"; what C or another
 * one has already gets a number behind it. The comment at the head says which is what. A loop is a loop, large constants
 * are arrays, and arrays that aren't used at the same time share their place in the workspace.
 *
 * Compiled with `-std=c99` or `-ffp-contract=off` it computes in the interpreter's order: the same bits, but where the
 * mathematical library rounds a function otherwise than JavaScript does.
 *
 * @example
 * const text = toC(valueAndGrad(cubic.f), { name: "cubic" });
 * text.includes("void cubic(const double *restrict x, double *restrict value"); // true
 *
 * @throws where the name is none for a function of C, the dtype isn't known, or an op of the user's has neither a recipe nor
 * an `expand`
 */
export function toC<I extends Shapes, O>(f: Traced<I, O>, options: COptions): string {
  const { name, dtype } = readTarget("toC", options, {
    named: "a function of C",
    wanted: 'an identifier such as "cubic" that C doesn\'t have',
    isName: (name) => /^[A-Za-z]\w*$/.test(name) && name.length <= 63 && !isTaken(name) && !linked.has(name),
    dtypes: ["f64", "f32"],
  });
  return sourceOf(graphOf(f, "toC"), name, dtype);
}

/** A parameter of the function. */
interface Parameter {
  readonly name: string;
  /** What it is called in the tree of inputs or outputs. */
  readonly told: string;
  readonly shape: Shape;
}

/** Names for parameters: the keys joined by "_", with a number behind where C or another one has that name. */
class Names {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  next(path: Path, alone: string): string {
    const joined = path
      .join("_")
      .replace(/[^A-Za-z0-9_]/g, "_")
      .slice(0, 48);
    const plain = joined === "" ? alone : /^[A-Za-z]/.test(joined) ? joined : `x${joined}`;
    for (let i = 1; ; i++) {
      const name = i === 1 ? plain : `${plain}_${i}`;
      if (isTaken(name) || own.test(name) || this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/** The text of a graph as a function of C, in a file of its own. */
function sourceOf(given: Graph, name: string, dtype: Dtype): string {
  const graph = primitivesOf(given, "toC", hasNative);
  const macro = `${name.toUpperCase()}_WORKSPACE`;
  const names = new Names([name, macro]);
  const inputs = graph.inputs.map(({ path, shape }): Parameter => {
    return { name: names.next(path, "x"), told: path.join("."), shape };
  });
  const outputs = outputsOf(graph).map(({ path, id }): Parameter => {
    return { name: names.next(path, "result"), told: path.join("."), shape: graph.nodes[id]!.shape };
  });
  const module = new CModule(name, dtype, new Set([...inputs, ...outputs].map((one) => one.name)));
  const dialect = new CDialect(
    module,
    inputs.map((input) => input.name),
  );
  const values = inputs.map(({ shape }, i) => dialect.input(i, shape));
  lowerGraph(graph, dialect, values).forEach((value, i) => {
    const { name: target, shape } = outputs[i]!;
    dialect.write(dialect.output(target, shape), value);
  });
  const { preamble, lines, size } = module.finish();
  const text = lines.join("\n");
  const unused = [...inputs, ...outputs].filter((input) => !new RegExp(`\\b${input.name}\\b`).test(text));
  const { real } = module;
  const parameters = [
    ...inputs.map((one) =>
      one.shape.length === 0 ? `${real} ${one.name}` : `const ${real} *restrict ${one.name}`,
    ),
    ...outputs.map((one) => `${real} *restrict ${one.name}`),
    ...(size === 0 ? [] : [`${real} *restrict workspace`]),
  ];
  return [
    ...comment({ name, real, macro, size, inputs, outputs }),
    "#include <math.h>",
    "#include <stddef.h>",
    "",
    "#ifdef __clang__",
    "#pragma STDC FP_CONTRACT OFF",
    "#endif",
    "",
    `#define ${macro} ${size}`,
    "",
    ...preamble,
    `void ${name}(${parameters.length === 0 ? "void" : parameters.join(", ")}) {`,
    ...unused.map((input) => `  (void)${input.name};`),
    ...(text === "" ? [] : [text]),
    "}",
    "",
  ].join("\n");
}

interface Told {
  readonly name: string;
  readonly real: string;
  readonly macro: string;
  readonly size: number;
  readonly inputs: readonly Parameter[];
  readonly outputs: readonly Parameter[];
}

function comment({ name, real, macro, size, inputs, outputs }: Told): readonly string[] {
  const told = ({ name: local, told: key, shape }: Parameter) => {
    const safe = key
      .replaceAll(/[^\x20-\x7e]/g, "?")
      .replaceAll("*/", "* /")
      .replaceAll("/*", "/ *")
      .replaceAll("??", "? ?");
    const kind =
      shape.length === 0
        ? "a number"
        : `${formatShape(shape).replaceAll("×", " x ")}, ${sizeOf(shape)} in all`;
    return ` *   ${local}${safe === local || safe === "" ? "" : ` ("${safe}")`}: ${kind}`;
  };
  return [
    "/*",
    ` * ${name}: written by Adjoint. Tensors are arrays of ${real}, the last axis first; no two may overlap.`,
    ...(inputs.length === 0 ? [] : [" * Inputs:", ...inputs.map(told)]),
    ...(outputs.length === 0 ? [] : [" * Outputs:", ...outputs.map(told)]),
    size === 0 ? " * It needs no workspace." : ` * workspace: ${macro} numbers, whatever they are.`,
    " * C99 and its mathematical library; -ffp-contract=off keeps the bits where -std isn't c99.",
    " */",
  ];
}
