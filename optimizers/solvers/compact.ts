/**
 * The compact form of a limited-memory Hessian, B = θI − W·M·Wᵀ with W = [Y θS] and M⁻¹ = [−D Lᵀ; L θSᵀS]: Byrd, Nocedal and
 * Schnabel, "Representations of quasi-Newton matrices", Math. Programming 63, 1994, theorem 2.3; D and L are the diagonal and
 * the lower triangle of SᵀY, in the order of time.
 */
import type { Pairs } from "./pairs.js";
import { dot } from "./vectors.js";

export class Compact {
  /** θ, the scale of the latest pair; the inverse of a first step where there is none. */
  theta = 1;
  /** How many columns W has: two a pair. */
  width = 0;
  readonly #pairs: Pairs;
  /** M⁻¹, its factors, and those of the subspace's system. */
  readonly #plain: Float64Array;
  readonly #inverse: Float64Array;
  readonly #small: Float64Array;
  readonly #order: Int32Array;
  readonly #smallOrder: Int32Array;
  readonly #row: Float64Array;
  readonly #image: Float64Array;

  constructor(pairs: Pairs) {
    this.#pairs = pairs;
    const most = 2 * pairs.steps.length;
    this.#plain = new Float64Array(most * most);
    this.#inverse = new Float64Array(most * most);
    this.#small = new Float64Array(most * most);
    this.#order = new Int32Array(most);
    this.#smallOrder = new Int32Array(most);
    this.#row = new Float64Array(most);
    this.#image = new Float64Array(most);
  }

  /** Takes the pairs as they are. Whether the matrix can be made of them. */
  begin(first: number): boolean {
    const { steps, changes, count } = this.#pairs;
    this.width = 2 * count;
    this.theta = first;
    if (count === 0) return true;
    const latest = this.#pairs.at(0);
    this.theta = dot(changes[latest]!, changes[latest]!) / dot(steps[latest]!, changes[latest]!);
    const m = this.#plain;
    const n = this.width;
    for (let i = 0; i < count; i++) {
      const s = steps[this.#place(i)]!;
      for (let j = 0; j < count; j++) {
        const product = j <= i ? dot(s, changes[this.#place(j)]!) : 0;
        m[i * n + j] = i === j ? -product : 0;
        // L, and its transpose above.
        m[(count + i) * n + j] = j < i ? product : 0;
        m[j * n + count + i] = j < i ? product : 0;
        if (j <= i) {
          m[(count + i) * n + count + j] = this.theta * dot(s, steps[this.#place(j)]!);
          m[(count + j) * n + count + i] = m[(count + i) * n + count + j]!;
        }
      }
    }
    this.#inverse.set(m);
    return factor(this.#inverse, n, this.#order);
  }

  /** Where the pair lies that is the i-th in time. */
  #place(i: number): number {
    return this.#pairs.at(this.#pairs.count - 1 - i);
  }

  /** The j-th column of W at element i. */
  at(i: number, j: number): number {
    const { count, steps, changes } = this.#pairs;
    return j < count ? changes[this.#place(j)]![i]! : this.theta * steps[this.#place(j - count)]![i]!;
  }

  /** Row i of W, in a vector that the next call overwrites. */
  row(i: number): Float64Array {
    for (let j = 0; j < this.width; j++) this.#row[j] = this.at(i, j);
    return this.#row;
  }

  /** Wᵀ·x. */
  project(x: Float64Array, into: Float64Array): void {
    const { count, steps, changes } = this.#pairs;
    for (let j = 0; j < count; j++) {
      into[j] = dot(changes[this.#place(j)]!, x);
      into[count + j] = this.theta * dot(steps[this.#place(j)]!, x);
    }
  }

  /** into ← into + factor·W·v. */
  expand(v: Float64Array, factor: number, into: Float64Array): void {
    const { count, steps, changes } = this.#pairs;
    for (let j = 0; j < count; j++) {
      const y = changes[this.#place(j)]!;
      const s = steps[this.#place(j)]!;
      const [a, b] = [factor * v[j]!, factor * this.theta * v[count + j]!];
      for (let i = 0; i < into.length; i++) into[i] = into[i]! + a * y[i]! + b * s[i]!;
    }
  }

  /** uᵀ·M·v. */
  between(u: Float64Array, v: Float64Array): number {
    this.middle(v, this.#image);
    let sum = 0;
    for (let j = 0; j < this.width; j++) sum += u[j]! * this.#image[j]!;
    return sum;
  }

  /** M·v. */
  middle(v: Float64Array, into: Float64Array): void {
    for (let j = 0; j < this.width; j++) into[j] = v[j]!;
    solve(this.#inverse, this.width, this.#order, into);
  }

  /**
   * v ← (I − M·N)⁻¹·M·v, N being θ⁻¹·WᵀW over the free elements: the small system of the subspace's minimum (Byrd, Lu, Nocedal
   * and Zhu 1995, p. 1200), as (M⁻¹ − N)·x = v. Whether it has a solution.
   */
  subspace(free: Uint8Array, v: Float64Array): boolean {
    const n = this.width;
    const own = this.#small;
    const { count, steps, changes } = this.#pairs;
    const column = (j: number) => (j < count ? changes[this.#place(j)]! : steps[this.#place(j - count)]!);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const [a, b] = [column(i), column(j)];
        let sum = 0;
        for (let k = 0; k < free.length; k++) if (free[k] === 1) sum += a[k]! * b[k]!;
        const scale = (i < count ? 1 : this.theta) * (j < count ? 1 : this.theta);
        own[i * n + j] = this.#plain[i * n + j]! - (scale * sum) / this.theta;
        own[j * n + i] = own[i * n + j]!;
      }
    }
    if (!factor(own, n, this.#smallOrder)) return false;
    solve(own, n, this.#smallOrder, v);
    return true;
  }
}

/** LU with row exchanges in place (Golub & Van Loan, algorithm 3.4.1). Whether no pivot is 0. */
function factor(a: Float64Array, n: number, order: Int32Array): boolean {
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    order[k] = pivot;
    const largest = a[pivot * n + k]!;
    if (largest === 0 || !Number.isFinite(largest)) return false;
    for (let j = 0; pivot !== k && j < n; j++) {
      const kept = a[k * n + j]!;
      a[k * n + j] = a[pivot * n + j]!;
      a[pivot * n + j] = kept;
    }
    for (let i = k + 1; i < n; i++) {
      const share = a[i * n + k]! / largest;
      a[i * n + k] = share;
      for (let j = k + 1; j < n; j++) a[i * n + j] = a[i * n + j]! - share * a[k * n + j]!;
    }
  }
  return true;
}

/** x ← A⁻¹·x of such a factorization. */
function solve(a: Float64Array, n: number, order: Int32Array, x: Float64Array): void {
  for (let k = 0; k < n; k++) {
    const kept = x[k]!;
    x[k] = x[order[k]!]!;
    x[order[k]!] = kept;
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) x[i] = x[i]! - a[i * n + j]! * x[j]!;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] = x[i]! - a[i * n + j]! * x[j]!;
    x[i] = x[i]! / a[i * n + i]!;
  }
}
