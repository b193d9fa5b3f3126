/** Whether a point of the box is hidden by the surface. */
import { type BoxPoint, boxHeight, type View } from "./camera.js";
import { heightAt, type Mesh } from "./surface.js";

/**
 * How far, in the box's units, a ray must be above the surface and below it to have gone through. Points of a path lie
 * on f itself, the faces between its samples a little beside it.
 */
const tolerance = 0.008;

/**
 * True where the line of sight to a point goes through the surface: on its way from the point to the eye it is above
 * the surface at one place and below it at another. A sheet has two sides, so a point on it is seen from either.
 */
export function isHidden([u, v, w]: BoxPoint, mesh: Mesh, view: View): boolean {
  const { columns, rows } = mesh;
  const direction = [view.eye[0] - u, view.eye[1] - v, view.eye[2] - w] as const;
  // Half a cell a step, so that no face is skipped.
  const step =
    0.5 /
    Math.max((Math.abs(direction[0]) * (columns - 1)) / 2, (Math.abs(direction[1]) * (rows - 1)) / 2, 1e-9);
  let above = false;
  let below = false;
  for (let t = 0; t <= 1; t += step) {
    const [a, b, c] = [u + t * direction[0], v + t * direction[1], w + t * direction[2]];
    if (Math.abs(a) > 1 + 1e-9 || Math.abs(b) > 1 + 1e-9 || Math.abs(c) > boxHeight + 1e-9) return false;
    const gap = c - heightAt(mesh, a, b);
    if (Number.isNaN(gap)) {
      // Through a hole nothing is hidden.
      above = false;
      below = false;
    }
    if (gap > tolerance) above = true;
    if (gap < -tolerance) below = true;
    if (above && below) return true;
  }
  return false;
}
