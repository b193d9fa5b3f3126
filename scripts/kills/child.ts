/** A training that saves as it goes, and says so: what `npm run kills` kills. */
import { writeSync } from "node:fs";
import { adam, add, type Expr, matmul, mean, randomSource, square, subtract, train } from "adjoint";
import { checkpointFile } from "adjoint/files";

const [path = "", hidden = "8", epochs = "8"] = process.argv.slice(2);
const width = Number(hidden);

const random = randomSource(1);
const X = { data: random.normals(60 * 4), shape: [60, 4] };
const y = { data: random.normals(60 * width), shape: [60, width] };
const loss = ({ X, y, W, b }: Readonly<Record<"X" | "y" | "W" | "b", Expr>>): Expr =>
  mean(square(subtract(add(matmul(X, W), b), y)));
const start = {
  W: { data: new Float64Array(4 * width), shape: [4, width] },
  b: { data: new Float64Array(width), shape: [width] },
};

const file = checkpointFile(path);
const fit = train(loss, start, { X, y }, adam({ learningRate: 0.05 }), {
  ...{ batchSize: 10, epochs: Number(epochs), shuffle: 2, memoryLimit: 0 },
  resume: file.load(),
  checkpoint: {
    every: 2,
    save(checkpoint) {
      file.save(checkpoint);
      writeSync(1, `saved ${checkpoint.steps}\n`);
    },
  },
});
const sum = (values: Float64Array) => values.reduce((total, value, i) => total + value * Math.cos(i), 0);
writeSync(
  1,
  `done ${fit.message} ${sum(fit.parameters.W)} ${sum(fit.parameters.b)} ${fit.iterationLosses.join(" ")}\n`,
);
