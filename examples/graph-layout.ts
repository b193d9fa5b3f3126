/**
 * A graph of 200 nodes laid out in the plane: twenty rings of ten, chained to a large ring. Nodes shall lie as far apart as the
 * graph has edges between them (the stress of Kamada and Kawai, "An algorithm for drawing general undirected graphs", 1989).
 * The picture goes to `figures/graph-layout.svg`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import {
  compile,
  divide,
  lbfgs,
  matrix,
  minimize,
  norm,
  randomSource,
  square,
  subtract,
  sum,
  take,
  trace,
} from "adjoint";

const nodes = 200;
const edges: [number, number][] = [];
for (let first = 0; first < nodes; first += 10) {
  for (let i = 0; i < 10; i++) edges.push([first + i, first + ((i + 1) % 10)]);
  edges.push([first + 5, (first + 10) % nodes]);
}

// How many edges lie between each two nodes, by a search from each.
const neighbours = Array.from({ length: nodes }, (_, i) =>
  edges.flatMap(([a, b]) => (a === i ? [b] : b === i ? [a] : [])),
);
const distances = neighbours.map((_, from) => {
  const found = new Map([[from, 0]]);
  for (const [node, distance] of found)
    for (const next of neighbours[node]!) if (!found.has(next)) found.set(next, distance + 1);
  return found;
});
const pairs = distances.flatMap((found, i) =>
  [...found].filter(([j]) => j > i).map(([j, distance]) => ({ i, j, distance })),
);

/** Σ (|xᵢ − xⱼ|/dᵢⱼ − 1)² over all pairs of nodes. */
const stress = trace({ x: matrix(nodes, 2) }, ({ x }) => {
  const [first, second] = [pairs.map(({ i }) => i), pairs.map(({ j }) => j)];
  const apart = norm(subtract(take(x, first), take(x, second)), 1);
  const wanted = pairs.map(({ distance }) => distance);
  return sum(square(subtract(divide(apart, wanted), 1)));
});

const random = randomSource(3);
const start = Array.from({ length: nodes }, () => [10 * random.normal(), 10 * random.normal()]);
const run = minimize(stress, { x: start }, lbfgs());
const { x } = run.parameters;
console.log(`${nodes} nodes, ${edges.length} edges, ${pairs.length} pairs`);
console.log(`L-BFGS: stress ${run.value.toFixed(6)} by ${run.solver.gradients} gradients (${run.status})`);

/**
 * A sweep of stress majorization in plain numbers (Gansner, Koren and North, "Graph drawing by stress majorization", 2004): each
 * node goes to the mean of where the others want it. Returns how far the farthest went.
 */
function sweep(x: Float64Array): number {
  let farthest = 0;
  for (const [i, found] of distances.entries()) {
    const [x1, x2] = [x[2 * i]!, x[2 * i + 1]!];
    let [total, next1, next2] = [0, 0, 0];
    for (const [j, distance] of found) {
      if (j === i) continue;
      const [apart1, apart2] = [x1 - x[2 * j]!, x2 - x[2 * j + 1]!];
      const stretch = distance / Math.hypot(apart1, apart2);
      total += distance ** -2;
      next1 += (x[2 * j]! + apart1 * stretch) / distance ** 2;
      next2 += (x[2 * j + 1]! + apart2 * stretch) / distance ** 2;
    }
    [x[2 * i], x[2 * i + 1]] = [next1 / total, next2 / total];
    farthest = Math.max(farthest, Math.hypot(x[2 * i]! - x1, x[2 * i + 1]! - x2));
  }
  return farthest;
}
const swept = Float64Array.from(start.flat());
const sweeps = 100;
for (let i = 0; i < sweeps; i++) sweep(swept);
const other = compile(stress)({ x: swept });
console.log(`majorization: stress ${other.toFixed(6)} by ${sweeps} sweeps`);
const moved = sweep(Float64Array.from(x));
console.log(`from L-BFGS's layout, a sweep moves no node farther than ${moved.toExponential(1)}`);

const [size, margin] = [640, 24];
const ends = [0, 1].map((axis) => {
  const places = Array.from({ length: nodes }, (_, i) => x[2 * i + axis]!);
  return { low: Math.min(...places), high: Math.max(...places) };
});
const scale = (size - 2 * margin) / Math.max(...ends.map(({ low, high }) => high - low));
const place = (i: number, axis: number) => {
  const { low, high } = ends[axis]!;
  return (size / 2 + (x[2 * i + axis]! - (low + high) / 2) * scale).toFixed(1);
};
const lines = edges.map(([a, b]) => `M${place(a, 0)} ${place(a, 1)}L${place(b, 0)} ${place(b, 1)}`);
const dots = neighbours.map(
  (to, i) =>
    `<circle cx="${place(i, 0)}" cy="${place(i, 1)}" r="5" fill="${to.length > 2 ? "#e4007f" : "#0b5fd0"}"/>`,
);
const folder = new URL("../figures/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(
  new URL("graph-layout.svg", folder),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-label="Twenty rings of ten nodes in a ring">
<rect width="${size}" height="${size}" fill="#ffffff"/>
<path d="${lines.join("")}" stroke="#7a7a7a" stroke-width="2" fill="none"/>
${dots.join("\n")}
</svg>
`,
);

const checks = {
  "the run converged": run.status === "converged",
  "majorization, which shares no line with it, finds nothing to move": moved < 1e-5,
  "nor is its own layout better": run.value <= other,
};
for (const [check, holds] of Object.entries(checks)) {
  if (!holds) throw new Error(`It doesn't hold that ${check}.`);
}
console.log(`\ncheck passed: ${Object.keys(checks).join("; ")}`);
