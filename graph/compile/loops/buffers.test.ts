import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lifetime, placeBuffers } from "./buffers.js";

const buffers = suite("buffers");

/** Lifetimes that look random, the same each time. */
const lifetimes: readonly Lifetime[] = Array.from({ length: 60 }, (_, i) => {
  const first = (i * 37) % 41;
  return { length: 1 + ((i * 53) % 97), first, last: first + ((i * 29) % 11) };
});

buffers("what is needed at the same time doesn't overlap, and starts are aligned", () => {
  const { offsets, length } = placeBuffers(lifetimes);
  lifetimes.forEach((one, i) => {
    assert.is(offsets[i]! % 8, 0);
    assert.ok(offsets[i]! + one.length <= length);
    lifetimes.slice(0, i).forEach((other, k) => {
      const together = one.first <= other.last && other.first <= one.last;
      const apart = offsets[i]! >= offsets[k]! + other.length || offsets[k]! >= offsets[i]! + one.length;
      assert.ok(apart || !together, `${k} and ${i}`);
    });
  });
});

buffers("what isn't needed any more gives its place away", () => {
  const chain = Array.from({ length: 50 }, (_, i) => ({ length: 100, first: i, last: i + 1 }));
  assert.is(placeBuffers(chain).length, 2 * 104);
  assert.is(placeBuffers([]).length, 0);
});

buffers.run();
