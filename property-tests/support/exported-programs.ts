/** Programs that the tests of the export train on every target: objectives with their starts and data. */
import {
  add,
  averagePool,
  cholesky,
  choleskySolve,
  conv2d,
  diagonal,
  dot,
  type Expr,
  exp,
  eye,
  index,
  log,
  logSumExp,
  matmul,
  matrix,
  mean,
  multiply,
  negative,
  relu,
  reshape,
  type Shapes,
  scalar,
  scan,
  sigmoid,
  slice,
  square,
  subtract,
  sum,
  type Traced,
  tanh,
  tensor,
  trace,
  transpose,
  vector,
} from "../../graph/index.js";
import type { ParameterValues } from "../../optimizers/index.js";

/** An objective, where it starts, and the data of a batch with their shapes. */
export interface ExportProgram {
  readonly objective: Traced<Shapes, Expr<[]>>;
  readonly start: ParameterValues;
  readonly data: Readonly<Record<string, { readonly data: Float64Array; readonly shape: readonly number[] }>>;
}

/** Numbers between −½ and ½ that look random. */
export const wave = (size: number, salt: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + salt) * 0.5);

const table = (shape: readonly number[], salt: number) => ({
  data: wave(
    shape.reduce((a, b) => a * b, 1),
    salt,
  ),
  shape,
});

const made = (
  specs: object,
  objective: (inputs: never) => unknown,
  start: object,
  data: ExportProgram["data"],
): ExportProgram => ({
  objective: trace(specs as never, objective as never) as ExportProgram["objective"],
  start: start as ParameterValues,
  data,
});

export function mlp(batch = 64, width = 16): ExportProgram {
  const specs = {
    layers: [
      { W: matrix(4, width), b: vector(width) },
      { W: matrix(width, 1), b: vector(1) },
    ],
    X: matrix(batch, 4),
    y: matrix(batch, 1),
  };
  const layers = [
    { W: wave(4 * width, 1), b: wave(width, 2) },
    { W: wave(width, 3), b: wave(1, 4) },
  ];
  const objective = ({
    layers: [first, second],
    X,
    y,
  }: Record<string, Expr> & { layers: { W: Expr; b: Expr }[] }) => {
    const hidden = tanh(add(matmul(X!, first!.W), first!.b));
    return mean(square(subtract(add(matmul(hidden, second!.W), second!.b), y!)));
  };
  return made(specs, objective, { layers }, { X: table([batch, 4], 5), y: table([batch, 1], 6) });
}

export function convolution(batch = 8): ExportProgram {
  const specs = {
    K: tensor([3, 3, 1, 4]),
    W: matrix(36, 2),
    images: tensor([batch, 8, 8, 1]),
    y: matrix(batch, 2),
  };
  const objective = ({ K, W, images, y }: Record<string, Expr>) => {
    const features = averagePool(relu(conv2d(images!, K!)), [2, 2]);
    return mean(square(subtract(matmul(reshape(features, [batch, 36]), W!), y!)));
  };
  const start = { K: { data: wave(36, 1), shape: [3, 3, 1, 4] }, W: wave(72, 2) };
  return made(specs, objective, start, { images: table([batch, 8, 8, 1], 3), y: table([batch, 2], 4) });
}

export function lstm(batch = 4, steps = 12, width = 5): ExportProgram {
  const specs = {
    W: matrix(3, 4 * width),
    U: matrix(width, 4 * width),
    b: vector(4 * width),
    V: vector(width),
    x: tensor([batch, steps, 3]),
    y: vector(batch),
  };
  const objective = ({ W, U, b, V, x, y }: Record<string, Expr>) => {
    const none = multiply(matmul(index(transpose(x!, [1, 0, 2]), 0), W!), 0);
    const zeros = slice(none, 0, width, { axis: 1 });
    const { last } = scan(
      ({ h, c }: { h: Expr; c: Expr }, row) => {
        const gates = add(add(matmul(row, W!), matmul(h, U!)), b!) as Expr;
        const gate = (k: number) => slice(gates, k * width, (k + 1) * width, { axis: 1 });
        const next = add(multiply(sigmoid(gate(0)), c), multiply(sigmoid(gate(1)), tanh(gate(2))));
        return { h: multiply(sigmoid(gate(3)), tanh(next)), c: next };
      },
      { h: zeros, c: zeros },
      { xs: transpose(x!, [1, 0, 2]) },
    ) as { readonly last: { readonly h: Expr } };
    return mean(square(subtract(matmul(last.h, V!), y!)));
  };
  const start = {
    W: wave(12 * width, 1),
    U: wave(4 * width ** 2, 2),
    b: wave(4 * width, 3),
    V: wave(width, 4),
  };
  return made(specs, objective, start, { x: table([batch, steps, 3], 5), y: table([batch], 6) });
}

export function mixture(count = 40): ExportProgram {
  const specs = { means: vector(3), logScales: vector(3), logits: vector(3), x: vector(count) };
  const objective = ({ means, logScales, logits, x }: Record<string, Expr>) => {
    const z = multiply(subtract(reshape(x!, [count, 1]), means!), exp(negative(logScales!)));
    const weights = subtract(logits!, logSumExp(logits!));
    const terms = subtract(subtract(weights, logScales!), multiply(0.5, square(z)));
    return negative(mean(logSumExp(terms, 1)));
  };
  const start = { means: [-1, 0.2, 1.5], logScales: [0, 0.1, -0.2], logits: [0.3, 0, -0.1] };
  return made(specs, objective, start, { x: table([count], 7) });
}

export function gaussianProcess(count = 12): ExportProgram {
  const specs = { logLength: scalar(), logNoise: scalar(), x: vector(count), y: vector(count) };
  const objective = ({ logLength, logNoise, x, y }: Record<string, Expr>) => {
    const distance = subtract(reshape(x!, [count, 1]), reshape(x!, [1, count]));
    const kernel = exp(multiply(-0.5, square(multiply(distance, exp(negative(logLength!))))));
    const factor = cholesky(add(kernel, multiply(eye(count), exp(logNoise!)))) as Expr;
    return add(multiply(0.5, dot(y!, choleskySolve(factor, y!))), sum(log(diagonal(factor))));
  };
  return made(
    specs,
    objective,
    { logLength: -0.3, logNoise: -1 },
    { x: table([count], 8), y: table([count], 9) },
  );
}

export function linearFit(batch = 32): ExportProgram {
  const objective = ({ w, b, X, y }: Record<string, Expr>) =>
    mean(square(subtract(add(matmul(X!, w!), b!), y!)));
  const specs = { w: vector(3), b: scalar(), X: matrix(batch, 3), y: vector(batch) };
  return made(
    specs,
    objective,
    { w: [0.1, 0.2, 0.3], b: 0 },
    { X: table([batch, 3], 1), y: table([batch], 2) },
  );
}

export const exportPrograms: Readonly<Record<string, () => ExportProgram>> = {
  mlp,
  convolution,
  lstm,
  mixture,
  gaussianProcess,
  linearFit,
};
