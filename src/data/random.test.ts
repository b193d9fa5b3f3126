import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type RandomSource, randomSource } from "./random.js";

const random = suite("random");

/** Draws of one kind, `n` times. */
function draws<T>(n: number, draw: () => T): T[] {
  return Array.from({ length: n }, draw);
}

// Every expected number below was printed by NumPy 2.4.6: numpy.random.RandomState(seed).method(…).

random("uniform doubles are NumPy's, to the last bit", () => {
  const first = [0, 1, 12345, 4294967295].map((seed) => randomSource(seed).uniform());
  assert.equal(first, [0.5488135039273248, 0.417022004702574, 0.9296160928171479, 0.0976320289940138]);
  const source = randomSource(42);
  source.uniforms(2000);
  assert.is(source.uniform(), 0.26170568373590597);
});

random("normals are NumPy's, and the kept second one isn't lost between calls", () => {
  const expected = [
    1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675,
  ];
  const source = randomSource(0);
  const got = [...source.normals(3), source.normal(), source.normal()];
  close(got, expected);
  const shifted = randomSource(7);
  close(
    shifted.normals(5, 3, 2),
    [6.381051407600712, 2.0681252589183345, 3.0656403273571686, 3.8150325659930155, 1.4221539427485228],
  );
  close([shifted.uniform(-1, 4), shifted.normal()], [0.34219490050935586, 0.00206557290594813]);
});

random("integers are NumPy's: small ranges, ranges beyond 32 bits, and one number only", () => {
  const source = randomSource(0);
  assert.equal(
    draws(10, () => source.integer(0, 10)),
    [5, 0, 3, 3, 7, 9, 3, 5, 2, 4],
  );
  assert.equal(
    draws(3, () => source.integer(-5, 2 ** 33)),
    [4138900051, 1646868789, 7695400417],
  );
  assert.equal(
    draws(3, () => source.integer(0, 2 ** 32)),
    [3488238119, 2271586391, 2061486254],
  );
  assert.is(source.integer(3, 4), 3);
  assert.is(source.uniform(), 0.5680445610939323);
});

random("permutations are NumPy's", () => {
  const source = randomSource(0);
  assert.equal([...source.permutation(10)], [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
  assert.equal([...source.permutation(5)], [1, 0, 2, 3, 4]);
  assert.equal([...source.permutation(0)], []);
  assert.equal([...source.permutation(1)], [0]);
});

random("the same seed gives the same stream, another seed another", () => {
  const mixed = (source: RandomSource) =>
    draws(50, () => [source.uniform(), source.normal(), source.integer(-3, 1000), ...source.permutation(4)]);
  assert.equal(mixed(randomSource(9)), mixed(randomSource(9)));
  assert.not.equal(mixed(randomSource(9)), mixed(randomSource(10)));
});

random("two sources don't disturb each other", () => {
  const a = randomSource(5);
  const b = randomSource(5);
  a.normals(7);
  b.normals(6);
  b.normal();
  assert.is(a.normal(), b.normal());
});

random("fills equal single calls", () => {
  assert.equal(
    [...randomSource(3).uniforms(20, -2, 5)],
    draws(
      20,
      singles(3, (source) => source.uniform(-2, 5)),
    ),
  );
  assert.equal(
    [...randomSource(3).normals(21, 1, 4)],
    draws(
      21,
      singles(3, (source) => source.normal(1, 4)),
    ),
  );
});

random("moments and bounds of 10⁵ draws", () => {
  const source = randomSource(11);
  const n = 1e5;
  const uniforms = source.uniforms(n, -1, 3);
  assert.ok(uniforms.every((u) => u >= -1 && u < 3));
  const normals = source.normals(n, 2, 3);
  // Five standard errors: 16/12 is the variance of the uniforms, 9 that of the normals.
  assert.ok(Math.abs(mean(uniforms) - 1) < 5 * Math.sqrt(16 / 12 / n));
  assert.ok(Math.abs(mean(normals) - 2) < 5 * Math.sqrt(9 / n));
  const squares = normals.map((z) => (z - 2) ** 2);
  assert.ok(Math.abs(mean(squares) - 9) < 5 * Math.sqrt((2 * 81) / n));
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) counts[source.integer(0, 5)]! += 1;
  assert.ok(counts.every((count) => Math.abs(count - n / 5) < 5 * Math.sqrt(n * 0.2 * 0.8)));
});

random("degenerate ranges are allowed", () => {
  const source = randomSource(1);
  assert.is(source.uniform(2, 2), 2);
  assert.is(source.normal(-4, 0), -4);
  assert.is(source.uniforms(0).length, 0);
});

random("bad seeds are named, with the remedy", () => {
  for (const seed of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32]) {
    assert.throws(
      () => randomSource(seed),
      new RegExp(`the seed is ${seed}, .*whole number from 0 to 4294967295`),
    );
  }
  assert.throws(() => randomSource("7" as unknown as number), /the seed is the text "7"/);
  assert.throws(() => (randomSource as () => unknown)(), /the seed is undefined/);
});

random("bad arguments are named", () => {
  const source = randomSource(0);
  assert.throws(() => source.uniform(1, 0), /uniform: the bounds are 1 and 0; pass two finite numbers/);
  assert.throws(() => source.uniform(-1e308, 1e308), /whose difference is finite/);
  assert.throws(() => source.uniform(Number.NaN), /the bounds are NaN and 1/);
  assert.throws(() => source.uniforms(3, 0, Number.POSITIVE_INFINITY), /the bounds are 0 and Infinity/);
  assert.throws(() => source.normal(0, -1), /normal: the mean is 0 and the standard deviation -1/);
  assert.throws(() => source.normals(1, Number.NaN), /the mean is NaN/);
  assert.throws(() => source.integer(3, 3), /integer: \[3, 3\) holds no number to draw/);
  assert.throws(() => source.integer(0, 1.5), /\[0, 1.5\)/);
  assert.throws(() => source.integer(-(2 ** 53) + 1, 2 ** 53 - 1), /more than 2⁵³ − 1 apart/);
  assert.throws(() => source.permutation(-1), /permutation: n must be a whole number of at least 0, not -1/);
  assert.throws(() => source.normals(1.5), /normals: n must be a whole number of at least 0, not 1.5/);
});

function singles<T>(seed: number, draw: (source: RandomSource) => T): () => T {
  const source = randomSource(seed);
  return () => draw(source);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Equal but for the last places, which `Math.log` may give differently. */
function close(got: ArrayLike<number>, expected: readonly number[]): void {
  assert.is(got.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(got[i]! - value) <= 1e-14 * Math.abs(value), `${got[i]} is not ${value}`);
  });
}

random.run();
