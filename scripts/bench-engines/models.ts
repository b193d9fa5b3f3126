/** Models whose training steps are timed here and on other engines: an MLP, a convolution and an LSTM of any size. */
import {
  add,
  averagePool,
  conv2d,
  type Expr,
  matmul,
  matrix,
  mean,
  relu,
  reshape,
  square,
  subtract,
  tanh,
  tensor,
  trace,
  vector,
} from "../../graph/index.js";
import { type ExportProgram, lstm, wave } from "../../property-tests/support/exported-programs.js";

const table = (shape: readonly number[], salt: number, scale = 1) => {
  const data = wave(
    shape.reduce((a, b) => a * b, 1),
    salt,
  ).map((x) => x * scale);
  return { data, shape };
};

function made(specs: object, objective: unknown, start: object, data: ExportProgram["data"]): ExportProgram {
  return { objective: trace(specs as never, objective as never) as never, start: start as never, data };
}

/** Two hidden layers of a width, as many features. */
function mlp(batch = 16, width = 16): ExportProgram {
  const [X, y] = [table([batch, width], 5), table([batch], 6)];
  const specs = {
    W: matrix(width, width),
    b: vector(width),
    V: matrix(width, width),
    c: vector(width),
    u: vector(width),
    X: tensor(X.shape as never),
    y: vector(batch),
  };
  const objective = ({ W, b, V, c, u, X, y }: Record<string, Expr>) => {
    const hidden = tanh(add(matmul(tanh(add(matmul(X!, W!), b!)), V!), c!));
    return mean(square(subtract(matmul(hidden, u!), y!)));
  };
  const scale = 2 / Math.sqrt(width);
  const start = {
    W: table([width, width], 1, scale),
    b: table([width], 2),
    V: table([width, width], 3, scale),
    c: table([width], 4),
    u: table([width], 7, scale),
  };
  return made(specs, objective, start, { X, y });
}

/** Two convolutions with pooling over images of 28 × 28, then ten numbers. */
function convolution(batch = 1, channels = 4): ExportProgram {
  const size = 25 * 2 * channels;
  const [images, y] = [table([batch, 28, 28, 1], 3), table([batch, 10], 4)];
  const specs = {
    K: tensor([3, 3, 1, channels]),
    L: tensor([3, 3, channels, 2 * channels]),
    W: matrix(size, 10),
    images: tensor(images.shape as never),
    y: matrix(batch, 10),
  };
  const objective = ({ K, L, W, images, y }: Record<string, Expr>) => {
    const first = averagePool(relu(conv2d(images!, K!)), [2, 2]);
    const second = averagePool(relu(conv2d(first as never, L!)), [2, 2]);
    return mean(square(subtract(matmul(reshape(second as never, [batch, size]), W!), y!)));
  };
  const start = {
    K: table([3, 3, 1, channels], 1),
    L: table([3, 3, channels, 2 * channels], 2, 1 / Math.sqrt(channels)),
    W: table([size, 10], 5, 2 / Math.sqrt(size)),
  };
  return made(specs, objective, start, { images, y });
}

/** With weights that don't saturate the gates, so that losses don't depend on last places. */
function recurrent(batch = 4, steps = 12, width = 5): ExportProgram {
  const program = lstm(batch, steps, width);
  const { U, V, ...rest } = program.start as Readonly<Record<string, Float64Array>>;
  const scaled = (values: Float64Array) => values.map((x) => x / Math.sqrt(width));
  return { ...program, start: { ...rest, U: scaled(U!), V: scaled(V!) } };
}

export interface BenchModel {
  /** Its kind and its sizes. */
  readonly name: string;
  readonly make: () => ExportProgram;
}

function sized(
  kind: string,
  make: (...size: number[]) => ExportProgram,
  sizes: readonly (readonly number[])[],
): BenchModel[] {
  return sizes.map((size) => ({ name: `${kind} ${size.join("×")}`, make: () => make(...size) }));
}

/** Of each kind the small ones first: batch × width, batch × channels, batch × steps × width. */
export const benchModels: readonly BenchModel[] = [
  ...sized("mlp", mlp, [
    [16, 16],
    [64, 64],
    [128, 128],
    [256, 256],
    [512, 512],
  ]),
  ...sized("convolution", convolution, [
    [1, 4],
    [8, 4],
    [16, 8],
    [64, 16],
  ]),
  ...sized("lstm", recurrent, [
    [4, 12, 5],
    [16, 32, 16],
    [32, 64, 64],
    [64, 64, 128],
  ]),
];
