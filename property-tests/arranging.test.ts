/** Arranging and ordering: values against NumPy's, derivatives against differences, in both modes, compiled and not. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as a from "../graph/index.js";
import { type Expr, grad, jvp, type Operand, type Traced, trace } from "../graph/index.js";
import { constant } from "../graph/ops/constant.js";
import { recurrence } from "../graph/ops/recurrence.js";
import { sizeOf } from "../graph/shape.js";
import { flatten as flattenValue } from "../graph/values.js";
import { checkDerivatives, flatten, give, type Objective, type Point } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const arranging = suite("arranging and ordering");

type Json = number | string | null | boolean | readonly Json[] | { readonly [name: string]: Json };
type Call = (...given: unknown[]) => unknown;

const reference = JSON.parse(
  readFileSync(new URL("reference/numpy-arranging.json", import.meta.url), "utf8"),
) as { readonly cases: readonly (readonly [name: string, given: readonly Json[], result: Json])[] };

/** JSON has no numbers for these. */
const odd: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function decoded(value: Json): unknown {
  if (typeof value === "string") return odd[value] ?? value;
  if (value === null) return undefined;
  return Array.isArray(value) ? value.map(decoded) : value;
}

const numbersOf = (value: unknown): number[] => [...flattenValue(value, "expected").data];

/** Which arguments are tensors, so that they can be inputs. */
function isTensor(name: string, i: number): boolean {
  if (name === "einsum") return i > 0;
  if (name === "full") return i === 1;
  if (["meshgrid", "zeros", "ones"].includes(name)) return false;
  const operands: Readonly<Record<string, number>> = {
    tensordot: 2,
    interp: 3,
    searchsorted: 2,
    takeAlongAxis: 2,
  };
  return i < (operands[name] ?? 1);
}

/** What has no derivative. */
const constants = new Set(["argsort", "searchsorted", "zerosLike"]);

/** A list of results as one. */
const one = (result: unknown): Expr => (Array.isArray(result) ? a.stack(result as Expr[]) : (result as Expr));

/** The same call in a trace, its tensors being inputs. */
function traced(name: string, given: readonly unknown[]): { f: Traced; point: Point } {
  const inputs = given.flatMap((value, i) =>
    isTensor(name, i) ? [[`x${i}`, flattenValue(value, "operand")] as const] : [],
  );
  const specs = Object.fromEntries(inputs.map(([key, { shape }]) => [key, { shape }]));
  const f = trace(specs, (exprs) =>
    one((a as unknown as Record<string, Call>)[name]!(...given.map((value, i) => exprs[`x${i}`] ?? value))),
  ) as Traced;
  return { f, point: Object.fromEntries(inputs.map(([key, { data }]) => [key, [...data]])) };
}

/** Σ weights·f, which each element changes by a share of its own. */
function weighted(f: Traced): Objective {
  const specs = Object.fromEntries(f.graph.inputs.map(({ name, shape }) => [name, { shape }]));
  return trace(specs, (inputs): Expr => {
    const result = f(inputs) as Expr;
    const weights = Array.from({ length: sizeOf(result.shape) }, (_, i) => 2 + Math.sin(3 * i + 1));
    return a.sum(a.multiply(result, constant(result.builder, weights, result.shape)));
  }) as Objective;
}

/** Each element moves by an amount of its own. */
const directionOf = (point: Point, phase: number): Point =>
  Object.fromEntries(
    Object.entries(point).map(([name, list]) => [name, list.map((_, i) => Math.cos(2 * i + phase))]),
  );

/** Both modes agree, and with differences, for two orders; and so does the kernel. */
function checkSlopes(f: Traced, point: Point, hasSlope: boolean): void {
  const objective = weighted(f);
  const directions = [1, 2].map((phase) => directionOf(point, phase));
  if (hasSlope) assert.is(checkDerivatives(objective, point, directions, 1e-6), 2, "no kink at this point");
  const gradient = grad(objective) as Traced;
  const slopes = flatten(gradient(give(objective, point)));
  assertClose(flatten(a.compile(gradient)(give(objective, point))), slopes, 1e-13, "kernel");
  const tangents = Object.fromEntries(
    Object.entries(directions[0]!).map(([name, list]) => [`tangent.${name}`, list]),
  );
  const forward = jvp(objective) as Traced;
  const pushed = flatten(forward(give(forward, { ...point, ...tangents })));
  const along = Object.values(directions[0]!).flat();
  const expected = slopes.reduce((sum, slope, i) => sum + slope * along[i]!, 0);
  assertClose([pushed.at(-1)!], [expected], 1e-12, "forward mode");
}

for (const [i, [name, given, expected]] of reference.cases.entries()) {
  arranging(`${i}: ${name} gives NumPy's values, on numbers, traced and compiled, with their slopes`, () => {
    const values = given.map(decoded);
    const right = numbersOf(decoded(expected));
    const plain = (a as unknown as Record<string, Call>)[name]!(...values);
    assert.equal(flattenValue(plain, name).shape, flattenValue(decoded(expected), name).shape);
    assertClose(numbersOf(plain), right, 1e-14, name);
    if (!given.some((_, k) => isTensor(name, k))) return;
    const { f, point } = traced(name, values);
    assertClose(flatten(f(give(f, point))), right, 1e-14, "interpreted");
    assertClose(flatten(a.compile(f)(give(f, point))), right, 1e-14, "compiled");
    const elements = Object.values(point).flat();
    if (elements.every(Number.isFinite) && right.length > 0 && elements.length > 0)
      checkSlopes(f, point, !hasKink(name, values) && !constants.has(name));
  });
}

/** Places of `interp` lie on points, indices are no slopes. */
function hasKink(name: string, given: readonly unknown[]): boolean {
  return ["interp", "takeAlongAxis"].includes(name) || (name === "argsort" && given.length > 0);
}

/** The gradient of a function of a vector, and its Hessian, row by row. */
function slopesOf(f: (x: Expr) => unknown, x: readonly number[]): { gradient: number[]; hessian: number[] } {
  const objective = trace({ x: a.vector(x.length) }, ({ x }) => f(x) as Expr<[]>);
  return {
    gradient: flatten(a.compile(grad(objective))({ x })),
    hessian: flatten(a.compile(a.hessian(objective))({ x })),
  };
}

const exceptFor = (list: readonly number[], ...left: number[]) =>
  list.reduce((product, x, i) => (left.includes(i) ? product : product * x), 1);

arranging("running products have exact derivatives with zeros among the factors, of both orders", () => {
  for (const x of [[2, 0, 3, 0, 5], [0, 2, 3], [0, 0, 0], [-1.5, 4, 0.5, 2], [7]]) {
    for (const reverse of [false, true]) {
      const last = reverse ? 0 : x.length - 1;
      const { gradient, hessian } = slopesOf((y) => a.index(a.cumprod(y, 0, { reverse }), last), x);
      assertSame(
        gradient,
        x.map((_, i) => exceptFor(x, i)),
        "gradient",
      );
      assertSame(
        hessian,
        x.flatMap((_, i) => x.map((_, j) => (i === j ? 0 : exceptFor(x, i, j)))),
        "hessian",
      );
    }
  }
  assertSame(numbersOf(a.cumprod([1, -0, 2])), [1, -0, -0], "the sign of zero");
});

arranging("what is largest so far shares its derivative among those that tie, as max does", () => {
  const third = 1 / 3;
  const list = [1, 3, 3, 2, 3];
  const { gradient, hessian } = slopesOf((y) => a.index(a.cummax(y), 4), list);
  assertClose(gradient, [0, third, third, 0, third], 1e-15, "cummax");
  const tied = [1, 2, 4];
  const none = list.flatMap((_, i) =>
    list.map((_, j) => (tied.includes(i) && tied.includes(j) ? Number.NaN : 0)),
  );
  assertSame(hessian, none, "its hessian");
  const smallest = slopesOf((y) => a.index(a.cummin(y, 0, { reverse: true }), 0), [2, 1, 4, 1]);
  assertSame(smallest.gradient, [0, 0.5, 0, 0.5], "cummin");
  assertSame(slopesOf((y) => a.sum(a.cummax(y)), [0, -0]).gradient, [1.5, 0.5], "0 and −0");
});

arranging("running sums of exponentials: no term is no derivative, and none overflows", () => {
  const none = Number.NEGATIVE_INFINITY;
  const x = [none, none, 800, none, 801];
  const { gradient, hessian } = slopesOf((y) => a.index(a.logCumsumExp(y), 4), x);
  // The softmax of 0 and 1, and its slope
  const p = 1 / (1 + Math.E);
  assertClose(gradient, [0, 0, p, 0, 1 - p], 1e-15, "gradient");
  const v = p * (1 - p);
  const expected = new Float64Array(25);
  for (const [i, j, value] of [
    [2, 2, v],
    [4, 4, v],
    [2, 4, -v],
    [4, 2, -v],
  ] as const)
    expected[5 * i + j] = value;
  assertClose(hessian, expected, 1e-15, "hessian");
  assertSame(slopesOf((y) => a.index(a.logCumsumExp(y), 1), x).gradient, new Float64Array(5), "nothing yet");
  assertSame(
    numbersOf(a.logCumsumExp([none, -800, Number.POSITIVE_INFINITY, 1, Number.NaN, 1])),
    [none, -800, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN],
    "values",
  );
});

arranging("what isn't used of a recurrence, its first factor, doesn't matter, whatever it is", () => {
  for (const reverse of [0, 1] as const) {
    const [first, second] = reverse ? [2, 1] : [0, 1];
    for (const factor of [Number.POSITIVE_INFINITY, Number.NaN, 3]) {
      const f = trace({ a: a.vector(3), b: a.vector(3) }, (given) =>
        a.sum(recurrence(given.a, given.b, { axis: 0, reverse })),
      );
      const factors = [2, 2, 2].with(first!, factor);
      const { a: byA, b: byB } = a.compile(grad(f))({ a: factors, b: [1, 1, 1].with(first!, 5) });
      assert.is(byA[first!], 0);
      assert.is(byA[second!], 5 * 3);
      assertSame([...byB].sort(), [1, 3, 7], "by b");
      const tangents = { "tangent.a": [0, 0, 0].with(first!, 1), "tangent.b": [0, 0, 0] };
      const pushed = jvp(f)({ a: factors, b: [1, 1, 1], ...tangents });
      assert.is((pushed as { tangent: number }).tangent, 0);
    }
  }
});

arranging("equal elements are sorted in the order of their places, and so are their derivatives", () => {
  const weighed = (y: Expr) => a.sum(a.multiply(a.sort(y), [1, 2, 3]));
  assertSame(slopesOf(weighed, [2, 1, 2]).gradient, [2, 1, 3], "sort");
  assertSame(slopesOf((y) => a.median(y), [3, 1, 2, 10]).gradient, [0.5, 0, 0.5, 0], "median");
  assertSame(slopesOf((y) => a.median(y), [4, 4, 4]).gradient, [0, 1, 0], "median of equals");
  assertClose(slopesOf((y) => a.quantile(y, 0.25), [7, 7, 1]).gradient, [0.5, 0, 0.5], 1e-15, "quantile");
  const largest = (y: Expr) => a.index(a.topK(y, 2).values, 1);
  assertSame(slopesOf(largest, [5, 9, 1, 5]).gradient, [1, 0, 0, 0], "topK");
  const huge = Number.MAX_VALUE;
  assertClose([a.quantile([-huge, huge], 0.75) as number], [huge / 2], 1e-15, "no overflow");
});

arranging(
  "interp has the slope of the line behind a point, none outside, and those of points and values",
  () => {
    const f = trace(
      { x: a.vector(5), xp: a.vector(3), fp: a.vector(3), left: a.scalar() },
      ({ x, xp, fp, left }) => a.sum(a.multiply(a.interp(x, xp, fp, { left }), [1, 10, 100, 1000, 10_000])),
    );
    const slopes = a.compile(grad(f))({ x: [-1, 0, 1, 2, 9], xp: [0, 1, 3], fp: [5, 7, 4], left: -3 });
    assertClose(slopes.x, [0, 20, -150, -1500, 0], 1e-14, "x");
    // At a point, a place to the right moves the line behind it: −slope of the value.
    assertClose(slopes.xp, [-20, 150 + 750, 750], 1e-14, "xp");
    assertClose(slopes.fp, [10, 100 + 500, 500 + 10_000], 1e-14, "fp");
    assert.is(slopes.left, 1);
  },
);

arranging("meshgrid of expressions is that of numbers", () => {
  const f = trace({ x: a.vector(3), y: a.vector(2) }, ({ x, y }) =>
    a.stack(a.meshgrid([x, y, [7, 8]], { indexing: "ij" })),
  ) as unknown as Traced;
  const point = { x: [1, 2, 3], y: [4, 5] };
  assert.equal(flatten(f(point)), numbersOf(a.meshgrid([point.x, point.y, [7, 8]], { indexing: "ij" })));
  checkSlopes(f, point, true);
});

/** Lists of nothing but empty lists have no further axes, so that axes without elements are left to expressions. */
const length = fc.integer({ min: 1, max: 4 });
const shapeOf = (maxLength: number) => fc.array(length, { maxLength });
const numberOf = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
);

/** Nested arrays of a shape, and what they hold. */
const tensorOf = (shape: readonly number[], element: fc.Arbitrary<number> = numberOf) =>
  fc
    .array(element, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((values) => a.reshape(values, shape) as Operand);

const someTensor = shapeOf(3).chain((shape) => tensorOf(shape).map((x) => ({ x, shape })));

/** With an axis to go along. */
const alongAxis = someTensor
  .filter(({ shape }) => shape.length > 0)
  .chain(({ x, shape }) =>
    fc.record({
      x: fc.constant(x),
      shape: fc.constant(shape),
      axis: fc.integer({ min: -shape.length, max: shape.length - 1 }),
    }),
  );

const same = (actual: unknown, expected: unknown, what: string) => {
  assert.equal(flattenValue(actual, what).shape, flattenValue(expected, what).shape, what);
  assertSame(numbersOf(actual), numbersOf(expected), what);
};

arranging("what is rolled, moved, unstacked, padded or tiled comes back", () => {
  forAll(
    60,
    fc.record({ one: alongAxis, shift: fc.integer({ min: -9, max: 9 }), to: fc.nat(2) }),
    (drawn) => {
      const { x, shape, axis } = drawn.one;
      const to = drawn.to % shape.length;
      same(a.roll(a.roll(x, drawn.shift, axis), -drawn.shift, axis), x, "roll");
      same(a.roll(a.roll(x, drawn.shift), -drawn.shift), x, "roll of all");
      same(a.moveaxis(a.moveaxis(x, axis, to), to, axis), x, "moveaxis");
      same(a.swapaxes(a.swapaxes(x, axis, to), axis, to), x, "swapaxes");
      const along = axis < 0 ? axis + shape.length : axis;
      if (shape[along]! > 0) {
        same(a.stack(a.unstack(x, axis), axis), x, "unstack");
        for (const mode of ["reflect", "symmetric", "edge", "wrap"] as const) {
          const widths = shape.map((_, i) => (i === along ? ([to, drawn.to] as const) : ([0, 0] as const)));
          same(a.slice(a.pad(x, widths, { mode }), to, to + shape[along]!, { axis: along }), x, mode);
        }
      }
      const counts = shape.map((_, i) => (i === along ? to + 2 : 1));
      same(a.slice(a.tile(x, counts), 0, shape[along], { axis: along }), x, "tile");
      same(a.slice(a.repeat(x, to + 2, axis), 0, undefined, { axis: along, step: to + 2 }), x, "repeat");
    },
  );
});

/** Ascending, NaN behind all numbers. */
const ascending = (x: number, y: number) =>
  Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : Number.isNaN(y) || x < y ? -1 : x > y ? 1 : 0;

arranging(
  "sort and argsort are the language's own stable order, small and large, interpreted and compiled",
  () => {
    const list = fc.oneof(
      fc.array(numberOf, { maxLength: 6 }),
      fc.array(numberOf, { minLength: 25, maxLength: 90 }),
    );
    forAll(40, fc.record({ list, descending: fc.boolean() }), ({ list, descending }) => {
      const order = [...list.keys()].sort((i, j) => (descending ? -1 : 1) * ascending(list[i]!, list[j]!));
      const f = trace({ x: a.vector(list.length) }, ({ x }) => ({
        order: a.argsort(x, 0, { descending }),
        sorted: a.sort(x, 0, { descending }),
      }));
      const expected = [...order, ...order.map((i) => list[i]!)];
      assertSame(flatten(f({ x: list })), expected, "interpreted");
      assertSame(flatten(a.compile(f)({ x: list })), expected, "compiled");
      assertSame(numbersOf(a.takeAlongAxis(list, a.argsort(list))), numbersOf(a.sort(list)), "taken");
    });
  },
);

arranging("sorting along an axis is sorting each row", () => {
  forAll(40, alongAxis, ({ x, shape, axis }) => {
    const rows = a.moveaxis(x, axis, -1);
    const sorted = numbersOf(a.moveaxis(a.sort(x, axis), axis, -1));
    const width = shape.at(axis)!;
    const values = numbersOf(rows);
    for (let from = 0; from < values.length; from += width)
      assertSame(sorted.slice(from, from + width), values.slice(from, from + width).sort(ascending), "row");
    const half = Math.ceil(width / 2);
    const { values: top, indices } = a.topK(x, half, axis);
    same(top, a.slice(a.sort(x, axis, { descending: true }), 0, half, { axis }), "topK");
    same(a.takeAlongAxis(x, indices, axis), top, "its places");
  });
});

/** An equation with the operands that it is for, and the length of each letter. */
const equation = fc
  .record({
    operands: fc.array(fc.array(fc.constantFrom(..."ijkl"), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    }),
    keeps: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    lengths: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    order: fc.nat(23),
  })
  .map(({ operands, keeps, lengths, order }) => {
    const lengthOf = (letter: string) => lengths["ijkl".indexOf(letter)]!;
    const used = [..."ijkl"].filter((letter) => operands.flat().includes(letter));
    const kept = used.filter((letter) => keeps["ijkl".indexOf(letter)]);
    const output = order % 2 ? kept : kept.reverse();
    return { operands, output, used, lengthOf };
  });

arranging("einsum is the sum over all letters that the result doesn't have, whatever the subscripts", () => {
  forAll(120, equation, ({ operands, output, used, lengthOf }) => {
    const tensors = operands.map((letters, k) =>
      Float64Array.from({ length: sizeOf(letters.map(lengthOf)) }, (_, i) => Math.sin(7 * i + k + 1)),
    );
    const place = (letters: readonly string[], at: Readonly<Record<string, number>>) =>
      letters.reduce((flat, letter) => flat * lengthOf(letter) + at[letter]!, 0);
    const expected = new Float64Array(sizeOf(output.map(lengthOf)));
    const visit = (at: Readonly<Record<string, number>>, [letter, ...rest]: readonly string[]): void => {
      if (letter === undefined) {
        const product = tensors.reduce((total, one, k) => total * one[place(operands[k]!, at)]!, 1);
        expected[place(output, at)]! += product;
        return;
      }
      for (let i = 0; i < lengthOf(letter); i++) visit({ ...at, [letter]: i }, rest);
    };
    visit({}, used);
    const specs = Object.fromEntries(
      operands.map((letters, k) => [`x${k}`, { shape: letters.map(lengthOf) }]),
    );
    const subscripts = `${operands.map((letters) => letters.join("")).join(",")}->${output.join("")}`;
    const f = trace(specs, (inputs) => a.einsum(subscripts, ...Object.values(inputs))) as Traced;
    const point = Object.fromEntries(tensors.map((one, k) => [`x${k}`, [...one]]));
    assertClose(flatten(f(give(f, point))), expected, 1e-13, subscripts);
    if (expected.length > 0 && tensors.every(({ length }) => length > 0)) checkSlopes(f, point, false);
  });
});

arranging("many matrices are multiplied in the order that takes the fewest multiplications", () => {
  const work = ({ graph }: Traced): number =>
    graph.nodes.reduce((sum, { op, operands, shape }) => {
      if (op !== a.matmul.op) return sum;
      return sum + sizeOf(shape) * graph.nodes[operands[0]!]!.shape.at(-1)!;
    }, 0);
  const specs = { A: a.matrix(50, 2), B: a.matrix(2, 40), C: a.matrix(40, 3), x: a.vector(3) };
  const f = trace(specs, ({ A, B, C, x }) => a.einsum("ij,jk,kl,l->i", A, B, C, x));
  assert.is(work(f as unknown as Traced), 40 * 3 + 2 * 40 + 50 * 2);
  const letters = [..."abcdefghijkl"];
  const specsOfMany = Object.fromEntries(letters.slice(1).map((letter) => [letter, a.matrix(3, 3)]));
  const many = trace(specsOfMany, (inputs) => {
    const subscripts = letters.slice(1).map((letter, i) => letters[i]! + letter);
    return a.einsum(`${subscripts.join(",")}->al`, ...Object.values(inputs));
  });
  assert.is(work(many as Traced), 10 * 27);
});

arranging.run();
