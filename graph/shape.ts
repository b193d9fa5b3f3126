/**
 * The lengths of a tensor's axes, outermost first; `[]` is a scalar. Data are row-major everywhere.
 * @example const shape: Shape = [2, 3];
 */
export type Shape = readonly number[];

/** Number of elements: the product of the axes' lengths (1 for a scalar). */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** `(1000×3)`, `(2)`, and `()` for a scalar. */
export function formatShape(shape: Shape): string {
  return `(${shape.join("×")})`;
}

/** Row-major strides in elements: `stridesOf([2, 3, 4])` is `[12, 4, 1]`. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** The place along each axis of an element, given that in row-major order (NumPy's `unravel_index`). */
export function unravel(flat: number, shape: Shape): number[] {
  let rest = flat;
  return shape.reduceRight<number[]>((places, length) => {
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
    return places;
  }, []);
}

/**
 * NumPy's rule: shapes are aligned at their last axes; lengths must agree or one of them be 1.
 * `undefined` where they don't.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = a[a.length - i] ?? 1;
    const n = b[b.length - i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return undefined;
    result[rank - i] = m === 1 ? n : m;
  }
  return result;
}

/** More elements than an array can hold. */
export const tooMany = 2 ** 31;

/** More than engines keep side by side in a plain array, which is what is computed without `compile`. */
export const tooManyPlain = 2 ** 25 + 1;

/** The most axes of a tensor, half of NumPy's: whoever has more has given a list of lengths by mistake. */
export const mostAxes = 32;

/** Whether `n` can be an axis' length. */
export function isLength(n: unknown): n is number {
  return Number.isSafeInteger(n) && (n as number) >= 0;
}

/**
 * Calls `visit` with the offset of each element of a box in a tensor, in row-major order of the box:
 * element `i` of axis `a` lies at `offset + Σ i·strides[a]`.
 */
export function forEachOffset(
  extents: Shape,
  strides: readonly number[],
  offset: number,
  visit: (offset: number) => void,
): void {
  const rank = extents.length;
  const index = new Array<number>(rank).fill(0);
  let position = offset;
  for (let count = sizeOf(extents); count > 0; count--) {
    visit(position);
    for (let axis = rank - 1; axis >= 0; axis--) {
      position += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < extents[axis]!) break;
      position -= extents[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
}
