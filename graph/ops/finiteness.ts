/** Which numbers are finite, and what stands in place of those that aren't. */
import { composed } from "../elementwise.js";
import { withOperands } from "../operand.js";
import { type Option, type OptionsOf, readOptions } from "../options.js";
import type { Operand, ResultOf, ShapeOf, Unary } from "../types.js";
import { abs } from "./arithmetic.js";
import { equal, less, notEqual, where } from "./comparison.js";

/**
 * 1 where x is NaN, else 0. It has no derivative.
 *
 * @example
 * isNaN([1, NaN, Infinity]); // [0, 1, 0]
 */
const whetherNaN: Unary = /* @__PURE__ */ composed("isNaN", (x) => notEqual(x, x));

/**
 * 1 where x is neither NaN nor infinite, else 0. It has no derivative.
 *
 * @example
 * isFinite([1, NaN, Infinity]); // [1, 0, 0]
 */
const whetherFinite: Unary = /* @__PURE__ */ composed("isFinite", (x) =>
  less(abs(x), Number.POSITIVE_INFINITY),
);

const number = (value: number): Option<number, number> => ({
  default: value,
  range: "a number",
  allows: (given: unknown) => typeof given === "number",
});

const options = {
  nan: /* @__PURE__ */ number(0),
  posInf: /* @__PURE__ */ number(Number.MAX_VALUE),
  negInf: /* @__PURE__ */ number(-Number.MAX_VALUE),
};

/**
 * What stands for NaN, ∞ and −∞.
 * @example const options: NanToNumOptions = { nan: -1 };
 */
export type NanToNumOptions = OptionsOf<typeof options>;

type NanToNum = <const A extends Operand>(x: A, options?: NanToNumOptions) => ResultOf<[A], ShapeOf<A>>;

/**
 * x where it is finite; in place of NaN the number `nan`, by default 0, and in place of ±∞ `posInf` and `negInf`, by default
 * the largest doubles (NumPy's `nan_to_num`). f32 kernels round these to ±∞ again: give ±3.4028234663852886e38 there. The
 * derivative is 1 where x is passed on, and 0 where it is replaced, whatever comes behind.
 * @throws where an option isn't a number
 *
 * @example
 * nanToNum([NaN, 2, Infinity], { posInf: 9 }); // [0, 2, 9]
 */
export const nanToNum: NanToNum = ((x: Operand, given: NanToNumOptions = {}) => {
  const { nan, posInf, negInf } = readOptions("nanToNum", options, given);
  return withOperands("nanToNum", [x], ([expr]) =>
    where(
      whetherFinite(expr),
      expr,
      where(whetherNaN(expr), nan, where(equal(expr, Number.POSITIVE_INFINITY), posInf, negInf)),
    ),
  );
}) as NanToNum;

export { whetherFinite as isFinite, whetherNaN as isNaN };
