/**
 * The matrix product as a WebAssembly module: blocks of both factors are packed side by side and multiplied by a SIMD
 * kernel of 2 rows × 4 vectors. (Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34,
 * 2008.) Factors have any strides, so a transpose costs nothing.
 */
import { elementBytes, type Precision } from "../precision.js";
import { Bytes, encodeModule, type ValueType } from "./module.js";

/** Rows of a packed block of B, and rows of a packed block of A. */
const blockDepth = 256;
const blockRows = 64;
const tileRows = 2;
const tileVectors = 4;

function tileColumns(precision: Precision): number {
  return (tileVectors * 16) / elementBytes[precision];
}

/** Bytes of working memory for a product with `columns` columns. */
export function workBytes(precision: Precision, columns: number): number {
  const width = tileColumns(precision);
  const padded = Math.ceil(columns / width) * width;
  return (blockDepth * padded + blockRows * blockDepth + tileRows * width) * elementBytes[precision];
}

/** Instructions on numbered locals. */
class Assembler {
  readonly code = new Bytes();
  readonly locals: ValueType[] = [];
  readonly #parameters: number;

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  local(type: ValueType = "i32"): number {
    this.locals.push(type);
    return this.#parameters + this.locals.length - 1;
  }

  get(local: number): this {
    this.code.byte(0x20);
    this.code.unsigned(local);
    return this;
  }

  set(local: number): this {
    this.code.byte(0x21);
    this.code.unsigned(local);
    return this;
  }

  i32(value: number): this {
    this.code.byte(0x41);
    this.code.signed(value);
    return this;
  }

  op(...bytes: number[]): this {
    this.code.bytes(bytes);
    return this;
  }

  add(): this {
    return this.op(0x6a);
  }

  sub(): this {
    return this.op(0x6b);
  }

  mul(): this {
    return this.op(0x6c);
  }

  /** An instruction of the vector extension, with its alignment and offset if it reaches memory. */
  vector(opcode: number, offset?: number): this {
    this.code.byte(0xfd);
    this.code.unsigned(opcode);
    if (offset !== undefined) {
      this.code.byte(2);
      this.code.unsigned(offset);
    }
    return this;
  }

  /** target ← target + amount */
  advance(target: number, amount: () => void): void {
    this.get(target);
    amount();
    this.add().set(target);
  }

  /** For `counter` from 0 below the local `limit`. */
  loop(counter: number, limit: number, step: number, body: () => void): void {
    this.i32(0).set(counter);
    this.op(0x02, 0x40, 0x03, 0x40); // block, loop
    this.get(counter).get(limit).op(0x4e, 0x0d, 1); // i32.ge_s, br_if 1
    body();
    this.get(counter).i32(step).add().set(counter);
    this.op(0x0c, 0, 0x0b, 0x0b); // br 0, end, end
  }

  /** Runs one of two pieces by the i32 on the stack. */
  branch(yes: () => void, no: () => void): void {
    this.op(0x04, 0x40);
    yes();
    this.op(0x05);
    no();
    this.op(0x0b);
  }

  /** target ← min(length − start, most) */
  clip(target: number, length: number, start: number, most: number): void {
    this.get(length).get(start).sub().i32(most);
    this.get(length).get(start).sub().i32(most).op(0x48, 0x1b).set(target); // i32.lt_s, select
  }
}

const cache = new Map<Precision, Uint8Array>();

/**
 * The module, with the export `multiply(a, aRow, aColumn, b, bRow, bColumn, c, m, n, k, work)`: C ← A·B for A of m×k, B
 * of k×n and C of m×n, row-major. All places and strides are in bytes.
 */
export function matmulModule(precision: Precision): Uint8Array {
  const known = cache.get(precision);
  if (known) return known;
  const bytes = encode(precision);
  cache.set(precision, bytes);
  return bytes;
}

function encode(precision: Precision): Uint8Array {
  const isDouble = precision === "f64";
  const size = elementBytes[precision];
  const columns = tileColumns(precision);
  const load = isDouble ? [0x2b, 2, 0] : [0x2a, 2, 0];
  const store = isDouble ? [0x39, 2, 0] : [0x38, 2, 0];
  const addScalar = isDouble ? 0xa0 : 0x92;
  const zero = isDouble ? [0x44, 0, 0, 0, 0, 0, 0, 0, 0] : [0x43, 0, 0, 0, 0];
  const loadSplat = isDouble ? 10 : 9;
  const addVector = isDouble ? 0xf0 : 0xe4;
  const multiplyVector = isDouble ? 0xf2 : 0xe6;

  const [a, aRow, aColumn, b, bRow, bColumn, c, m, n, k, work] = Array.from({ length: 11 }, (_, i) => i) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const asm = new Assembler(11);
  const [kk, kc, ii, mc, i, j, l, r, packedB, packedA, tile, source, target, from, place, limit, edge] =
    Array.from({ length: 17 }, () => asm.local()) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
  const sums = Array.from({ length: tileRows * tileVectors }, () => asm.local("v128"));
  const vectors = Array.from({ length: tileVectors }, () => asm.local("v128"));
  const splat = asm.local("v128");

  // work: packed B, packed A, the tile of an edge
  asm.get(work).set(packedB);
  asm
    .get(n)
    .i32(columns - 1)
    .add()
    .i32(columns)
    .op(0x6d)
    .i32(columns * blockDepth * size)
    .mul(); // i32.div_s
  asm.get(packedB).add().set(packedA);
  asm
    .get(packedA)
    .i32(blockRows * blockDepth * size)
    .add()
    .set(tile);

  /** Copies an element from `source` to `target`, or a zero where `inside` says that there is none. */
  const copyElement = (inside: () => void) => {
    inside();
    asm.branch(
      () =>
        asm
          .get(target)
          .get(source)
          .op(...load)
          .op(...store),
      () =>
        asm
          .get(target)
          .op(...zero)
          .op(...store),
    );
    asm.advance(target, () => asm.i32(size));
  };

  asm.loop(kk, k, blockDepth, () => {
    asm.clip(kc, k, kk, blockDepth);
    // Pack B: strips of a tile's columns, each row of a strip contiguous.
    asm.get(packedB).set(target);
    asm.loop(j, n, columns, () => {
      asm.get(b).get(kk).get(bRow).mul().add().get(j).get(bColumn).mul().add().set(from);
      asm.get(n).get(j).sub().set(limit);
      asm.loop(l, kc, 1, () => {
        asm.get(from).set(source);
        asm.get(bColumn).i32(size).op(0x46).get(limit).i32(columns).op(0x4e, 0x71); // eq, ge_s, and
        asm.branch(
          () => {
            for (let v = 0; v < tileVectors; v++) {
              asm
                .get(target)
                .get(source)
                .vector(0, v * 16)
                .vector(11, v * 16);
            }
            asm.advance(target, () => asm.i32(columns * size));
          },
          () => {
            asm.i32(columns).set(edge);
            asm.loop(r, edge, 1, () => {
              copyElement(() => asm.get(r).get(limit).op(0x48));
              asm.advance(source, () => asm.get(bColumn));
            });
          },
        );
        asm.advance(from, () => asm.get(bRow));
      });
    });
    asm.loop(ii, m, blockRows, () => {
      asm.clip(mc, m, ii, blockRows);
      // Pack A: strips of a tile's rows, each column of a strip contiguous.
      asm.get(packedA).set(target);
      asm.loop(i, mc, tileRows, () => {
        asm.get(a).get(ii).get(i).add().get(aRow).mul().add().get(kk).get(aColumn).mul().add().set(from);
        asm.get(mc).get(i).sub().set(limit);
        asm.loop(l, kc, 1, () => {
          asm.get(from).set(source);
          for (let row = 0; row < tileRows; row++) {
            copyElement(() => asm.i32(row).get(limit).op(0x48));
            asm.advance(source, () => asm.get(aRow));
          }
          asm.advance(from, () => asm.get(aColumn));
        });
      });
      asm.loop(j, n, columns, () => {
        asm.loop(i, mc, tileRows, () => {
          multiplyTile();
          storeTile();
        });
      });
    });
  });

  function multiplyTile(): void {
    for (const sum of sums)
      asm
        .vector(12)
        .op(...new Array<number>(16).fill(0))
        .set(sum);
    asm.get(packedA).get(i).get(kc).mul().i32(size).mul().add().set(source);
    asm.get(packedB).get(j).get(kc).mul().i32(size).mul().add().set(from);
    asm.loop(l, kc, 1, () => {
      vectors.forEach((vector, v) => {
        asm
          .get(from)
          .vector(0, v * 16)
          .set(vector);
      });
      for (let row = 0; row < tileRows; row++) {
        asm
          .get(source)
          .vector(loadSplat, row * size)
          .set(splat);
        vectors.forEach((vector, v) => {
          const sum = sums[row * tileVectors + v]!;
          asm.get(sum).get(splat).get(vector).vector(multiplyVector).vector(addVector).set(sum);
        });
      }
      asm.advance(source, () => asm.i32(tileRows * size));
      asm.advance(from, () => asm.i32(columns * size));
    });
  }

  function storeTile(): void {
    asm.get(ii).get(i).add().get(n).mul().get(j).add().i32(size).mul().get(c).add().set(place);
    // Whether the tile lies inside C.
    asm.get(i).i32(tileRows).add().get(mc).op(0x4c).get(j).i32(columns).add().get(n).op(0x4c, 0x71); // le_s, and
    asm.branch(
      () => {
        for (let row = 0; row < tileRows; row++) {
          for (let v = 0; v < tileVectors; v++) {
            const sum = sums[row * tileVectors + v]!;
            asm.get(kk);
            asm.branch(
              () =>
                asm
                  .get(place)
                  .get(place)
                  .vector(0, v * 16)
                  .get(sum)
                  .vector(addVector)
                  .vector(11, v * 16),
              () =>
                asm
                  .get(place)
                  .get(sum)
                  .vector(11, v * 16),
            );
          }
          asm.advance(place, () => asm.get(n).i32(size).mul());
        }
      },
      () => {
        sums.forEach((sum, s) => {
          asm
            .get(tile)
            .get(sum)
            .vector(11, s * 16);
        });
        asm.clip(edge, n, j, columns);
        asm.clip(limit, mc, i, tileRows);
        asm.loop(l, limit, 1, () => {
          asm.get(place).set(target);
          asm
            .get(tile)
            .get(l)
            .i32(columns * size)
            .mul()
            .add()
            .set(source);
          asm.loop(r, edge, 1, () => {
            asm
              .get(target)
              .get(source)
              .op(...load);
            asm.get(kk).op(0x04, isDouble ? 0x7c : 0x7d); // if with a result
            asm
              .get(target)
              .op(...load)
              .op(0x05)
              .op(...zero)
              .op(0x0b)
              .op(addScalar)
              .op(...store);
            asm.advance(source, () => asm.i32(size));
            asm.advance(target, () => asm.i32(size));
          });
          asm.advance(place, () => asm.get(n).i32(size).mul());
        });
      },
    );
  }

  const type = { parameters: new Array<ValueType>(11).fill("i32"), results: [] };
  const locals = asm.locals.map((local) => [1, local] as const);
  return encodeModule({
    imports: [],
    functions: [{ type, locals, code: asm.code }],
    exports: { multiply: 0 },
  });
}
