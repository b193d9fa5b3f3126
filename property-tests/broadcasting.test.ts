/** NumPy's broadcasting, for every pairing of small shapes, against loops that are written out here. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Expr, grad, multiply, subtract, sum, type Traced, trace, where } from "../graph/index.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import { flat, give, type Objective } from "./support/differences.js";
import { saying } from "./support/saying.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const broadcasting = suite("broadcasting");

/** All shapes of rank up to 3 with lengths 0, 1, 2 and 3. */
const shapes: Shape[] = [[]];
for (let from = 0, rank = 0; rank < 3; rank++) {
  const to = shapes.length;
  for (; from < to; from++) for (const length of [0, 1, 2, 3]) shapes.push([length, ...shapes[from]!]);
}

/** Lengths as they stand below each other when shapes are aligned at their ends; missing ones are 1. */
function aligned(shape: Shape, rank: number): number[] {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}

/** What two shapes become, or `undefined`: the rule as NumPy's manual says it. */
function together(a: Shape, b: Shape): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const [m, n] = [aligned(a, rank), aligned(b, rank)];
  if (m.some((length, i) => length !== n[i] && length !== 1 && n[i] !== 1)) return undefined;
  return m.map((length, i) => (length === 1 ? n[i]! : length));
}

/** Visits each element of `shape` with the offsets of the elements of operands that belong to it. */
function forEach(
  shape: Shape,
  operands: readonly Shape[],
  visit: (offset: number, own: number[]) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  for (let offset = 0; offset < sizeOf(shape); offset++) {
    let rest = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const own = operands.map((operand) =>
      aligned(operand, shape.length).reduce(
        (position, length, axis) => position * length + (length === 1 ? 0 : index[axis]!),
        0,
      ),
    );
    visit(offset, own);
  }
}

function numbers(size: number, seed: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.sin(seed + 3 * i));
}

function pairings(): [Shape, Shape][] {
  return shapes.flatMap((a) => shapes.map((b): [Shape, Shape] => [a, b]));
}

broadcasting("every pairing of shapes computes what loops compute, or is refused", () => {
  let refused = 0;
  for (const [a, b] of pairings()) {
    const shape = together(a, b);
    const traced = () =>
      trace({ a: { shape: a }, b: { shape: b } }, (inputs) => subtract(inputs.a, inputs.b));
    if (!shape) {
      refused++;
      assert.throws(traced, saying(`subtract: shapes (${a.join("×")}) and (${b.join("×")}) don't broadcast`));
      continue;
    }
    const f = traced() as Traced;
    const point = { a: numbers(sizeOf(a), 1), b: numbers(sizeOf(b), 2) };
    const expected: number[] = [];
    forEach(shape, [a, b], (_, [i, j]) => expected.push(point.a[i!]! - point.b[j!]!));
    const actual = f(give(f, point)) as number | Float64Array;
    assertSame(flat(actual), expected, `(${a}) − (${b})`);
    assert.equal(f.graph.nodes[f.graph.outputs as number]!.shape, shape);
  }
  assert.ok(refused > 1000);
});

broadcasting("gradients of every pairing are added up as loops add them up", () => {
  for (const [a, b] of pairings()) {
    const shape = together(a, b);
    if (!shape) continue;
    const specs = { a: { shape: a }, b: { shape: b }, weights: { shape } };
    const f = trace(
      specs,
      (inputs): Expr => sum(multiply(multiply(inputs.a, inputs.b) as Expr, inputs.weights) as Expr),
    ) as Objective;
    const point = {
      a: numbers(sizeOf(a), 1),
      b: numbers(sizeOf(b), 2),
      weights: numbers(sizeOf(shape), 3),
    };
    const expected = { a: new Float64Array(sizeOf(a)), b: new Float64Array(sizeOf(b)) };
    forEach(shape, [a, b], (offset, [i, j]) => {
      expected.a[i!]! += point.weights[offset]! * point.b[j!]!;
      expected.b[j!]! += point.weights[offset]! * point.a[i!]!;
    });
    const gradients = grad(f, "a", "b")(give(f, point)) as Record<string, number | Float64Array>;
    for (const name of ["a", "b"] as const) {
      assertClose(flat(gradients[name]!), expected[name], 1e-14, `∂(${a})·(${b}) by ${name}`);
    }
  }
});

broadcasting("three operands broadcast too, the condition of `where` among them", () => {
  const few = shapes.filter(({ length }) => length <= 2);
  for (const c of few) {
    for (const a of few) {
      for (const b of few) {
        const ab = together(a, b);
        const shape = ab && together(c, ab);
        const specs = { c: { shape: c }, a: { shape: a }, b: { shape: b } };
        const traced = () => trace(specs, (inputs): Expr => where(inputs.c, inputs.a, inputs.b));
        if (!shape) {
          assert.throws(traced, saying("don't broadcast"));
          continue;
        }
        const f = traced() as Traced;
        const point = {
          c: numbers(sizeOf(c), 0).map((value) => (value > 0 ? 1 : 0)),
          a: numbers(sizeOf(a), 1),
          b: numbers(sizeOf(b), 2),
        };
        const expected: number[] = [];
        forEach(shape, [c, a, b], (_, [k, i, j]) => expected.push(point.c[k!] ? point.a[i!]! : point.b[j!]!));
        const actual = f(give(f, point)) as number | Float64Array;
        assertSame(flat(actual), expected, `where((${c}), (${a}), (${b}))`);
      }
    }
  }
});

broadcasting.run();
