import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { grad } from "../../graph/index.js";
import { moreGarbowHillstrom } from "./index.js";

const test = suite("Moré, Garbow, Hillstrom");

interface Reference {
  readonly number: number;
  readonly start: readonly number[];
  readonly startValue: number;
  readonly startResiduals: readonly number[];
  readonly minimum: { readonly x?: readonly number[]; readonly value: number };
  readonly bounded?: { readonly x: readonly number[]; readonly value: number };
}

/** Written down a second time in another language and evaluated in 60 digits: more-garbow-hillstrom.py beside the file. */
const reference: Readonly<Record<string, Reference>> = JSON.parse(
  readFileSync(new URL("../../property-tests/reference/more-garbow-hillstrom.json", import.meta.url), "utf8"),
);

/** The minima that the paper prints, in its digits; 0 for all others. */
const printed: Readonly<Record<string, number>> = {
  freudensteinRoth: 48.9842,
  jennrichSampson: 124.362,
  bard: 8.21487e-3,
  gaussian: 1.12793e-8,
  meyer: 87.9458,
  kowalikOsborne: 3.07505e-4,
  brownDennis: 85822.2,
  osborne1: 5.46489e-5,
  osborne2: 4.01377e-2,
  watson: 2.28767e-3,
  watson9: 1.39976e-6,
  watson12: 4.72238e-10,
  penalty1: 2.24997e-5,
  penalty2: 9.37629e-6,
  trigonometric: 2.79506e-5,
  linearFullRank: 10,
  linearRank1: (20 * 19) / (2 * 41),
  linearRank1Zeros: (20 ** 2 + 60 - 6) / (2 * 37),
  chebyquad: 3.51687e-3,
};

/** So near as rounding allows, where a residual is a difference of numbers of this size. */
function near(actual: number, expected: number, size: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= 1e-14 * size, `${what}: ${actual}, not ${expected}`);
}

test("all problems of the paper are there, under names of their own", () => {
  assert.equal(moreGarbowHillstrom.map(({ name }) => name).toSorted(), Object.keys(reference).toSorted());
  assert.equal(
    [...new Set(Object.values(reference).map(({ number }) => number))].sort((a, b) => a - b),
    Array.from({ length: 35 }, (_, i) => i + 1),
  );
});

for (const problem of moreGarbowHillstrom) {
  const { name, residuals, f, start, minimum, bounded } = problem;
  const expected = reference[name]!;

  test(`${name}: residuals and value at the start`, () => {
    assert.is(start.x.length, expected.start.length);
    expected.start.forEach((v, i) => {
      near(start.x[i]!, v, Math.max(1, Math.abs(v)), `start ${i}`);
    });
    const found = residuals(start);
    assert.is(found.length, expected.startResiduals.length);
    const size = Math.max(1, ...expected.startResiduals.map(Math.abs));
    expected.startResiduals.forEach((r, i) => {
      near(found[i]!, r, 100 * size, `residual ${i}`);
    });
    near(f(start), expected.startValue, 100 * expected.startValue, "value");
  });

  test(`${name}: the minimum is one, and the paper's`, () => {
    assert.equal(minimum.value, expected.minimum.value);
    const value = printed[name] ?? 0;
    assert.ok(Math.abs(minimum.value - value) <= 1e-5 * value, `${minimum.value}`);
    if (!minimum.x) return;
    near(f({ x: minimum.x }), minimum.value, Math.max(1e-4, 1e4 * minimum.value), "value");
    // The gradient 2 Jᵀr at a rounded point is as large as the Hessian makes the rounding.
    const away = minimum.x.map((v) => v + 1e-4 * Math.max(1, Math.abs(v)));
    const largest = (x: readonly number[]) => Math.max(...grad(f)({ x }).x.map(Math.abs));
    assert.ok(
      largest(minimum.x) <= 1e-9 * largest(away) + 1e-14,
      `${largest(minimum.x)} of ${largest(away)}`,
    );
  });

  if (bounded) {
    test(`${name}: the minimum within the bounds`, () => {
      const { x, value } = expected.bounded!;
      assert.equal(bounded.value, value);
      assert.ok(x.every((v, i) => v >= bounded.lower[i]! && v <= bounded.upper[i]!));
      near(f({ x }), value, Math.max(1e-4, 1e4 * value), "value");
    });
  }
}

test.run();
