import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chooseLevels, linearLevels, logLevels } from "./levels.js";

/** A function's values on a grid of 101 × 101 points. */
function grid(low: number, high: number, f: (x1: number, x2: number) => number): number[] {
  const places = Array.from({ length: 101 }, (_, i) => low + ((high - low) * i) / 100);
  return places.flatMap((x2) => places.map((x1) => f(x1, x2)));
}

const rosenbrock = (x1: number, x2: number) => (1 - x1) ** 2 + 100 * (x2 - x1 * x1) ** 2;

const levels = suite("levels");

levels("equal steps are nice, hold all values, and are as many as asked", () => {
  // What matplotlib's contourf chooses for the course's sphere.
  assert.equal(linearLevels(0, 55, 7), [0, 8, 16, 24, 32, 40, 48, 56]);
  assert.equal(linearLevels(-0.9, 0.9, 7), [-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9, 1.2]);
  assert.equal(linearLevels(0, 1, 2), [0, 0.5, 1]);
  for (const [low, high] of [
    [-3.7, 12.1],
    [1e-9, 3e-9],
    [-1e200, 1e200],
    [5, 5],
    [0, 0],
    [1e15, 1e15 + 1],
    [-2e-300, 0],
  ] as const) {
    const found = linearLevels(low, high, 7);
    assert.is(found.length, 8);
    assert.ok(
      found.every((level, i) => i === 0 || level > found[i - 1]!),
      String(found),
    );
    assert.ok(
      found[0]! <= low + 1e-9 * Math.abs(low) && found[7]! >= high - 1e-9 * Math.abs(high),
      String(found),
    );
  }
});

levels("equal ratios hold 99 in 100 values, and the lowest band few", () => {
  const values = grid(-2, 2, rosenbrock);
  const found = logLevels(values, 0, 7);
  assert.is(found.length, 8);
  assert.is(found[0], 0);
  // 1, 2, 3 or 5 times a power of ten.
  for (const level of found.slice(1)) assert.match(level.toExponential(), /^[1235]e/);
  const below = (level: number) => values.filter((value) => value < level).length / values.length;
  assert.ok(below(found[1]!) <= 0.06);
  assert.ok(below(found[7]!) >= 0.99);
});

levels("where values have both signs, ratios are taken above the lowest", () => {
  const found = logLevels([-78, -77.9, -70, 0, 100], -78, 4);
  assert.is(found[0], -78);
  const above = found.slice(1).map((level) => Math.round((level + 78) * 1e9) / 1e9);
  for (const level of above) assert.match(level.toExponential(), /^[1235]e/);
});

levels("a level that no value reaches isn't the lowest: values from 3 on spend no band below", () => {
  const found = logLevels(
    grid(0, 1, (x1, x2) => 3 * 10 ** (4 * Math.max(x1, x2) ** 3)),
    0,
    7,
  );
  assert.ok(found[1]! > 3, String(found));
});

levels("automatic: equal steps, unless the lowest of them would hold half of the picture", () => {
  const plane = grid(0, 1, (x1, x2) => x1 + x2);
  assert.equal(chooseLevels(plane, 7), { levels: linearLevels(0, 2, 7), scale: "linear" });
  const valley = grid(-2, 2, rosenbrock);
  assert.equal(chooseLevels(valley, 7), { levels: logLevels(valley, 0, 7), scale: "log" });
  assert.is(chooseLevels(valley, 7, "linear").scale, "linear");
  assert.is(chooseLevels(plane, 7, "log").scale, "log");
});

levels("one value everywhere has levels, too", () => {
  for (const scale of ["linear", "log", "auto"] as const) {
    for (const value of [0, -3, 4]) {
      const found = chooseLevels(
        grid(0, 1, () => value),
        7,
        scale,
      ).levels;
      assert.is(found.length, 8);
      assert.ok(found.every((level, i) => Number.isFinite(level) && (i === 0 || level > found[i - 1]!)));
    }
  }
});

levels.run();
