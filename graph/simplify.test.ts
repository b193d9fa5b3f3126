/** That each rewrite fires, and that those which would change a bit don't exist. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  abs,
  add,
  broadcastTo,
  concatenate,
  divide,
  type Expr,
  exp,
  logicalNot,
  matrix,
  max,
  maximum,
  minimum,
  multiply,
  negative,
  pad,
  power,
  print,
  reshape,
  scalar,
  simplify,
  sin,
  slice,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  trace,
  transpose,
  vector,
  where,
} from "./index.js";

const simplification = suite("simplify");

type Build = (inputs: { x: Expr<[]>; y: Expr<[]>; v: Expr<[4]>; A: Expr<[2, 3]> }) => unknown;

const specs = { x: scalar(), y: scalar(), v: vector(4), A: matrix(2, 3) };

/** The lines behind the inputs, `v4 = …` first, with the output last. */
function simplified(build: Build): string {
  const lines = print(simplify(trace(specs, (inputs) => build(inputs) as Expr))).split("\n");
  return lines.slice(Object.keys(specs).length).join("; ");
}

/** What the graph of each expression becomes. */
const rewrites: readonly (readonly [string, Build, string])[] = [
  ["x + −0 is x", ({ x }) => add(x, -0), "return x"],
  ["−0 + x is x", ({ x }) => add(-0, x), "return x"],
  ["x − 0 is x", ({ x }) => subtract(x, 0), "return x"],
  ["x·1 is x", ({ x }) => multiply(x, 1), "return x"],
  ["1·x is x", ({ x }) => multiply(1, x), "return x"],
  ["x/1 is x", ({ x }) => divide(x, 1), "return x"],
  ["x·−1 is −x", ({ x }) => multiply(x, -1), "v4 = negative(x)  (); return v4"],
  ["x/−1 is −x", ({ x }) => divide(x, -1), "v4 = negative(x)  (); return v4"],
  ["x/2 is x·½", ({ x }) => divide(x, 2), "v5 = multiply(x, 0.5)  (); return v5"],
  ["x/0.25 is x·4", ({ x }) => divide(x, 0.25), "v5 = multiply(x, 4)  (); return v5"],
  ["x·x is x²", ({ x }) => multiply(x, x), "v4 = square(x)  (); return v4"],
  ["x² is x²", ({ x }) => power(x, 2), "v4 = square(x)  (); return v4"],
  ["x¹ is x", ({ x }) => power(x, 1), "return x"],
  ["x⁰ is 1", ({ x }) => power(x, 0), "return 1"],
  ["x⁻¹ is 1/x", ({ x }) => power(x, -1), "v5 = divide(1, x)  (); return v5"],
  ["−−x is x", ({ x }) => negative(negative(x)), "return x"],
  ["x + −y is x − y", ({ x, y }) => add(x, negative(y)), "v4 = subtract(x, y)  (); return v4"],
  ["−x + y is y − x", ({ x, y }) => add(negative(x), y), "v4 = subtract(y, x)  (); return v4"],
  ["x − −y is x + y", ({ x, y }) => subtract(x, negative(y)), "v4 = add(x, y)  (); return v4"],
  ["−x·−y is x·y", ({ x, y }) => multiply(negative(x), negative(y)), "v4 = multiply(y, x)  (); return v4"],
  ["(−x)² is x²", ({ x }) => square(negative(x)), "v4 = square(x)  (); return v4"],
  ["|−x| is |x|", ({ x }) => abs(negative(x)), "v4 = abs(x)  (); return v4"],
  ["||x|| is |x|", ({ x }) => abs(abs(x)), "v4 = abs(x)  (); return v4"],
  ["max(x, x) is x", ({ x }) => maximum(x, x), "return x"],
  ["min(x, x) is x", ({ x }) => minimum(x, x), "return x"],
  ["where(1, x, y) is x", ({ x, y }) => where(1, x, y), "return x"],
  ["where(NaN, x, y) is y", ({ x, y }) => where(Number.NaN, x, y), "return y"],
  ["where(y, x, x) is x", ({ x, y }) => where(y, x, x), "return x"],
  [
    "where(¬y, x, 1) is where(y, 1, x)",
    ({ x, y }) => where(logicalNot(y), x, 1),
    "v5 = where(y, 1, x)  (); return v5",
  ],
  [
    "a choice by the same condition is known in its branches",
    ({ x, y }) => where(y, where(y, x, 1), where(y, 2, sin(x))),
    "v4 = sin(x)  (); v5 = where(y, x, v4)  (); return v5",
  ],
  [
    "known numbers are folded",
    ({ x }) => add(x, multiply(2, exp(trivial(x)))),
    `v5 = add(x, ${2 * Math.E})  (); return v5`,
  ],
  [
    "tensors of known numbers are folded",
    ({ v }) => add(v, multiply([1, 2, 3, 4], trivial(v))),
    "v4 = constant([1, 2, 3, 4])  (4); v5 = add(v, v4)  (4); return v5",
  ],
  ["a sum along axes of length 1 is a reshape", ({ v }) => sum(reshape(v, [1, 4, 1]), [0, 2]), "return v"],
  ["a max along an axis of length 1 is a reshape", ({ v }) => max(reshape(v, [1, 4]), 0), "return v"],
  ["transposing twice is nothing", ({ A }) => transpose(transpose(A)), "return A"],
  ["transposing by the axes' own order is nothing", ({ A }) => transpose(A, [0, 1]), "return A"],
  ["reshapes join", ({ A }) => reshape(reshape(A, [6]), [3, 2]), "v4 = reshape(A)  (3×2); return v4"],
  ["reshapes that come back are nothing", ({ A }) => reshape(reshape(A, [6]), [2, 3]), "return A"],
  [
    "slices join",
    ({ v }) => slice(slice(v, 1), undefined, undefined, { step: -2 }),
    "v4 = slice(v, starts: [3], steps: [-2])  (2); return v4",
  ],
  ["a slice of everything is nothing", ({ v }) => slice(v), "return v"],
  [
    "broadcasts join",
    ({ x }) => broadcastTo(broadcastTo(x, [3]), [2, 3]),
    "v4 = broadcast(x, axes: [0, 1])  (2×3); return v4",
  ],
  ["padding by nothing is nothing", ({ v }) => pad(v, 0), "return v"],
  ["one part concatenated is that part", ({ v }) => concatenate([v]), "return v"],
];

/** 1, by an expression that only simplification sees through. */
function trivial(like: Expr): Expr {
  return power(like, 0) as Expr;
}

for (const [what, build, expected] of rewrites) {
  simplification(what, () => {
    assert.is(simplified(build), expected);
  });
}

/** Tempting, and wrong in some bit. */
const refused: readonly (readonly [string, Build, string])[] = [
  ["x + 0 (−0)", ({ x }) => add(x, 0), "add"],
  ["x − −0 (−0)", ({ x }) => subtract(x, -0), "subtract"],
  ["0 − x (0)", ({ x }) => subtract(0, x), "subtract"],
  ["x·0 (∞, NaN, −0)", ({ x }) => multiply(x, 0), "multiply"],
  ["x − x (∞, NaN)", ({ x }) => subtract(x, x), "subtract"],
  ["x/x (0, ∞, NaN)", ({ x }) => divide(x, x), "divide"],
  ["0/x (0, NaN)", ({ x }) => divide(0, x), "divide"],
  ["x/3 (the last place)", ({ x }) => divide(x, 3), "divide"],
  ["x³ as x²·x is left to the compiler", ({ x }) => power(x, 3), "power"],
  ["√x² (the sign is lost, overflow)", ({ x }) => sqrt(square(x)), "sqrt"],
  ["x + y − y (the last place)", ({ x, y }) => subtract(add(x, y), y), "subtract"],
];

for (const [what, build, op] of refused) {
  simplification(`${what} stays`, () => {
    assert.ok(simplified(build).includes(` = ${op}(`), simplified(build));
  });
}

simplification("a constant of many elements is left to run time", () => {
  const f = trace({ x: scalar() }, ({ x }) => multiply(broadcastTo(x, [2000]), exp(broadcastTo(1, [2000]))));
  assert.ok(simplify(f).graph.nodes.every(({ op }) => op.name !== "constant"));
});

simplification("equal subexpressions that rewrites reveal are shared", () => {
  const f = trace({ x: scalar(), y: scalar() }, ({ x, y }) =>
    stack([sin(add(x, negative(y))), sin(subtract(x, y)), sin(subtract(multiply(x, 1), y))]),
  );
  const names = simplify(f).graph.nodes.map(({ op }) => op.name);
  assert.is(names.filter((name) => name === "sin").length, 1);
  assert.is(names.filter((name) => name === "subtract").length, 1);
});

simplification.run();
