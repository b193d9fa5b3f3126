/** The numbers at which accuracy is measured: all magnitudes of doubles, denser around 1, and close to special points. */
import type { Subject } from "./subjects.js";

/** Powers of ten where formulas go astray: denormal, squares under- or overflow, 1 + x or 1 + x² is 1. */
const magnitudes = [
  -323.3, -318, -310, -307.65, -307, -300, -250, -200, -180, -162, -155, -154, -150, -120, -108, -103, -100,
  -80, -62, -52, -40, -30, -24, -20, -17, -16, -15.5, -14, -12, -10, -9, -8, -7.5, -7, -6, -5.3, -5, -4, -3.5,
];

/** Near a special point, by these fractions of it. */
const offsets = [2 ** -53, 2 ** -52, 1e-15, 1e-13, 1e-11, 1e-9, 1e-8, 1e-7, 1e-5, 1e-4, 1e-3, 0.01, 0.05];

/** Multiples of the golden section are spread evenly between 0 and 1, however many there are. */
const spread = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => (0.5 + i * 0.6180339887498949) % 1);

/** 10^exponent, times a number that has all of a double's digits. */
const sized = (exponent: number, i: number) => 10 ** exponent * (0.7 + 0.6 * ((i * 0.6180339887498949) % 1));

function around(point: number): number[] {
  if (point === 0) return [0];
  return [point, ...offsets.flatMap((offset) => [point * (1 - offset), point * (1 + offset)])];
}

/** Both signs of all, each once, from the smallest on. */
function bothSigns(list: readonly number[]): number[] {
  return [...new Set(list.flatMap((x) => [x, -x]))].filter(Number.isFinite).sort((a, b) => a - b);
}

const near = [0, 0.5, 1, 2];

function line(subject: Subject, density: number): number[] {
  const wide = [
    ...magnitudes,
    ...magnitudes.map((exponent) => -exponent).filter((exponent) => exponent <= 308),
  ];
  return bothSigns([
    ...wide.map(sized),
    ...spread(60 * density).map((u, i) => sized(6 * u - 3, i)),
    ...spread(30 * density).map((u) => 4 * u),
    ...spread(20 * density).map((u) => 50 * u),
    ...spread(15 * density).map((u) => 800 * u),
    ...[...near, ...subject.near].flatMap(around),
  ]);
}

const pairMagnitudes = [-318, -300, -155, -103, -20, -8, -3];

function pairs(density: number): [number, number][] {
  const list = bothSigns([
    0,
    0.5,
    1,
    700,
    ...[...pairMagnitudes, ...pairMagnitudes.map((exponent) => Math.min(307, -exponent))].map(sized),
    ...spread(3 * density).map((u) => 10 ** (3 * u - 1.5)),
  ]);
  const all = list.flatMap((a) => list.map((b): [number, number] => [a, b]));
  const usual = spread(60 * density).flatMap((u, i) => {
    const v = (i * 0.7548776662466927 + 0.3) % 1;
    return [
      [8 * u - 4, 8 * v - 4],
      [80 * u - 40, 80 * v - 40],
      [4 * u, 4 * u * (1 + 10 ** (-16 * v))],
      [10 ** (300 * u - 150), 10 ** (300 * u - 150 + 4 * v - 2)],
    ] as [number, number][];
  });
  return [...all, ...usual];
}

/** The points at which a subject is looked at; `density` times as many as usual. */
export function pointsOf(subject: Subject, density = 1): number[][] {
  const [low, high] = subject.range;
  const points = subject.variables === 1 ? line(subject, density).map((x) => [x]) : pairs(density);
  return points.filter((point) => point.every((x) => x >= low && x <= high));
}
