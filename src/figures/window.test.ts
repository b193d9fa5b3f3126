import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Path } from "./plane.js";
import { fitWindow } from "./window.js";

function path(points: readonly (readonly [number, number])[], status: Path["status"] = "max-steps"): Path {
  return {
    name: "run",
    status,
    stride: 1,
    steps: points.length - 1,
    x1: Float64Array.from(points, ([x1]) => x1),
    x2: Float64Array.from(points, ([, x2]) => x2),
    values: new Float64Array(points.length),
  };
}

const windows = suite("windows");

windows("a window holds paths and minima with a margin, its ends nice", () => {
  const { x1, x2 } = fitWindow(
    [
      path([
        [3, 4],
        [1, -2],
      ]),
    ],
    [{ x1: -5, x2: 0 }],
  );
  assert.equal({ x1, x2 }, { x1: [-6, 4], x2: [-2.7, 4.8] });
});

windows("a path along an axis or of one point has a window around it", () => {
  const along = fitWindow(
    [
      path([
        [0, 1],
        [8, 1],
      ]),
    ],
    [],
  );
  assert.ok(along.x2[0] < 1 && along.x2[1] > 1 && along.x2[1] - along.x2[0] >= 2);
  for (const point of [
    [0, 0],
    [1e9, -1e-9],
    [-3, 4],
  ] as const) {
    const { x1, x2 } = fitWindow([path([point])], []);
    assert.ok(x1[0] < point[0] && x1[1] > point[0] && x2[0] < point[1] && x2[1] > point[1]);
  }
});

windows("a path among the smallest numbers has a window of numbers that can be told apart", () => {
  const { x1, x2 } = fitWindow(
    [
      path([
        [1e-320, 0],
        [3e-320, 5e-324],
      ]),
    ],
    [],
  );
  assert.ok(x1[1] - x1[0] >= 1 && x2[1] - x2[0] >= 1);
});

windows("points that aren't finite don't count", () => {
  const { x1 } = fitWindow(
    [
      path([
        [0, 0],
        [1, 1],
        [Number.NaN, 2],
        [Number.POSITIVE_INFINITY, 1],
      ]),
    ],
    [],
  );
  assert.ok(x1[1] > 1 && x1[1] < 1.5);
});

windows("of a run that diverged, the points in the objective's window count, else its beginning", () => {
  const points = Array.from({ length: 60 }, (_, k) => [(-2) ** k, 0.1 * k] as const);
  const usual = { x1: [-5, 5], x2: [-5, 5] } as const;
  const known = fitWindow([path(points, "diverged")], [], usual);
  assert.ok(known.x1[0] >= -5 && known.x1[1] <= 5 && known.x1[1] > 4);
  const unknown = fitWindow([path(points, "diverged")], []);
  assert.ok(unknown.x1[1] > 1 && unknown.x1[1] < 1000);
});

windows.run();
