/**
 * expm by its laws and by scipy.linalg.expm, also of huge, nilpotent and ill-conditioned matrices; powers and Kronecker
 * products as NumPy gives them.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AdjointError,
  type Expr,
  eigh,
  expm,
  eye,
  kron,
  matrixPower,
  multiply,
  qr,
  square,
} from "../src/index.js";
import {
  A,
  assertEqual,
  checkSlopes,
  flatOf,
  gradientOf,
  largest,
  normals,
  objective,
  P,
  T,
  times,
} from "./support/matrices.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const functions = suite("matrix functions");

const { POSITIVE_INFINITY: infinity } = Number;

functions("expm: by every order and with squarings, and not scaled by more than powers need", () => {
  // Of the orders 3, 5, 7, 9 and 13, and squared.
  for (const t of [0.01, 0.2, 0.9, 2, 4, 9]) {
    const [c, s] = [Math.cos(t), Math.sin(t)];
    const turned = expm([
      [0, -t],
      [t, 0],
    ]);
    assertClose(flatOf(turned), [c, -s, s, c], 2e-15, `a rotation by ${t}`);
  }
  // Its eigenvalues are 1 and −1, however large the norm is: scaled by that, 1e8 would cost eight digits.
  for (const size of [1e3, 1e6, 1e8, 1e12, 1e300]) {
    const skewed = expm([
      [1, size],
      [0, -1],
    ]);
    const [a, b, c, d] = flatOf(skewed);
    assertClose([a!, b! / size, c!, d!], [Math.E, Math.sinh(1), 0, 1 / Math.E], 2e-15, `a corner of ${size}`);
  }
});

functions(
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

functions("matrixPower and kron: NumPy's", () => {
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

functions.run();
