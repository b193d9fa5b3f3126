import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatLevels, formatNumber, formatPower, multiple, niceSteps } from "./numbers.js";

const numbers = suite("numbers");

numbers("numbers are short, with U+2212 for minus and powers of ten", () => {
  const texts: [number, string][] = [
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [-0.25, "−0.25"],
    [1 / 3, "0.333333"],
    [0.1 + 0.2, "0.3"],
    [123456, "123456"],
    [1234567, "1.23457·10⁶"],
    [-1e-4, "−10⁻⁴"],
    [2.5e-7, "2.5·10⁻⁷"],
    [1e21, "10²¹"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ];
  for (const [x, text] of texts) assert.is(formatNumber(x), text);
  assert.is(formatPower(-120), "10⁻¹²⁰");
});

numbers("levels show as many digits as tell them apart", () => {
  assert.equal(formatLevels([0, 8, 16, 56]), ["0", "8", "16", "56"]);
  assert.equal(formatLevels([-78.33, -77.33, -68.33, 21.67]), ["−78.33", "−77.33", "−68.33", "21.67"]);
  assert.equal(formatLevels([0, 0.1, 1, 1000]), ["0", "0.1", "1", "1000"]);
  assert.equal(formatLevels([1e6, 1e6 + 0.5]), ["1000000", "1000000.5"]);
});

numbers("steps are nice, ascending and no smaller than asked", () => {
  const first = (least: number) => niceSteps(least).next().value;
  assert.is(first(7.857), 8);
  assert.is(first(0.3), 0.3);
  assert.is(first(0.00041), 0.0005);
  assert.is(first(9), 10);
  assert.is(multiple(3, 0.1), 0.3);
});

numbers("there is a nice step whatever is asked for", () => {
  for (const least of [0, 5e-324, Number.NaN]) assert.is(niceSteps(least).next().value, 1e-300);
  assert.is(niceSteps(Number.POSITIVE_INFINITY).next().value, Number.POSITIVE_INFINITY);
});

numbers.run();
