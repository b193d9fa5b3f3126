import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  compile,
  type Expr,
  grad,
  matrix,
  notEqual,
  scalar,
  take,
  trace,
  valueAndGrad,
  vector,
} from "../../graph/index.js";
import {
  binaryCrossEntropy,
  halfMeanSquaredError,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  softmaxCrossEntropy,
} from "./losses.js";
import type { Loss } from "./reduction.js";

const reductions = suite("reductions of losses");

const losses: Readonly<Record<string, Loss>> = {
  meanSquaredError,
  halfMeanSquaredError,
  meanAbsoluteError,
  huber,
  binaryCrossEntropy,
  softmaxCrossEntropy,
};

const predictions = [
  [0.5, -1, 2],
  [1, 0.25, -0.5],
  [3, 1, 0],
  [-2, 0.5, 0.75],
];
const targets = [
  [0.2, 0.3, 0.5],
  [1, 0, 0],
  [0, 0.5, 0.5],
  [0.25, 0.25, 0.5],
];
const weights = [1, 2, 0.5, 4];
const mask = [1, 0, 1, 1];
const total = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0);

function close(actual: number, expected: number, what = ""): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-14 * (1 + Math.abs(expected)),
    `${what} ${actual}, ${expected}`,
  );
}

for (const [name, loss] of Object.entries(losses)) {
  reductions(`${name}: none, sum and mean, with weights and a mask, on plain arrays`, () => {
    const each = loss(predictions, targets, { reduction: "none" }) as number[];
    assert.is(each.length, 4);
    const weighted = each.map((x, k) => x * weights[k]!);
    const kept = weighted.map((x, k) => x * mask[k]!);
    close(loss(predictions, targets, { reduction: "sum" }), total(each));
    close(loss(predictions, targets), total(each) / 4);
    close(loss(predictions, targets, { weights }), total(weighted) / total(weights));
    close(loss(predictions, targets, { weights, reduction: "sum" }), total(weighted));
    close(loss(predictions, targets, { mask }), total(each.map((x, k) => x * mask[k]!)) / 3);
    close(
      loss(predictions, targets, { mask, weights }),
      total(kept) / total(weights.map((w, k) => w * mask[k]!)),
    );
    assert.equal(
      (loss(predictions, targets, { weights, mask, reduction: "none" }) as number[]).map(
        (x) => +x.toFixed(12),
      ),
      kept.map((x) => +x.toFixed(12)),
    );
    assert.is(loss(predictions, targets, { mask: [0, 0, 0, 0], reduction: "sum" }), 0);
    assert.ok(Number.isNaN(loss(predictions, targets, { mask: [0, 0, 0, 0] })));
  });

  reductions(
    `${name}: traced with constants and weights as inputs, it is the same, and so is the kernel`,
    () => {
      const f = trace({ p: matrix(4, 3), w: vector(4), m: vector(4) }, ({ p, w, m }) =>
        loss(p, targets, { weights: w, mask: m }),
      );
      const inputs = { p: predictions, w: weights, m: mask };
      const expected = loss(predictions, targets, { weights, mask });
      close(f(inputs), expected);
      close(compile(f)(inputs), expected);
      const { value, grad: slopes } = compile(valueAndGrad(f, "p"))(inputs);
      close(value, expected);
      assert.equal([...slopes.p.slice(3, 6)], [0, 0, 0]);
    },
  );

  reductions(`${name}: what is masked costs nothing, whatever it is`, () => {
    const f = trace({ p: matrix(4, 3), t: matrix(4, 3) }, ({ p, t }) => loss(p, t, { mask }));
    const spoilt = predictions.with(1, [Number.NaN, Number.POSITIVE_INFINITY, 1]);
    const { value, grad: slopes } = valueAndGrad(f, "p")({ p: spoilt, t: targets });
    close(value, loss(predictions, targets, { mask }));
    assert.ok(slopes.p.every(Number.isFinite));
  });

  reductions(`${name}: errors tell the loss, the argument and what is wanted`, () => {
    const wrong = (options: unknown, pattern: RegExp) =>
      assert.throws(() => loss(predictions, targets, options as never), pattern);
    wrong({ reduction: "avg" }, new RegExp(`^${name}: reduction is the text "avg"; it must be "mean"`));
    wrong({ reductoin: "sum" }, new RegExp(`^${name}: .*"reductoin".*did you mean "reduction"`));
    wrong(7, new RegExp(`^${name}: .*options.*7`));
    wrong({ weights: [1, 2] }, new RegExp(`^${name}: weights of shape \\(2\\)`));
    wrong({ mask: "no" }, new RegExp(`^${name}: .*the text "no"`));
    assert.throws(() => loss("p" as never, targets), new RegExp(`^${name}: .*the text "p"`));
    assert.throws(() => loss(predictions, undefined as never), new RegExp(`^${name}: .*undefined`));
    assert.throws(() => loss([], []), new RegExp(`^${name}: `));
  });
}

reductions("weights and masks of elements: the mean counts whole samples", () => {
  const p = [
    [1, 2],
    [3, 4],
  ];
  const ones = [
    [1, 1],
    [1, 1],
  ];
  const zeros = [
    [0, 0],
    [0, 0],
  ];
  assert.is(meanSquaredError(p, zeros, { weights: ones }), 15);
  assert.is(meanSquaredError(p, zeros), 15);
  // Half of the elements are left: (1 + 16)/1
  const diagonal = [
    [1, 0],
    [0, 1],
  ];
  assert.is(meanSquaredError(p, zeros, { mask: diagonal }), 17);
  assert.is(meanSquaredError(p, zeros, { mask: diagonal, weights: [1, 3] }), (1 + 48) / 2);
});

reductions("a number stands for an array of it, and plain targets are constants", () => {
  assert.is(meanSquaredError([1, 3], 1), 2);
  assert.is(meanAbsoluteError(1, [1, 4]), 1.5);
  const f = trace({ p: vector(2) }, ({ p }) => huber(p, [0, 0], { delta: 1, reduction: "sum" }));
  assert.is(f({ p: [1, 2] }), 2);
  close(binaryCrossEntropy([0, 0], 1), Math.LN2);
  const one = trace({ p: scalar() }, ({ p }) => meanSquaredError(p, 2, { weights: 3 }));
  assert.is(one({ p: 5 }), 9);
});

reductions("weights have a gradient, where they are 0 too", () => {
  const f = trace({ w: vector(2) }, ({ w }) => meanSquaredError([1, 2], 0, { weights: w, reduction: "sum" }));
  assert.equal([...grad(f)({ w: [0, 1] }).w], [1, 4]);
});

const logits = [
  [2, -1, 0.5],
  [0, 1, Number.NEGATIVE_INFINITY],
];

reductions("labels are class numbers: the same as rows of 0 and 1, in value and gradient", () => {
  const rows = trace({ z: matrix(2, 3), t: matrix(2, 3) }, ({ z, t }) => softmaxCrossEntropy(z, t));
  const labels = trace({ z: matrix(2, 3), t: vector(2) }, ({ z, t }) => softmaxCrossEntropy(z, t));
  const hot = [
    [0, 0, 1],
    [0, 1, 0],
  ];
  const expected = valueAndGrad(rows, "z")({ z: logits, t: hot });
  for (const given of [valueAndGrad(labels, "z"), compile(valueAndGrad(labels, "z"))]) {
    const { value, grad: slopes } = given({ z: logits, t: [2, 1] }) as typeof expected;
    close(value, expected.value);
    slopes.z.forEach((slope, i) => {
      close(slope, expected.grad.z[i]!);
    });
  }
  assert.is(softmaxCrossEntropy(logits, [2, 2]), Number.POSITIVE_INFINITY);
});

reductions("a label that is no class is NaN, unless it is masked", () => {
  for (const label of [-1, 3, 0.5, Number.NaN])
    assert.ok(Number.isNaN(softmaxCrossEntropy(logits, [label, 1])), `${label}`);
  const f = trace({ z: matrix(2, 3), t: vector(2) }, ({ z, t }) =>
    softmaxCrossEntropy(z, t, { mask: notEqual(t, -100) }),
  );
  close(f({ z: logits, t: [0, -100] }), softmaxCrossEntropy([logits[0]!], [0]));
  const slopes = grad(f, "z")({ z: logits, t: [0, -100] }).z;
  assert.equal([...slopes.slice(3)], [0, 0, 0]);
});

reductions("weights of classes are those of the labels", () => {
  const f = trace({ z: matrix(2, 3), t: vector(2) }, ({ z, t }) =>
    softmaxCrossEntropy(z, t, { weights: take([1, 5, 2], t) }),
  );
  const [first, second] = softmaxCrossEntropy(logits, [0, 1], { reduction: "none" }) as number[];
  close(f({ z: logits, t: [0, 1] }), (first! + 5 * second!) / 6);
});

reductions("types: an expression for expressions, a number for plain arrays, a loss for each sample", () => {
  const f = trace({ p: vector(2) }, ({ p }) => {
    const all: Expr<[]> = meanSquaredError(p, [0, 0]);
    const each: Expr<[2]> = meanSquaredError(p, all, { reduction: "none" });
    return meanSquaredError(each, all, { weights: p });
  });
  const plain: number = meanSquaredError([1], [2], { reduction: "sum" });
  assert.is(plain, 1);
  assert.ok(Number.isFinite(f({ p: [1, 2] })));
});

reductions.run();
