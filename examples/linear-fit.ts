/**
 * The linear fit of the course: y ≈ XW + b by mini-batches, and one step of it against the two results that the course
 * prints for "the same" step, its own SGD's and torch.optim.SGD's.
 */
import { readFileSync } from "node:fs";
import {
  adam,
  add,
  type Expr,
  gradientDescent,
  halfMeanSquaredError,
  matmul,
  meanSquaredError,
  readCsv,
  tableMatrix,
  train,
} from "adjoint";

const file = "linear-regression.csv";
const table = readCsv(readFileSync(new URL(`data/${file}`, import.meta.url), "utf8"), { file });
const X = { data: tableMatrix(table, ["x1", "x2"]), shape: [table.rows, 2] };
const y = { data: tableMatrix(table, ["y"]), shape: [table.rows, 1] };

const W = [[1.5409961], [-0.2934289]];
const outputs = ({ X, W, b }: { X: Expr; W: Expr; b: Expr }) => add(matmul(X, W), b);

// The fit. The course follows the gradient of half the mean squared error, and reports the whole.
const fit = train(
  ({ X, y, W, b }) => halfMeanSquaredError(outputs({ X, W, b }), y),
  { W, b: [0] },
  { X, y },
  adam({ learningRate: 0.1, beta2: 0.99, epsilon: 1e-7, epsilonInsideSqrt: true }),
  {
    batchSize: 64,
    epochs: 30,
    metric: ({ X, y, W, b }) => meanSquaredError(outputs({ X, W, b }), y),
    onEpoch: ({ epoch, loss }) => {
      if (epoch % 10 === 0 || epoch === 1) console.log(`epoch ${epoch}: loss ${loss.toExponential(3)}`);
    },
  },
);
const fitted = [...fit.parameters.W, ...fit.parameters.b];
console.log(`fitted W = (${fitted[0]!.toFixed(4)}, ${fitted[1]!.toFixed(4)}), b = ${fitted[2]!.toFixed(4)}`);
console.log("the data: y = 0.5·x1 + 0.8·x2 + 0.01·u, u uniform on [0, 1), so that b is about 0.005\n");

/** W after one step of gradient descent on the first sample. */
function oneStep(b: number): Float64Array {
  const first = {
    X: { data: X.data.slice(0, 2), shape: [1, 2] },
    y: { data: y.data.slice(0, 1), shape: [1, 1] },
  };
  const { parameters } = train(
    ({ X, y, W, b }) => halfMeanSquaredError(outputs({ X, W, b }), y),
    { W, b: [b] },
    first,
    gradientDescent({ learningRate: 0.01 }),
    { batchSize: 1, epochs: 1 },
  );
  return parameters.W;
}

// The course copies W into torch's layer, and says that both optimizers agree after a step. Its printed numbers differ.
const own = oneStep(0);
const torch = oneStep(-0.01401);
const show = (x: number) => x.toFixed(8).replace("-", "−");
console.log("one step on the first sample, lr 0.01   W[0]         W[1]         the course prints");
console.log(
  `b = 0, the course's own SGD             ${show(own[0]!)}  ${show(own[1]!)}  1.5418997, −0.29250407`,
);
console.log(`b = −0.01401, torch.optim.SGD           ${show(torch[0]!)}  ${show(torch[1]!)}  1.5417418`);

// Solved for the bias: W[0] moves by −lr·x1·(xW + b − y).
const [x1, x2] = X.data as unknown as [number, number];
const residual = (W[0]![0]! - Math.fround(1.5417418)) / (0.01 * x1);
const implied = residual - (x1 * W[0]![0]! + x2 * W[1]![0]! - y.data[0]!);
console.log(
  `the bias that torch's number implies: ${show(implied).slice(0, 7)}: the layer was made with a random one,`,
);
console.log("which was never copied. With equal biases the two optimizers agree.");

// The course computes in float32, whose last place at 1.54 is worth 2⁻²³.
const agrees = (x: number, printed: number) => Math.abs(x - Math.fround(printed)) < 2 ** -23;
const oneStepAgrees =
  agrees(own[0]!, 1.5418997) && agrees(own[1]!, -0.29250407) && agrees(torch[0]!, 1.5417418);
const differ = Math.abs(own[0]! - torch[0]!) > 1e-4;
const fits = [0.5, 0.8, 0.005].every((expected, i) => Math.abs(fitted[i]! - expected) < 2e-3);
if (!oneStepAgrees || !differ || !fits || fit.status !== "completed") {
  throw new Error(`Unexpected: one step ${own}, ${torch}, fit ${fitted} (${fit.status}).`);
}
console.log(
  "\ncheck passed: both printed steps come out, each with its bias, and the fit finds 0.5, 0.8 and 0.005",
);
