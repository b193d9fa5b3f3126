/** A Python module in the making: its lines, names, functions and constants. */
import type { Dtype, Shape } from "../../../graph/index.js";
import { sizeOf } from "../../../graph/internal.js";
import { Constants, type ExportedConstant, mostInText } from "../lowering/constants.js";
import { type HelperName, helpers, matmulInBf16 } from "./helpers.js";
import { numberText } from "./values.js";

/** Words of Python, and names that the module's own lines use. */
export const reserved: readonly string[] = (
  "False None True and as assert async await break class continue def del elif else except finally for from global if import " +
  "in is lambda nonlocal not or pass raise return try while with yield range tuple enumerate RuntimeError matmul gather " +
  "scatter_add batch_grid check_dtype jax jnp lax np os dtype constants"
).split(" ");

/** Names that nothing in a function has. */
const taken = [
  ...reserved,
  ..."match case type print len list dict set int float abs max min sum round inputs xs".split(" "),
];

export class JaxModule {
  readonly #constants = new Constants();
  readonly #functions = new Map<string, string>();
  readonly #used = new Set<HelperName>();
  #names = new Set<string>(taken);
  readonly #lines: string[] = [];
  #indentation = 1;

  /** Begins a function, whose names are its own. */
  begin(): void {
    this.#names = new Set([...taken, ...this.#used]);
  }

  /** A name that nothing has yet: the wanted one as far as Python allows it, or that with a number. */
  fresh(wanted: string): string {
    const plain = wanted
      .normalize("NFKC")
      .replace(/\W/g, "_")
      .replace(/^(?=\d)|^$/, "_")
      .replace(/^_+/, "v_");
    let name = plain;
    for (let i = 1; this.#names.has(name); i++) name = `${plain}_${i}`;
    this.#names.add(name);
    return name;
  }

  assign(label: string | undefined, text: string): string {
    const name = this.fresh(label ?? "v");
    this.line(`${name} = ${text}`);
    return name;
  }

  line(text: string): void {
    this.#lines.push(`${"    ".repeat(this.#indentation)}${text}`);
  }

  open(text: string): void {
    this.line(text);
    this.#indentation++;
  }

  close(): void {
    this.#indentation--;
  }

  helper(name: HelperName): string {
    this.#used.add(name);
    this.#names.add(name);
    return name;
  }

  /** The name of a function of the module, which is written once. Two functions that are wanted by one name have two. */
  functionOf(wanted: string, parameters: readonly string[], body: string): string {
    const snake = wanted.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/\W/g, "_");
    for (let i = 0; ; i++) {
      const name = `_${snake}${i === 0 ? "" : `_${i}`}`;
      const text = `def ${name}(${parameters.join(", ")}):\n    return ${body}\n`;
      const known = this.#functions.get(name);
      if (known !== undefined && known !== text) continue;
      this.#functions.set(name, text);
      return name;
    }
  }

  constant(values: Float64Array, shape: Shape): string {
    if (sizeOf(shape) <= mostInText && shape.length < 3) return `jnp.array(${nested(values, shape)}, dtype)`;
    return `jnp.asarray(constants["${this.#constants.nameOf(values, shape)}"], dtype)`;
  }

  get constants(): ReadonlyMap<string, ExportedConstant> {
    return this.#constants.all;
  }

  /** The functions that the lines use. */
  preamble(dtype: Dtype | "bf16"): string {
    const used = (Object.keys(helpers) as HelperName[]).filter((name) => this.#used.has(name));
    const texts = dtype === "bf16" ? { ...helpers, matmul: matmulInBf16 } : helpers;
    return [...used.map((name) => texts[name]), ...this.#functions.values()].join("\n\n");
  }

  /** The lines since the last time. */
  take(): string {
    return this.#lines.splice(0).join("\n");
  }
}

function nested(values: ArrayLike<number>, shape: Shape, start = 0): string {
  const [length, ...rest] = shape;
  if (length === undefined) return numberText(values[start]!);
  const width = sizeOf(rest);
  const rows = Array.from({ length }, (_, i) => nested(values, rest, start + i * width));
  return `[${rows.join(", ")}]`;
}

/** With "bf16" products of matrices alone take fewer digits: sums, slots and small steps would be lost in them. */
export const dtypes: { readonly [D in Dtype | "bf16"]: string } = {
  f64: "jnp.float64",
  f32: "jnp.float32",
  bf16: "jnp.float32",
};
