/** The figures of the course, by the names of their files. */

import { comparisonPage, contourFigure, type Figure, lossFigure, raceFigure } from "../figures/index.js";
import type { CourseOptimizer, LinearFit, PlaneRun } from "./experiments.js";

/** The optimizers as legends write them. */
const names: Readonly<Record<CourseOptimizer, string>> = {
  gd: "GD",
  adagrad: "AdaGrad",
  rmsprop: "RMSprop",
  momentum: "Momentum",
  adam: "Adam",
};

/** One colour an optimizer in all figures that compare them, of those that the colour-blind tell apart. */
const runColors: Readonly<Record<string, string>> = {
  GD: "#1b2fd8",
  AdaGrad: "#ec9311",
  RMSprop: "#0a0a1e",
  Momentum: "#3fa9de",
  Adam: "#6a1500",
};

/** Those of some. */
const colorsOf = (runs: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(runs).map((name) => [name, runColors[name]!]));

/** The contour figure of each optimizer on the weighted sphere, 10×6 in at 100 dots per inch, and that of all of them. */
function contourFigures(runs: readonly PlaneRun[]): Record<string, Figure> {
  const spheres = runs.filter(({ experiment }) => experiment === "sphere");
  const draw = (some: readonly PlaneRun[]) => {
    const own = Object.fromEntries(some.map(({ optimizer, run }) => [names[optimizer], run]));
    return contourFigure({
      objective: some[0]!.objective,
      runs: own,
      window: { x1: [-2, 5], x2: [-2, 5] },
      scale: "linear",
      colorMap: "course",
      // A single path is black, as in the course.
      ...(some.length > 1 && { runColors: colorsOf(own) }),
    });
  };
  return {
    ...Object.fromEntries(spheres.map((run) => [`contour-${run.optimizer}`, draw([run])])),
    "contour-all": draw(spheres),
  };
}

/** The loss figure of each optimizer on the linear fit, 10×4 in, and that of all of them, which differ by decades. */
function lossFigures(fits: readonly LinearFit[]): Record<string, Figure> {
  const trainings = Object.fromEntries(fits.map(({ optimizer, training }) => [names[optimizer], training]));
  return {
    ...Object.fromEntries(
      fits.map(({ optimizer }) => {
        const name = names[optimizer];
        return [`loss-${optimizer}`, lossFigure({ trainings: { [name]: trainings[name]! } })];
      }),
    ),
    "loss-all": lossFigure({ trainings, scale: "log", runColors: colorsOf(trainings) }),
  };
}

/** The course's two races, with its labels, colour maps, windows and order, and a page that compares each. */
function raceFigures(runs: readonly PlaneRun[]): Record<string, Figure> {
  const racers = (experiment: string, order: readonly CourseOptimizer[]) => {
    const own = order.map((name) =>
      runs.find((one) => one.experiment === experiment && one.optimizer === name),
    ) as PlaneRun[];
    const named = Object.fromEntries(own.map(({ optimizer, run }) => [names[optimizer], run]));
    return { objective: own[0]!.objective, runs: named, runColors: colorsOf(named) };
  };
  const cubic = {
    ...racers("cubic", ["gd", "adagrad", "rmsprop", "momentum", "adam"]),
    window: { x1: [-3, 3], x2: [-3, 3] },
  } as const;
  const saddle = {
    ...racers("saddle", ["adam", "adagrad", "rmsprop", "momentum", "gd"]),
    window: { x1: [-1, 2], x2: [-1, 1] },
    values: [-3, 2],
  } as const;
  return {
    "comparison-cubic": comparisonPage({ ...cubic, title: "Five optimizers on the cubic" }),
    "comparison-saddle": comparisonPage({ ...saddle, title: "Five optimizers on the saddle" }),
    "race-cubic": raceFigure({
      ...cubic,
      faces: [60, 60],
      colorMap: "rainbow",
    }),
    "race-saddle": raceFigure({
      ...saddle,
      faces: [60, 40],
      colorMap: "coolwarm",
      edges: "#808080",
    }),
  };
}

/** A figure and the file that it is saved to. */
export interface FigureFile {
  readonly file: string;
  readonly figure: Figure;
}

/** Every figure in each of its formats. */
export function courseFigures(runs: readonly PlaneRun[], fits: readonly LinearFit[]): FigureFile[] {
  return Object.entries({
    ...contourFigures(runs),
    ...lossFigures(fits),
    ...raceFigures(runs),
  }).flatMap(([name, figure]) => figure.formats.map((format) => ({ file: `${name}.${format}`, figure })));
}
