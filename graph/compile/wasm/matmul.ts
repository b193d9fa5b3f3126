/**
 * The matrix product as a WebAssembly module: blocks of both factors are packed side by side and multiplied by a SIMD
 * kernel of 2 rows × 4 vectors. (Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34,
 * 2008.) Factors have any strides, so a transpose costs nothing.
 */
import { type Dtype, elementBytes } from "../../dtype.js";
import { blockDepth, blockRows, tileRows, tileVectors } from "../limits.js";
import { Assembler } from "./assembler.js";
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
  const known = cache.get(dtype);
  if (known) return known;
  const bytes = encode(dtype);
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
  const isDouble = dtype === "f64";
  const size = elementBytes[dtype];
  const [loadSplat, addVector, multiplyVector] = isDouble ? [10, 0xf0, 0xf2] : [9, 0xe4, 0xe6];
  const [a, b, k, c, row, more] = numbers(6);
  const asm = new Assembler(6);
  const l = asm.local();
  const sums = Array.from({ length: tileRows * tileVectors }, () => asm.local("v128"));
  const vectors = Array.from({ length: tileVectors }, () => asm.local("v128"));
  const splat = asm.local("v128");
  asm.loop(l, k, 1, () => {
    vectors.forEach((vector, v) => {
      const offset = v * 16;
      asm.get(b).vector(0, offset).set(vector); // v128.load
    });
    for (let i = 0; i < tileRows; i++) {
      const offset = i * size;
      asm.get(a).vector(loadSplat!, offset).set(splat);
      vectors.forEach((vector, v) => {
        const sum = sums[i * tileVectors + v]!;
        asm.get(sum).get(splat).get(vector).vector(multiplyVector!).vector(addVector!).set(sum);
      });
    }
    asm.advance(a, () => asm.i32(tileRows * size));
    asm.advance(b, () => asm.i32(tileBytes));
  });
  for (let i = 0; i < tileRows; i++) {
    const ownSums = sums.slice(i * tileVectors, (i + 1) * tileVectors);
    asm.get(more);
    asm.branch(
      () => {
        ownSums.forEach((sum, v) => {
          const offset = v * 16;
          asm.get(sum).get(c).vector(0, offset).vector(addVector!).set(sum);
        });
      },
      () => undefined,
    );
    ownSums.forEach((sum, v) => {
      const offset = v * 16;
      asm.get(c).get(sum).vector(11, offset); // v128.store
    });
    asm.advance(c, () => asm.get(row));
  }
  return asm.finish();
}

/** What differs between doubles and floats: bytes, columns of a tile, instructions. */
interface Kind {
  readonly size: number;
  readonly columns: number;
  readonly load: readonly number[];
  readonly store: readonly number[];
  readonly zero: readonly number[];
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
  const isDouble = dtype === "f64";
  const asm = new Assembler(parameterCount);
  for (let local = parameterCount; local < localCount; local++) asm.local();
  const kind: Kind = {
    size: elementBytes[dtype],
    columns: tileColumns(dtype),
    load: isDouble ? [0x2b, 2, 0] : [0x2a, 2, 0],
    store: isDouble ? [0x39, 2, 0] : [0x38, 2, 0],
    zero: isDouble ? [0x44, 0, 0, 0, 0, 0, 0, 0, 0] : [0x43, 0, 0, 0, 0],
    add: isDouble ? 0xa0 : 0x92,
    type: isDouble ? 0x7c : 0x7d,
  };
  placeWork(asm, kind);
  asm.loop(kk, k, blockDepth, () => {
    asm.clip(kc, k, kk, blockDepth);
    packRight(asm, kind);
    asm.loop(ii, m, blockRows, () => {
      asm.clip(mc, m, ii, blockRows);
      packLeft(asm, kind);
      asm.loop(j, n, kind.columns, () => asm.loop(i, mc, tileRows, () => multiplyTile(asm, kind)));
    });
  });
  return asm.finish();
}

/** work: packed B, packed A, the tile of an edge */
function placeWork(asm: Assembler, { size, columns }: Kind): void {
  const last = columns - 1;
  const strip = blockDepth * tileBytes;
  const block = blockRows * blockDepth * size;
  asm.get(work).set(packedB);
  asm.get(n).i32(last).add().i32(columns).op(0x6d); // i32.div_s
  asm.i32(strip).mul().get(packedB).add().set(packedA);
  asm.get(packedA).i32(block).add().set(tile);
}

/** Copies an element from `source` to `target`, or a zero where `inside` says that there is none. */
function copyElement(asm: Assembler, { size, load, store, zero }: Kind, inside: () => void): void {
  const move = [...load, ...store];
  const clear = [...zero, ...store];
  inside();
  asm.branch(
    () =>
      asm
        .get(target)
        .get(source)
        .op(...move),
    () => asm.get(target).op(...clear),
  );
  asm.advance(target, () => asm.i32(size));
}

/** Strips of B of a tile's columns, each row of a strip contiguous. */
function packRight(asm: Assembler, kind: Kind): void {
  asm.get(packedB).set(target);
  asm.loop(j, n, kind.columns, () => {
    asm.get(b).get(kk).get(bRow).mul().add().get(j).get(bColumn).mul().add().set(from);
    asm.get(n).get(j).sub().set(limit);
    asm.loop(l, kc, 1, () => {
      asm.get(from).set(source);
      asm.get(bColumn).i32(kind.size).op(0x46).get(limit).i32(kind.columns).op(0x4e, 0x71); // eq, ge_s, and
      asm.branch(
        () => {
          for (let offset = 0; offset < tileBytes; offset += 16)
            asm.get(target).get(source).vector(0, offset).vector(11, offset);
          asm.advance(target, () => asm.i32(tileBytes));
        },
        () => {
          asm.i32(kind.columns).set(edge);
          asm.loop(r, edge, 1, () => {
            copyElement(asm, kind, () => asm.get(r).get(limit).op(0x48)); // i32.lt_s
            asm.advance(source, () => asm.get(bColumn));
          });
        },
      );
      asm.advance(from, () => asm.get(bRow));
    });
  });
}

/** Strips of A of a tile's rows, each column of a strip contiguous. */
function packLeft(asm: Assembler, kind: Kind): void {
  asm.get(packedA).set(target);
  asm.loop(i, mc, tileRows, () => {
    asm.get(a).get(ii).get(i).add().get(aRow).mul().add().get(kk).get(aColumn).mul().add().set(from);
    asm.get(mc).get(i).sub().set(limit);
    asm.loop(l, kc, 1, () => {
      asm.get(from).set(source);
      for (let row = 0; row < tileRows; row++) {
        copyElement(asm, kind, () => asm.i32(row).get(limit).op(0x48));
        asm.advance(source, () => asm.get(aRow));
      }
      asm.advance(from, () => asm.get(aColumn));
    });
  });
}

function multiplyTile(asm: Assembler, kind: Kind): void {
  asm.get(ii).get(i).add().get(n).mul().get(j).add().i32(kind.size).mul().get(c).add().set(place);
  asm.get(packedA).get(i).get(kc).mul().i32(kind.size).mul().add();
  asm.get(packedB).get(j).get(kc).mul().i32(kind.size).mul().add();
  asm.get(kc);
  // Whether the tile lies inside C; at an edge it is computed aside.
  asm.get(i).i32(tileRows).add().get(mc).op(0x4c).get(j).i32(kind.columns).add().get(n).op(0x4c, 0x71); // le_s, and
  asm.set(r);
  asm.get(r);
  asm.op(0x04, 0x7f).get(place).op(0x05).get(tile).op(0x0b); // if with an i32 result
  asm.get(r).op(0x04, 0x7f).get(n).i32(kind.size).mul().op(0x05).i32(tileBytes).op(0x0b);
  asm.get(r).op(0x04, 0x7f).get(kk).op(0x05).i32(0).op(0x0b);
  asm.call(0);
  asm.get(r);
  asm.branch(
    () => undefined,
    () => storeEdge(asm, kind),
  );
}

/** Adds the part of the tile that lies inside to C. */
function storeEdge(asm: Assembler, kind: Kind): void {
  asm.clip(edge, n, j, kind.columns);
  asm.clip(limit, mc, i, tileRows);
  asm.loop(l, limit, 1, () => {
    asm.get(place).set(target);
    asm.get(tile).get(l).i32(tileBytes).mul().add().set(source);
    asm.loop(r, edge, 1, () => {
      asm.get(target).get(source);
      asm.op(...kind.load);
      asm.get(kk).op(0x04, kind.type); // if with a result
      asm.get(target);
      asm.op(...kind.load, 0x05, ...kind.zero, 0x0b, kind.add, ...kind.store);
      asm.advance(source, () => asm.i32(kind.size));
      asm.advance(target, () => asm.i32(kind.size));
    });
    asm.advance(place, () => asm.get(n).i32(kind.size).mul());
  });
}
