/**
 * qr, eigh, svd and what is made of them, expm and powers: values and derivatives as NumPy 2, SciPy 1.17 and JAX 0.10.2 (in
 * x64) give them, the products that give the matrix again, and what happens where values are equal, ranks are less than
 * full, and numbers are huge, tiny or not finite.
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
  randomSource,
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
import { along, flatten, type Objective } from "./support/differences.js";
import {
  checkSlopes,
  flatOf,
  gradientOf,
  hessianOf,
  type Matrix,
  objective,
  shapeOf,
} from "./support/matrices.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const factorizations = suite("factorizations");

const { NaN: nan, POSITIVE_INFINITY: infinity, EPSILON: epsilon } = Number;

const A: Matrix = [
  [2, -1, 0.5],
  [1, 3, -2],
  [0, 1.5, 4],
];
const T: Matrix = [
  [1, 2],
  [3, -1],
  [0.5, 4],
];
/** A·Aᵀ + 1 on the diagonal. */
const P: Matrix = [
  [6.25, -2, 0.5],
  [-2, 15, -3.5],
  [0.5, -3.5, 19.25],
];
const wide = transpose(T) as unknown as Matrix;

type Row = readonly [
  name: string,
  f: (x: Expr) => Expr,
  at: Matrix,
  value: readonly number[] | undefined,
  gradient: readonly number[],
  curvature: number,
];

/**
 * Of JAX: values of jnp.linalg's functions, jax.grad of Σ wᵢ·f(x)ᵢ with the weights 1, −½, ⅓ …, and the second derivative
 * along cos 1, cos 2, … (jvp of the gradient); vectors with the signs that are told there.
 */
const rows: readonly Row[] = [
  [
    "Q",
    (x) => qr(x).Q,
    T,
    [
      0.3123475237772124, 0.4161139383483732, 0.9370425713316366, -0.282744086313638, 0.1561737618886061,
      0.8642366411850824,
    ],
    [
      0.3078779836837382, -0.055298429509539955, -0.12593812342030283, 0.013271623082289661,
      0.1398727731543395, 0.03096712052534247,
    ],
    0.08868222405004858,
  ],
  [
    "R",
    (x) => qr(x).R,
    T,
    [3.201562118716424, 0.3123475237772131, 0, 4.571918527750713],
    [
      0.02538558502201952, -0.2602022464756995, 1.1320295297165752, -0.39783526408740877,
      -0.43982411091064044, -0.29414604124057364,
    ],
    -0.0758002559789709,
  ],
  [
    "eigenvalues",
    (x) => eigh(x).eigenvalues,
    P,
    [5.809132273791251, 13.336018043627622, 21.354849682581133],
    [
      0.9341032644489222, 0.2823317143788905, 0.09886029199866261, 0.2823317143788905, -0.21637637566203197,
      -0.3531356028038679, 0.09886029199866261, -0.3531356028038679, 0.1156064445464429,
    ],
    -0.05913300860000154,
  ],
  [
    "eigenvectors",
    (x) => eigh(x).eigenvectors,
    P,
    [
      0.9752182697600598, -0.19979144526314677, 0.09504054253768779, 0.22023916752644027, 0.835736730989269,
      -0.5030296468028804, 0.021072147813063956, 0.5114953517628806, 0.8590276303539435,
    ],
    [
      0.002294517696333634, -0.003669697678149557, -0.005874744391101992, -0.003669697678149557,
      -0.007907668146742411, 0.0017975579846877324, -0.005874744391101992, 0.0017975579846877324,
      0.005613150450408773,
    ],
    -0.007973680724579093,
  ],
  [
    "U",
    (x) => svd(x).U,
    T,
    [
      0.453637717707578, 0.25480307370714683, -0.15682681401316861, 0.9661254314216234, 0.8772788447691755,
      0.04095173243920892,
    ],
    [
      0.06280741470567915, 0.22181303853328557, 0.008549180645789071, 0.3427306794021744, 0.27305123290727606,
      -0.08146899269027036,
    ],
    0.08657553806082824,
  ],
  [
    "S",
    (x) => svd(x).S,
    T,
    [4.592627998451134, 3.1871253611746644],
    [
      -0.08520003425667338, 0.46342128207739264, -0.49542439758813805, -0.11179849362963686,
      0.06018182350799971, 0.8754516438366166,
    ],
    0.10978322363622985,
  ],
  [
    "Vh",
    (x) => svd(x).Vh,
    T,
    [0.09184212137253672, 0.9957735810623779, 0.9957735810623779, -0.09184212137253672],
    [
      0.24765761772364342, 0.07113569870785488, -0.05005845464626803, 0.3609478045546714, 0.4636993693549065,
      -0.027663882830832716,
    ],
    0.10302774568120003,
  ],
  [
    "pinv",
    pinv,
    T,
    [
      0.08868144690781804, 0.29871645274212383, 0.03033838973162188, 0.09101516919486584,
      -0.06184364060676778, 0.18903150525087511,
    ],
    [
      0.06893793850900476, -0.02065509881103613, 0.000936030502685245, -0.05689108433669325,
      -0.042364094262047756, 0.012761721145148737,
    ],
    0.06472661451342054,
  ],
  [
    "pinv of a wide matrix",
    pinv,
    wide,
    undefined,
    [
      0.052997734809814366, -0.07986531399729613, -0.015446137172220356, -0.01883938390094706,
      -0.03256684035696603, 0.01666596319145378,
    ],
    -0.016958260715921013,
  ],
  // scipy.linalg.expm and lstsq for the values
  [
    "expm",
    expm,
    A,
    [
      5.926310444843364, 2.6835325667743035, 20.478620917652158, 3.008742355235951, -13.834046887961696,
      -32.58143434651975, 11.384549844020507, 27.282213220894928, 11.943795155315257,
    ],
    [
      8.123808237381148, -2.3180200733318976, 1.6350305395154714, -1.4747266714514242, -0.3140360805689693,
      0.8072524220990593, 16.47578340326909, -9.891565329283214, 5.055399029956927,
    ],
    4.476798453436631,
  ],
  [
    "lstsq",
    (x) => lstsq(x, [1, -2, 3]),
    T,
    [-0.4177362893815639, 0.7817969661610268],
    [
      0.003398466060951731, -0.029583401978898513, 0.14121470653510332, -0.25871095201981364,
      -0.018612592569395743, 0.04783858375462426,
    ],
    0.09409126150112843,
  ],
  [
    "A⁵",
    (x) => matrixPower(x, 5),
    A,
    [9, 266.3125, 510.125, -98.5, -760.75, -586.125, 335.625, 523.5, -188],
    [
      67.38794642857142, 20.50416666666667, -0.6535714285714289, 14.855059523809508, -63.45386904761905,
      74.94910714285716, 479.1702380952381, -290.2968253968254, 133.81121031746034,
    ],
    115.00605051362881,
  ],
  [
    "A⁻³",
    (x) => matrixPower(x, -3),
    A,
    [
      0.06479102210700775, 0.041630625937632997, 0.019418986833203068, -0.031134721641453984,
      -0.008327316719162321, 0.013288556567405874, 0.02099180859235804, -0.004718465277464897,
      0.00252157882409977,
    ],
    [
      -0.07661519068224418, 0.037160119327316395, -0.036760159961494406, -0.03041537174104301,
      0.015360361538292502, -0.012853157618297717, -0.009226828329779346, 0.004437758020848617,
      -0.0034802529458230124,
    ],
    -0.009571754506546418,
  ],
];

for (const [name, f, at, value, gradient, curvature] of rows) {
  factorizations(`${name}: value, gradient and second derivative are those of JAX`, () => {
    if (value) assertClose(flatOf(f(at as never)), value, 1e-13, "value");
    const own = objective(f, shapeOf(at));
    assertClose(gradientOf(own, at), gradient, 1e-12, "gradient");
    const direction = { x: at.flat().map((_, i) => Math.cos(i + 1)) };
    const second = along(along(own, direction), direction)({ x: at.flat() } as never) as unknown as number;
    assertClose(second, curvature, 1e-11, "second derivative");
    checkSlopes(own, at);
  });
}

const random = randomSource(7);
const normals = (m: number, n: number, scale = 1): number[][] =>
  Array.from({ length: m }, () => Array.from(random.normals(n), (x) => x * scale));
const times = (...factors: unknown[]): unknown =>
  factors.reduce((a, b) => matmul(a as Matrix, b as number[][]));
const turned = (a: unknown): unknown => transpose(a as Matrix);
const largest = (a: unknown): number => flatOf(a).reduce((size, x) => Math.max(size, Math.abs(x)), 0);

/** Two matrices differ by so many roundings of `size` at most. */
function assertEqual(actual: unknown, expected: unknown, size: number, what: string): void {
  const [a, b] = [flatOf(actual), flatOf(expected)];
  assert.is(a.length, b.length, what);
  const apart = Math.max(0, ...a.map((x, i) => Math.abs(x - b[i]!)));
  assert.ok(apart <= 200 * epsilon * size, `${what}: ${apart} apart at a size of ${size}`);
}

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
      const { U, S, Vh } = svd(a) as unknown as { U: number[][]; S: number[]; Vh: number[][] };
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
      const { eigenvalues, eigenvectors: V } = eigh(square) as unknown as {
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
    const result = compile(f as unknown as Traced)({ x: [] } as never);
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
  assert.equal(flatten(compile(f as unknown as Traced)({ x: [] } as never)), []);
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
    const x = lstsq(a, b) as unknown as number[][];
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

factorizations(
  "expm: inverse, commuting and huge matrices, and derivatives whose direction is much larger",
  () => {
    for (const a of [A, normals(6, 6), normals(3, 3, 20)]) {
      const minus = a.map((row) => row.map((x) => -x));
      const [e, inverse] = [expm(a), expm(minus)];
      assertEqual(times(e, inverse), eye(a.length), largest(e) * largest(inverse), "eᴬ·e⁻ᴬ");
    }
    assertSame(
      flatOf(
        expm([
          [0, 0],
          [0, 0],
        ]),
      ),
      [1, 0, 0, 1],
      "e⁰",
    );
    assertClose(
      flatOf(
        expm([
          [0, 1e10],
          [0, 0],
        ]),
      ),
      [1, 1e10, 0, 1],
      1e-14,
      "nilpotent",
    );
    assertClose(
      flatOf(
        expm([
          [-1000, 0],
          [0, 3],
        ]),
      ),
      [0, 0, 0, Math.exp(3)],
      1e-13,
      "e⁻¹⁰⁰⁰",
    );
    assertSame(flatOf(expm([[1000]])), [infinity], "e¹⁰⁰⁰");
    // R. C. Ward's first test matrix, by scipy.linalg.expm: its largest elements cancel.
    const ward = [-0.7357587581447559, 0.5518190996580998, -1.4715175990882672, 1.1036382407155778];
    assertClose(
      flatOf(
        expm([
          [-49, 24],
          [-64, 31],
        ]),
      ),
      ward,
      1e-12,
      "Ward",
    );
    const f = (scale: number) => objective((x) => multiply(expm(x), scale) as Expr, [3, 3]);
    const small = gradientOf(f(1), A);
    for (const scale of [1e12, 1e-12]) {
      const scaled = gradientOf(f(scale), A).map((x) => x / scale);
      assertClose(scaled, small, 1e-14, `an adjoint of ${scale}`);
    }
    assertClose(
      gradientOf(f(1), [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ]),
      [1, -1 / 2, 1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7, -1 / 8, 1 / 9],
      1e-15,
      "at 0",
    );
  },
);

factorizations("matrixPower and kron: NumPy's", () => {
  assertSame(flatOf(matrixPower([A, P], 0)), [...eye(3).flat(), ...eye(3).flat()], "A⁰");
  assertSame(
    flatOf(
      matrixPower(
        [
          [1, 1],
          [1, 0],
        ],
        30,
      ),
    ),
    [1346269, 832040, 832040, 514229],
    "Fibonacci's numbers",
  );
  // numpy.kron
  const expected = [2, 4, -1, -2, 6, -2, -3, 1, 1, 8, -0.5, -4, 1, 2, 3, 6, 3, -1, 9, -3, 0.5, 4, 1.5, 12];
  const corner = A.slice(0, 2).map((row) => row.slice(0, 2));
  assertSame(flatOf(kron(corner, T)), expected, "kron");
  assert.equal(kron([corner, corner], T), [kron(corner, T), kron(corner, T)]);
  checkSlopes(
    objective((x) => kron(x, square(x)) as Expr, [2, 2]),
    corner,
  );
  for (const [call, message] of [
    [() => kron([1], corner), /^kron: \(1\) and \(2×2\) aren't two vectors or two matrices/],
    [() => matrixPower(A, 0.5), /^matrixPower: n must be a whole number, not 0\.5/],
    [() => matrixPower(T, 2), /^matrixPower: \(3×2\) isn't square/],
    [() => eigh(T), /^eigh: \(3×2\) isn't square/],
    [() => qr([1, 2]), /^qr: \(2\) is no matrix/],
  ] as const)
    assert.throws(call, (error: Error) => error instanceof AdjointError && message.test(error.message));
});

factorizations("f32 kernels compute within in f64, and round what they give", () => {
  for (const f of [
    (x: Expr) => qr(x).Q,
    (x: Expr) => eigh(x).eigenvectors,
    (x: Expr) => svd(x).U,
    pinv,
    expm,
  ]) {
    const both = valueAndGrad(objective(f, [3, 3]) as never) as unknown as Traced;
    const exact = flatten((both as unknown as (x: object) => unknown)({ x: A }));
    const { value, grad } = compile(both, { dtype: "f32" })({ x: A } as never) as unknown as {
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
    }) as unknown as Objective;
    return compile(valueAndGrad(f as never) as unknown as Traced).source.split("\n").length;
  };
  assert.is(length(60), length(40));
});

factorizations.run();
