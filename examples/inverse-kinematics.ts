/**
 * Inverse kinematics with joint limits: an arm of six joints leads its tool along a line, pointing down all the way. At both ends of
 * the line a joint is at its limit, and beyond it lies a place that the arm can't reach: there the solution is the nearest pose.
 */
import {
  cos,
  eye,
  matmul,
  matrix,
  multiply,
  type Operand,
  randomSource,
  reshape,
  sin,
  slice,
  subtract,
  trace,
  vector,
} from "adjoint";
import { leastSquares } from "adjoint/solvers";

/** The arm by Denavit and Hartenberg's parameters: lengths and offsets in metres, the twist's cosine and sine. */
const links = [
  { length: 0, offset: 0.4, twist: [0, 1] },
  { length: 0.45, offset: 0, twist: [1, 0] },
  { length: 0.05, offset: 0, twist: [0, 1] },
  { length: 0, offset: 0.45, twist: [0, -1] },
  { length: 0, offset: 0, twist: [0, 1] },
  { length: 0, offset: 0.1, twist: [1, 0] },
] as const;
const degrees = Math.PI / 180;
const upper = [40, 130, 130, 175, 110, 270].map((most) => most * degrees);
const lower = upper.map((most) => -most);

// How far the tool is from a pose: nine differences of directions, of which 1 weighs as much as 0.3 m, and three of its place.
const weights = [0.3, 0.3, 0.3, 1];
const away = trace({ joints: vector(6), pose: matrix(3, 4) }, ({ joints, pose }) => {
  const tool = [...joints].reduce<Operand>((before, angle, i) => {
    const { length, offset, twist } = links[i]!;
    const [ct, st] = twist;
    const [c, s] = [cos(angle), sin(angle)];
    return matmul(before, [
      [c, multiply(-ct, s), multiply(st, s), multiply(length, c)],
      [s, multiply(ct, c), multiply(-st, c), multiply(length, s)],
      [0, st, ct, offset],
      [0, 0, 0, 1],
    ]);
  }, eye(4));
  return reshape(multiply(subtract(slice(tool, 0, 3), pose), weights), [12]);
});

/** The same in plain numbers: half the sum of squares. */
function cost(joints: ArrayLike<number>, pose: readonly (readonly number[])[]): number {
  let tool = [0, 1, 2].map((i) => [0, 1, 2, 3].map((j) => Number(i === j)));
  for (const [i, { length, offset, twist }] of links.entries()) {
    const [ct, st] = twist;
    const [c, s] = [Math.cos(joints[i]!), Math.sin(joints[i]!)];
    const columns = [
      [c, s, 0, 0],
      [-ct * s, ct * c, st, 0],
      [st * s, -st * c, ct, 0],
      [length * c, length * s, offset, 1],
    ];
    tool = tool.map((row) => columns.map((column) => row.reduce((sum, one, k) => sum + one * column[k]!, 0)));
  }
  const squares = tool.flatMap((row, i) => row.map((one, j) => (weights[j]! * (one - pose[i]![j]!)) ** 2));
  return squares.reduce((sum, one) => sum + one) / 2;
}

const random = randomSource(1);
const places = [...Array.from({ length: 41 }, (_, i) => [0.5, -0.5 + i / 40, 0.2]), [1.2, 0.5, 0.2]];
let joints: readonly number[] = [-0.5, 0.5, 0.5, 0, 1, 0];
let steps = 0;
console.log("    x      y      z    joints in degrees                           away     steps  at a limit");
for (const [i, [x, y, z]] of places.entries()) {
  const pose = [
    [1, 0, 0, x!],
    [0, -1, 0, y!],
    [0, 0, -1, z!],
  ];
  const run = leastSquares(away, { joints }, undefined, {
    bounds: { joints: { lower, upper } },
    data: { pose },
  });
  joints = Array.from(run.parameters.joints);
  steps += run.steps;
  const limited = joints.flatMap((angle, j) => (angle === lower[j] || angle === upper[j] ? [j + 1] : []));
  const distance = Math.sqrt(2 * cost(joints, pose));
  if (i % 10 === 0 || i === places.length - 1) {
    const cells = [x!, y!, z!].map((one) => one.toFixed(2).padStart(5)).join("  ");
    const angles = joints.map((angle) => (angle / degrees).toFixed(1).padStart(6)).join(" ");
    console.log(
      `${cells}  ${angles}  ${distance.toExponential(1)}  ${String(run.steps).padStart(5)}  ${limited.join(", ")}`,
    );
  }
  // Within the limits to the bit; at the pose, or so near that no other joints nearby are nearer.
  const within = joints.every((angle, j) => angle >= lower[j]! && angle <= upper[j]!);
  const reaches = i < places.length - 1 && Math.abs(Math.atan2(y!, x!)) < upper[0]!;
  const nearby = Array.from({ length: 1000 }, () =>
    joints.map((angle, j) => Math.min(Math.max(angle + 0.02 * random.normal(), lower[j]!), upper[j]!)),
  );
  const isLeast = nearby.every((others) => cost(others, pose) >= run.value);
  if (run.status !== "converged" || !within || (reaches ? distance > 1e-9 : !isLeast))
    throw new Error(`Unexpected: ${run.status} at ${joints}, ${distance} away.`);
}
console.log(
  `\ncheck passed: ${places.length} poses in ${steps} steps, all within the limits; what can be reached is, to 1e-9, and nowhere else are other joints nearer`,
);
