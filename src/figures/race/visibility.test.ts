import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type BoxPoint, boxHeight, View } from "./camera.js";
import { gridCoordinate, heightAt, type Mesh } from "./surface.js";
import { isHidden } from "./visibility.js";

const visibility = suite("visibility");

function meshOf(height: (u: number, v: number) => number, n = 41): Mesh {
  const heights = Float64Array.from({ length: n * n }, (_, i) =>
    height(gridCoordinate(i % n, n), gridCoordinate(Math.floor(i / n), n)),
  );
  return { columns: n, rows: n, heights, colors: [], edges: null, every: 1 };
}

const at = (azimuth: number, elevation: number) =>
  new View({ azimuth, elevation, zoom: 1 }, { x: 0, y: 0, scale: 1 });

// A roof along v: its slopes rise 45°.
const roof = meshOf((u) => -Math.abs(u) + 0.5);
const slope = (u: number, v = 0): BoxPoint => [u, v, -Math.abs(u) + 0.5];

visibility(
  "behind a roof nothing is seen from a camera lower than its slope, from a higher one everything",
  () => {
    for (const v of [-0.6, 0, 0.35]) {
      assert.ok(isHidden(slope(-0.7, v), roof, at(0, 20)), `${v}`);
      assert.not(isHidden(slope(0.7, v), roof, at(0, 20)), `${v}`);
      // From the other side it is the other way round.
      assert.not(isHidden(slope(-0.7, v), roof, at(180, 20)), `${v}`);
      assert.ok(isHidden(slope(0.7, v), roof, at(180, 20)), `${v}`);
      for (const u of [-0.7, 0.7]) assert.not(isHidden(slope(u, v), roof, at(0, 60)), `${u} ${v}`);
    }
  },
);

visibility("a point on the surface is seen on either of its sides, and not through the surface", () => {
  // A plane that falls towards the camera, steeper than the line of sight: it is seen from below.
  const plane = meshOf((u) => -0.7 * u);
  for (const u of [-0.8, 0, 0.8]) {
    assert.not(isHidden([u, 0, -0.7 * u], plane, at(0, 20)), `${u}`);
    assert.not(isHidden([u, 0, -0.7 * u], plane, at(180, 20)), `${u}`);
  }
  assert.ok(isHidden([-0.8, 0, -0.2], plane, at(0, 60)), "below it, seen from above");
});

visibility("through a hole, and where the surface is cut away, one sees", () => {
  const holed = meshOf((u, v) => (Math.abs(v) < 0.3 ? Number.NaN : -Math.abs(u) + 0.5));
  assert.not(isHidden(slope(-0.7, 0), holed, at(0, 20)));
  assert.ok(isHidden(slope(-0.7, 0.6), holed, at(0, 20)));
  // The ridge rises out of the box, so the line of sight leaves the box below it, through the cut.
  const cut = meshOf((u) => (Math.abs(u) < 0.1 ? 10 : -boxHeight));
  assert.ok(isHidden([-0.7, 0, -boxHeight], cut, at(0, 20)));
  assert.not(isHidden([-0.2, 0, 0.7], cut, at(180, 20)));
});

visibility("heights between samples are bilinear", () => {
  const mesh = meshOf((u, v) => 0.1 + 0.2 * u - 0.3 * v + 0.4 * u * v, 5);
  for (const [u, v] of [
    [-1, -1],
    [1, 1],
    [0.13, -0.77],
    [-0.5, 0.5],
  ] as const) {
    assert.ok(Math.abs(heightAt(mesh, u, v) - (0.1 + 0.2 * u - 0.3 * v + 0.4 * u * v)) < 1e-12);
  }
});

visibility.run();
