import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Expr,
  grad,
  matrix,
  scalar,
  sum,
  tensor,
  trace,
  valueAndGrad,
  vector,
} from "../../graph/index.js";
import { randomSource } from "../data/random.js";
import {
  binaryCrossEntropy,
  halfMeanSquaredError,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  softmaxCrossEntropy,
} from "./losses.js";

const losses = suite("losses");

type Loss = (predictions: Expr, targets: Expr) => Expr<[]>;

const [K, outputs] = [5, 3];
const random = randomSource(1);

/** Each loss beside what one row costs, in plain JavaScript, and targets that suit it. */
const definitions: Readonly<
  Record<string, readonly [Loss, (p: number[], t: number[]) => number, () => number[]]>
> = {
  meanSquaredError: [meanSquaredError, (p, t) => total(p, (pi, i) => (pi - t[i]!) ** 2), anyRow],
  halfMeanSquaredError: [halfMeanSquaredError, (p, t) => total(p, (pi, i) => (pi - t[i]!) ** 2 / 2), anyRow],
  meanAbsoluteError: [meanAbsoluteError, (p, t) => total(p, (pi, i) => Math.abs(pi - t[i]!)), anyRow],
  huber: [
    (p, t) => huber(p, t, { delta: 0.7 }),
    (p, t) =>
      total(p, (pi, i) => {
        const r = Math.abs(pi - t[i]!);
        return r <= 0.7 ? (r * r) / 2 : 0.7 * (r - 0.35);
      }),
    anyRow,
  ],
  binaryCrossEntropy: [
    binaryCrossEntropy,
    (z, t) =>
      total(z, (zi, i) => {
        const p = 1 / (1 + Math.exp(-zi));
        return -t[i]! * Math.log(p) - (1 - t[i]!) * Math.log(1 - p);
      }),
    () => [...random.uniforms(outputs)],
  ],
  softmaxCrossEntropy: [
    softmaxCrossEntropy,
    (z, t) => total(z, (zi, i) => -t[i]! * Math.log(Math.exp(zi) / total(z, Math.exp))),
    () => {
      const weights = random.uniforms(outputs);
      return [...weights].map((weight) => weight / total([...weights], (w) => w));
    },
  ],
};

for (const [name, [loss, ofRow, drawTargets]] of Object.entries(definitions)) {
  const f = trace({ p: matrix(K, outputs), t: matrix(K, outputs) }, ({ p, t }) => loss(p, t));

  losses(`${name} is the mean over the rows of what a row costs`, () => {
    for (let run = 0; run < 50; run++) {
      const p = rows(anyRow);
      const t = rows(drawTargets);
      close(f({ p, t }), total(p, (row, k) => ofRow(row, t[k]!)) / K, 1e-13);
    }
  });

  losses(`${name}: its gradient is the slope of the formula`, () => {
    const gradient = grad(f, "p");
    for (let run = 0; run < 20; run++) {
      const p = rows(anyRow);
      const t = rows(drawTargets);
      const got = gradient({ p, t }).p;
      const h = 1e-5;
      p.forEach((row, k) => {
        row.forEach((_, i) => {
          const shifted = (by: number) =>
            ofRow(
              row.map((value, j) => (j === i ? value + by : value)),
              t[k]!,
            );
          close(got[k * outputs + i]!, (shifted(h) - shifted(-h)) / (2 * h) / K, 1e-8);
        });
      });
    }
  });

  losses(`${name} refuses other shapes, and no samples`, () => {
    assert.throws(
      () => trace({ p: matrix(4, 1), t: vector(3) }, ({ p, t }) => loss(p, t)),
      new RegExp(`${name}: predictions have the shape \\(4×1\\) and targets \\(3\\); they must be the same`),
    );
    assert.throws(
      () => trace({ p: matrix(0, 2), t: matrix(0, 2) }, ({ p, t }) => loss(p, t)),
      new RegExp(`${name}: there is no sample in the shape \\(0×2\\)`),
    );
  });
}

losses("vectors are samples of one output, a scalar is one sample, further axes are summed", () => {
  const ofVector = trace({ p: vector(4), t: vector(4) }, ({ p, t }) => meanSquaredError(p, t));
  assert.is(ofVector({ p: [1, 2, 3, 4], t: [0, 0, 0, 0] }), 7.5);
  const ofScalar = trace({ p: scalar(), t: scalar() }, ({ p, t }) => meanAbsoluteError(p, t));
  assert.is(ofScalar({ p: 3, t: 5 }), 2);
  const cube = tensor([2, 3, 2]);
  const ofTensor = trace({ p: cube, t: cube }, ({ p, t }) => halfMeanSquaredError(p, t));
  assert.is(ofTensor({ p: new Float64Array(12).fill(2), t: new Float64Array(12) }), 12);
});

losses("Huber's loss at its seam and at 0, and a bad delta", () => {
  const f = valueAndGrad(
    trace({ p: vector(1), t: vector(1) }, ({ p, t }) => huber(p, t, { delta: 2 })),
    "p",
  );
  assert.equal(f({ p: [2], t: [0] }), { value: 2, grad: { p: Float64Array.of(2) } });
  assert.equal(f({ p: [5], t: [0] }), { value: 8, grad: { p: Float64Array.of(2) } });
  assert.equal(f({ p: [-5], t: [0] }), { value: 8, grad: { p: Float64Array.of(-2) } });
  assert.is(f({ p: [1], t: [1] }).grad.p[0], 0);
  for (const delta of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => trace({ p: vector(1), t: vector(1) }, ({ p, t }) => huber(p, t, { delta })),
      new RegExp(`huber: delta is ${delta}; pass a finite number above 0`),
    );
  }
});

losses("the absolute error has gradient 0 where prediction and target agree", () => {
  const f = grad(
    trace({ p: vector(2), t: vector(2) }, ({ p, t }) => meanAbsoluteError(p, t)),
    "p",
  );
  assert.equal([...f({ p: [1, 2], t: [1, 1] }).p], [0, 0.5]);
});

losses("binary cross-entropy is exact for logits of any size", () => {
  const f = valueAndGrad(
    trace({ z: vector(1), t: vector(1) }, ({ z, t }) => binaryCrossEntropy(z, t)),
    "z",
  );
  const at = (z: number, t: number) => {
    const { value, grad: slopes } = f({ z: [z], t: [t] });
    return [value, slopes.z[0]!] as const;
  };
  for (const [z, t, value, slope] of [
    [0, 1, Math.LN2, -0.5],
    [0, 0, Math.LN2, 0.5],
    [1000, 1, 0, 0],
    [1000, 0, 1000, 1],
    [-1000, 1, 1000, -1],
    [-1000, 0, 0, 0],
    [-40, 0, Math.exp(-40), Math.exp(-40)],
    [40, 0, 40, 1],
  ] as const) {
    const got = at(z, t);
    close(got[0], value, 1e-15, `value at z = ${z}, t = ${t}`);
    close(got[1], slope, 2e-16, `slope at z = ${z}, t = ${t}`);
  }
  // Tiny losses keep their digits, not only their smallness.
  assert.ok(Math.abs(at(-40, 0)[0] / Math.exp(-40) - 1) < 1e-14);
});

losses(
  "binary cross-entropy keeps its digits on both sides, and infinite logits on the right side are free",
  () => {
    const f = valueAndGrad(
      trace({ z: vector(1), t: vector(1) }, ({ z, t }) => binaryCrossEntropy(z, t)),
      "z",
    );
    // log(1 + e⁻ᶻ) and −1/(1 + eᶻ), by mpmath.
    for (const [z, value, slope] of [
      [20, 2.0611536203143808e-9, -2.0611536181902037e-9],
      [30, 9.357622968839737e-14, -9.357622968839299e-14],
      [40, 4.248354255291589e-18, -4.248354255291589e-18],
      [Number.POSITIVE_INFINITY, 0, 0],
    ] as const) {
      for (const [side, target] of [
        [1, 1],
        [-1, 0],
      ] as const) {
        const got = f({ z: [side * z], t: [target] });
        assert.ok(Math.abs(got.value - value) <= 4e-16 * value, `${got.value} at ${z}`);
        assert.ok(Math.abs(got.grad.z[0]! - side * slope) <= -4e-16 * slope, `${got.grad.z[0]} at ${z}`);
      }
    }
    assert.is(f({ z: [Number.POSITIVE_INFINITY], t: [0] }).value, Number.POSITIVE_INFINITY);
  },
);

losses("a class that is excluded by the logit −∞ costs nothing unless it is wanted", () => {
  const f = valueAndGrad(
    trace({ z: matrix(1, 3), t: matrix(1, 3) }, ({ z, t }) => softmaxCrossEntropy(z, t)),
    "z",
  );
  const z = [[0, 0, Number.NEGATIVE_INFINITY]];
  assert.equal(f({ z, t: [[1, 0, 0]] }), { value: Math.LN2, grad: { z: Float64Array.of(-0.5, 0.5, 0) } });
  assert.is(f({ z, t: [[0, 0, 1]] }).value, Number.POSITIVE_INFINITY);
});

losses("binary cross-entropy has the right curvature, at zero logits too", () => {
  const f = trace({ z: vector(1), t: vector(1) }, ({ z, t }) => binaryCrossEntropy(z, t));
  const curvature = grad(
    trace({ z: vector(1), t: vector(1) }, (inputs) => sum(grad(f, "z")(inputs).z)),
    "z",
  );
  for (const z of [-3, -0.1, 0, 0.1, 3]) {
    const p = 1 / (1 + Math.exp(-z));
    close(curvature({ z: [z], t: [1] }).z[0]!, p * (1 - p), 1e-15, `at z = ${z}`);
  }
});

losses("softmax cross-entropy is exact for logits of any size, ties included", () => {
  const f = valueAndGrad(
    trace({ z: matrix(1, 3), t: matrix(1, 3) }, ({ z, t }) => softmaxCrossEntropy(z, t)),
    "z",
  );
  for (const [z, t, value, slopes] of [
    [[0, 0, 0], [0, 1, 0], Math.log(3), [1 / 3, -2 / 3, 1 / 3]],
    [[1000, 1000, -1000], [1, 0, 0], Math.LN2, [-0.5, 0.5, 0]],
    [[1000, 0, -1000], [0, 0, 1], 2000, [1, 0, -1]],
    [[-1000, -1000, -1000], [0.5, 0.25, 0.25], Math.log(3), [1 / 3 - 0.5, 1 / 3 - 0.25, 1 / 3 - 0.25]],
  ] as const) {
    const got = f({ z: [[...z]], t: [[...t]] });
    close(got.value, value, 1e-15 * (1 + value), `value at ${z}`);
    for (const [i, slope] of slopes.entries()) close(got.grad.z[i]!, slope, 2e-16, `slope ${i} at ${z}`);
  }
});

losses("softmax cross-entropy needs a matrix with a class", () => {
  assert.throws(
    () => trace({ z: vector(3), t: vector(3) }, ({ z, t }) => softmaxCrossEntropy(z, t)),
    /softmaxCrossEntropy: logits have the shape \(3\); pass samples × classes/,
  );
  assert.throws(
    () => trace({ z: matrix(3, 0), t: matrix(3, 0) }, ({ z, t }) => softmaxCrossEntropy(z, t)),
    /logits have the shape \(3×0\)/,
  );
});

function anyRow(): number[] {
  return [...random.normals(outputs, 0, 2)];
}

function rows(draw: () => number[]): number[][] {
  return Array.from({ length: K }, draw);
}

function total<T>(items: readonly T[], value: (item: T, i: number) => number): number {
  return items.reduce((sum, item, i) => sum + value(item, i), 0);
}

function close(got: number, expected: number, bound: number, what = "it"): void {
  const scaled = bound * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(got - expected) <= scaled, `${what} is ${got}, not ${expected}`);
}

losses.run();
