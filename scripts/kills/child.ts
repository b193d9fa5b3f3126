/** A run that saves as it goes, and says so: what `npm run kills` kills. */
import { writeSync } from "node:fs";
import {
  adam,
  add,
  type Checkpoint,
  type Expr,
  lbfgs,
  matmul,
  mean,
  minimize,
  multiply,
  randomSource,
  slice,
  square,
  subtract,
  sum,
  trace,
  train,
  vector,
} from "adjoint";
import { checkpointFile } from "adjoint/files";
import { leastSquares } from "adjoint/solvers";

const [path = "", kind = "train", size = "8", length = "8"] = process.argv.slice(2);
const width = Number(size);
const most = Number(length);

const file = checkpointFile(path);
const keeping = (every: number) => ({
  resume: file.load(),
  checkpoint: {
    every,
    save(checkpoint: Checkpoint) {
      file.save(checkpoint);
      writeSync(1, `saved ${checkpoint.steps}\n`);
    },
  },
});
const digest = (values: Float64Array) => values.reduce((total, value, i) => total + value * Math.cos(i), 0);

function training(): string {
  const random = randomSource(1);
  const X = { data: random.normals(60 * 4), shape: [60, 4] };
  const y = { data: random.normals(60 * width), shape: [60, width] };
  const loss = ({ X, y, W, b }: Readonly<Record<"X" | "y" | "W" | "b", Expr>>): Expr =>
    mean(square(subtract(add(matmul(X, W), b), y)));
  const start = {
    W: { data: new Float64Array(4 * width), shape: [4, width] },
    b: { data: new Float64Array(width), shape: [width] },
  };
  const fit = train(loss, start, { X, y }, adam({ learningRate: 0.05 }), {
    ...{ batchSize: 10, epochs: most, shuffle: 2, memoryLimit: 0 },
    ...keeping(2),
  });
  const { W, b } = fit.parameters;
  return `${fit.message} ${digest(W)} ${digest(b)} ${fit.iterationLosses.join(" ")}`;
}

/** Rosenbrock's valley of many elements, as its residuals. */
const valley = (x: Expr): [Expr, Expr] => {
  const [early, late] = [slice(x, 0, width - 1), slice(x, 1, width)];
  return [multiply(10, subtract(late, square(early))), subtract(1, early)];
};
const start = { x: Float64Array.from({ length: width }, (_, i) => (i % 2 === 0 ? -1.2 : 1)) };

function minimizing(): string {
  const f = trace({ x: vector(width) }, ({ x }) => {
    const [bend, way] = valley(x);
    return add(sum(square(bend)), sum(square(way)));
  });
  const run = minimize(f, start, lbfgs(), { steps: most, trajectory: false, ...keeping(2) });
  return `${run.message} ${digest(run.parameters.x)} ${JSON.stringify(run.solver)} ${run.steps}`;
}

function solving(): string {
  const residuals = trace({ x: vector(width) }, ({ x }) => {
    const [bend, way] = valley(x);
    return add(bend, multiply(0.1, way));
  });
  const run = leastSquares(residuals, start, undefined, { steps: most, trajectory: false, ...keeping(1) });
  return `${run.message} ${digest(run.parameters.x)} ${JSON.stringify(run.evaluations)} ${run.steps}`;
}

const kinds: Readonly<Record<string, () => string>> = {
  train: training,
  minimize: minimizing,
  leastSquares: solving,
};
writeSync(1, `done ${kinds[kind]!()}\n`);
