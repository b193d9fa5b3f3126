/**
 * The matrix product as a WebAssembly module: blocks of both factors are packed side by side and multiplied by a SIMD
 * kernel of 2 rows × 4 vectors. (Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34,
 * 2008.) Factors have any strides, so a transpose costs nothing.
 */
import { type Dtype, elementBytes } from "../../dtype.js";
import { blockDepth, blockRows, tileRows, tileVectors } from "../limits.js";
import {
  add,
  advance,
  type Code,
  choose,
  clip,
  functionOf,
  i32,
  loop,
  multiply,
  op,
  set,
  subtract,
  type Value,
} from "./assembler.js";
import { encodeModule, type FunctionBody } from "./module.js";

/** Bytes of a row of a tile. */
const tileBytes = tileVectors * 16;

function tileColumns(dtype: Dtype): number {
  return tileBytes / elementBytes[dtype];
}

/** Bytes of working memory for a product with `columns` columns. */
export function workBytes(dtype: Dtype, columns: number): number {
  const width = tileColumns(dtype);
  const padded = Math.ceil(columns / width) * width;
  return (blockDepth * padded + blockRows * blockDepth + tileRows * width) * elementBytes[dtype];
}

const cache = new Map<Dtype, Uint8Array>();

/**
 * The module, with the export `multiply(a, aRow, aColumn, b, bRow, bColumn, c, m, n, k, work)`: C ← A·B for A of m×k, B
 * of k×n and C of m×n, row-major. All places and strides are in bytes.
 */
export function matmulModule(dtype: Dtype): Uint8Array {
  const bytes = cache.get(dtype) ?? encode(dtype);
  cache.set(dtype, bytes);
  return bytes;
}

/** So many numbers in a row. */
function numbers(count: number, first = 0): Iterable<number> {
  return Array.from({ length: count }, (_, i) => first + i).values();
}

function encode(dtype: Dtype): Uint8Array {
  return encodeModule({
    imports: [],
    functions: [writeTile(dtype), writeProduct(dtype)],
    exports: { multiply: 1 },
  });
}

/**
 * One tile of C from a strip of packed A and one of packed B: C ← A·B, or C ← C + A·B where `more` isn't 0. A function of
 * its own, so that engines replace it by their best code while a long product is under way.
 */
function writeTile(dtype: Dtype): FunctionBody {
  const size = elementBytes[dtype];
  const [loadSplat, addition, product] =
    dtype === "f64" ? ([10, 0xf0, 0xf2] as const) : ([9, 0xe4, 0xe6] as const);
  const [a, b, k, c, row, more, l, splat] = numbers(8);
  const vectors = [...numbers(tileVectors, 8)];
  const rows = Array.from({ length: tileRows }, (_, i) => [
    ...numbers(tileVectors, 8 + (i + 1) * tileVectors),
  ]);
  const load = (start: number, v: number) => op([0xfd, 0, 2, v * 16], start);
  const increase = (sum: number, value: Value) => set(sum, op([0xfd, addition, 1], sum, value));
  const locals = [[1, "i32"] as const, [1 + (1 + tileRows) * tileVectors, "v128"] as const];
  return functionOf(6, locals, [
    loop(l, k, 1, [
      vectors.map((vector, v) => set(vector, load(b, v))),
      rows.map((sums, i) => [
        set(splat, op([0xfd, loadSplat, 2, i * size], a)),
        vectors.map((vector, v) => increase(sums[v]!, op([0xfd, product, 1], splat, vector))),
      ]),
      advance(a, i32(tileRows * size)),
      advance(b, i32(tileBytes)),
    ]),
    rows.map((sums) => [
      choose(more, [sums.map((sum, v) => increase(sum, load(c, v)))], []),
      sums.map((sum, v) => op([0xfd, 11, 2, v * 16], c, sum)),
      advance(c, row),
    ]),
  ]);
}

/** What differs between doubles and floats: bytes, columns of a tile, instructions. */
interface Kind {
  readonly size: number;
  readonly columns: number;
  readonly load: Code;
  readonly store: Code;
  readonly zero: Code;
  readonly add: number;
  /** The type on the stack. */
  readonly type: number;
}

// The parameters and locals of the product.
const parameterCount = 11;
const localCount = 28;
const [a, aRow, aColumn, b, bRow, bColumn, c, m, n, k, work] = numbers(parameterCount);
const [kk, kc, ii, mc, i, j, l, r] = numbers(8, parameterCount);
const [packedB, packedA, tile, source, target, from, place, limit, edge] = numbers(9, parameterCount + 8);

/** The whole product: blocks are packed into `work`, tiles of C computed from them. */
function writeProduct(dtype: Dtype): FunctionBody {
  const size = elementBytes[dtype];
  const [load, store, constant, addition, type] =
    dtype === "f64" ? ([0x2b, 0x39, 0x44, 0xa0, 0x7c] as const) : ([0x2a, 0x38, 0x43, 0x92, 0x7d] as const);
  const kind: Kind = {
    size,
    columns: tileColumns(dtype),
    load: [load, 2, 0],
    store: [store, 2, 0],
    zero: [constant, new Array<number>(size).fill(0)],
    add: addition,
    type,
  };
  return functionOf(
    parameterCount,
    [[localCount - parameterCount, "i32"]],
    [
      placeWork(kind),
      loop(kk, k, blockDepth, [
        clip(kc, k, kk, blockDepth),
        packRight(kind),
        loop(ii, m, blockRows, [
          clip(mc, m, ii, blockRows),
          packLeft(kind),
          loop(j, n, kind.columns, loop(i, mc, tileRows, multiplyTile(kind))),
        ]),
      ]),
    ],
  );
}

/** work: packed B, packed A, the tile of an edge */
function placeWork({ size, columns }: Kind): Code {
  const strips = op([0x6d], add(n, i32(columns - 1)), i32(columns)); // i32.div_s
  return [
    set(packedB, work),
    set(packedA, add(multiply(strips, i32(blockDepth * tileBytes)), packedB)),
    set(tile, add(packedA, i32(blockRows * blockDepth * size))),
  ];
}

/** Copies the element number `position` from `source` to `target`, or a zero from `limit` on. */
function copyElement({ size, load, store, zero }: Kind, position: Value): Code {
  return [
    choose(op([0x48], position, limit), op(store, target, op(load, source)), op(store, target, zero)), // i32.lt_s
    advance(target, i32(size)),
  ];
}

/** Strips of B of a tile's columns, each row of a strip contiguous. */
function packRight(kind: Kind): Code {
  const { size, columns } = kind;
  const isWhole = op([0x71], op([0x46], bColumn, i32(size)), op([0x4e], limit, i32(columns))); // and, eq, ge_s
  const vectors = [...numbers(tileVectors)].map((v) =>
    op([0xfd, 11, 2, v * 16], target, op([0xfd, 0, 2, v * 16], source)),
  );
  return [
    set(target, packedB),
    loop(j, n, columns, [
      set(from, add(b, multiply(kk, bRow), multiply(j, bColumn))),
      set(limit, subtract(n, j)),
      loop(l, kc, 1, [
        set(source, from),
        choose(
          isWhole,
          [vectors, advance(target, i32(tileBytes))],
          [set(edge, i32(columns)), loop(r, edge, 1, [copyElement(kind, r), advance(source, bColumn)])],
        ),
        advance(from, bRow),
      ]),
    ]),
  ];
}

/** Strips of A of a tile's rows, each column of a strip contiguous. */
function packLeft(kind: Kind): Code {
  return [
    set(target, packedA),
    loop(i, mc, tileRows, [
      set(from, add(a, multiply(add(ii, i), aRow), multiply(kk, aColumn))),
      set(limit, subtract(mc, i)),
      loop(l, kc, 1, [
        set(source, from),
        [...numbers(tileRows)].map((row) => [copyElement(kind, i32(row)), advance(source, aRow)]),
        advance(from, aColumn),
      ]),
    ]),
  ];
}

function multiplyTile(kind: Kind): Code {
  const [size, columns] = [i32(kind.size), i32(kind.columns)];
  const i32Type = 0x7f;
  return [
    set(place, add(multiply(add(multiply(add(ii, i), n), j), size), c)),
    // Whether the tile lies inside C; at an edge it is computed aside. (i32.and, le_s)
    set(r, op([0x71], op([0x4c], add(i, i32(tileRows)), mc), op([0x4c], add(j, columns), n))),
    op(
      [0x10, 0], // call
      add(packedA, multiply(i, kc, size)),
      add(packedB, multiply(j, kc, size)),
      kc,
      choose(r, place, tile, i32Type),
      choose(r, multiply(n, size), i32(tileBytes), i32Type),
      choose(r, kk, i32(0), i32Type),
    ),
    choose(r, [], storeEdge(kind)),
  ];
}

/** Adds the part of the tile that lies inside to C. */
function storeEdge({ size, columns, load, store, zero, add: addition, type }: Kind): Code {
  return [
    clip(edge, n, j, columns),
    clip(limit, mc, i, tileRows),
    loop(l, limit, 1, [
      set(target, place),
      set(source, add(tile, multiply(l, i32(tileBytes)))),
      loop(r, edge, 1, [
        op(store, target, op([addition], op(load, source), choose(kk, op(load, target), zero, type))),
        advance(source, i32(size)),
        advance(target, i32(size)),
      ]),
      advance(place, multiply(n, i32(size))),
    ]),
  ];
}
