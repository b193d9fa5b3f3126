/**
 * qr, eigh, svd and what is made of them: the products that give the matrix again, and what happens where values are
 * equal, ranks are less than full, and numbers are huge, tiny or not finite.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AdjointError,
  compile,
  diag,
  type Expr,
  eigh,
  eigvalsh,
  expm,
  eye,
  kron,
  log,
  lstsq,
  matmul,
  matrixPower,
  multiply,
  pinv,
  qr,
  slice,
  square,
  sum,
  svd,
  svdvals,
  type Traced,
  tensor,
  trace,
  transpose,
  valueAndGrad,
} from "../src/index.js";
import { flatten, type Objective } from "./support/differences.js";
import {
  A,
  assertEqual,
  checkSlopes,
  flatOf,
  gradientOf,
  hessianOf,
  largest,
  normals,
  objective,
  P,
  T,
  times,
  turned,
} from "./support/matrices.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const factorizations = suite("factorizations");

const { NaN: nan, POSITIVE_INFINITY: infinity, EPSILON: epsilon } = Number;
/** Matrices that are random, rank-deficient, of one number, ill-conditioned, huge and tiny. */
const hilbert = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => 1 / (i + j + 1)));
const thin = times(normals(6, 2), normals(2, 4)) as number[][];
const matrices: readonly (readonly [what: string, a: number[][]])[] = [
  ["1×1", [[-3]]],
  ["5×5", normals(5, 5)],
  ["12×5", normals(12, 5)],
  ["rank 2 of 6×4", thin],
  [
    "zeros",
    [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  ],
  ["the identity", eye(4)],
  [
    "ones",
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  ],
  ["Hilbert's", hilbert(9)],
  ["1e200", normals(4, 3, 1e200)],
  ["1e−200", normals(4, 3, 1e-200)],
  [
    "columns of 1e150, 1 and 1e−150",
    normals(4, 3).map((row) => row.map((x, j) => x * 10 ** (150 - 150 * j))),
  ],
];

factorizations("Q·R, U·S·Vh and their likes give the matrix again, and Q, U, V are orthonormal", () => {
  for (const [what, tall] of matrices) {
    for (const a of [tall, turned(tall) as number[][]]) {
      const size = largest(a);
      const side = Math.min(a.length, a[0]!.length);
      const { Q, R } = qr(a) as unknown as Record<string, number[][]>;
      assertEqual(times(Q, R), a, size, `${what}: Q·R`);
      assertEqual(times(turned(Q), Q), eye(side), 1, `${what}: Qᵀ·Q`);
      R!.forEach((row, i) => {
        assert.ok(row.slice(0, i).every((x) => x === 0) && row[i]! >= 0, `${what}: R`);
      });
      const { U, S, Vh } = svd(a) as { U: number[][]; S: number[]; Vh: number[][] };
      assertEqual(times(U, diag(S), Vh), a, size, `${what}: U·S·Vh`);
      assertEqual(times(turned(U), U), eye(side), 1, `${what}: Uᵀ·U`);
      assertEqual(times(Vh, turned(Vh)), eye(side), 1, `${what}: Vh·Vhᵀ`);
      assert.ok(
        S.every((s, i) => s >= 0 && s <= (S[i - 1] ?? infinity) * (1 + 4 * epsilon)),
        `${what}: ${S}`,
      );
      assertSame(flatOf(svdvals(a)), S, `${what}: svdvals`);
    }
  }
});

factorizations(
  "V·λ·Vᵀ is the symmetric part again, and V is orthonormal, with positive largest components",
  () => {
    for (const [what, a] of [...matrices, ["40×40", normals(40, 40)] as const]) {
      const side = Math.min(a.length, a[0]!.length);
      const square = a.slice(0, side).map((row) => row.slice(0, side));
      const symmetric = square.map((row, i) => row.map((x, j) => x / 2 + square[j]![i]! / 2));
      const { eigenvalues, eigenvectors: V } = eigh(square) as {
        eigenvalues: number[];
        eigenvectors: number[][];
      };
      assertEqual(times(V, diag(eigenvalues), turned(V)), symmetric, largest(square), `${what}: V·λ·Vᵀ`);
      assertEqual(times(turned(V), V), eye(side), 1, `${what}: Vᵀ·V`);
      assert.ok(
        eigenvalues.every((x, i) => x >= (eigenvalues[i - 1] ?? -infinity)),
        what,
      );
      for (const vector of turned(V) as number[][])
        assert.is(vector.find((x) => Math.abs(x) === largest(vector))! > 0, true, what);
      assertSame(flatOf(eigvalsh(square)), eigenvalues, `${what}: eigvalsh`);
    }
    // mpmath's eigsy in 60 digits, of the doubles nearest to Hilbert's matrix
    const exact = [
      1.1115389694888081e-10, 1.7988737460063012e-8, 1.2943320918741794e-6, 5.4369433697508964e-5,
      0.001467688117741847, 0.026212843578119052, 0.2981252113169307, 1.6959389969219494,
    ];
    assertEqual(eigvalsh(hilbert(8)), exact, 0.1, "eigenvalues of Hilbert's matrix");
    assertEqual(svdvals(hilbert(8)), exact.toReversed(), 0.1, "its singular values");
  },
);

factorizations("what isn't finite makes all of its matrix NaN, and no other of a batch", () => {
  for (const bad of [nan, infinity, -infinity]) {
    const spoilt = P.map((row, i) => row.map((x, j) => (i === 1 && j === 2 ? bad : x)));
    for (const f of [
      (x: Expr) => eigh(x).eigenvalues,
      (x: Expr) => eigh(x).eigenvectors,
      svdvals,
      (x: Expr) => svd(x).U,
      expm,
    ]) {
      const both = flatOf(f([spoilt, P] as never));
      const half = both.length / 2;
      assert.ok(both.slice(0, half).every(Number.isNaN), "the matrix");
      assertSame(both.slice(half), flatOf(f(P as never)), "the other");
    }
    for (const f of [
      (x: Expr) => qr(x).R,
      pinv,
      (x: Expr) => lstsq(x, [1, 2, 3]),
      (x: Expr) => matrixPower(x, -2),
    ])
      assert.ok(flatOf(f(spoilt as never)).some(Number.isNaN));
  }
});

factorizations("batches are as their matrices alone, in value and gradient", () => {
  const list = [A, P, A.map((row) => row.map((x) => x - 1))];
  for (const f of [
    (x: Expr) => qr(x).Q,
    (x: Expr) => eigh(x).eigenvectors,
    eigvalsh,
    (x: Expr) => svd(x).U,
    pinv,
    expm,
    (x: Expr) => matrixPower(x, 3),
    (x: Expr) => lstsq(x, [1, 2, 3]),
  ]) {
    assertSame(
      flatOf(f(list as never)),
      list.flatMap((a) => flatOf(f(a as never))),
      "values",
    );
    const last = (x: Expr) => slice(f(x), 2, 3);
    const alone = gradientOf(objective(f, [3, 3]), list[2]);
    assertClose(
      gradientOf(objective(last, [3, 3, 3]), list),
      [...new Array(18).fill(0), ...alone],
      1e-12,
      "gradient",
    );
  }
  assertSame(flatOf(lstsq([T, T], [[[1], [2], [3]]])).length, [4], "a batch of A and one B");
});

factorizations("empty matrices have empty factors", () => {
  const shapes = (m: number, n: number) => {
    const f = trace({ x: tensor([m, n]) }, ({ x }) => ({ ...qr(x), ...svd(x), p: pinv(x), s: svdvals(x) }));
    const result = compile(f as unknown as Traced)({ x: [] });
    assert.equal(result, (f as unknown as (x: object) => unknown)({ x: [] }));
    return Object.fromEntries(
      Object.entries(f.graph.outputs).map(([name, id]) => [name, f.graph.nodes[id as number]!.shape]),
    );
  };
  assert.equal(shapes(3, 0), { Q: [3, 0], R: [0, 0], U: [3, 0], S: [0], Vh: [0, 0], p: [0, 3], s: [0] });
  assert.equal(shapes(0, 3), { Q: [0, 0], R: [0, 3], U: [0, 0], S: [0], Vh: [0, 3], p: [3, 0], s: [0] });
  const f = trace({ x: tensor([0, 0]) }, ({ x }) => ({
    ...eigh(x),
    e: expm(x),
    q: matrixPower(x, -2),
    k: kron(x, [[1, 2]]),
  }));
  assert.equal(flatten(compile(f as unknown as Traced)({ x: [] })), []);
});

factorizations("equal eigenvalues: what treats them alike has the right gradient, vectors have none", () => {
  const twice = [
    [2, 0, 0],
    [0, 3, 1],
    [0, 1, 3],
  ];
  // The sum of the cubes is the trace of A³, of log λ the logarithm of the determinant: 3·A² and A⁻¹.
  const cubes = objective((x) => sum(multiply(square(eigvalsh(x)), eigvalsh(x))) as Expr, [3, 3]);
  assertClose(
    gradientOf(cubes, twice),
    flatOf(times(twice, twice)).map((x) => 3 * x),
    1e-14,
    "cubes",
  );
  const logs = objective((x) => sum(log(eigvalsh(x) as Expr)) as Expr, [3, 3]);
  assertClose(gradientOf(logs, twice), flatOf(matrixPower(twice, -1)), 1e-14, "logarithms");
  // Second derivatives would ask for those of the vectors, as functions of the matrix by way of these do.
  assert.ok(hessianOf(cubes, twice).some(Number.isNaN), "never silently wrong");
  const squared = objective(
    (x) => {
      const { eigenvalues, eigenvectors: V } = eigh(x);
      return matmul(multiply(V, square(eigenvalues) as Expr) as Expr, transpose(V) as Expr) as Expr;
    },
    [3, 3],
  );
  for (const a of [
    twice,
    eye(3),
    [
      [1, 1e-17, 0],
      [1e-17, 1, 0],
      [0, 0, 5],
    ],
  ])
    assert.ok(gradientOf(squared, a).some(Number.isNaN), "never silently wrong");
  checkSlopes(squared, P);
  const nuclear = objective((x) => sum(svdvals(x)) as Expr, [3, 3]);
  // ‖A‖* has the gradient U·Vᵀ; at the identity, whose values are all equal, too.
  assertClose(gradientOf(nuclear, eye(3)), eye(3).flat(), 1e-15, "nuclear norm");
  assert.ok(
    gradientOf(
      objective((x) => svd(x).U, [3, 3]),
      eye(3),
    ).some(Number.isNaN),
  );
});

factorizations(
  "ranks that are less than full: the nuclear norm's least gradient, pinv's value, and NaN",
  () => {
    const flat = [
      [3, 0],
      [0, 0],
      [0, 0],
    ];
    assertSame(
      gradientOf(
        objective((x) => sum(svdvals(x)) as Expr, [3, 2]),
        flat,
      ),
      [1, 0, 0, 0, 0, 0],
      "nuclear norm",
    );
    for (const f of [(x: Expr) => svd(x).U, (x: Expr) => qr(x).Q, pinv, (x: Expr) => lstsq(x, [1, 2, 3])])
      assert.ok(
        gradientOf(objective(f, [3, 2]), flat).some((x) => !Number.isFinite(x)),
        "no derivative",
      );
    assert.ok(flatOf(lstsq(flat, [1, 2, 3])).every(Number.isNaN));
    assert.ok(
      flatOf(
        lstsq(
          [
            [1, 2],
            [2, 4],
            [0.1, 0.2],
          ],
          [1, 2, 3],
        ),
      ).every(Number.isNaN),
      "but for rounding",
    );
    // The four conditions of Penrose.
    for (const [what, a] of matrices) {
      const size = largest(a);
      if (size > 1e100 || (size > 0 && size < 1e-100)) continue;
      const p = pinv(a);
      const condition = Math.max(1, size * largest(p)) ** 2;
      const [left, right] = [times(a, p), times(p, a)];
      assertEqual(times(a, p, a), a, size * condition, `${what}: A·P·A`);
      assertEqual(times(p, a, p), p, largest(p) * condition, `${what}: P·A·P`);
      assertEqual(left, turned(left), condition, `${what}: A·P`);
      assertEqual(right, turned(right), condition, `${what}: P·A`);
    }
  },
);

factorizations(
  "lstsq: the residual stands at right angles, also where the normal equations lose all digits",
  () => {
    const steep = [
      [1, 1],
      [1e-9, 0],
      [0, 1e-9],
    ];
    assertClose(flatOf(lstsq(steep, [2, 1e-9, 1e-9])), [1, 1], 1e-7, "1 + 1e−18 is 1");
    const [a, b] = [normals(20, 4), normals(20, 2)];
    const x = lstsq(a, b) as number[][];
    const residual = (times(a, x) as number[][]).map((row, i) => row.map((y, j) => y - b[i]![j]!));
    assertEqual(times(turned(a), residual), [0, 0, 0, 0, 0, 0, 0, 0], 20, "Aᵀ·(A·X − B)");
    checkSlopes(
      objective((y) => lstsq(a, y), [20, 2]),
      b,
    );
    assert.throws(
      () => lstsq([[1, 2]], [1]),
      (error: Error) =>
        error instanceof AdjointError &&
        /^lstsq: \(1×2\) has fewer rows than columns.*pinv/.test(error.message),
    );
  },
);

factorizations("f32 kernels compute within in f64, and round what they give", () => {
  for (const f of [
    (x: Expr) => qr(x).Q,
    (x: Expr) => eigh(x).eigenvectors,
    (x: Expr) => svd(x).U,
    pinv,
    expm,
  ]) {
    const both = valueAndGrad(objective(f, [3, 3])) as Traced;
    const exact = flatten((both as (x: object) => unknown)({ x: A }));
    const { value, grad } = compile(both, { dtype: "f32" })({ x: A }) as {
      value: number;
      grad: { x: Float32Array };
    };
    assertClose([value, ...grad.x], exact, 1e-5, "f32");
  }
});

factorizations("code doesn't grow with the matrices", () => {
  const length = (n: number) => {
    const f = trace({ x: tensor([n, n]) }, ({ x }) => {
      const all = [qr(x).Q, eigh(x).eigenvectors, svd(x).U, pinv(x), expm(x), matrixPower(x, 3)];
      return all.reduce((total: Expr, y) => sum(multiply(total, y) as Expr) as Expr, x);
    }) as Objective;
    return compile(valueAndGrad(f) as Traced).source.split("\n").length;
  };
  assert.is(length(60), length(40));
});

factorizations.run();
