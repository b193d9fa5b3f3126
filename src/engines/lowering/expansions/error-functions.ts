/** The error functions, by W. J. Cody's approximations and the series of `graph/ops/error-functions.ts`. */
import {
  abs,
  add,
  ceil,
  divide,
  type Expr,
  equal,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  multiply,
  negative,
  scan,
  sqrt,
  square,
  subtract,
  trunc,
  where,
} from "../../../../graph/index.js";
import type { Expansion } from "./expansion.js";
import { horner, knownOrder, like, type Numeric } from "./pieces.js";

const twoOverRootPi = 1.1283791670955126;

/** erf, or 1 − erf, of x + `rest`. */
function errorFunction(x: Expr, complement: boolean, rest: Numeric = 0): Expr {
  const y = abs(x) as Expr;
  const [isSmall, isFar] = [lessEqual(y, 0.46875) as Expr, greater(y, 4) as Expr];
  const inverse = divide(1, square(y)) as Expr;
  const small = multiply(
    x,
    ratio(
      square(y) as Expr,
      [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
      [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
    ),
  ) as Expr;
  const middle = ratio(
    y,
    [
      2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
      881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
    ],
    [
      1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
      4362.619090143247, 3439.3676741437216, 1230.3393548037495,
    ],
  );
  const far = ratio(
    inverse,
    [
      0.016315387137302097, 0.30532666493123234, 0.36034489994980445, 0.12578172611122926,
      0.016083785148742275, 0.0006587491615298378,
    ],
    [
      1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132,
      0.0023352049762686918,
    ],
  );
  const rounded = divide(trunc(multiply(y, 16) as Expr), 16) as Expr;
  const scale = multiply(
    exp(negative(square(rounded)) as Expr),
    exp(negative(multiply(subtract(y, rounded), add(y, rounded))) as Expr),
  ) as Expr;
  const farTail = divide(multiply(scale, subtract(twoOverRootPi / 2, multiply(inverse, far))), y);
  const plain = where(isFar, farTail, multiply(scale, middle)) as Expr;
  const turned = rest === 0 ? 0 : (where(less(x, 0), negative(rest), rest) as Expr);
  const moved = rest === 0 ? plain : subtract(plain, multiply(multiply(twoOverRootPi, scale), turned));
  const tail = where(greater(y, 27), 0, moved) as Expr;
  const large = complement
    ? where(less(x, 0), subtract(2, tail), tail)
    : where(less(x, 0), subtract(tail, 1), subtract(1, tail));
  return where(isSmall, complement ? subtract(1, small) : small, large) as Expr;
}

function ratio(s: Expr, over: readonly number[], under: readonly number[]): Expr {
  return divide(horner(over, s), horner(under, s)) as Expr;
}

const normalCdf: Expansion = ([x]) => {
  const z = multiply(x!, Math.SQRT1_2) as Expr;
  const isPrecise = logicalAnd(less(z, -0.5), greater(z, -40));
  const large = multiply(134217729, x!);
  const upper = subtract(large, subtract(large, x!)) as Expr;
  const lower = subtract(x!, upper) as Expr;
  const lost = subtract(
    add(
      add(subtract(multiply(upper, 0.7071067839860916), z), multiply(upper, -2.7995440410322203e-9)),
      multiply(lower, Math.SQRT1_2),
    ),
    multiply(x!, 4.833646656726457e-17),
  ) as Expr;
  const rest = where(isPrecise, negative(lost), 0) as Expr;
  return multiply(0.5, errorFunction(negative(z) as Expr, true, rest)) as Expr;
};

const centre = [
  48.487529137122486, -277.2170022440218, 749.3355203357095, -1267.3279988189938, 1499.856661825684,
  -1317.0928634080353, 888.6594883403416, -470.7514405907425, 198.5092127001725, -67.12157078685047,
  18.301314775050088, -3.9867756465383075, 0.7271740013990762, -0.0736450918441082, 0.03886806745655282,
  0.030756791525319117, 0.036526572558001305, 0.04283380871105215, 0.05173138113242606, 0.06495961548569619,
  0.0865521292731307, 0.127556175305364, 0.2320136665346552, 0.886226925452758,
];
const outer = [
  3.934188673781352e-8, 6.39933049391269e-7, -3.439000177568235e-6, -9.92343118969925e-6,
  6.439635403781987e-5, -4.0051897584637985e-6, -0.0003934880530355025, 0.0006951247625495998,
  -0.0004920786718109406, 0.0007591139226413162, -0.002141706128918875, 0.0034250070192249275,
  1.0073742181694105, 3.3354754075196245,
];

const erfinv: Expansion = ([x]) => {
  const y = abs(x!) as Expr;
  const inside = multiply(y, horner(centre, square(y) as Expr));
  const s = subtract(sqrt(negative(log(multiply(subtract(1, y), add(1, y)) as Expr)) as Expr), 3.5) as Expr;
  let result = multiply(y, horner(outer, s)) as Expr;
  for (let i = 0; i < 2; i++) {
    const slope = multiply(-twoOverRootPi, exp(negative(square(result)) as Expr));
    const error = subtract(errorFunction(result, true), subtract(1, y));
    result = subtract(result, divide(error, slope)) as Expr;
  }
  const size = where(lessEqual(y, 0.75), inside, result) as Expr;
  const signed = where(less(x!, 0), negative(size), size);
  const edge = where(equal(y, 1), multiply(x!, Number.POSITIVE_INFINITY), Number.NaN);
  return where(less(y, 1), signed, edge) as Expr;
};

/** The first coefficients of 2/√π·e^(−x²)/erfc(x), by its differential equation where x < ½. */
function nearSeries(count: number, x: Expr): Expr[] {
  const m = [
    divide(multiply(twoOverRootPi, exp(negative(square(x)) as Expr)), errorFunction(x, true)) as Expr,
  ];
  const rest = [subtract(m[0]!, multiply(2, x)) as Expr];
  for (let j = 1; j < count; j++) {
    let sum: Numeric = 0;
    for (let i = 0; i < j; i++) sum = add(sum, multiply(m[i]!, rest[j - 1 - i]!)) as Expr;
    m[j] = divide(sum, j) as Expr;
    rest[j] = j === 1 ? (subtract(m[1]!, 2) as Expr) : m[j]!;
  }
  return m;
}

/** The same from ½ on, by the continued fraction from each element's depth on, which is at most `most`. */
function farSeries(count: number, given: Expr, most: number, least: number): Expr[] {
  const x = where(greaterEqual(given, least), given, least) as Expr;
  const depth = add(ceil(divide(350, square(x)) as Expr), 10) as Expr;
  const first = add(divide(x, 2), sqrt(add(divide(square(x), 4), divide(depth, 2)) as Expr)) as Expr;
  const start = Object.fromEntries(
    Array.from({ length: count }, (_, j) => [`t${j}`, j === 0 ? first : like(first, 0)]),
  );
  const { last } = scan(
    (carry, _x, i) => {
      const t = Object.values(carry as Record<string, Expr>);
      const k = add(i, 1) as Expr;
      const inverse: Expr[] = [divide(1, t[0]!) as Expr];
      for (let j = 1; j < count; j++) {
        let sum: Numeric = 0;
        for (let l = 1; l <= j; l++) sum = add(sum, multiply(t[l]!, inverse[j - l]!)) as Expr;
        inverse[j] = negative(multiply(sum, inverse[0]!)) as Expr;
      }
      const next = inverse.map((one) => multiply(divide(k, 2), one) as Expr);
      next[0] = add(next[0]!, x) as Expr;
      if (count > 1) next[1] = add(next[1]!, 1) as Expr;
      const going = lessEqual(k, depth);
      return Object.fromEntries(next.map((one, j) => [`t${j}`, where(going, one, t[j]!) as Expr])) as never;
    },
    start,
    { length: most, reverse: true },
  ) as unknown as { readonly last: Record<string, Expr> };
  return Object.values(last).map((one) => multiply(2, one) as Expr);
}

const logErfc: Expansion = ([x]) => {
  const [m] = farSeries(1, x!, 98, 2);
  const far = subtract(negative(square(x!)), log(divide(m!, twoOverRootPi) as Expr));
  const near = log1p(negative(errorFunction(x!, false)) as Expr);
  const other = log(errorFunction(x!, true));
  const isNear = logicalAnd(greaterEqual(x!, -1), less(x!, 0.5));
  return where(greaterEqual(x!, 2), far, where(isNear, near, other)) as Expr;
};

const logErfcDerivative: Expansion = ([order, x]) => {
  const n = knownOrder(order!, "logErfcDerivative");
  if (!(n >= 0 && n <= 100 && Number.isInteger(n))) return multiply(x!, Number.NaN) as Expr;
  if (n === 0) return logErfc([x!], {} as never);
  let factorial = 1;
  for (let i = 2; i < n; i++) factorial *= i;
  const isNear = less(x!, 0.5);
  const coefficient = where(isNear, nearSeries(n, x!)[n - 1]!, farSeries(n, x!, 1410, 0.5)[n - 1]!) as Expr;
  const value = where(equal(x!, Number.NEGATIVE_INFINITY), 0, multiply(coefficient, -factorial));
  return where(logicalNot(equal(x!, x!)), x!, value) as Expr;
};

export const errorFunctions: Readonly<Record<string, Expansion>> = {
  erf: ([x]) => errorFunction(x!, false),
  erfc: ([x]) => errorFunction(x!, true),
  normalCdf,
  erfinv,
  logErfc,
  logErfcDerivative,
};
