import { arrayOf, type Dtype, elementBytes } from "../dtype.js";
import { instantiate, makeMemory } from "./wasm/engine.js";
import { matmulModule, workBytes } from "./wasm/matmul.js";

/**
 * C ← A·B in the arena: `multiply(a, aRow, aColumn, b, bRow, bColumn, c, m, n, k)`, places and strides in elements. C is
 * row-major.
 */
export type Multiply = (...operands: number[]) => void;

export interface Arena {
  readonly arena: Float64Array | Float32Array;
  readonly multiply?: Multiply;
}

/**
 * Memory for intermediate tensors, and the matrix product in it, of up to `columns` columns. `undefined` where there are
 * products but no WebAssembly.
 */
export function makeArena(length: number, columns: number, dtype: Dtype): Arena | undefined {
  const size = elementBytes[dtype];
  const work = Math.ceil((length * size) / 16) * 16;
  if (columns > 0) {
    const memory = makeMemory(work + workBytes(dtype, columns));
    const product = memory && instantiate(matmulModule(dtype), memory)?.multiply;
    if (memory && product) {
      // Seven places and strides, then three counts.
      const multiply: Multiply = (...given) => {
        product(...given.map((one, i) => (i < 7 ? one * size : one)), work);
      };
      return { arena: makeView(dtype, length, memory.buffer), multiply };
    }
  }
  return columns > 0 ? undefined : { arena: makeView(dtype, length) };
}

function makeView(dtype: Dtype, length: number, buffer?: ArrayBuffer): Float64Array | Float32Array {
  const View = arrayOf(dtype);
  return buffer ? new View(buffer, 0, length) : new View(length);
}
