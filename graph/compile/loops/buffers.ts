/**
 * Where intermediate tensors lie: one arena, in which a buffer takes the place of others that aren't needed any more.
 */

import { alignment } from "../limits.js";

/** A buffer is needed from one step of the computation to another, both included. */
export interface Lifetime {
  readonly length: number;
  first: number;
  last: number;
}

export interface Placed {
  /** The start of each buffer, in elements. */
  readonly offsets: readonly number[];
  /** The elements of the arena. */
  readonly length: number;
}

/** First fit, the longest buffers first: simple, and near the best in practice. */
export function placeBuffers(lifetimes: readonly Lifetime[]): Placed {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed: { offset: number; end: number; lifetime: Lifetime }[] = [];
  let length = 0;
  const order = lifetimes
    .map((_, i) => i)
    .sort((a, b) => lifetimes[b]!.length - lifetimes[a]!.length || a - b);
  for (const i of order) {
    const lifetime = lifetimes[i]!;
    const padded = Math.ceil(lifetime.length / alignment) * alignment;
    const inTheWay = placed
      .filter((other) => other.lifetime.first <= lifetime.last && lifetime.first <= other.lifetime.last)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of inTheWay) {
      if (offset + padded <= other.offset) break;
      offset = Math.max(offset, other.end);
    }
    offsets[i] = offset;
    placed.push({ offset, end: offset + padded, lifetime });
    length = Math.max(length, offset + padded);
  }
  return { offsets, length };
}
