/** Arrays as the bytes of an .npz file: an archive of .npy files, nothing compressed, without a date. */
import type { Shape } from "../../../graph/index.js";
import { joined } from "../../data/internal.js";

const text = (given: string): Uint8Array => new TextEncoder().encode(given);

/** An array as NumPy's format 1.0 has it: numpy.lib.format's description of the format. */
function npy(values: Float64Array, shape: Shape): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${sides}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + values.byteLength);
  bytes.set([0x93, ...text("NUMPY"), 1, 0, length & 255, length >> 8]);
  bytes.set(text(`${header.padEnd(length - 1)}\n`), 10);
  const view = new DataView(bytes.buffer, 10 + length);
  values.forEach((value, i) => {
    view.setFloat64(8 * i, value, true);
  });
  return bytes;
}

const table = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** Numbers of so many bytes each, the lowest byte first. */
function packed(...fields: readonly (readonly [value: number, bytes: number])[]): number[] {
  return fields.flatMap(([value, bytes]) =>
    Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256),
  );
}

/** PKWARE's .ZIP file format specification, 4.3: a header before each file, the directory, its end. */
export function npz(
  arrays: Iterable<readonly [name: string, array: { readonly values: Float64Array; readonly shape: Shape }]>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  let count = 0;
  // The first day that such archives know.
  const day = (1 << 5) | 1;
  for (const [name, { values, shape }] of arrays) {
    const [file, data] = [text(`${name}.npy`), npy(values, shape)];
    const about: readonly (readonly [number, number])[] = [
      [20, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [day, 2],
      [crc32(data), 4],
      [data.length, 4],
      [data.length, 4],
      [file.length, 2],
      [0, 2],
    ];
    const header = Uint8Array.from([...packed([0x04034b50, 4], ...about), ...file]);
    const rest = packed([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]);
    directory.push(Uint8Array.from([...packed([0x02014b50, 4], [20, 2], ...about), ...rest, ...file]));
    parts.push(header, data);
    offset += header.length + data.length;
    count++;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = packed([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]);
  return joined([...parts, ...directory, Uint8Array.from(end)]);
}
