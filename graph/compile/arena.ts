import { arrayOf, elementBytes, type Precision } from "./precision.js";
import { instantiate, makeMemory } from "./wasm/engine.js";
import { matmulModule, workBytes } from "./wasm/matmul.js";

/** C ← A·B in the arena; all places and strides are in elements, C is row-major. */
export type Multiply = (
  a: number,
  aRow: number,
  aColumn: number,
  b: number,
  bRow: number,
  bColumn: number,
  c: number,
  m: number,
  n: number,
  k: number,
) => void;

export interface Arena {
  readonly arena: Float64Array | Float32Array;
  readonly multiply: Multiply;
}

/** Memory for intermediate tensors, and the matrix product in it, of up to `columns` columns if there is one. */
export function makeArena(length: number, columns: number, precision: Precision): Arena {
  const size = elementBytes[precision];
  const work = Math.ceil((length * size) / 16) * 16;
  if (columns > 0) {
    const memory = makeMemory(work + workBytes(precision, columns));
    const product = memory && instantiate(matmulModule(precision), memory)?.multiply;
    if (memory && product) {
      const multiply: Multiply = (a, aRow, aColumn, b, bRow, bColumn, c, m, n, k) => {
        product(
          a * size,
          aRow * size,
          aColumn * size,
          b * size,
          bRow * size,
          bColumn * size,
          c * size,
          m,
          n,
          k,
          work,
        );
      };
      return { arena: makeView(precision, length, memory.buffer), multiply };
    }
  }
  const arena = makeView(precision, length);
  return { arena, multiply: (...operands) => multiplyPlainly(arena, ...operands) };
}

function makeView(precision: Precision, length: number, buffer?: ArrayBuffer): Float64Array | Float32Array {
  const View = arrayOf(precision);
  return buffer ? new View(buffer, 0, length) : new View(length);
}

/** The product without WebAssembly: row by row, so that B and C are read in order. */
function multiplyPlainly(arena: Float64Array | Float32Array, ...operands: Parameters<Multiply>): void {
  const [a, aRow, aColumn, b, bRow, bColumn, c, m, n, k] = operands;
  arena.fill(0, c, c + m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const factor = arena[a + i * aRow + l * aColumn]!;
      let source = b + l * bRow;
      for (let target = c + i * n; target < c + (i + 1) * n; target++) {
        arena[target]! += factor * arena[source]!;
        source += bColumn;
      }
    }
  }
}
