/** The layout of safetensors: what is written is read, what Python wrote is read, what is damaged is refused. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, encodeSafetensors, treeOfNames } from "../index.js";
import { xxh32 } from "./xxh32.js";

const layout = suite("safetensors");

const bytesOf = (text: string) => new TextEncoder().encode(text);

layout("XXH32: the values of the reference implementation (xxhash 0.8.2, `xxhsum -H32`)", () => {
  assert.is(xxh32(bytesOf("")), 0x02cc5d05);
  assert.is(xxh32(bytesOf("a")), 0x550d7456);
  assert.is(xxh32(bytesOf("abc")), 0x32d153ff);
  assert.is(xxh32(bytesOf("Nobody inspects the spammish repetition")), 0xe2293b2f);
  // Bytes that don't begin at a multiple of four.
  assert.is(xxh32(bytesOf("xabc").subarray(1)), 0x32d153ff);
});

const tree = {
  layers: [{ W: [[1, 2, 3], [4, 5, 6]], b: Float32Array.of(0.5, -0.25) }, { W: { data: Float32Array.of(1, 2), shape: [1, 2] }, b: 7 }],
  step: Int32Array.of(-3),
  mask: Uint8Array.of(0, 1, 1),
}; // biome-ignore format: a tree

layout("what is written is read, kinds and shapes and all, and made a tree again", () => {
  const bytes = encodeSafetensors(tree, { epoch: "3", π: "3.14" });
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { checksum, ...own } = metadata;
  assert.match(checksum!, /^xxh32:[0-9a-f]{8}$/);
  assert.equal(own, { epoch: "3", π: "3.14" });
  assert.equal(tensors["layers.0.W"], { data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
  assert.equal(tensors["layers.0.b"], { data: Float32Array.of(0.5, -0.25), shape: [2] });
  assert.equal(tensors["layers.1.W"], { data: Float32Array.of(1, 2), shape: [1, 2] });
  assert.equal(tensors["layers.1.b"], { data: Float64Array.of(7), shape: [] });
  assert.equal(tensors.step, { data: Int32Array.of(-3), shape: [1] });
  assert.equal(tensors.mask, { data: Uint8Array.of(0, 1, 1), shape: [3] });
  const named = treeOfNames(tensors) as { layers: readonly { W: unknown }[] };
  assert.equal(named.layers[1]!.W, tensors["layers.1.W"]);
  // Data begin at a multiple of eight bytes, and each tensor at one of its elements'.
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.is(length % 8, 0);
});

layout("Node's buffers, whose slices are no copies, are read as any bytes, and left alone", () => {
  const bytes = encodeSafetensors(tree);
  const pool = Buffer.alloc(bytes.length + 24, 0xff);
  const buffer = pool.subarray(3, 3 + bytes.length);
  buffer.set(bytes);
  assert.equal(decodeSafetensors(buffer), decodeSafetensors(bytes));
  assert.equal(Uint8Array.from(buffer), bytes);
});

layout("numbers keep their bits", () => {
  const values = Float64Array.of(-0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 0.1 + 0.2);
  const { data } = decodeSafetensors(encodeSafetensors({ values })).tensors.values!;
  assert.equal(new BigUint64Array((data as Float64Array).buffer), new BigUint64Array(values.buffer));
});

// Made by safetensors 0.8.0 and NumPy 2.4.6: save({"h": float16 [[1, -2.5], [inf, 6e-8]], "i": int64 [-1, 2**53 - 1], "b": bool [True, False]}, {"by": "python"}).
const python =
  "yAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJieSI6InB5dGhvbiJ9LCJpIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCwxNl19LCJoIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNldHMiOlsxNiwyNF19LCJiIjp7ImR0eXBlIjoiQk9PTCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzI0LDI2XX19IP//////////////////HwAAPADBAHwBAAEA";

layout("a file of Python's is read: half precision, long integers, booleans", () => {
  const { tensors, metadata } = decodeSafetensors(Uint8Array.from(atob(python), (c) => c.charCodeAt(0)));
  assert.equal(metadata, { by: "python" });
  assert.equal(tensors.h, { data: Float32Array.of(1, -2.5, Infinity, 2 ** -24), shape: [2, 2] });
  assert.equal(tensors.i, { data: Float64Array.of(-1, 2 ** 53 - 1), shape: [2] });
  assert.equal(tensors.b, { data: Uint8Array.of(1, 0), shape: [2] });
});

/** A file of a header and data. */
function file(header: unknown, data: readonly number[] = []): Uint8Array {
  const text = bytesOf(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

layout("bfloat16 is the upper half of a single", () => {
  const entry = { dtype: "BF16", shape: [2], data_offsets: [0, 4] };
  const { x } = decodeSafetensors(file({ x: entry }, [0x80, 0x3f, 0x20, 0xc0])).tensors;
  assert.equal(x, { data: Float32Array.of(1, -2.5), shape: [2] });
});

const entry = { dtype: "U8", shape: [2], data_offsets: [0, 2] };
const refusals: readonly (readonly [title: string, bytes: unknown, message: RegExp])[] = [
  ["no bytes", [1, 2], /decodeSafetensors: expected a Uint8Array/],
  ["too few", new Uint8Array(3), /it has 3 bytes/],
  [
    "a header beyond the file",
    new Uint8Array(8).fill(9),
    /its header is said to have .* bytes, and the file has 8/,
  ],
  ["no JSON", file("{"), /its header is no JSON/],
  ["a list", file([]), /no JSON object/],
  ["data that is cut off", file({ x: entry }, [1]), /its tensors take 2 bytes of data, and there are 1/],
  ["data behind", file({ x: entry }, [1, 2, 3]), /take 2 bytes of data, and there are 3/],
  [
    "a gap",
    file({ x: { ...entry, data_offsets: [1, 3] } }, [1, 2, 3]),
    /the data of "x" begin at 1, and those before end at 0/,
  ],
  [
    "overlapping data",
    file({ x: entry, y: { ...entry, data_offsets: [1, 3] } }, [1, 2, 3]),
    /the data of "y" begin at 1/,
  ],
  [
    "another size than the shape's",
    file({ x: { ...entry, shape: [3] } }, [1, 2]),
    /"x" has 2 bytes for 3 numbers of 1/,
  ],
  ["a negative length", file({ x: { ...entry, shape: [-2] } }, [1, 2]), /tells no shape and no place of "x"/],
  [
    "a kind that isn't known",
    file({ x: { ...entry, dtype: "F8_E4M3" } }, [1, 2]),
    /"x" is of the kind "F8_E4M3"; known are F64/,
  ],
  [
    "a name of all objects as a kind",
    file({ x: { ...entry, dtype: "toString" } }, [1, 2]),
    /is of the kind "toString"/,
  ],
  [
    "an integer beyond doubles",
    file({ x: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, [0, 0, 0, 0, 0, 0, 0, 64]),
    /"x" holds 4611686018427387904/,
  ],
];
for (const [title, bytes, message] of refusals) {
  layout(`refused: ${title}`, () => assert.throws(() => decodeSafetensors(bytes as Uint8Array), message));
}

layout("any changed byte, and any file that is cut off, is noticed", () => {
  const bytes = encodeSafetensors({ x: [1, 2, 3], y: Uint8Array.of(1, 2, 3, 4, 5) }, { a: "b" });
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.slice();
    changed[i]! ^= 1 << (i % 8);
    // What the header's first words say is what marks the checksum.
    if (i >= 8 && i < 43) continue;
    assert.throws(() => decodeSafetensors(changed), /decodeSafetensors: /, `byte ${i}`);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(
      () => decodeSafetensors(bytes.slice(0, length)),
      /no whole safetensors file/,
      `${length} bytes`,
    );
  }
});

layout("names make trees of records and lists", () => {
  assert.equal(treeOfNames({ "a.0.W": 1, "a.1.W": 2, b: 3 }), { a: [{ W: 1 }, { W: 2 }], b: 3 });
  assert.equal(treeOfNames({ "a.1": 1, "a.2": 2 }), { a: { 1: 1, 2: 2 } });
  assert.equal(Object.entries(treeOfNames({ "__proto__.x": 1 })), [["__proto__", { x: 1 }]]);
  assert.throws(
    () => treeOfNames({ a: 1, "a.b": 2 }),
    /treeOfNames: "a" is a value, and there are others within it/,
  );
  assert.throws(
    () => encodeSafetensors({ "a.b": 1, a: { b: 2 } }),
    /the name "a\.b" can't be used, or is there twice/,
  );
  assert.throws(() => encodeSafetensors({ a: "text" as never }), /encodeSafetensors: "a"/);
  assert.throws(() => encodeSafetensors({ a: 1 }, { n: 1 as never }), /metadata "n" is 1/);
});

layout.run();
