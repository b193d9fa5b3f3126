/** The accuracy table's rows of special functions and activations. */

import type { Expr, Op } from "../../../graph/index.js";
import * as g from "../../../graph/index.js";
import { apply } from "../../../graph/node.js";
import { besselDerivative } from "../../../graph/ops/bessel.js";
import { polygammaDifference } from "../../../graph/ops/beta.js";
import { full } from "../../../graph/ops/constant.js";
import { logErfcDerivative } from "../../../graph/ops/error-functions.js";
import { gammaByShape, gammaDensity } from "../../../graph/ops/incomplete-gamma.js";
import { sincDerivative } from "../../../graph/ops/sinc.js";
import * as m from "./meanings.js";
import * as special from "./special-meanings.js";
import type { One } from "./subjects.js";

/** An op with its first operands given: the orders of derivatives and the like. */
const given =
  (op: Op, ...leading: readonly number[]) =>
  (a: Expr, b: Expr): Expr =>
    apply(op, [
      ...leading.map((x) => full(a.builder, x, [])),
      ...[a, b].slice(0, op.domains.length - leading.length),
    ]);

const infinity = Number.POSITIVE_INFINITY;
const bounded = { range: [-1e12, 1e12] } as const;

export const specialOfOne: readonly One[] = [
  ["sinc", g.sinc, special.sinc, { ...bounded, near: [3, 10, 1.4302966531242027] }],
  ["sincDerivative", given(sincDerivative.op, 1), special.derivativeOf(1, special.sinc), bounded],
  ["i0e", g.i0e, special.besselIe(0), { near: [30, 31, 1.5] }],
  ["i1e", g.i1e, special.besselIe(1), { near: [30, 31, 1.5] }],
  ["besselDerivative", given(besselDerivative, 0, 1), special.derivativeOf(1, special.besselIe(0))],
  ["erfinv", g.erfinv, special.erfinv, { near: [0.75, 0.9] }],
  ["logErfc", g.logErfc, special.logErfc, { near: [-1, 0.4, 0.5, 2], range: [-infinity, 1e5] }],
  [
    "logErfcDerivative",
    given(logErfcDerivative.op, 1),
    special.derivativeOf(1, special.logErfc),
    { near: [0.4], range: [-infinity, 1e5] },
  ],
  ["log1mexp", g.log1mexp, special.log1mexp, { near: [Math.LN2], range: [5e-324, infinity] }],
  ["logSigmoid", g.logSigmoid, (s, u) => s.negate(m.softplus(s, s.negate(u), u))],
];

/** Where the series of the meaning isn't too long. */
const gammaRange = { range: [1e-8, 150] } as const;

export const specialOfTwo: readonly One[] = [
  ["xlogy", g.xlogy, special.xlogy],
  ["xlog1py", g.xlog1py, special.xlog1py],
  ["logAddExp", g.logAddExp, m.logSumExp()],
  ["betaln", g.betaln, special.betaln, { range: [1e-60, 1e10] }],
  [
    "polygammaDifference",
    given(polygammaDifference, 0),
    special.polygammaDifference(0),
    { range: [1e-60, 1e10] },
  ],
  ["gammainc", g.gammainc, special.gammainc, gammaRange],
  ["gammaincc", g.gammaincc, special.gammaincc, gammaRange],
  ["gammaByShape", given(gammaByShape, 1), special.gammaByShape(1), gammaRange],
  ["gammaDensity", given(gammaDensity, 0), special.gammaDensity(0), gammaRange],
];
