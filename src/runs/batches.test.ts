import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomSource } from "../data/index.js";
import { Batches } from "./batches.js";
import type { Program } from "./kernels.js";

const batching = suite("batches");

const programs = new Map<number, Program>();
const programFor = (size: number): Program => {
  const program = programs.get(size) ?? ({ size } as unknown as Program);
  programs.set(size, program);
  return program;
};
const count = 23;
const X = { data: Float64Array.from({ length: 3 * count }, (_, i) => i), shape: [count, 3] };
const y = { data: Float64Array.from({ length: count }, (_, i) => -i), shape: [count] };

/** The samples of a number of steps, one list a step, told by their y. */
function visit(size: number, steps: number, shuffle?: number): number[][] {
  const batches = new Batches([X, y], { count, size, shuffle, programFor });
  assert.is(batches.number, Math.ceil(count / size));
  return Array.from({ length: steps }, (_, step) => {
    const { program, data } = batches.at(step);
    const [rows, targets] = data as [Float64Array, Float64Array];
    const samples = Array.from(targets, (target) => 0 - target);
    assert.equal(
      [...rows],
      samples.flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2]),
    );
    assert.is(program, programFor(samples.length));
    return samples;
  });
}

// Small batches are copied, large ones are views.
for (const size of [1, 2, 5, 7, 8, 12, 23]) {
  const batches = Math.ceil(count / size);
  const inOrder = Array.from({ length: batches }, (_, k) =>
    Array.from({ length: Math.min(size, count - k * size) }, (_, i) => k * size + i),
  );
  batching(`${size} samples in the order of the data, epoch after epoch`, () => {
    assert.equal(visit(size, 3 * batches), [...inOrder, ...inOrder, ...inOrder]);
  });

  batching(`${size} samples shuffled: each epoch by the next permutation of the seed`, () => {
    const random = randomSource(4);
    const orders = [0, 1, 2].map(() => [...random.permutation(count)]);
    const expected = orders.flatMap((order) => inOrder.map((places) => places.map((i) => order[i]!)));
    assert.equal(visit(size, 3 * batches, 4), expected);
  });
}

batching("large batches in order are views of the samples, and the same ones in each epoch", () => {
  const batches = new Batches([X, y], { count, size: 8, shuffle: undefined, programFor });
  const first = batches.at(0);
  assert.is((first.data[0] as Float64Array).buffer, X.data.buffer);
  assert.is(batches.at(3), first);
});

batching.run();
