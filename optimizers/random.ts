/**
 * Random numbers in a graph: Wichmann and Hill's three congruential generators, each element having its own. All products stay
 * below 2²³, so that f32 and f64 draw the same numbers, and what is drawn next is part of the state.
 */
import {
  cos,
  divide,
  type Expr,
  floor,
  log,
  multiply,
  reshape,
  sqrt,
  subtract,
  sum,
} from "../graph/index.js";
import { type Path, sizeOf } from "../graph/internal.js";
import type { Slot } from "./types.js";

const multipliers = [171, 172, 170];
const moduli = [30269, 30307, 30323];

/** The generators of a parameter's elements, seeded by the seed, its path and the places of the elements. */
export function randomSlot(seed: number): Slot {
  return {
    shape: (shape) => [moduli.length, ...shape],
    initial: (shape, path) => {
      const count = sizeOf(shape) / moduli.length;
      return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
        const mixed = mix(hash(seed, path) + Math.imul(i + 1, 0x9e3779b9));
        return 1 + (mixed % (moduli[Math.floor(i / count)]! - 1));
      });
    },
  };
}

/** A hash of 32 bits, FNV-1a. */
function hash(seed: number, path: Path): number {
  let bits = 0x811c9dc5 ^ seed;
  for (const letter of JSON.stringify(path)) bits = Math.imul(bits ^ letter.codePointAt(0)!, 0x01000193);
  return mix(bits);
}

/** The finalizer of MurmurHash3. */
function mix(given: number): number {
  let bits = given | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Uniform numbers in [0, 1), and the generators after them. */
export function uniform(generators: Expr): { numbers: Expr; generators: Expr } {
  const ones = generators.shape.slice(1).map(() => 1);
  const column = (values: readonly number[]) => reshape(values, [values.length, ...ones]);
  const modulus = column(moduli);
  const product = multiply(generators, column(multipliers));
  const next = subtract(product, multiply(modulus, floor(divide(product, modulus)))) as Expr;
  const total = sum(divide(next, modulus), 0) as Expr;
  return { numbers: subtract(total, floor(total)) as Expr, generators: next };
}

/** Normal numbers of mean 0 and variance 1, by Box and Muller, and the generators after them. */
export function normal(generators: Expr): { numbers: Expr; generators: Expr } {
  const first = uniform(generators);
  const second = uniform(first.generators);
  const radius = sqrt(multiply(-2, log(subtract(1, first.numbers))));
  const numbers = multiply(radius, cos(multiply(2 * Math.PI, second.numbers))) as Expr;
  return { numbers, generators: second.generators };
}
