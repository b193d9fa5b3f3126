/** Optimizers that look at an objective with data, inside others: on numbers, against loops in plain JavaScript. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, multiply, scalar, square, subtract, sum, trace, vector } from "../graph/index.js";
import { accumulateGradients, groups, type Optimizer, sam, sgd, type Values } from "./index.js";

const data = suite("optimizers: objectives with data");

const [rate, radius] = [0.1, 0.3];

/** ½Σ(x − t)² + ½c(y − Σt)² */
const objective = trace({ x: vector(2), y: scalar(), t: vector(2), c: scalar() }, ({ x, y, t, c }) =>
  multiply(0.5, add(sum(square(subtract(x, t))), multiply(c, square(subtract(y, sum(t)))))),
);

interface Point {
  readonly x: readonly number[];
  readonly y: number;
}

interface Batch {
  readonly t: readonly [number, number];
  readonly c: number;
}

const slope = ({ x, y }: Point, { t, c }: Batch): Point => ({
  x: x.map((one, i) => one - t[i]!),
  y: c * (y - t[0] - t[1]),
});
const along = (a: Point, b: Point, factor: number): Point => ({
  x: a.x.map((one, i) => one + factor * b.x[i]!),
  y: a.y + factor * b.y,
});
const batches: readonly Batch[] = [
  { t: [1, -2], c: 0.5 },
  { t: [0.5, 3], c: 2 },
  { t: [-1, 1], c: 1 },
  { t: [2, 0.25], c: 0.75 },
];

/** The points after each step by an optimizer that is told of the data of each. */
function follow(optimizer: Optimizer, start: Point): Point[] {
  let parameters: Values = { x: start.x, y: start.y };
  let state = optimizer.init(parameters);
  return batches.map((batch) => {
    const now = { x: [...(parameters.x as Float64Array)], y: parameters.y as number };
    const gradients = slope(now, batch) as unknown as Values;
    ({ parameters, state } = optimizer.step(parameters, gradients, state, {
      objective,
      data: batch as never,
    }));
    return { x: [...(parameters.x as Float64Array)], y: parameters.y as number };
  });
}

function assertPoints(actual: readonly Point[], expected: readonly Point[]): void {
  const flat = (points: readonly Point[]) => points.flatMap(({ x, y }) => [...x, y]);
  for (const [i, wanted] of flat(expected).entries())
    assert.ok(
      Math.abs(flat(actual)[i]! - wanted) <= 1e-13 * (1 + Math.abs(wanted)),
      `${i}: ${flat(actual)[i]}, not ${wanted}`,
    );
}

const start: Point = { x: [3, -1], y: 0.5 };

data("a step of SAM that gradients are gathered for looks at the last batch, from the mean's side", () => {
  const optimizer = accumulateGradients(sam(sgd({ learningRate: rate }), { radius }), 2);
  let now = start;
  let mean = start;
  const expected = batches.map((batch, i) => {
    const g = slope(now, batch);
    mean = i % 2 === 0 ? g : along({ x: mean.x.map((one) => one / 2), y: mean.y / 2 }, g, 0.5);
    if (i % 2 === 0) return now;
    const size = Math.hypot(...mean.x, mean.y);
    now = along(now, slope(along(now, mean, radius / size), batch), -rate);
    return now;
  });
  assertPoints(follow(optimizer, start), expected);
});

data("SAM in a group goes up the slope of its own parameters alone, on the data of the step", () => {
  const optimizer = groups(
    ["x", sam(sgd({ learningRate: rate }), { radius })],
    ["y", accumulateGradients(sgd({ learningRate: rate }), 2)],
  );
  let now = start;
  let before = 0;
  const expected = batches.map((batch, i) => {
    const g = slope(now, batch);
    const size = Math.hypot(...g.x);
    const up = along(now, { x: g.x, y: 0 }, radius / size);
    const x = along(now, slope(up, batch), -rate).x;
    const y = i % 2 === 0 ? now.y : now.y - (rate * (before + g.y)) / 2;
    before = g.y;
    now = { x, y };
    return now;
  });
  assertPoints(follow(optimizer, start), expected);
});

data.run();
