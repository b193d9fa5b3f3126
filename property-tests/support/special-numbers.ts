/** 64-digit meanings of special functions, by the series that the accuracy table measures with. */
import type { BigNumber } from "mathjs";
import { type Float, fromDouble, Undefined, zero } from "./precise/floats.js";
import type { Meaning } from "./precise/meanings.js";
import { logSumExp } from "./precise/meanings.js";
import { SeriesOf } from "./precise/series.js";
import * as special from "./precise/special-meanings.js";

/** Digits enough for 64 decimal ones of what cancels. */
const bits = 400;

export type BigMeaning = (...operands: BigNumber[]) => BigNumber;

/** What each scalar op means, by its name, on numbers that `big` makes. */
export function specialMeanings(big: (x: number) => BigNumber): Readonly<Record<string, BigMeaning>> {
  const two = big(2);
  const toFloat = (x: BigNumber): Float => {
    if (!x.isFinite()) return fromDouble(x.toNumber());
    const e = x.isZero() ? 0 : Math.floor(x.abs().log(2).toNumber()) - 230;
    return { m: BigInt(x.div(two.pow(e)).toFixed(0)), e };
  };
  const toBig = ({ m, e }: Float): BigNumber => {
    const whole = big(0).plus(m.toString());
    return whole.times(two.pow(e));
  };
  /** The value of a meaning of one or two numbers; NaN where it has none. */
  const value =
    (meaning: Meaning, at?: (...operands: number[]) => number | undefined): BigMeaning =>
    (...operands) => {
      const known = at?.(...operands.map(Number));
      if (known !== undefined) return big(known);
      // Variables, by which a meaning may differentiate.
      const s = new SeriesOf(bits, operands.length, 1);
      const [a, b] = operands.map((x, i) => [
        [toFloat(x)],
        operands.map((_, k) => (k === i ? s.f.one : zero)),
      ]);
      try {
        return toBig(meaning(s, a!, b ?? a!)[0]![0]!);
      } catch (error) {
        if (error instanceof Undefined) return big(Number.NaN);
        throw error;
      }
    };
  const order = (n: BigNumber) => n.toNumber();
  const zeroFirst = (x: number, y: number) => (x === 0 && !Number.isNaN(y) ? 0 : undefined);
  return {
    sinc: value(special.sinc, (x) => (x === 0 ? 1 : undefined)),
    sincDerivative: (n, x) => value(special.derivativeOf(order(n!), special.sinc))(x!),
    besselDerivative: (nu, n, x) =>
      value(special.derivativeOf(order(n!), special.besselIe(order(nu!) as 0 | 1)))(x!),
    erfinv: value(special.erfinv),
    logErfc: value(special.logErfc),
    logErfcDerivative: (n, x) => value(special.derivativeOf(order(n!), special.logErfc))(x!),
    xlogy: value(special.xlogy, zeroFirst),
    xlog1py: value(special.xlog1py, zeroFirst),
    logAddExp: value(logSumExp()),
    betaln: value(special.betaln),
    polygammaDifference: (n, a, b) => value(special.polygammaDifference(order(n!)))(a!, b!),
    gammainc: value(special.gammainc),
    gammaincc: value(special.gammaincc),
    gammaByShape: (n, a, x) => value(special.gammaByShape(order(n!)))(a!, x!),
    gammaDensity: (n, a, x) => value(special.gammaDensity(order(n!)))(a!, x!),
  };
}
