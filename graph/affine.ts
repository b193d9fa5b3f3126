/**
 * Positions along an axis as code sees them: offset + Σ factor·axis over the axes of a loop nest. Ops that move
 * elements say by them which element of the operand an element of the result is.
 */
export interface Affine {
  /** Axis numbers ascending, factors other than 0. */
  readonly terms: readonly (readonly [axis: number, factor: number])[];
  readonly offset: number;
}

export function at(offset: number): Affine {
  return { terms: [], offset };
}

export function along(axis: number): Affine {
  return { terms: [[axis, 1]], offset: 0 };
}

/** a·factor + offset */
export function scaled(a: Affine, factor: number, offset: number): Affine {
  if (factor === 0) return at(offset);
  return {
    terms: factor === 1 ? a.terms : a.terms.map(([axis, own]) => [axis, own * factor]),
    offset: a.offset * factor + offset,
  };
}

export function plus(a: Affine, b: Affine): Affine {
  const factors = new Map(a.terms);
  for (const [axis, factor] of b.terms) factors.set(axis, (factors.get(axis) ?? 0) + factor);
  return {
    terms: [...factors].filter(([, factor]) => factor !== 0).sort(([i], [j]) => i - j),
    offset: a.offset + b.offset,
  };
}

/** The element's place in row-major order. */
export function linear(index: readonly Affine[], strides: readonly number[]): Affine {
  return index.reduce((sum, one, axis) => plus(sum, scaled(one, strides[axis]!, 0)), at(0));
}

export function isFixed(a: Affine): boolean {
  return a.terms.length === 0;
}
