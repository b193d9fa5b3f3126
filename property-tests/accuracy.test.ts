/**
 * The error of every elementwise op against 64 digits, over all of its range and not only where the other laws draw
 * from, in units in the last place (ulps). `TABLE=1` prints the largest ones, `COUNT=5000` looks at more numbers.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Op } from "../graph/index.js";
import { bigNumbers } from "./support/big-numbers.js";
import { elementwiseOps } from "./support/registry.js";

const accuracy = suite("accuracy");

type Range = readonly [low: number, high: number];

interface Sweep {
  /** One an operand. */
  readonly ranges: readonly Range[];
  /** How many ulps the error may reach; by default `usual`. */
  readonly bound?: number;
  /** Results smaller than this have the ulp of this: around zeros that no formula resolves. */
  readonly floor?: number;
}

/** Engines' own functions are within 1 ulp by and large, though the language's standard promises nothing. */
const usual = 2;

/** Where ops are looked at, if not in the domains that they name. */
const sweeps: Readonly<Record<string, readonly Sweep[]>> = {
  square: [{ ranges: [[-1e100, 1e100]] }],
  // A product of up to 32 factors; 1/product for a negative exponent.
  power: [
    {
      ranges: [
        [1e-3, 1e3],
        [-40.5, 40.5],
      ],
    },
    {
      ranges: [
        [-1e3, 1e3],
        [-32, 32],
      ],
      bound: 8,
    },
  ],
  exp: [{ ranges: [[-700, 700]] }],
  expm1: [{ ranges: [[-40, 700]] }],
  log: [{ ranges: [[1e-300, 1e300]] }, { ranges: [[0.5, 2]] }],
  log1p: [{ ranges: [[-0.999, 10]] }, { ranges: [[10, 1e300]] }],
  log2: [{ ranges: [[1e-300, 1e300]] }, { ranges: [[0.5, 2]] }],
  log10: [{ ranges: [[1e-300, 1e300]] }, { ranges: [[0.5, 2]] }],
  remainder: [
    {
      ranges: [
        [-1e6, 1e6],
        [0.01, 1e3],
      ],
      bound: 0.5,
    },
    {
      ranges: [
        [-3, 3],
        [-2, -1],
      ],
      bound: 0.5,
    },
  ],
  sqrt: [{ ranges: [[0, 1e300]] }],
  cbrt: [{ ranges: [[-1e300, 1e300]] }],
  hypot: [
    {
      ranges: [
        [-1e200, 1e200],
        [-1e200, 1e200],
      ],
      bound: 2.5,
    },
  ],
  sin: [{ ranges: [[-30, 30]] }, { ranges: [[-1e15, 1e15]] }],
  cos: [{ ranges: [[-30, 30]] }, { ranges: [[-1e15, 1e15]] }],
  tan: [{ ranges: [[-30, 30]] }, { ranges: [[-1e15, 1e15]] }],
  asin: [{ ranges: [[-1, 1]] }],
  acos: [{ ranges: [[-1, 1]] }],
  atan: [{ ranges: [[-1e10, 1e10]] }],
  atan2: [
    {
      ranges: [
        [-1e3, 1e3],
        [-1e3, 1e3],
      ],
    },
  ],
  sinh: [{ ranges: [[-700, 700]], bound: 2.5 }],
  cosh: [{ ranges: [[-700, 700]], bound: 2.5 }],
  tanh: [
    { ranges: [[-400, 400]], bound: 2.5 },
    { ranges: [[-2, 2]], bound: 2.5 },
  ],
  oneMinusSquare: [{ ranges: [[-1, 1]] }, { ranges: [[-1e100, 1e100]] }],
  direction: [
    {
      ranges: [
        [-1e3, 1e3],
        [-1e3, 1e3],
      ],
      bound: 2.5,
    },
  ],
  sechSquared: [{ ranges: [[-350, 350]], bound: 4 }],
  asinh: [
    { ranges: [[-1e10, 1e10]], bound: 2.5 },
    { ranges: [[-2, 2]], bound: 2.5 },
  ],
  acosh: [
    { ranges: [[1, 1e10]], bound: 2.5 },
    { ranges: [[1, 3]], bound: 2.5 },
  ],
  atanh: [{ ranges: [[-0.9999, 0.9999]], bound: 2.5 }],
  sigmoid: [
    { ranges: [[-700, 700]], bound: 2.5 },
    { ranges: [[-40, 40]], bound: 2.5 },
  ],
  logisticDensity: [
    { ranges: [[-700, 700]], bound: 4 },
    { ranges: [[-40, 40]], bound: 4 },
  ],
  softplus: [
    { ranges: [[-700, 700]], bound: 2.5 },
    { ranges: [[-40, 40]], bound: 2.5 },
  ],
  floor: [{ ranges: [[-1e17, 1e17]] }, { ranges: [[-5, 5]] }],
  ceil: [{ ranges: [[-1e17, 1e17]] }, { ranges: [[-5, 5]] }],
  trunc: [{ ranges: [[-1e17, 1e17]] }, { ranges: [[-5, 5]] }],
  round: [{ ranges: [[-1e17, 1e17]] }, { ranges: [[-5, 5]] }],
  erf: [{ ranges: [[-7, 7]], bound: 4 }],
  erfc: [
    { ranges: [[-7, 7]], bound: 5 },
    { ranges: [[4, 26.5]], bound: 5 },
  ],
  // Far out κ is x², and the table of `npm run accuracy` takes that off.
  normalCdf: [
    { ranges: [[-5, 8]], bound: 4 },
    { ranges: [[-2, 2]], bound: 4 },
  ],
  // Below 0 there is a zero between any two poles; on the way there, and in the reflection, the error is absolute.
  gammaln: [
    { ranges: [[1e-300, 30]], bound: 6 },
    { ranges: [[0.4, 2.6]], bound: 6 },
    { ranges: [[10, 2.5e305]], bound: 6 },
    { ranges: [[-30.5, -0.5]], bound: 60, floor: 1 },
  ],
  sinc: [{ ranges: [[-1e6, 1e6]], bound: 3 }],
  erfinv: [{ ranges: [[-0.9, 0.9]], bound: 3 }],
  logErfc: [
    { ranges: [[-5, 1e5]], bound: 4 },
    { ranges: [[-2, 4]], bound: 4 },
  ],
  logErfcDerivative: [
    {
      ranges: [
        [1, 2],
        [0, 1e3],
      ],
      bound: 10,
    },
  ],
  besselDerivative: [
    {
      ranges: [
        [0, 1],
        [0, 0],
        [-200, 200],
      ],
      bound: 4,
    },
  ],
  // Its zeros, where B(a, b) is 1, have an absolute error.
  betaln: [
    {
      ranges: [
        [1e-20, 50],
        [1e-3, 1e10],
      ],
      bound: 6,
      floor: 0.25,
    },
  ],
  polygammaDifference: [
    {
      ranges: [
        [0, 2],
        [1e-3, 1e3],
        [1e-9, 1e6],
      ],
      bound: 6,
    },
  ],
  gammainc: [
    {
      ranges: [
        [0.01, 50],
        [0.01, 60],
      ],
      bound: 32,
    },
  ],
  gammaincc: [
    {
      ranges: [
        [0.01, 50],
        [0.01, 60],
      ],
      bound: 32,
    },
  ],
  // Logarithms and digammas that cancel have an absolute error.
  gammaByShape: [
    {
      ranges: [
        [1, 2],
        [0.5, 20],
        [0.1, 20],
      ],
      bound: 64,
      floor: 0.01,
    },
  ],
  gammaDensity: [
    {
      ranges: [
        [0, 2],
        [0.5, 20],
        [0.1, 20],
      ],
      bound: 64,
      floor: 0.01,
    },
  ],
  polygamma: [
    {
      ranges: [
        [0, 0],
        [1e-300, 30],
      ],
      bound: 6,
    },
    {
      ranges: [
        [0, 0],
        [1.4, 1.5],
      ],
      bound: 6,
    },
    {
      ranges: [
        [0, 0],
        [5, 1e300],
      ],
      bound: 6,
    },
    {
      ranges: [
        [1, 8],
        [1e-30, 30],
      ],
      bound: 12,
    },
    {
      ranges: [
        [1, 8],
        [20, 1e30],
      ],
      bound: 12,
    },
    {
      ranges: [
        [0, 4],
        [-9.9, -0.1],
      ],
      bound: 60,
      floor: 1,
    },
  ],
};

/** Numbers of a range, some of them evenly spread and some of every magnitude, always the same. */
function pointsOf([low, high]: Range, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    // Multiples of the golden section are spread evenly, however many there are.
    const u = (0.5 + i * 0.6180339887498949) % 1;
    const far = Math.max(Math.abs(low), Math.abs(high));
    const near = low > 0 ? low : Math.min(1e-12, far / 1e12);
    const size = (i % 4 === 1 ? 1 : -1) * near * (far / near) ** u;
    return i % 2 === 1 && size >= low && size <= high ? size : low + (high - low) * u;
  });
}

/** The distance from a double to the next one away from 0. */
function ulp(x: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  return 2 ** Math.max(-1074, exponent - 52);
}

interface Worst {
  readonly error: number;
  readonly at: readonly number[];
}

function worstOf(op: Op, { ranges, floor = 0 }: Sweep, count: number): Worst {
  const given = op.domains.map(({ kind }, k) => {
    const points = pointsOf(ranges[k]!, count);
    return kind === "real" ? points : points.map(Math.round);
  });
  let worst: Worst = { error: 0, at: [] };
  for (let i = 0; i < count; i++) {
    // Strides of their own pair each number of one operand with another of the others.
    const at = given.map((values, k) => values[(i * (1 + 6 * k) + 3 * k) % count]!);
    const exact = bigNumbers.apply(op, at.map(bigNumbers.constant));
    const actual = op.scalar!.compute(...at);
    const nearest = exact.toNumber();
    if (Object.is(actual, nearest)) continue;
    const unit = ulp(Math.max(Math.abs(nearest), floor));
    const error = bigNumbers.constant(actual).minus(exact).abs().div(bigNumbers.constant(unit)).toNumber();
    // NaN is an error that no number exceeds.
    if (!(error <= worst.error)) worst = { error, at };
  }
  return worst;
}

const count = Number(process.env.COUNT ?? 40);

for (const op of elementwiseOps) {
  accuracy(`${op.name} is exact to a few units in the last place`, () => {
    const named = op.domains.map(({ low, high }): Range => [low, high]);
    for (const sweep of sweeps[op.name] ?? [{ ranges: named }]) {
      const { error, at } = worstOf(op, sweep, count);
      if (process.env.TABLE) {
        const ranges = sweep.ranges.map((range) => range.join(" to ")).join("; ");
        process.stdout.write(`\n${op.name.padEnd(14)}${error.toFixed(2).padStart(7)} ulps  in ${ranges}`);
      }
      const { bound = usual } = sweep;
      assert.ok(error <= bound, `${op.name}(${at.join(", ")}) is ${error} ulps off, more than ${bound}`);
    }
  });
}

accuracy.run();
