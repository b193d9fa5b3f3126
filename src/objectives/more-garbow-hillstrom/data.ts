/** Problems of the collection that fit a model to a table of data. */
import {
  abs,
  add,
  divide,
  type Expr,
  exp,
  multiply,
  negative,
  power,
  square,
  subtract,
} from "../../../graph/index.js";
import { problem, upTo } from "./paper.js";

type Scalar = Expr<[]>;

/** Residuals of a scalar model at the places of a table. */
const fit = (y: readonly number[], model: (i: number) => Scalar) =>
  y.map((value, i) => subtract(value, model(i)));

/** exp(−t·x). */
const decay = (t: number, x: Scalar) => exp(multiply(-t, x));

/** exp(−width·(t − center)²). */
const peak = (t: number, width: Scalar, center: Scalar) =>
  exp(negative(multiply(width, square(subtract(t, center)))));

const bard = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];

const gaussian = [
  0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989, 0.3521, 0.242, 0.1295, 0.054, 0.0175, 0.0044,
  0.0009,
];

const meyer = [
  34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872,
];

const kowalikOsborne = {
  y: [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
  u: [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625],
};

const osborne1 = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628,
  0.603, 0.58, 0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414,
  0.411, 0.406,
];

const osborne2 = [
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616,
  0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495,
  0.5, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672,
  0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.71, 0.729, 0.72, 0.636, 0.581,
  0.428, 0.292, 0.162, 0.098, 0.054,
];

/** The data of Biggs' problem, which its own model makes of (1, 10, 1, 5, 4, 3). */
const biggs = upTo(13).map((i) => Math.exp(-i / 10) - 5 * Math.exp(-i) + 3 * Math.exp(-0.4 * i));

export const data = [
  problem(8, {
    name: "bard",
    title: "Bard",
    residuals: (x1, x2, x3) =>
      fit(bard, (i) => {
        const [u, v] = [i + 1, 15 - i];
        return add(x1, divide(u, add(multiply(v, x2), multiply(Math.min(u, v), x3))));
      }),
    start: [1, 1, 1],
    minimum: { x: [0.08241055974978893, 1.1330360920297216, 2.343695178642537], value: 0.008214877306578975 },
    bounded: { lower: [0.1, 0, 0], upper: [50, 100, 50], value: 0.009582284721153243 },
  }),
  problem(9, {
    name: "gaussian",
    title: "Gaussian",
    residuals: (x1, x2, x3) =>
      gaussian.map((y, i) => subtract(multiply(x1, peak((7 - i) / 2, divide(x2, 2), x3)), y)),
    start: [0.4, 1, 0],
    minimum: { x: [0.39895613783875666, 1.0000190844878056, 0], value: 1.127932769618648e-8 },
    bounded: { lower: [0.398, 1, -0.5], upper: [4.2, 2, 0.1], value: 1.127932769618648e-8 },
  }),
  problem(10, {
    name: "meyer",
    title: "Meyer",
    residuals: (x1, x2, x3) =>
      meyer.map((y, i) => subtract(multiply(x1, exp(divide(x2, add(50 + 5 * i, x3)))), y)),
    start: [0.02, 4000, 250],
    minimum: { x: [0.005609636471028053, 6181.346346286372, 345.2236346241365], value: 87.94585517085112 },
    bounded: { lower: [0.006, 0, 0], upper: [2, 300000, 30000], value: 127.4517712113227 },
  }),
  problem(11, {
    name: "gulf",
    title: "Gulf research and development",
    // The paper prints y·m·i where a minus is meant.
    residuals: (x1, x2, x3) =>
      upTo(99).map((i) => {
        const y = 25 + (-50 * Math.log(i / 100)) ** (2 / 3);
        return subtract(exp(negative(divide(power(abs(subtract(y, x2)), x3), x1))), i / 100);
      }),
    start: [5, 2.5, 0.15],
    minimum: { x: [50, 25, 1.5], value: 0 },
    bounded: { lower: [1e-16, 0, 0], upper: [10, 10, 10], value: 5.121685715583169 },
  }),
  problem(12, {
    name: "box3d",
    title: "Box, three-dimensional",
    residuals: (x1, x2, x3) =>
      upTo(10).map((i) => {
        const t = i / 10;
        return subtract(decay(t, x1), add(decay(t, x2), multiply(x3, Math.exp(-t) - Math.exp(-i))));
      }),
    start: [0, 10, 20],
    minimum: { x: [1, 10, 1], value: 0 },
    bounded: { lower: [0, 5, 0], upper: [2, 9.5, 20], value: 0.00011434818026414584 },
  }),
  problem(15, {
    name: "kowalikOsborne",
    title: "Kowalik and Osborne",
    residuals: (x1, x2, x3, x4) =>
      fit(kowalikOsborne.y, (i) => {
        const u = kowalikOsborne.u[i]!;
        return divide(multiply(x1, add(u * u, multiply(u, x2))), add(u * u, multiply(u, x3), x4));
      }),
    start: [0.25, 0.39, 0.415, 0.39],
    minimum: {
      x: [0.19280693457903786, 0.19128232873436696, 0.12305650692632066, 0.13606233068379484],
      value: 0.00030750560384923745,
    },
    bounded: { lower: [0, -1, 0.13, 0.12], upper: [10, 12, 13, 12], value: 0.00030783072346419755 },
  }),
  problem(16, {
    name: "brownDennis",
    title: "Brown and Dennis",
    residuals: (x1, x2, x3, x4) =>
      upTo(20).map((i) => {
        const t = i / 5;
        return add(
          square(add(x1, multiply(t, x2), -Math.exp(t))),
          square(add(x3, multiply(Math.sin(t), x4), -Math.cos(t))),
        );
      }),
    start: [25, 5, -5, -1],
    minimum: {
      x: [-11.594439904762165, 13.203630051207204, -0.40343948817685954, 0.2367787744557363],
      value: 85822.20162635634,
    },
    bounded: { lower: [-10, 0, -100, -20], upper: [100, 15, 0, 0.2], value: 88860.47976750048 },
  }),
  problem(17, {
    name: "osborne1",
    title: "Osborne 1",
    residuals: (x1, x2, x3, x4, x5) =>
      fit(osborne1, (i) => add(x1, multiply(x2, decay(10 * i, x4)), multiply(x3, decay(10 * i, x5)))),
    start: [0.5, 1.5, -1, 0.01, 0.02],
    minimum: {
      x: [
        0.37541005210695205, 1.9358469127123674, -1.464687136613423, 0.012867534640057288,
        0.02212269966167261,
      ],
      value: 5.464894697482907e-5,
    },
    bounded: { lower: [0, 0, -50, 0, 0], upper: [50, 1.9, -0.1, 10, 10], value: 5.470283343373712e-5 },
  }),
  problem(18, {
    name: "biggsExp6",
    title: "Biggs EXP6",
    residuals: (x1, x2, x3, x4, x5, x6) =>
      biggs.map((y, i) => {
        const t = (i + 1) / 10;
        const rising = add(multiply(x3, decay(t, x1)), multiply(x6, decay(t, x5)));
        return subtract(rising, add(multiply(x4, decay(t, x2)), y));
      }),
    start: [1, 2, 1, 1, 1, 1],
    minimum: { x: [1, 10, 1, 5, 4, 3], value: 0 },
    bounded: { lower: [0, 0, 0, 1, 0, 0], upper: [2, 8, 1, 7, 5, 5], value: 0.0005320986590782544 },
  }),
  problem(19, {
    name: "osborne2",
    title: "Osborne 2",
    residuals: (x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11) =>
      fit(osborne2, (i) => {
        const t = i / 10;
        return add(
          multiply(x1, decay(t, x5)),
          multiply(x2, peak(t, x6, x9)),
          multiply(x3, peak(t, x7, x10)),
          multiply(x4, peak(t, x8, x11)),
        );
      }),
    start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5],
    minimum: {
      x: [
        1.3099771546273005, 0.4315537946029889, 0.633661698960724, 0.5994305347859163, 0.7541832263280113,
        0.9042885798596336, 1.3658118352370285, 4.8236988172271555, 2.3986848661317546, 4.568874597667672,
        5.6753414705806415,
      ],
      value: 0.040137736293547735,
    },
    bounded: {
      lower: [1, 0.5, 0, 0.6, 0, 0, 0, 0, 0, 0, 0],
      upper: [150, 100, 100, 100, 100, 500, 500, 500, 100, 10, 0],
      value: 0.5102305220483383,
    },
  }),
];
