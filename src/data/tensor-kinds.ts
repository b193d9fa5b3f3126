/** The kinds of numbers in safetensors files, as JavaScript's arrays hold them. */
import type { NumericArray } from "../../graph/internal.js";

interface Kind {
  readonly name: string;
  readonly bytes: number;
}

/** What typed arrays are called there. */
const kinds = new Map<string, Kind>(
  Object.entries({
    Float64Array: { name: "F64", bytes: 8 },
    Float32Array: { name: "F32", bytes: 4 },
    Int32Array: { name: "I32", bytes: 4 },
    Uint32Array: { name: "U32", bytes: 4 },
    Int16Array: { name: "I16", bytes: 2 },
    Uint16Array: { name: "U16", bytes: 2 },
    Int8Array: { name: "I8", bytes: 1 },
    Uint8Array: { name: "U8", bytes: 1 },
    Uint8ClampedArray: { name: "U8", bytes: 1 },
  }),
);

/** The kind of an array's numbers; `undefined` where there is none. */
export function kindOf(data: NumericArray): Kind | undefined {
  return kinds.get(data.constructor.name);
}

/** How bytes become numbers; those of a kind that JavaScript has no array for are made doubles or singles. */
const readers: Readonly<
  Record<string, readonly [bytes: number, (bytes: Uint8Array) => NumericArray | string]>
> = {
  F64: [8, ({ buffer }) => new Float64Array(buffer)],
  F32: [4, ({ buffer }) => new Float32Array(buffer)],
  F16: [2, ({ buffer }) => Float32Array.from(new Uint16Array(buffer), halfValue)],
  BF16: [
    2,
    ({ buffer }) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
  ],
  I64: [8, ({ buffer }) => exactNumbers(new BigInt64Array(buffer))],
  U64: [8, ({ buffer }) => exactNumbers(new BigUint64Array(buffer))],
  I32: [4, ({ buffer }) => new Int32Array(buffer)],
  U32: [4, ({ buffer }) => new Uint32Array(buffer)],
  I16: [2, ({ buffer }) => new Int16Array(buffer)],
  U16: [2, ({ buffer }) => new Uint16Array(buffer)],
  I8: [1, ({ buffer }) => new Int8Array(buffer)],
  U8: [1, ({ buffer }) => new Uint8Array(buffer)],
  BOOL: [1, ({ buffer }) => new Uint8Array(buffer)],
};

/** The numbers in bytes of their own, or what is wrong with them. */
export function fromBytes(
  dtype: unknown,
  bytes: Uint8Array<ArrayBuffer>,
  count: number,
): NumericArray | string {
  const reader = typeof dtype === "string" && Object.hasOwn(readers, dtype) ? readers[dtype] : undefined;
  if (!reader) {
    const known = Object.keys(readers).join(", ");
    return `is of the kind ${JSON.stringify(dtype)}; known are ${known}`;
  }
  const [size, read] = reader;
  if (bytes.length !== size * count) return `has ${bytes.length} bytes for ${count} numbers of ${size}`;
  return read(bytes);
}

/** A number of half precision (IEEE 754 binary16) of its bits. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function exactNumbers(values: BigInt64Array | BigUint64Array): Float64Array | string {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    numbers[i] = Number(values[i]!);
    if (!Number.isSafeInteger(numbers[i])) return `holds ${values[i]}, which no number of JavaScript is`;
  }
  return numbers;
}
