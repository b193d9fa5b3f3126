/**
 * A small convolutional network tells upright, level and slanted bars in noisy images of 8 × 8 pixels: two convolutions,
 * a pool between them, and a linear layer, trained by Adam.
 */
import {
  adam,
  add,
  argmax,
  compile,
  conv2d,
  type Expr,
  matmul,
  matrix,
  maxPool,
  randomSource,
  relu,
  reshape,
  softmaxCrossEntropy,
  tensor,
  trace,
  train,
  vector,
} from "adjoint";

const [size, classes, samples] = [8, 3, 960];
const random = randomSource(3);

/** Images with a bar of a random place, and what it is as one of three. */
function draw(count: number) {
  const images = Float64Array.from(random.normals(count * size * size, 0, 0.3));
  const labels = new Float64Array(count * classes);
  for (let k = 0; k < count; k++) {
    const label = random.integer(0, classes);
    const place = random.integer(0, size);
    labels[k * classes + label] = 1;
    for (let i = 0; i < size; i++) {
      const [row, column] = [[i, place] as const, [place, i] as const, [i, (i + place) % size] as const][
        label
      ]!;
      images[(k * size + row) * size + column]! += 1;
    }
  }
  return {
    X: { data: images, shape: [count, size, size, 1] },
    y: { data: labels, shape: [count, classes] },
  };
}

/** He's initialization: the variance of a layer's outputs is that of its inputs. */
function initial(...shape: [number, ...number[]]) {
  const count = shape.reduce((product, length) => product * length, 1);
  const deviation = Math.sqrt(2 / (count / shape.at(-1)!));
  return reshape([...random.normals(count, 0, deviation)], shape);
}

interface Network {
  readonly k1: Expr;
  readonly k2: Expr;
  readonly W: Expr;
  readonly b: Expr;
}

function logits(X: Expr, { k1, k2, W, b }: Network): Expr {
  const first = maxPool(relu(conv2d(X, k1, { padding: "same" })), 2);
  const second = relu(conv2d(first, k2));
  return add(matmul(reshape(second, [X.shape[0]!, -1]), W), b);
}

const shapes = {
  k1: tensor([3, 3, 1, 8]),
  k2: tensor([3, 3, 8, 8]),
  W: matrix(2 * 2 * 8, classes),
  b: vector(classes),
};

const parameters = {
  k1: initial(3, 3, 1, 8),
  k2: initial(3, 3, 8, 8),
  W: initial(2 * 2 * 8, classes),
  b: new Float64Array(classes),
};

const { X, y } = draw(samples);
const fit = train(
  ({ X, y, ...network }) => softmaxCrossEntropy(logits(X, network), y),
  parameters,
  { X, y },
  adam({ learningRate: 0.01 }),
  {
    batchSize: 32,
    epochs: 8,
    onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch}: loss ${loss.toExponential(3)}`),
  },
);

// Images that it has never seen
const unseen = draw(samples);
const classify = compile(
  trace({ X: tensor(unseen.X.shape), ...shapes }, ({ X, ...network }) => argmax(logits(X, network))),
);
const found = classify({ X: unseen.X.data, ...fit.parameters }) as Float64Array;
const right = found.filter((label, k) => unseen.y.data[k * classes + label] === 1).length;
console.log(`${right} of ${samples} new images are told rightly`);
if (right < 0.95 * samples) throw new Error(`only ${right} of ${samples} are told rightly`);
console.log("check passed: more than 95 % of images that it has never seen");
