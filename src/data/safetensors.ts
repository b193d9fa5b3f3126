/**
 * Tensors as bytes in the layout of safetensors, which PyTorch's, JAX's and other tools read and write: eight bytes with the
 * length of a header (little-endian), the header, a JSON object that maps each name to `{ dtype, shape, data_offsets }` and
 * `__metadata__` to texts by name, and the data of all tensors without gaps, row by row, little-endian.
 * Source: github.com/huggingface/safetensors, README.md, "Format".
 */
import { AdjointError, type Tree, type Value } from "../../graph/index.js";
import {
  describe,
  flatten,
  flattenTree,
  isNumeric,
  isRecord,
  isShaped,
  type NumericArray,
  type Path,
  pathText,
  reading,
  readShape,
  readTree,
  sizeOf,
} from "../../graph/internal.js";
import { joined } from "./bytes.js";
import { fromBytes, kindOf } from "./tensor-kinds.js";
import { xxh32 } from "./xxh32.js";

/**
 * A tensor of a file: numbers in an array of their kind, row by row.
 * @example const tensor: StoredTensor = { data: Float32Array.of(1, 2), shape: [2] };
 */
export interface StoredTensor {
  readonly data: NumericArray;
  readonly shape: readonly number[];
}

/**
 * What a file holds.
 * @example const namesOf = ({ tensors }: Safetensors): string[] => Object.keys(tensors);
 */
export interface Safetensors {
  /** By the names in the file, in its order. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** Texts by name, as whoever wrote the file left them. */
  readonly metadata: Readonly<Record<string, string>>;
}

type Tensors = Tree<Value | StoredTensor>;

/** What a header begins with where it has a checksum, whose digits follow. */
const beginning = '{"__metadata__":{"checksum":"xxh32:';
const digits = 8;
const longestHeader = 100_000_000;

/**
 * A tree of numbers as the bytes of a safetensors file. Names are paths, `layers.0.W`; typed arrays keep their kind, all other
 * numbers are doubles. A checksum (XXH32 of the data of each tensor in turn, then of the header, each seeded by the one before) stands in the metadata.
 *
 * @example
 * const bytes = encodeSafetensors({ W: [[1, 2], [3, 4]], b: Float32Array.of(0.5) }, { epoch: "3" });
 * decodeSafetensors(bytes).tensors.W!.shape; // [2, 2]
 *
 * @throws where something in the tree is no tensor, or the metadata are no texts
 */
export function encodeSafetensors(
  tree: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return joined(safetensorsParts("encodeSafetensors", tree, metadata));
}

/** The bytes in parts, which are views of the tensors: nothing large is copied. */
export function safetensorsParts(
  what: string,
  tree: unknown,
  given: Readonly<Record<string, string>>,
): Uint8Array[] {
  const place = (path: Path) => (path.length === 0 ? `${what}: the tree` : `${what}: "${pathText(path)}"`);
  if (!isRecord(tree)) throw new AdjointError(`${what}: expected tensors by name, got ${describe(tree)}.`);
  if (!isRecord(given))
    throw new AdjointError(`${what}: metadata is ${describe(given)}; it must be an object of texts by name.`);
  const metadata = reading(`${what}: metadata`, () => ({ ...given }));
  const read = readTree(tree, isNumeric, place, (value, path) => readTensor(value, place(path)));
  const entries = flattenTree(read as Tree<StoredTensor>, isShaped as never).map(({ path, leaf }) => {
    const { data, shape } = leaf as unknown as StoredTensor;
    const kind = kindOf(data);
    if (!kind)
      throw new AdjointError(`${place(path)} is ${describe(data)}, which safetensors has no kind for.`);
    return {
      name: pathText(path),
      kind,
      shape,
      // A buffer that was handed to another thread can't be viewed.
      bytes:
        data.byteLength === 0
          ? new Uint8Array()
          : new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  });
  const twice = entries.find(
    ({ name }, i) => name === "__metadata__" || entries.findIndex((one) => one.name === name) < i,
  );
  if (twice) throw new AdjointError(`${what}: the name "${twice.name}" can't be used, or is there twice.`);
  // Those of more bytes first, so that each begins at a multiple of its elements' bytes.
  entries.sort((a, b) => b.kind.bytes - a.kind.bytes);
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string" || key === "checksum")
      throw new AdjointError(
        `${what}: metadata "${key}" is ${describe(text)}; it must be a text, and no checksum.`,
      );
  }
  let offset = 0;
  const described = entries.map(({ name, kind, shape, bytes }) => {
    const from = offset;
    offset += bytes.length;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: kind.name, shape, data_offsets: [from, offset] })}`;
  });
  const others = Object.entries(metadata).map(
    ([key, text]) => `,${JSON.stringify(key)}:${JSON.stringify(text)}`,
  );
  const rest = `"${others.join("")}}${described.map((one) => `,${one}`).join("")}}`;
  const text = new TextEncoder().encode(`${beginning}${"0".repeat(digits)}${rest}`);
  const length = 8 * Math.ceil(text.length / 8);
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  const parts = entries.map(({ bytes }) => bytes);
  header.set(new TextEncoder().encode(checksumOf(header, parts)), 8 + beginning.length);
  return [header, ...parts];
}

/** The digits of the checksum of a header that has zeros for them, and of the data. */
function checksumOf(header: Uint8Array, parts: readonly Uint8Array[]): string {
  const hash = [...parts, header].reduce((seed, part) => xxh32(part, seed), 0);
  return hash.toString(16).padStart(digits, "0");
}

function readTensor(value: unknown, what: string): StoredTensor {
  const [data, shape] = isShaped(value) ? [value.data, readShape(value.shape, what)] : [value, undefined];
  if (ArrayBuffer.isView(data) && !(data instanceof DataView)) {
    const own = data as NumericArray;
    if (!shape || own.length === sizeOf(shape)) return { data: own, shape: shape ?? [own.length] };
  }
  return flatten(value, what);
}

/**
 * The tensors of a safetensors file, such as weights that PyTorch or JAX saved: copies, in arrays of their kind (`F16` and
 * `BF16` as Float32Array, `I64` and `U64` as doubles), to be given to `trace`d functions or made a tree by `treeOfNames`.
 *
 * @example
 * const bytes = encodeSafetensors({ layers: [{ W: [[1, 2]], b: Float32Array.of(3) }] });
 * const { tensors } = decodeSafetensors(bytes);
 * tensors["layers.0.b"]; // { data: Float32Array [3], shape: [1] }
 * treeOfNames(tensors); // { layers: [{ W: { data: Float64Array [1, 2], shape: [1, 2] }, … }] }
 *
 * @throws where the bytes are no such file, are cut off or damaged, or a tensor is of a kind that JavaScript has no numbers for
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  return decodeNamed("decodeSafetensors", bytes);
}

interface Entry {
  readonly name: string;
  readonly dtype: unknown;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** As `decodeSafetensors`, for another function. */
export function decodeNamed(what: string, given: Uint8Array): Safetensors {
  // A Proxy is no view, and isn't asked for its prototype.
  if (!(ArrayBuffer.isView(given) && given instanceof Uint8Array))
    throw new AdjointError(`${what}: expected a Uint8Array, got ${describe(given)}.`);
  // Slices of Node's Buffer are no copies.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const fail = (reason: string) => new AdjointError(`${what}: this is no whole safetensors file: ${reason}.`);
  if (bytes.length < 8) throw fail(`it has ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader || 8 + length > bytes.length)
    throw fail(`its header is said to have ${length} bytes, and the file has ${bytes.length}`);
  const header = bytes.slice(0, 8 + length);
  const data = bytes.subarray(8 + length);
  const { entries, metadata } = readHeader(new TextDecoder().decode(header.subarray(8)), fail);
  let end = 0;
  for (const { name, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) throw fail(`the data of "${name}" begin at ${from}, and those before end at ${end}`);
    end = to;
  }
  if (end !== data.length) throw fail(`its tensors take ${end} bytes of data, and there are ${data.length}`);
  const inOrder = [...entries].sort((a, b) => a.from - b.from || a.to - b.to);
  checkSum(
    header,
    inOrder.map(({ from, to }) => data.subarray(from, to)),
    fail,
  );
  const tensors = entries.map(({ name, dtype, shape, from, to }) => {
    const read = fromBytes(dtype, data.slice(from, to), sizeOf(shape));
    if (typeof read === "string") throw new AdjointError(`${what}: the tensor "${name}" ${read}.`);
    return [name, { data: read, shape }] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

function readHeader(
  text: string,
  fail: (reason: string) => AdjointError,
): { entries: Entry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw fail("its header is no JSON");
  }
  if (!isRecord(header)) throw fail("its header is no JSON object");
  const entries: Entry[] = [];
  const metadata: [string, string][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      for (const [key, value] of Object.entries(isRecord(entry) ? entry : {}))
        metadata.push([key, String(value)]);
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
    const isCounts = (list: unknown): list is number[] =>
      Array.isArray(list) && list.every((one) => Number.isSafeInteger(one) && one >= 0);
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
      throw fail(`its header tells no shape and no place of "${name}"`);
    entries.push({ name, dtype, shape, from: offsets[0]!, to: offsets[1]! });
  }
  return { entries, metadata: Object.fromEntries(metadata) };
}

/** Compares the checksum, where the header begins with one. */
function checkSum(
  header: Uint8Array,
  parts: readonly Uint8Array[],
  fail: (reason: string) => AdjointError,
): void {
  const at = 8 + beginning.length;
  const begins = new TextDecoder().decode(header.subarray(8, at)) === beginning;
  if (!begins) return;
  const told = new TextDecoder().decode(header.subarray(at, at + digits));
  const blank = header.slice().fill(0x30, at, at + digits);
  const found = checksumOf(blank, parts);
  if (found !== told)
    throw fail(`it is damaged, for its checksum is ${found} and was ${told} when it was written`);
}

/**
 * Tensors by dotted names, in a tree.
 * @example const tree: NamedTree<number> = { x: 1, layers: [{ W: 2 }] };
 */
export type NamedTree<T> = { readonly [key: string]: T | NamedTree<T> | readonly (T | NamedTree<T>)[] };

/**
 * What stands under dotted names as a tree: `layers.0.W` at `.layers[0].W`. Keys that are 0, 1, 2 … all through make a list.
 *
 * @example
 * treeOfNames({ "layers.0.W": 1, "layers.1.W": 2, b: 3 }); // { layers: [{ W: 1 }, { W: 2 }], b: 3 }
 *
 * @throws where a name stands within another, as `a` and `a.b` do
 */
export function treeOfNames<T>(values: Readonly<Record<string, T>>): NamedTree<T> {
  if (!isRecord(values))
    throw new AdjointError(`treeOfNames: expected values by name, got ${describe(values)}.`);
  const build = (
    entries: readonly (readonly [path: readonly string[], value: T])[],
    above: string,
  ): unknown => {
    const groups = new Map<string, (readonly [readonly string[], T])[]>();
    for (const [[key, ...rest], value] of entries) {
      if (key === undefined)
        throw new AdjointError(`treeOfNames: "${above}" is a value, and there are others within it.`);
      groups.set(key, [...(groups.get(key) ?? []), [rest, value]]);
    }
    const built = [...groups].map(([key, group]) => {
      const only = group.length === 1 && group[0]![0].length === 0;
      return [key, only ? group[0]![1] : build(group, above === "" ? key : `${above}.${key}`)] as const;
    });
    const isList =
      built.length > 0 &&
      above !== "" &&
      built.every(([key]) => /^(0|[1-9]\d*)$/.test(key) && Number(key) < built.length);
    if (!isList) return Object.fromEntries(built);
    return built.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  };
  return build(
    reading("treeOfNames: values", () => Object.entries(values)).map(
      ([name, value]) => [name.split("."), value] as const,
    ),
    "",
  ) as NamedTree<T>;
}
