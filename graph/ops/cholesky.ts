/** The Cholesky factor of symmetric matrices. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op, real, type Two } from "../op.js";
import { withOperands } from "../operand.js";
import { noParams, type Params } from "../params.js";
import { sizeOf } from "../shape.js";
import type { Operand, SquareToSquare } from "../types.js";
import { algorithmic, type Steps, type Target } from "./algorithm.js";
import { add, multiply, subtract } from "./arithmetic.js";
import { matmul, swapLast } from "./matmul.js";
import { tril } from "./matrices.js";
import { dominant, sidesOf, squareSide, usedMatrices } from "./systems.js";
import { substituted } from "./triangular.js";

const choleskyOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "cholesky",
  shape: ([a]) => a,
  ...algorithmic(factorize, {}, ({ result }) => sidesOf(result)),
  work: ({ result }) => sizeOf(result) * result.at(-1)!,
  derivative: {
    kind: "forwardReverse",
    mask: usedMatrices,
    // dL = L·Φ(L⁻¹·dA·L⁻ᵀ), Φ taking the lower triangle with half of the diagonal. I. Murray, "Differentiation of the
    // Cholesky decomposition", arXiv 1602.07527, 2016.
    forward: ([da], { result: l }) =>
      matmul(l, half(fromRight(l, substituted(l, symmetricOf(da), { lower: true })))),
    reverse: (adjoint, _matters, { result: l }) => [apply(choleskyAdjointOp, [l, adjoint])],
  },
  domains: [dominant],
});

/** The symmetric matrix of a lower triangle. */
function symmetricOf(a: Expr): Expr {
  return add(tril(a), swapLast(tril(a, -1)));
}

/** Φ: the lower triangle with half of the diagonal. */
function half(x: Expr): Expr {
  return multiply(add(tril(x), tril(x, -1)), 0.5);
}

/** X·L⁻ᵀ */
function fromRight(l: Expr, x: Expr): Expr {
  return swapLast(substituted(l, swapLast(x), { lower: true }));
}

/** Row by row: of each, the products with those above are taken off. */
function factorize<T>(
  { number, subtract, multiply, divide, sqrt, array }: Steps<T>,
  result: Target<T>,
  [a]: readonly ArrayLike<T>[],
  [n, , count]: readonly number[],
): void {
  for (let batch = 0; batch < count!; batch++) {
    const from = batch * n! * n!;
    const rows: T[][] = [];
    for (let i = 0; i < n!; i++) {
      const row = array(n!);
      for (let j = 0; j <= i; j++) {
        let rest: T = a![from + i * n! + j]!;
        const above = j < i ? rows[j]! : row;
        for (let k = 0; k < j; k++) rest = subtract(rest, multiply(row[k]!, above[k]!));
        row[j] = i === j ? sqrt(rest) : divide(rest, above[j]!);
      }
      rows.push(row);
      for (let j = 0; j < n!; j++) result[from + i * n! + j] = j <= i ? row[j]! : number(0);
    }
  }
}

/**
 * The adjoint of the lower triangle of A by that of L: factorizing from its end, with twice as many operations, row by row.
 * S. P. Smith, "Differentiation of the Cholesky algorithm", Journal of Computational and Graphical Statistics 4, 1995.
 * Upper triangles aren't read.
 */
export const choleskyAdjointOp: Op = /* @__PURE__ */ defineOp<Params, Two>({
  name: "choleskyAdjoint",
  shape: ([l]) => l,
  ...algorithmic(unfactorize, {}, ({ result }) => sidesOf(result)),
  work: ({ result }) => 2 * sizeOf(result) * result.at(-1)!,
  derivative: {
    kind: "tangent",
    // The adjoint is the lower triangle of M + Mᵀ with half of the diagonal, M = L⁻ᵀ·P·L⁻¹ and P the symmetric part of
    // Φ(Lᵀ·L̄). So dM = L⁻ᵀ·dP·L⁻¹ − (dL·L⁻¹)ᵀM − M·dL·L⁻¹.
    tangent([dl, dadjoint], { operands: [l, adjoint], result }) {
      const move = dl && fromInverse(l, tril(dl));
      const byL = dl && matmul(swapLast(tril(dl)), tril(adjoint));
      const byAdjoint = dadjoint && matmul(swapLast(tril(l)), tril(dadjoint));
      const changed = half(byL && byAdjoint ? add(byL, byAdjoint) : (byL ?? byAdjoint!));
      const part = multiply(add(changed, swapLast(changed)), 0.5);
      const inner = substituted(l, part, { lower: true, transpose: true });
      const straight = fromInverse(l, inner);
      const symmetric = multiply(add(result, swapLast(result)), 0.5);
      const turned = move && matmul(symmetric, move);
      const total = turned ? subtract(straight, add(turned, swapLast(turned))) : straight;
      return add(tril(total), tril(total, -1));
    },
  },
  domains: [dominant, real()],
});

/** X·L⁻¹ */
function fromInverse(l: Expr, x: Expr): Expr {
  return swapLast(substituted(l, swapLast(x), { lower: true, transpose: true }));
}

function unfactorize<T>(
  { number, subtract, multiply, divide, array }: Steps<T>,
  result: Target<T>,
  [l, adjoint]: readonly ArrayLike<T>[],
  [n, , count]: readonly number[],
): void {
  for (let batch = 0; batch < count!; batch++) {
    const from = batch * n! * n!;
    const rows = new Array<T[]>(n!);
    for (let i = n! - 1; i >= 0; i--) {
      const [at, own] = [from + i * n!, array(n!)];
      rows[i] = own;
      for (let j = 0; j <= i; j++) own[j] = adjoint![at + j]!;
      // What the rows below have made of this one, two of them at a time: it needn't be loaded and stored for each.
      let r = i + 1;
      for (; r + 1 < n!; r += 2) {
        const [x, y] = [rows[r]![i]!, rows[r + 1]![i]!];
        const [above, below] = [from + r * n!, from + (r + 1) * n!];
        for (let k = 0; k <= i; k++)
          own[k] = subtract(subtract(own[k]!, multiply(x, l![above + k]!)), multiply(y, l![below + k]!));
      }
      if (r < n!) {
        const [x, last] = [rows[r]![i]!, from + r * n!];
        for (let k = 0; k <= i; k++) own[k] = subtract(own[k]!, multiply(x, l![last + k]!));
      }
      const twice = divide(own[i]!, l![at + i]!);
      own[i] = divide(twice, number(2));
      for (let k = 0; k < i; k++) own[k] = subtract(own[k]!, multiply(twice, l![at + k]!));
      let j = i - 1;
      for (; j >= 1; j -= 2) {
        const [below, above] = [from + j * n!, from + (j - 1) * n!];
        const x = divide(own[j]!, l![below + j]!);
        const y = divide(subtract(own[j - 1]!, multiply(x, l![below + j - 1]!)), l![above + j - 1]!);
        own[j] = x;
        own[j - 1] = y;
        for (let k = 0; k < j - 1; k++)
          own[k] = subtract(subtract(own[k]!, multiply(x, l![below + k]!)), multiply(y, l![above + k]!));
      }
      if (j === 0) own[0] = divide(own[0]!, l![from]!);
    }
    for (let i = 0; i < n!; i++)
      for (let j = 0; j < n!; j++) result[from + i * n! + j] = j <= i ? rows[i]![j]! : number(0);
  }
}

export const choleskyInstances: Instances = {
  op: choleskyOp,
  instances: [
    { shapes: [[1, 1]], params: noParams },
    { shapes: [[3, 3]], params: noParams },
    { shapes: [[2, 2, 2]], params: noParams },
    { shapes: [[0, 0]], params: noParams },
  ],
};

export const choleskyAdjointInstances: Instances = {
  op: choleskyAdjointOp,
  instances: [
    {
      shapes: [
        [3, 3],
        [3, 3],
      ],
      params: noParams,
    },
  ],
};

/**
 * The lower triangle L with L·Lᵀ = (A + Aᵀ)/2. NaN where that isn't positive definite. A matrix is used as a whole: what is
 * not finite in it shows in all derivatives, also of elements that don't depend on it; other matrices of a batch don't see it.
 *
 * @example
 * cholesky([[4, 2], [2, 10]]); // [[2, 0], [1, 3]]
 *
 * @throws where A isn't square
 */
export const cholesky: SquareToSquare & WithOp = /* @__PURE__ */ Object.assign(
  ((a: Operand) =>
    withOperands("cholesky", [a], ([x]) => {
      squareSide(x, "cholesky");
      return apply(choleskyOp, [multiply(add(x, swapLast(x)), 0.5)]);
    })) as SquareToSquare,
  { op: choleskyOp },
);
