import { suite } from "uvu";
import * as assert from "uvu/assert";
import { boxCoordinates, boxHeight, corners, fit, View } from "./camera.js";

const camera = suite("camera");

const placement = { x: 300, y: 200, scale: 100 };

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-9 * (1 + Math.abs(expected)), `${found} instead of ${expected}`);
}

/** The same by two rotations of the world: the camera's side turns to the front, then the front tips down. */
function byRotations(azimuth: number, elevation: number, [u, v, w]: readonly [number, number, number]) {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  const turned = { towards: u * Math.cos(a) + v * Math.sin(a), right: v * Math.cos(a) - u * Math.sin(a) };
  const towards = turned.towards * Math.cos(e) + w * Math.sin(e);
  const up = w * Math.cos(e) - turned.towards * Math.sin(e);
  const scale = (placement.scale * 8) / (8 - towards);
  return { x: placement.x + scale * turned.right, y: placement.y - scale * up };
}

camera("numbers of a scene fill the box", () => {
  const toBox = boxCoordinates({
    ranges: [
      [-1, 3],
      [10, 20],
      [0, 100],
    ],
  });
  assert.equal(toBox(-1, 20, 100), [-1, 1, boxHeight]);
  assert.equal(toBox(1, 15, 25), [0, 0, -boxHeight / 2]);
});

camera("from the front x2 runs to the right and values upward; what is nearer is larger", () => {
  const view = new View({ azimuth: 0, elevation: 0, zoom: 1 }, placement);
  near(view.project(0, 1, 0).x, 400);
  near(view.project(0, 1, 0).y, 200);
  near(view.project(0, 0, 0.5).y, 150);
  // Seven units from the camera instead of eight.
  near(view.project(1, 0.7, 0).x, 300 + (100 * 0.7 * 8) / 7);
});

camera("from above, x1 to the right, it is a map", () => {
  const view = new View({ azimuth: -90, elevation: 90, zoom: 2 }, placement);
  near(view.project(0.5, 0, 0).x, 400);
  near(view.project(0, 0.5, 0).y, 100);
});

camera("a turn and a tip, whatever the angles", () => {
  for (const azimuth of [-150, -60, 0, 45, 130]) {
    for (const elevation of [0, 20, 75]) {
      const view = new View({ azimuth, elevation, zoom: 1 }, placement);
      for (const corner of corners) {
        const expected = byRotations(azimuth, elevation, corner);
        near(view.project(...corner).x, expected.x);
        near(view.project(...corner).y, expected.y);
      }
    }
  }
});

camera("the box fills its area, and while turning it stays inside", () => {
  const area = { x: 40, y: 30, width: 500, height: 400 };
  const extent = (azimuth: number, elevation: number, turning: boolean) => {
    const at = { azimuth, elevation, zoom: 1 };
    const view = new View(
      at,
      // Seen from higher or lower, the box is put anew.
      fit({ ...at, ...(turning ? { azimuth: 10 } : {}) }, area, turning),
    );
    const pixels = corners.map((corner) => view.project(...corner));
    const [xs, ys] = [pixels.map(({ x }) => x), pixels.map(({ y }) => y)];
    return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  };
  const still = extent(-60, 30, false);
  const touches =
    Math.abs(still.bottom - still.top - 400) < 1e-6 || Math.abs(still.right - still.left - 500) < 1e-6;
  assert.ok(touches);
  near((still.left + still.right) / 2, 290);
  near((still.top + still.bottom) / 2, 230);
  for (const azimuth of [0, 45, 100, -135]) {
    for (const elevation of [0, 30, 60, 90]) {
      const { left, right, top, bottom } = extent(azimuth, elevation, true);
      assert.ok(left > 38 && right < 542 && top > 28 && bottom < 432, `${azimuth} ${elevation}`);
    }
  }
});

camera.run();
