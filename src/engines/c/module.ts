/** A C function in the making: its lines, its constants, and the arrays that it keeps in the caller's workspace. */
import type { Dtype } from "../../../graph/index.js";

/** An array in the workspace. */
export interface Buffer {
  readonly name: string;
  readonly size: number;
  /** The numbers of the lines that use it first and last. */
  readonly first: number;
  last: number;
  /** The loops in which it was made. */
  readonly loops: readonly Loop[];
}

/** A loop of the source that is open, and what is used in it but was made before. */
interface Loop {
  readonly held: Set<Buffer>;
}

interface Line {
  readonly text: string;
  /** What the line declares and does nothing else than that. */
  readonly declares?: string | undefined;
}

export class CModule {
  readonly name: string;
  readonly dtype: Dtype;
  readonly #taken: ReadonlySet<string>;
  readonly #lines: Line[] = [];
  readonly #buffers: Buffer[] = [];
  readonly #loops: Loop[] = [];
  readonly #counts = new Map<string, number>();
  readonly #file = new Map<string, string>();
  readonly #arrays = new Map<Float64Array, string>();
  #indentation = 1;

  /** `taken` are the names of the function's parameters. */
  constructor(name: string, dtype: Dtype, taken: ReadonlySet<string>) {
    this.name = name;
    this.dtype = dtype;
    this.#taken = taken;
  }

  /** The type of numbers. */
  get real(): string {
    return this.dtype === "f64" ? "double" : "float";
  }

  /** A function of the C library for numbers of the export's kind. */
  library(name: string): string {
    return this.dtype === "f64" ? name : `${name}f`;
  }

  number(value: number): string {
    const given = this.dtype === "f64" ? value : Math.fround(value);
    if (Number.isNaN(given)) return "NAN";
    if (!Number.isFinite(given)) return given > 0 ? "INFINITY" : "(-INFINITY)";
    const isNegative = given < 0 || Object.is(given, -0);
    const digits = String(Math.abs(given));
    const text = `${/[.e]/.test(digits) ? digits : `${digits}.0`}${this.dtype === "f64" ? "" : "f"}`;
    return isNegative ? `(-${text})` : text;
  }

  /** A name of the function's own: a letter and a number. */
  fresh(letter: string): string {
    const count = this.#counts.get(letter) ?? 0;
    this.#counts.set(letter, count + 1);
    return `${letter}${count}`;
  }

  /** What stands before the function, under a name that begins with the function's; it is written once. */
  define(wanted: string, write: (name: string) => string): string {
    for (let i = 0; ; i++) {
      const name = `${this.name}_${wanted}${i === 0 ? "" : i}`;
      if (this.#taken.has(name)) continue;
      const text = write(name);
      const known = this.#file.get(name);
      if (known !== undefined && known !== text) continue;
      this.#file.set(name, text);
      return name;
    }
  }

  /** An array of known numbers. */
  array(values: Float64Array): string {
    const known = this.#arrays.get(values);
    if (known !== undefined) return known;
    const numbers = Array.from(values, (value) => this.number(value));
    const rows = Array.from({ length: Math.ceil(numbers.length / 8) }, (_, i) =>
      numbers.slice(8 * i, 8 * i + 8).join(", "),
    );
    const name = this.define(
      `c${this.#arrays.size}`,
      (own) => `static const ${this.real} ${own}[${values.length}] = {\n  ${rows.join(",\n  ")}\n};\n`,
    );
    this.#arrays.set(values, name);
    return name;
  }

  /** An array of the workspace. */
  buffer(size: number): Buffer {
    const [name, now] = [this.fresh("b"), this.#lines.length];
    const buffer = { name, size, first: now, last: now, loops: [...this.#loops] };
    this.#buffers.push(buffer);
    return buffer;
  }

  /** What the next lines use: to the end of the loops that they are in, where it was made before these. */
  use(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) {
      buffer.last = this.#lines.length + 1;
      for (const loop of this.#loops) if (!buffer.loops.includes(loop)) loop.held.add(buffer);
    }
  }

  line(text: string, declares?: string): void {
    this.#lines.push({ text: `${"  ".repeat(this.#indentation)}${text}`, declares });
  }

  /** Begins a block; what is used in it stays what it is for the next time around. */
  open(text: string): void {
    this.line(`${text} {`);
    this.#indentation++;
    this.#loops.push({ held: new Set() });
  }

  close(): void {
    this.#indentation--;
    this.line("}");
    for (const buffer of this.#loops.pop()!.held) buffer.last = Math.max(buffer.last, this.#lines.length);
  }

  /** What stands before the function, and its lines, but for what nothing uses; how many numbers the workspace holds. */
  finish(): {
    readonly preamble: readonly string[];
    readonly lines: readonly string[];
    readonly size: number;
  } {
    const used = new Set<string>();
    const read = (text: string, but?: string) => {
      for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) if (word !== but) used.add(word);
    };
    const kept: string[] = [];
    for (const { text, declares } of this.#lines.toReversed()) {
      if (declares !== undefined && !used.has(declares)) continue;
      read(text, declares);
      kept.push(text);
    }
    const { places, size } = planned(this.#buffers);
    const named = this.#buffers.filter(({ name }) => used.has(name));
    const pointers = named.map((buffer) => {
      const place = places.get(buffer)!;
      return `  ${this.real} *const ${buffer.name} = workspace${place === 0 ? "" : ` + ${place}`};`;
    });
    const preamble: string[] = [];
    for (const [name, text] of [...this.#file].toReversed()) {
      if (!used.has(name)) continue;
      read(text);
      preamble.unshift(text);
    }
    return { preamble, lines: [...pointers, ...kept.toReversed()], size };
  }
}

/** Where in the workspace each array lies: the first gap between those that are used at the same time. */
function planned(buffers: readonly Buffer[]) {
  const places = new Map<Buffer, number>();
  let live: Buffer[] = [];
  let size = 0;
  for (const buffer of buffers) {
    live = live.filter(({ last }) => last >= buffer.first);
    let place = 0;
    for (const other of live) {
      const start = places.get(other)!;
      if (start >= place + buffer.size) break;
      place = Math.max(place, start + other.size);
    }
    places.set(buffer, place);
    live = [...live, buffer].sort((a, b) => places.get(a)! - places.get(b)!);
    size = Math.max(size, place + buffer.size);
  }
  return { places, size };
}
