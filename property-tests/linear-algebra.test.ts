/**
 * Factorizations and what is made of them: values and derivatives as NumPy 2, SciPy 1.17 and JAX 0.10.2 (in x64) give them,
 * laws that need no other engine, and what happens at singular, empty and infinite matrices.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  cholesky,
  choleskySolve,
  compile,
  det,
  type Expr,
  eye,
  grad,
  inv,
  log,
  matmul,
  matrix,
  multiply,
  slogdet,
  solve,
  square,
  sum,
  type Traced,
  tensor,
  trace,
  transpose,
  triangularSolve,
} from "../graph/index.js";
import { along, type Objective } from "./support/differences.js";
import {
  A,
  checkSlopes,
  flatOf,
  gradientOf,
  hessianOf,
  type Matrix,
  objective,
  P,
  shapeOf,
  T,
} from "./support/matrices.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const algebra = suite("linear algebra");

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** The lower factor of P. */
const L: Matrix = [
  [2.5, 0, 0],
  [-0.8, 3.789459064299283, 0],
  [0.2, -0.8813922893286634, 4.293384170128732],
];
/** Rank 3, 3 by exchange alone, and 2. */
const singular: readonly Matrix[] = [
  [
    [1, 2, 3, 4],
    [2, 4, 6, 8],
    [0, 1, 0, 1],
    [1, 0, 0, 2],
  ],
  [
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [0, 0, 0, 0],
  ],
  [
    [1, 2, 3, 4],
    [2, 4, 6, 8],
    [0, 1, 0, 1],
    [0, 2, 0, 2],
  ],
];
const zeros = (n: number): number[][] => Array.from({ length: n }, () => new Array<number>(n).fill(0));

/** The determinant by its definition, row 0 first. */
function byMinors(a: Matrix): number {
  if (a.length === 0) return 1;
  return a[0]!.reduce((total, x, j) => total + (j % 2 === 0 ? x : -x) * byMinors(without(a, 0, j)), 0);
}

const without = (a: Matrix, row: number, column: number): number[][] =>
  a.filter((_, i) => i !== row).map((one) => one.filter((_, j) => j !== column));

const cofactorsOf = (a: Matrix): number[] =>
  a.flatMap((row, i) => row.map((_, j) => ((i + j) % 2 === 0 ? 1 : -1) * byMinors(without(a, i, j))));

/** ∂²det/∂aᵢⱼ∂aₖₗ, row-major: the minors without two rows and columns. */
function secondCofactorsOf(a: Matrix): number[] {
  const places = a.flatMap((_, i) => a.map((__, j) => [i, j] as const));
  return places.flatMap(([i, j]) =>
    places.map(([k, l]) => {
      if (i === k || j === l) return 0;
      const rest = without(without(a, i, j), k > i ? k - 1 : k, l > j ? l - 1 : l);
      const sign = (i + j + k + l) % 2 === 0 ? 1 : -1;
      return (k > i === l > j ? sign : -sign) * byMinors(rest);
    }),
  );
}

algebra(
  "det: the gradient is the matrix of cofactors, the Hessian the minors of second order, at any rank",
  () => {
    // JAX: grad(jnp.linalg.det)
    assertClose(
      gradientOf(objective(det, [4, 4]), singular[0]!),
      [-12, -6, 0, 6, 6, 3, 0, -3, ...new Array(8).fill(0)],
      1e-14,
      "JAX",
    );
    const regular: Matrix = [
      [0, 0, 2, 1, 0],
      [3, 0, 1, 0, 2],
      [1, 1, 0, 4, 0],
      [0, 2, 1, 1, 1],
      [5, 0, 0, 1, -3],
    ];
    const rank2 = regular.map((_, i) => regular.map((__, j) => (i % 2 === 0 ? j + 1 : (j % 3) - i)));
    for (const a of [
      regular,
      rank2,
      zeros(5),
      ...singular,
      zeros(4),
      regular.map((row) => row.map((x) => x * 1e60)),
    ]) {
      const size = byMinors(a.map((row) => row.map(Math.abs)));
      const n = a.length;
      const scale = Math.max(1, ...a.flat().map(Math.abs));
      const relative = (x: ArrayLike<number>, degree: number) =>
        Array.from(x, (one) => one / scale ** degree);
      assertClose(
        relative([det(a) as number], n),
        relative([byMinors(a)], n),
        1e-13 * (1 + size / scale ** n),
        "value",
      );
      assertClose(
        relative(gradientOf(objective(det, [n, n]), a), n - 1),
        relative(cofactorsOf(a), n - 1),
        1e-12,
        "gradient",
      );
      assertClose(
        relative(hessianOf(objective(det, [n, n]), a), n - 2),
        relative(secondCofactorsOf(a), n - 2),
        1e-11,
        "Hessian",
      );
    }
  },
);

algebra("det: batches, also of singular matrices, are as their matrices alone; 0×0 is 1", () => {
  for (const list of [
    singular,
    [A, P, eye(3)],
    [
      [
        [2, 3],
        [4, 6],
      ],
      zeros(2),
    ],
  ]) {
    const f = objective((x) => det(x) as Expr, shapeOf(list));
    const weights = [1, -1 / 2, 1 / 3];
    const expected = list.flatMap((a, i) => cofactorsOf(a as Matrix).map((c) => c * weights[i]!));
    assertClose(gradientOf(f, list), expected, 1e-13, "gradient");
  }
  const empty = trace({ x: tensor([0, 0]) }, ({ x }) => det(x) as Expr<[]>);
  assert.equal([empty({ x: [] }), compile(empty)({ x: [] }), grad(empty)({ x: [] }).x.length], [1, 1, 0]);
});

algebra("det: third derivatives are right where the rank lacks at most one, and never silently wrong", () => {
  const steps = [0, 1, 2].map((k) => ({ x: singular[0]!.flat().map((_, i) => Math.sin(3 * i + k)) }));
  const third = (a: Matrix) =>
    steps.reduce((f, step) => along(f, step), objective(det, [4, 4]))({ x: a.flat() }) as number;
  // Of a polynomial of degree 4: the mixed difference over all signs, without error but rounding.
  const mixed = (a: Matrix) => {
    let total = 0;
    for (let signs = 0; signs < 8; signs++) {
      const sign = (k: number) => ((signs >> k) & 1 ? 1 : -1);
      const moved = a.map((row, i) =>
        row.map((x, j) => x + steps.reduce((sum, { x: by }, k) => sum + sign(k) * by[i * 4 + j]!, 0)),
      );
      total += sign(0) * sign(1) * sign(2) * byMinors(moved);
    }
    return total / 8;
  };
  for (const a of singular.slice(0, 2)) assertClose(third(a), mixed(a), 1e-12, "rank 3");
  assert.ok(Number.isNaN(third(zeros(4))));
});

algebra("slogdet: signs and logarithms of determinants beyond the range of numbers", () => {
  const { sign, logabsdet } = slogdet([
    [A, [A[1]!, A[0]!, A[2]!]],
    [eye(3), zeros(3)],
  ]);
  assertSame(flatOf(sign), [1, -1, 1, 0], "signs");
  // numpy.linalg.slogdet
  assertClose(flatOf(logabsdet), [3.5481795720108016, 3.5481795720108016, 0, -infinity], 1e-15, "logarithms");
  const huge = eye(400).map((row, i) => row.map((x, j) => (i === j ? 1e10 : x)));
  assertClose(flatOf(slogdet(huge).logabsdet), [4000 * Math.LN10], 1e-13, "400×400");
  const f = objective((x) => slogdet(x).logabsdet, [3, 3]);
  assertClose(gradientOf(f, A), flatOf(transpose(inv(A))), 1e-15, "gradient");
  checkSlopes(f, A);
  assertSame(
    gradientOf(
      objective((x) => slogdet(x).sign, [3, 3]),
      A,
    ),
    new Array(9).fill(0),
    "of the sign",
  );
  assert.ok(gradientOf(f, zeros(3)).every((x) => !Number.isFinite(x)));
});

// jax.scipy.linalg.solve_triangular(A, T, lower, trans, unit_diagonal)
const triangular: readonly (readonly [
  lower: boolean,
  transpose: boolean,
  unit: boolean,
  x: readonly number[],
])[] = [
  [
    false,
    false,
    false,
    [1.0104166666666665, 0.9166666666666666, 1.0833333333333333, 0.3333333333333333, 0.125, 1],
  ],
  [false, false, true, [4.75, 7, 4, 7, 0.5, 4]],
  [false, true, false, [0.5, 1, 1.1666666666666665, 0, 0.6458333333333333, 0.875]],
  [false, true, true, [1, 2, 4, 1, 8, 5]],
  [true, false, false, [0.5, 1, 0.8333333333333333, -0.6666666666666666, -0.1875, 1.25]],
  [true, false, true, [1, 2, 2, -3, -2.5, 8.5]],
  [true, true, false, [0.03125, 1.4166666666666665, 0.9375, -0.8333333333333333, 0.125, 1]],
  [true, true, true, [-1.25, 9, 2.25, -7, 0.5, 4]],
];

algebra("triangularSolve: either triangle, transposed, with a diagonal of 1; the rest isn't read", () => {
  for (const [lower, isTransposed, unitDiagonal, expected] of triangular) {
    const options = { lower, transpose: isTransposed, unitDiagonal };
    assertClose(flatOf(triangularSolve(A, T, options)), expected, 1e-15, JSON.stringify(options));
    const spoilt = A.map((row, i) =>
      row.map((x, j) => ((i === j ? unitDiagonal : lower === i < j) ? nan : x)),
    );
    assertClose(flatOf(triangularSolve(spoilt, T, options)), expected, 1e-15, "with NaN elsewhere");
    const f = objective((x) => triangularSolve(x, T, options), [3, 3]);
    checkSlopes(f, A);
    assertSame(gradientOf(f, spoilt), gradientOf(f, A), "gradient with NaN elsewhere");
    checkSlopes(
      objective((b) => triangularSolve(A, b, options), [3, 2]),
      T,
    );
  }
  assertSame(flatOf(triangularSolve([[0]], [1])), [infinity], "singular");
  assertSame(flatOf(triangularSolve([A, P], [1, 2, 3])).length, [6], "a batch and a vector");
});

algebra("cholesky and choleskySolve: values, gradient and Hessian are NumPy's, SciPy's and JAX's", () => {
  assertClose(flatOf(cholesky(P)), flatOf(L), 1e-15, "numpy.linalg.cholesky");
  // scipy.linalg.cho_solve
  const solved = [
    0.23362296939932004, 0.3108424631658482, 0.24624102757839064, 0.022327162825840574, 0.0646769928220627,
    0.20377786173026063,
  ];
  assertClose(flatOf(choleskySolve(L, T)), solved, 1e-15, "cho_solve");
  const f = trace({ x: matrix(3, 3) }, ({ x }) => sum(multiply(cholesky(x), A))) as Objective;
  // jax.grad and jax.hessian of the same; the second contracted with A and T·Tᵀ
  const gradient = [
    0.4991284279678354, 0.3249609393485775, 0.06073840779636935, 0.3249609393485775, 0.4670693786458154,
    0.3062657727260429, 0.06073840779636935, 0.3062657727260429, 0.4658329934495548,
  ];
  assertClose(gradientOf(f, P), gradient, 1e-14, "gradient");
  const bb = flatOf(matmul(T, transpose(T) as number[][]));
  const curvature = along(along(f, { x: A.flat() }), { x: bb })({
    x: P.flat(),
  }) as number;
  assertClose(curvature, -2.939036111987475, 1e-13, "Hessian");
  assertSame(
    flatOf(
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ),
    [1, 0, 2, nan],
    "not positive definite",
  );
  assertClose(flatOf(solve(P, T)), solved, 1e-14, "solve");
});

algebra("solve and inv: both sides, and the residual of an ill-conditioned matrix is small", () => {
  // jax.grad of the sum of inv(A)·P
  const gradient = [
    -0.9194141090005694, 0.7828269758294083, -0.655970187878474, -0.5928264582578541, -0.4505460379897521,
    0.7687749081310491, -0.18508358780601414, -0.7305004916929765, -0.5839759846798819,
  ];
  const f = trace({ x: matrix(3, 3) }, ({ x }) => sum(multiply(inv(x), P))) as Objective;
  assertClose(gradientOf(f, A), gradient, 1e-14, "gradient");
  checkSlopes(f, A);
  checkSlopes(
    objective((x) => solve(x, T), [3, 3]),
    A,
  );
  const hilbert = Array.from({ length: 10 }, (_, i) =>
    Array.from({ length: 10 }, (__, j) => 1 / (i + j + 1)),
  );
  const ones = new Array<number>(10).fill(1);
  const x = solve(hilbert, ones) as number[];
  const residual = flatOf(matmul(hilbert, x)).map((y, i) => Math.abs(y - ones[i]!));
  assert.ok(Math.max(...residual) <= 1e-15 * 10 * Math.max(...x.map(Math.abs)));
  assert.ok(flatOf(inv(zeros(2))).every((y) => !Number.isFinite(y)));
});

algebra(
  "a matrix is eliminated once for its solutions, its determinant's logarithm and the gradients of both",
  () => {
    const f = trace({ A: matrix(30, 30), b: tensor([30]) }, ({ A: a, b }) => {
      const x: Expr = solve(a, b);
      return add(sum(square(x)), slogdet(a).logabsdet, log(square(slogdet(a).sign as Expr))) as Expr<[]>;
    });
    const { source } = compile(grad(f as Objective) as Traced);
    // The elimination and four substitutions, one pair for the solution and its adjoint each, and two of the inverse.
    assert.is([...source.matchAll(/\bcall\d+\(/g)].length, 7);
  },
);

algebra.run();
