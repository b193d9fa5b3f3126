/**
 * Linear algebra close to the smallest and the largest doubles. Its functions are homogeneous: operands that are multiplied by
 * powers of a factor multiply results and gradients by others, and a power of two loses no digit.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, type Expr, grad, multiply, sum, type Traced, tensor, trace } from "../graph/index.js";
import { type Call, calls, usualOf } from "./support/calls.js";
import { flatten, operandName } from "./support/differences.js";
import { given } from "./support/unused.js";

const magnitudes = suite("magnitudes of linear algebra");

interface Degrees {
  /** By which powers of the factor the operands are multiplied. */
  readonly operands: readonly number[];
  /** And with that the results; `undefined` for one that isn't multiplied. */
  readonly results: readonly (number | undefined)[];
}

const degrees = (operands: readonly number[], results: Degrees["results"]): Degrees => ({
  operands,
  results,
});

/** By a call's name. What isn't here is no homogeneous function. */
const known: Readonly<Record<string, Degrees | undefined>> = {
  matrixTrace: degrees([1], [1]),
  cholesky: degrees([2], [1]),
  det: degrees([1], [2]),
  "det, of four rows": degrees([1], [4]),
  inv: degrees([1], [-1]),
  "inv, of four rows": degrees([1], [-1]),
  solve: degrees([1, 1], [0]),
  "solve, of four rows": degrees([1, 1], [0]),
  triangularSolve: degrees([1, 1], [0]),
  choleskySolve: degrees([1, 2], [0]),
  lstsq: degrees([1, 1], [0]),
  slogdet: degrees([1], [0, undefined]),
  qr: degrees([1], [0, 1]),
  eigh: degrees([1], [1, 0]),
  eigvalsh: degrees([1], [1]),
  svd: degrees([1], [0, 1, 0]),
  svdvals: degrees([1], [1]),
  pinv: degrees([1], [-1]),
  matrixPower: degrees([1], [3]),
  "matrixPower, below 0": degrees([1], [-2]),
  "matrixPower, 0": degrees([1], [0]),
  norm: degrees([1], [1]),
  "norm, of order 1": degrees([1], [1]),
  "norm, of order ∞": degrees([1], [1]),
  std: degrees([1], [1]),
  matmul: degrees([1, -1], [0]),
  dot: degrees([1, -1], [0]),
  kron: degrees([1, -1], [0]),
};

/** Those of matrices that are far from singular. */
const linear = calls.filter(({ operands }) => operands.some(({ diagonal }) => diagonal !== undefined));

magnitudes("all functions of matrices are here", () => {
  assert.equal(
    linear.filter(({ name }) => !(name in known)).map(({ name }) => name),
    [],
  );
});

type Plain = (inputs: object) => unknown;

/** One of a call's results: its numbers, and the gradient of a sum of them. */
function resultOf(call: Call, which: number): readonly [value: Plain, gradient: Plain] {
  const inputs = Object.fromEntries(call.operands.map(({ shape }, i) => [operandName(i), tensor(shape)]));
  const value = trace(inputs, (named): Expr => {
    const made = call.build(...Object.values(named as Record<string, Expr>));
    return ((Array.isArray(made) ? made : [made]) as Expr[])[which]!;
  });
  const objective = trace(inputs, (named) => {
    const y = (value as (inputs: object) => Expr)(named);
    const size = y.shape.reduce((product, length) => product * length, 1);
    const weights = Array.from({ length: size }, (_, i) => Math.cos(1 + i));
    return sum(
      multiply((y.shape.length === 0 ? weights[0]! : nested(weights, y.shape)) as number, y) as Expr,
    );
  });
  return [value, grad(objective)].map((f) => compile(f as Traced)) as unknown as [Plain, Plain];
}

function nested(list: readonly number[], shape: readonly number[]): unknown {
  if (shape.length <= 1) return list;
  const step = list.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) =>
    nested(list.slice(i * step, (i + 1) * step), shape.slice(1)),
  );
}

function assertScaled(
  actual: readonly number[],
  usual: readonly number[],
  exponent: number,
  what: string,
): void {
  const largest = Math.max(...usual.map(Math.abs));
  usual.forEach((y, i) => {
    const found = actual[i]! / 2 ** exponent;
    assert.ok(
      Math.abs(found - y) <= 1e-12 * largest,
      `${what}: element ${i} is ${actual[i]}, which is ${found} times the factor instead of ${y}`,
    );
  });
}

for (const call of calls) {
  const own = known[call.name];
  if (!own) continue;
  magnitudes(`${call.name}: results and gradients at 1e±300 are those of usual sizes`, () => {
    const usual = call.operands.map((one, i) => usualOf(one, 1 + i));
    own.results.forEach((degree, which) => {
      if (degree === undefined) return;
      const powers = [degree, ...own.operands, ...own.operands.map((one) => degree - one)];
      const most = Math.floor(996 / Math.max(...powers.map(Math.abs)));
      const [value, gradient] = resultOf(call, which);
      const [values, slopes] = [value, gradient].map((f) => f(given(call, usual)));
      for (const exponent of [most, -most]) {
        const scaled = given(
          call,
          usual.map((list, i) => list.map((x) => x * 2 ** (exponent * own.operands[i]!))),
        );
        const what = `times 2^${exponent}, result ${which}`;
        assertScaled(flatten(value(scaled)), flatten(values), exponent * degree, what);
        const found = gradient(scaled) as Readonly<Record<string, never>>;
        for (const [i, power] of own.operands.entries()) {
          const name = operandName(i);
          const right = flatten((slopes as Readonly<Record<string, never>>)[name]!);
          assertScaled(flatten(found[name]!), right, exponent * (degree - power), `${what}, by ${name}`);
        }
      }
    });
  });
}

magnitudes("log |det| moves by the factor's logarithm, its gradient by its inverse", () => {
  const call = calls.find(({ name }) => name === "slogdet")!;
  const usual = call.operands.map((one, i) => usualOf(one, 1 + i));
  const [value, gradient] = resultOf(call, 1);
  const [values, slopes] = [value, gradient].map((f) => flatten(f(given(call, usual))));
  for (const exponent of [996, -996]) {
    const scaled = given(
      call,
      usual.map((list) => list.map((x) => x * 2 ** exponent)),
    );
    flatten(value(scaled)).forEach((y, i) => {
      assert.ok(Math.abs(y - values![i]! - 2 * exponent * Math.LN2) <= 1e-12 * Math.abs(y), `${y}`);
    });
    assertScaled(flatten(gradient(scaled)), slopes!, -exponent, `times 2^${exponent}`);
  }
});

magnitudes.run();
