/** Writing WebAssembly modules byte by byte (WebAssembly Core Specification 2.0, chapter 5). */

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** Bytes that grow. */
export class Bytes {
  #data = new Uint8Array(1024);
  length = 0;

  byte(value: number): void {
    if (this.length === this.#data.length) this.#grow(1);
    this.#data[this.length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    if (this.length + values.length > this.#data.length) this.#grow(values.length);
    // `set` is slow on short arrays.
    if (values.length > 32) this.#data.set(values, this.length);
    else for (let i = 0; i < values.length; i++) this.#data[this.length + i] = values[i]!;
    this.length += values.length;
  }

  /** LEB128, unsigned */
  unsigned(value: number): void {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.byte((rest & 127) | 128);
    this.byte(rest);
  }

  /** Bytes, such as of an instruction, and an index behind them. */
  indexed(values: ArrayLike<number>, index: number): void {
    this.bytes(values);
    this.unsigned(index);
  }

  f64(value: number): void {
    double[0] = value;
    this.bytes(doubleBytes);
  }

  name(text: string): void {
    this.list([...text], (letter) => this.byte(letter.charCodeAt(0)));
  }

  /** How many there are, and each as `write` writes it. */
  list<T>(all: readonly T[], write: (one: T, i: number) => void): void {
    this.unsigned(all.length);
    all.forEach(write);
  }

  /** A length in front of what `write` writes. */
  sized(write: (inner: Bytes) => void): void {
    const inner = new Bytes();
    write(inner);
    this.unsigned(inner.length);
    this.bytes(inner.view());
  }

  view(): Uint8Array {
    return this.#data.subarray(0, this.length);
  }

  #grow(least: number): void {
    const larger = new Uint8Array(Math.max(this.#data.length * 2, this.length + least));
    larger.set(this.#data);
    this.#data = larger;
  }
}

export const types = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof types;

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface FunctionBody {
  readonly type: FunctionType;
  /** Local variables besides the parameters, in groups of one type. */
  readonly locals: readonly (readonly [count: number, type: ValueType])[];
  /** The instructions, without the closing `end`. */
  readonly code: Bytes;
}

export interface ModuleParts {
  /** Functions of JavaScript, numbered before the module's own; all from one import object `m`, by number. */
  readonly imports: readonly FunctionType[];
  readonly functions: readonly FunctionBody[];
  /** Names of own functions (by their place in `functions`) to the outside. */
  readonly exports: Readonly<Record<string, number>>;
}

/** A module that works on one imported memory, `m.memory`. */
export function encodeModule({ imports, functions, exports }: ModuleParts): Uint8Array {
  const module = new Bytes();
  module.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const section = (id: number, write: (inner: Bytes) => void) => {
    module.byte(id);
    module.sized(write);
  };
  const keys: string[] = [];
  const distinct: FunctionType[] = [];
  const typeIndex = (type: FunctionType): number => {
    const key = `${type.parameters.join()}:${type.results.join()}`;
    const known = keys.indexOf(key);
    if (known >= 0) return known;
    distinct.push(type);
    return keys.push(key) - 1;
  };
  const importTypes = imports.map(typeIndex);
  const functionTypes = functions.map(({ type }) => typeIndex(type));
  section(1, (out) =>
    out.list(distinct, ({ parameters, results }) => {
      out.byte(0x60);
      for (const list of [parameters, results]) out.list(list, (type) => out.byte(types[type]));
    }),
  );
  section(2, (out) => {
    out.unsigned(imports.length + 1);
    out.name("m");
    out.name("memory");
    out.bytes([0x02, 0x00, 0x00]);
    importTypes.forEach((type, i) => {
      out.name("m");
      out.name(String(i));
      out.indexed([0x00], type);
    });
  });
  section(3, (out) => out.list(functionTypes, (type) => out.unsigned(type)));
  section(7, (out) =>
    out.list(Object.entries(exports), ([name, index]) => {
      out.name(name);
      out.indexed([0x00], imports.length + index);
    }),
  );
  section(10, (out) =>
    out.list(functions, ({ locals, code }) =>
      out.sized((body) => {
        body.list(locals, ([count, type]) => {
          body.unsigned(count);
          body.byte(types[type]);
        });
        body.bytes(code.view());
        body.byte(0x0b);
      }),
    ),
  );
  return module.view().slice();
}
