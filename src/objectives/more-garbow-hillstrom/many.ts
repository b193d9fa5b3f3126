/** Problems of the collection with as many coordinates as one likes. */
import {
  add,
  concatenate,
  cos,
  cumsum,
  divide,
  dot,
  type Expr,
  exp,
  flip,
  matmul,
  multiply,
  power,
  prod,
  sin,
  slice,
  square,
  stack,
  subtract,
  sum,
} from "../../../graph/index.js";
import { singular, valley } from "./few.js";
import { list, problem, upTo } from "./paper.js";

type Scalar = Expr<[]>;
type Vector = Expr<[number]>;

/** A list in groups of so many. */
const groups = <T>(list: readonly T[], size: number): T[][] =>
  upTo(list.length / size).map((i) => list.slice((i - 1) * size, i * size));

/** The places i/(n + 1) inside of the unit interval, and their distance. */
const inside = (n: number) => ({ h: 1 / (n + 1), t: upTo(n).map((i) => i / (n + 1)) });
const parabola = inside(10).t.map((t) => t * (t - 1));

/** The vector with a zero before and one behind, from its element k on: the neighbours of its elements. */
const neighbour = (x: Vector, k: -1 | 1): Vector =>
  k < 0 ? concatenate([[0], slice(x, 0, x.shape[0] - 1)]) : concatenate([slice(x, 1), [0]]);

/** The solution of the boundary value problem, which the integral equation states, too. */
const curve = [
  -0.04316498251876487, -0.08157715653538689, -0.11448571438052929, -0.14097357686259668, -0.1599086961819831,
  -0.16987720231277492, -0.16908998378120835, -0.15524953522183182, -0.125355891678935, -0.07541653368589209,
];

const rankOne = (rows: readonly number[], columns: readonly number[]) => ({
  of: (x: Vector) => subtract(multiply(rows, dot(columns, x)), 1),
});

/** ∫ Tᵢ(2t − 1) dt over the unit interval. */
const integral = (i: number) => (i % 2 === 1 ? 0 : -1 / (i * i - 1));

export const many = [
  problem(21, {
    name: "extendedRosenbrock",
    title: "Extended Rosenbrock",
    residuals: (...x) => groups(x, 2).flatMap(([a, b]) => valley(a!, b!)),
    start: list(0).map((_, i) => (i % 2 === 0 ? -1.2 : 1)),
    minimum: { x: list(1), value: 0 },
  }),
  problem(22, {
    name: "extendedPowellSingular",
    title: "Extended Powell, singular",
    residuals: (...x) => groups(x, 4).flatMap(([a, b, c, d]) => singular(a!, b!, c!, d!)),
    start: [3, -1, 0, 1, 3, -1, 0, 1, 3, -1, 0, 1],
    minimum: { x: list(0, 12), value: 0 },
  }),
  problem(23, {
    name: "penalty1",
    title: "Penalty I",
    residuals: (...x) => [
      ...x.map((v) => multiply(Math.sqrt(1e-5), subtract(v, 1))),
      subtract(add(...x.map((v) => square(v))), 0.25),
    ],
    start: upTo(4),
    minimum: {
      x: [0.2500074995875379, 0.2500074995875379, 0.2500074995875379, 0.2500074995875379],
      value: 2.249977500899937e-5,
    },
  }),
  problem(24, {
    name: "penalty2",
    title: "Penalty II",
    residuals: (...x) => {
      const root = Math.sqrt(1e-5);
      const grown = x.map((v) => exp(divide(v, 10)));
      return [
        subtract(x[0]!, 0.2),
        ...upTo(x.length - 1).map((i) =>
          multiply(root, add(grown[i]!, grown[i - 1]!, -(Math.exp((i + 1) / 10) + Math.exp(i / 10)))),
        ),
        ...grown.slice(1).map((v) => multiply(root, subtract(v, Math.exp(-0.1)))),
        subtract(add(...x.map((v, i) => multiply(x.length - i, square(v)))), 1),
      ];
    },
    start: list(0.5, 4),
    minimum: {
      x: [0.1999993333503804, 0.19131670099277245, 0.48010148533262315, 0.5188454043902005],
      value: 9.376293007355442e-6,
    },
  }),
  problem(25, {
    name: "variablyDimensioned",
    title: "Variably dimensioned",
    residuals: {
      of: (x) => {
        const away = subtract(x, 1);
        const weighted = dot(upTo(x.shape[0]), away);
        return concatenate([away, stack([weighted, square(weighted)])]);
      },
    },
    start: upTo(10).map((i) => 1 - i / 10),
    minimum: { x: list(1), value: 0 },
  }),
  problem(26, {
    name: "trigonometric",
    title: "Trigonometric",
    residuals: {
      of: (x) => {
        const n = x.shape[0];
        const c = cos(x);
        return subtract(add(subtract(n, sum(c)), multiply(upTo(n), subtract(1, c))), sin(x));
      },
    },
    start: list(0.1),
    minimum: {
      x: [
        0.05515090398069129, 0.05684061679473856, 0.058764001762695084, 0.06099060865676081,
        0.06362621369585451, 0.06684317945275879, 0.20816151856988116, 0.16436309588564774,
        0.08500689568850744, 0.09143145071470794,
      ],
      value: 2.7950561218794563e-5,
    },
  }),
  problem(27, {
    name: "brownAlmostLinear",
    title: "Brown, almost linear",
    residuals: {
      of: (x) => {
        const n = x.shape[0];
        const linear = subtract(add(slice(x, 0, n - 1), sum(x)), n + 1);
        return concatenate([linear, stack([subtract(prod(x), 1)])]);
      },
    },
    start: list(0.5),
    minimum: {
      x: [
        0.9794303033498625, 0.9794303033498625, 0.9794303033498625, 0.9794303033498625, 0.9794303033498625,
        0.9794303033498625, 0.9794303033498625, 0.9794303033498625, 0.9794303033498625, 1.2056969665013755,
      ],
      value: 0,
    },
    bounded: {
      lower: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      upper: [100, 100, 0.9, 100, 100, 100, 100, 100, 100, 100],
      value: 0.006093178576596832,
    },
  }),
  problem(28, {
    name: "discreteBoundaryValue",
    title: "Discrete boundary value",
    residuals: {
      of: (x) => {
        const { h, t } = inside(x.shape[0]);
        const around = add(neighbour(x, -1), neighbour(x, 1));
        return add(subtract(multiply(2, x), around), multiply((h * h) / 2, power(add(x, t, 1), 3)));
      },
    },
    start: parabola,
    minimum: {
      x: curve,
      value: 0,
    },
  }),
  problem(29, {
    name: "discreteIntegralEquation",
    title: "Discrete integral equation",
    residuals: {
      of: (x) => {
        const { h, t } = inside(x.shape[0]);
        const rest = t.map((v) => 1 - v);
        const cubes = power(add(x, t, 1), 3);
        const before = cumsum(multiply(t, cubes));
        const own = multiply(rest, cubes);
        const behind = subtract(flip(cumsum(flip(own))), own);
        return add(x, multiply(h / 2, add(multiply(rest, before), multiply(t, behind))));
      },
    },
    start: parabola,
    minimum: {
      x: curve,
      value: 0,
    },
  }),
  problem(30, {
    name: "broydenTridiagonal",
    title: "Broyden, tridiagonal",
    residuals: {
      of: (x) => {
        const around = add(neighbour(x, -1), multiply(2, neighbour(x, 1)));
        return add(multiply(subtract(3, multiply(2, x)), x), 1, multiply(-1, around));
      },
    },
    start: list(-1),
    minimum: {
      x: [
        -0.5707221320112248, -0.681806949984275, -0.7022100760176601, -0.7055106298950804,
        -0.7049061557287437, -0.7014966070298512, -0.6918893223547983, -0.6657965144058537,
        -0.5960351090263657, -0.4164122575286934,
      ],
      value: 0,
    },
  }),
  problem(31, {
    name: "broydenBanded",
    title: "Broyden, banded",
    residuals: {
      of: (x) => {
        const band = upTo(x.shape[0]).map((i) =>
          upTo(x.shape[0]).map((j) => Number(j !== i && j >= i - 5 && j <= i + 1)),
        );
        const own = multiply(x, add(2, multiply(5, square(x))));
        return subtract(add(own, 1), matmul(band, multiply(x, add(1, x))));
      },
    },
    start: list(-1),
    minimum: {
      x: [
        -0.4283028635872503, -0.47659642435629024, -0.5196524636468617, -0.5580993248321809,
        -0.5925061568294574, -0.624503682199468, -0.6232394714405911, -0.6213938417965735,
        -0.6204535966590874, -0.5864692707204351,
      ],
      value: 0,
    },
  }),
  problem(32, {
    name: "linearFullRank",
    title: "Linear, full rank",
    residuals: {
      of: (x) => {
        const common = add(multiply(0.1, sum(x)), 1);
        return concatenate([subtract(x, common), multiply(list(-1, 20 - x.shape[0]), common)]);
      },
    },
    start: list(1),
    minimum: { x: list(-1), value: 10 },
    bounded: { lower: [-0.5, -2, -2, -2, -2, -2, -2, -2, -2, -2], upper: list(100), value: 10.25 },
  }),
  problem(33, {
    name: "linearRank1",
    title: "Linear, rank 1",
    residuals: rankOne(upTo(20), upTo(10)),
    start: list(1),
    minimum: { value: 4.634146341463414 },
    bounded: {
      lower: [-0.9, -2, -2, -2, -2, -2, -2, -2, -2, -2],
      upper: list(100),
      value: 4.634146341463414,
    },
  }),
  problem(34, {
    name: "linearRank1Zeros",
    title: "Linear, rank 1, with zero columns and rows",
    residuals: rankOne([0, ...upTo(18), 0], [0, ...upTo(9).slice(1), 0]),
    start: list(1),
    minimum: { value: 6.135135135135135 },
    bounded: { lower: [0, -0.4, 0.3, 0, 0, 0, 0, 0, 0, 0], upper: list(100), value: 6.8899999999999935 },
  }),
  problem(35, {
    name: "chebyquad",
    title: "Chebyquad",
    residuals: {
      of: (x) => {
        const y = subtract(multiply(2, x), 1);
        const means: Scalar[] = [];
        let [before, now]: [Expr, Expr] = [multiply(0, y), y];
        for (let i = 1; i <= x.shape[0]; i++) {
          means.push(subtract(divide(sum(now), x.shape[0]), integral(i)));
          [before, now] = [now, subtract(multiply(2, y, now), i === 1 ? 1 : before)];
        }
        return stack(means);
      },
    },
    start: upTo(8).map((i) => i / 9),
    minimum: {
      x: [
        0.04315276015101663, 0.1930908403841861, 0.26632870689027294, 0.5, 0.5, 0.7336712931097271,
        0.8069091596158139, 0.9568472398489833,
      ],
      value: 0.0035168737256779316,
    },
    bounded: {
      lower: [0, 0, 0.1, 0, 0, 0, 0, 0],
      upper: [0.04, 0.2, 0.3, 1, 1, 1, 1, 1],
      value: 0.003592242385974158,
    },
  }),
];
