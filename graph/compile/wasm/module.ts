/** Writing WebAssembly modules byte by byte (WebAssembly Core Specification 2.0, chapter 5). */

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** A list of bytes, and what is written to it. */
export class Bytes {
  readonly data: number[] = [];

  byte(value: number): void {
    this.data.push(value);
  }

  bytes(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.data.push(values[i]!);
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
    this.list(inner.data, (byte) => this.byte(byte));
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
  readonly code: readonly number[];
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
  // Each function has a type of its own: they may be alike.
  const all = [...imports, ...functions.map(({ type }) => type)];
  section(1, (out) =>
    out.list(all, ({ parameters, results }) => {
      out.byte(0x60);
      for (const list of [parameters, results]) out.list(list, (type) => out.byte(types[type]));
    }),
  );
  section(2, (out) => {
    out.unsigned(imports.length + 1);
    out.name("m");
    out.name("memory");
    out.bytes([0x02, 0x00, 0x00]);
    imports.forEach((_, i) => {
      out.name("m");
      out.name(String(i));
      out.indexed([0x00], i);
    });
  });
  section(3, (out) => out.list(functions, (_, i) => out.unsigned(imports.length + i)));
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
        body.bytes(code);
        body.byte(0x0b);
      }),
    ),
  );
  return Uint8Array.from(module.data);
}
