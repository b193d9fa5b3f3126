/**
 * The matrix product as a WebAssembly module: blocks of both factors are packed side by side and multiplied by a SIMD
 * kernel of 2 rows × 4 vectors. (Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34,
 * 2008.) Factors have any strides, so a transpose costs nothing.
 */
import { type Dtype, elementBytes } from "../../dtype.js";
import { blockDepth, blockRows, tileRows, tileVectors } from "../limits.js";
import { Assembler } from "./assembler.js";
import { encodeModule, type FunctionBody } from "./module.js";

function tileColumns(dtype: Dtype): number {
  return (tileVectors * 16) / elementBytes[dtype];
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

/** 0, 1, 2 … */
function numbers(count: number): Iterable<number> {
  return Array(count).keys();
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
      asm
        .get(b)
        .vector(0, v * 16)
        .set(vector); // v128.load
    });
    for (let i = 0; i < tileRows; i++) {
      asm
        .get(a)
        .vector(loadSplat!, i * size)
        .set(splat);
      vectors.forEach((vector, v) => {
        const sum = sums[i * tileVectors + v]!;
        asm.get(sum).get(splat).get(vector).vector(multiplyVector!).vector(addVector!).set(sum);
      });
    }
    asm.advance(a, () => asm.i32(tileRows * size));
    asm.advance(b, () => asm.i32(tileVectors * 16));
  });
  for (let i = 0; i < tileRows; i++) {
    asm.get(more);
    asm.branch(
      () => {
        for (let v = 0; v < tileVectors; v++) {
          const sum = sums[i * tileVectors + v]!;
          asm
            .get(sum)
            .get(c)
            .vector(0, v * 16)
            .vector(addVector!)
            .set(sum);
        }
      },
      () => undefined,
    );
    for (let v = 0; v < tileVectors; v++) {
      asm
        .get(c)
        .get(sums[i * tileVectors + v]!)
        .vector(11, v * 16); // v128.store
    }
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
const [
  a,
  aRow,
  aColumn,
  b,
  bRow,
  bColumn,
  c,
  m,
  n,
  k,
  work,
  kk,
  kc,
  ii,
  mc,
  i,
  j,
  l,
  r,
  packedB,
  packedA,
  tile,
  source,
  target,
  from,
  place,
  limit,
  edge,
] = numbers(localCount);

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
function placeWork(asm: Assembler, kind: Kind): void {
  const width = kind.columns;
  asm.get(work).set(packedB);
  asm
    .get(n)
    .i32(width - 1)
    .add()
    .i32(width)
    .op(0x6d); // i32.div_s
  asm
    .i32(width * blockDepth * kind.size)
    .mul()
    .get(packedB)
    .add()
    .set(packedA);
  asm
    .get(packedA)
    .i32(blockRows * blockDepth * kind.size)
    .add()
    .set(tile);
}

/** Copies an element from `source` to `target`, or a zero where `inside` says that there is none. */
function copyElement(asm: Assembler, kind: Kind, inside: () => void): void {
  inside();
  asm.branch(
    () =>
      asm
        .get(target)
        .get(source)
        .op(...kind.load, ...kind.store),
    () => asm.get(target).op(...kind.zero, ...kind.store),
  );
  asm.advance(target, () => asm.i32(kind.size));
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
          for (let v = 0; v < tileVectors; v++)
            asm
              .get(target)
              .get(source)
              .vector(0, v * 16)
              .vector(11, v * 16);
          asm.advance(target, () => asm.i32(kind.columns * kind.size));
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
  asm
    .get(r)
    .op(0x04, 0x7f)
    .get(n)
    .i32(kind.size)
    .mul()
    .op(0x05)
    .i32(kind.columns * kind.size)
    .op(0x0b);
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
    asm
      .get(tile)
      .get(l)
      .i32(kind.columns * kind.size)
      .mul()
      .add()
      .set(source);
    asm.loop(r, edge, 1, () => {
      asm
        .get(target)
        .get(source)
        .op(...kind.load);
      asm.get(kk).op(0x04, kind.type); // if with a result
      asm
        .get(target)
        .op(...kind.load)
        .op(0x05)
        .op(...kind.zero)
        .op(0x0b);
      asm.op(kind.add).op(...kind.store);
      asm.advance(source, () => asm.i32(kind.size));
      asm.advance(target, () => asm.i32(kind.size));
    });
    asm.advance(place, () => asm.get(n).i32(kind.size).mul());
  });
}
