/**
 * The objectives of the course: the gradient that the graph gives is the one that the course derives by hand
 * (reference/SOURCE.md), whatever the point and the shape.
 */
import { suite } from "uvu";
import {
  add,
  dot,
  type Expr,
  matmul,
  matrix,
  mean,
  multiply,
  negative,
  power,
  square,
  subtract,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "../graph/index.js";
import { halfMeanSquaredError } from "../src/nn/losses.js";
import { linear } from "../src/nn/models.js";
import { cubic, saddle, weightedSphere } from "../src/objectives/course.js";
import { flat, type Objective } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertClose } from "./support/tolerance.js";

const course = suite("course");

const coordinate = fc.double({ min: -1e3, max: 1e3, noNaN: true });

const vectorOf = (length: number, element = coordinate) =>
  fc.array(element, { minLength: length, maxLength: length });

type Evaluate = (inputs: Readonly<Record<string, readonly number[]>>) => {
  readonly value: number;
  readonly grad: Readonly<Record<string, number | Float64Array>>;
};

/** Value and gradients of an objective, by some of its inputs. */
function evaluator(f: unknown, ...names: string[]): Evaluate {
  return valueAndGrad(f as Objective, ...names) as Evaluate;
}

/** Compares with value and gradients by hand, to 1e-12 relative. */
function check(
  evaluate: Evaluate,
  inputs: Readonly<Record<string, readonly number[]>>,
  value: number,
  gradients: Readonly<Record<string, readonly number[]>>,
): void {
  const actual = evaluate(inputs);
  assertClose(actual.value, value, 1e-12, "value");
  for (const [name, expected] of Object.entries(gradients)) {
    assertClose(flat(actual.grad[name]!), expected, 1e-12, `gradient by ${name}`);
  }
}

course("weighted sphere wᵀ(x∘x), any dimension and weights: the gradient is 2w∘x", () => {
  const cases = fc
    .integer({ min: 1, max: 12 })
    .chain((n) => fc.tuple(vectorOf(n), vectorOf(n, fc.double({ min: 1e-3, max: 1e3, noNaN: true }))));
  forAll(1000, cases, ([x, w]) => {
    const value = x.reduce((total, xi, i) => total + w[i]! * xi * xi, 0);
    const byX = x.map((xi, i) => 2 * w[i]! * xi);
    const own = trace({ x: vector(x.length) }, (inputs): Expr => dot(w, square(inputs.x)));
    for (const f of [own, weightedSphere(w).f]) check(evaluator(f), { x }, value, { x: byX });
    const ofBoth = trace(
      { w: vector(x.length), x: vector(x.length) },
      (inputs): Expr => sum(multiply(inputs.w, multiply(inputs.x, inputs.x))),
    );
    check(evaluator(ofBoth), { w, x }, value, { x: byX, w: x.map((xi) => xi * xi) });
  });
});

course("cubic x₁² + x₂² + x₂³ + x₁x₂: the gradient is (2x₁ + x₂, 2x₂ + 3x₂² + x₁)", () => {
  const own = trace({ x: vector(2) }, ({ x }): Expr => {
    const [x1, x2] = x;
    return add(square(x1!), square(x2!), power(x2!, 3), multiply(x1!, x2!));
  });
  const evaluators = [own, cubic.f].map((f) => evaluator(f));
  forAll(3000, fc.tuple(coordinate, coordinate), ([x1, x2]) => {
    const value = x1 * x1 + x2 * x2 + x2 * x2 * x2 + x1 * x2;
    const x = [2 * x1 + x2, 2 * x2 + 3 * x2 * x2 + x1];
    for (const evaluate of evaluators) check(evaluate, { x: [x1, x2] }, value, { x });
  });
});

course("saddle −x₁²/2 + x₂²: the gradient is (−x₁, 2x₂)", () => {
  const own = trace({ x: vector(2) }, ({ x }): Expr => {
    const [x1, x2] = x;
    return add(negative(multiply(square(x1!), 0.5)), square(x2!)) as Expr;
  });
  const evaluators = [own, saddle.f].map((f) => evaluator(f));
  forAll(3000, fc.tuple(coordinate, coordinate), ([x1, x2]) => {
    const value = x2 * x2 - (x1 * x1) / 2;
    for (const evaluate of evaluators) check(evaluate, { x: [x1, x2] }, value, { x: [-x1, 2 * x2] });
  });
});

/** Numbers of one size, so that sums don't cancel more digits than the bound leaves. */
const moderate = fc.integer({ min: -(2 ** 20), max: 2 ** 20 }).map((k) => k / 2 ** 18);

const samples = fc
  .record({
    K: fc.integer({ min: 1, max: 12 }),
    inputs: fc.integer({ min: 1, max: 5 }),
    outputs: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ K, inputs, outputs }) =>
    fc.record({
      K: fc.constant(K),
      inputs: fc.constant(inputs),
      outputs: fc.constant(outputs),
      X: vectorOf(K * inputs, moderate),
      W: vectorOf(inputs * outputs, moderate),
      b: vectorOf(outputs, moderate),
      y: vectorOf(K * outputs, moderate),
    }),
  );

course(
  "linear model with half the mean squared error, any batch and widths: Xᵀ(outputs − y)/K and Σ(outputs − y)/K",
  () => {
    forAll(500, samples, ({ K, inputs, outputs, X, W, b, y }) => {
      const residuals = y.map((target, at) => {
        const [k, o] = [Math.floor(at / outputs), at % outputs];
        let output = 0;
        for (let i = 0; i < inputs; i++) output += X[k * inputs + i]! * W[i * outputs + o]!;
        return output + b[o]! - target;
      });
      const value = residuals.reduce((total, r) => total + r * r, 0) / (2 * K);
      const byW = W.map((_, at) => {
        const [i, o] = [Math.floor(at / outputs), at % outputs];
        let total = 0;
        for (let k = 0; k < K; k++) total += X[k * inputs + i]! * residuals[k * outputs + o]!;
        return total / K;
      });
      const byB = b.map((_, o) => {
        let total = 0;
        for (let k = 0; k < K; k++) total += residuals[k * outputs + o]!;
        return total / K;
      });
      const specs = {
        X: matrix(K, inputs),
        y: matrix(K, outputs),
        W: matrix(inputs, outputs),
        b: vector(outputs),
      };
      const own = trace(specs, (exprs): Expr => {
        const predicted = add(matmul(exprs.X as Expr, exprs.W as Expr), exprs.b as Expr) as Expr;
        // The sum over the outputs of the mean over the batch.
        return multiply(sum(mean(square(subtract(predicted, exprs.y as Expr) as Expr), 0)), 0.5);
      });
      const model = linear({ inputs, outputs });
      const ofLibrary = trace(
        specs,
        (exprs): Expr => halfMeanSquaredError(model(exprs.X, exprs) as Expr, exprs.y as Expr),
      );
      for (const f of [own, ofLibrary]) {
        check(evaluator(f, "W", "b"), { X, y, W, b }, value, { W: byW, b: byB });
      }
    });
  },
);

course.run();
