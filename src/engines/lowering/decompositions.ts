/**
 * Functions that a target may lack, made of those that it has, as recipes: of accuracy to a few units in the last place.
 * N. J. Higham, "Accuracy and stability of numerical algorithms", 2002, 1.14.1, for expm1 and log1p (W. Kahan's).
 */
import type { Recipe } from "../../../graph/index.js";
import type { Condition } from "../../../graph/internal.js";
import type { BinaryFunction, UnaryFunction } from "./dialect.js";

const is = (value: number): Recipe => ({ value });
const add = (a: Recipe, b: Recipe): Recipe => ["add", a, b];
const subtract = (a: Recipe, b: Recipe): Recipe => ["subtract", a, b];
const times = (a: Recipe, b: Recipe): Recipe => ["multiply", a, b];
const over = (a: Recipe, b: Recipe): Recipe => ["divide", a, b];
const choose = (condition: Condition, a: Recipe, b: Recipe): Recipe => ["select", condition, a, b];
const size: Recipe = ["abs", 0];
const sign: Recipe = ["sign", 0];
const sqrt = (x: Recipe): Recipe => ["sqrt", x];
/** Beyond it squares overflow, and 1 more or less doesn't count. */
const isLarge: Condition = ["greater", size, is(1e150)];
const farLogarithm = add(["log", size], is(Math.LN2));

const grown: Recipe = ["expm1", size];
const halfway: Recipe = ["exp", times(size, is(0.5))];
const sinh = choose(
  ["less", size, is(700)],
  times(is(0.5), add(grown, over(grown, add(grown, is(1))))),
  times(times(is(0.5), halfway), halfway),
);
const cosh = add(times(times(is(0.5), halfway), halfway), over(over(is(0.5), halfway), halfway));

const most: Recipe = ["maximum", size, ["abs", 1]];
const ratio = over(["minimum", size, ["abs", 1]], most);
const infinite: Condition = [
  "or",
  ["equal", size, is(Number.POSITIVE_INFINITY)],
  ["equal", ["abs", 1], is(Number.POSITIVE_INFINITY)],
];

const root: Recipe = ["power", size, is(1 / 3)];
/** One of Newton's steps. */
const better = subtract(root, over(subtract(root, over(size, times(root, root))), is(3)));

const exp: Recipe = ["exp", 0];
const raised = subtract(exp, is(1));
const above = add(is(1), 0);

/**
 * The arctangent of the ratio, which is at most 1: S. L. Moshier's rational function ("Methods and programs for mathematical
 * functions", 1989; Cephes, atan.c), around 0, and from 0.66 on around 1.
 */
const isHigh: Condition = ["greater", ratio, is(0.66)];
const near = choose(isHigh, over(subtract(ratio, is(1)), add(ratio, is(1))), ratio);
const squared = times(near, near);
const polynomial = (coefficients: readonly number[]): Recipe =>
  coefficients.map(is).reduce((sum, next) => add(times(sum, squared), next));
const upper = polynomial([
  -0.8750608600031904, -16.157537187333652, -75.00855792314705, -122.88666844901361, -64.85021904942025,
]);
const lower = polynomial([
  1, 24.858464901423062, 165.02700983169885, 432.88106049129027, 485.3903996359137, 194.5506571482614,
]);
const turned = add(times(near, over(times(squared, upper), lower)), near);
/** What π, halved so often, has beyond its double. */
const beyondPi = 1.2246467991473532e-16;
const angle = choose(
  infinite,
  choose(["equal", size, ["abs", 1]], is(Math.PI / 4), times(is(0), ratio)),
  choose(
    ["equal", most, is(0)],
    is(0),
    choose(isHigh, add(is(Math.PI / 4), add(turned, is(beyondPi / 4))), turned),
  ),
);
const steep = choose(
  ["greater", size, ["abs", 1]],
  add(subtract(is(Math.PI / 2), angle), is(beyondPi / 2)),
  angle,
);
/** Of zeros, too: 1 over the one below 0 is below 0. */
const isBelow = (operand: number): Condition => [
  "or",
  ["less", operand, is(0)],
  ["less", over(is(1), operand), is(0)],
];
const halfTurn = choose(isBelow(1), add(subtract(is(Math.PI), steep), is(beyondPi)), steep);

export const decompositions: { readonly [F in UnaryFunction | BinaryFunction]?: Recipe } = {
  sign: choose(["greater", 0, is(0)], is(1), choose(["less", 0, is(0)], is(-1), 0)),
  atan2: choose(isBelow(0), ["negative", halfTurn], halfTurn),
  trunc: choose(["less", 0, is(0)], ["ceil", 0], ["floor", 0]),
  log2: times(["log", 0], is(Math.LOG2E)),
  log10: times(["log", 0], is(Math.LOG10E)),
  tan: over(["sin", 0], ["cos", 0]),
  sinh: times(sign, sinh),
  cosh,
  asin: ["atan2", 0, sqrt(times(subtract(is(1), 0), add(is(1), 0)))],
  acos: times(is(2), ["atan2", sqrt(subtract(is(1), 0)), sqrt(add(is(1), 0))]),
  atan: ["atan2", 0, is(1)],
  asinh: times(
    sign,
    choose(isLarge, farLogarithm, [
      "log1p",
      add(size, over(times(size, size), add(is(1), sqrt(add(is(1), times(size, size)))))),
    ]),
  ),
  // Two roots, whose product is NaN below −1, too, where that of the factors may be infinite.
  acosh: choose(["greater", 0, is(1e150)], farLogarithm, [
    "log1p",
    add(subtract(0, is(1)), times(sqrt(subtract(0, is(1))), sqrt(add(0, is(1))))),
  ]),
  atanh: times(sign, times(is(0.5), ["log1p", over(times(is(2), size), subtract(is(1), size))])),
  hypot: choose(
    infinite,
    is(Number.POSITIVE_INFINITY),
    choose(["equal", most, is(0)], is(0), times(most, sqrt(add(is(1), times(ratio, ratio))))),
  ),
  cbrt: choose(
    ["and", ["greater", size, is(0)], ["less", size, is(Number.POSITIVE_INFINITY)]],
    times(sign, better),
    0,
  ),
  expm1: choose(
    ["equal", exp, is(1)],
    0,
    choose(
      ["equal", raised, is(-1)],
      is(-1),
      choose(["equal", exp, is(Number.POSITIVE_INFINITY)], exp, over(times(raised, 0), ["log", exp])),
    ),
  ),
  log1p: choose(
    ["equal", above, is(1)],
    0,
    choose(
      ["equal", above, is(Number.POSITIVE_INFINITY)],
      above,
      over(times(["log", above], 0), subtract(above, is(1))),
    ),
  ),
};
