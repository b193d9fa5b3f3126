/**
 * Second derivatives where a kink meets another: forward mode over forward, products and whole Hessians agree that there
 * is none, NaN, or that both sides' differences have one; and no NaN comes from a kink that nothing moves through.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  abs,
  add,
  broadcastTo,
  clip,
  compile,
  concatenate,
  cummax,
  cummin,
  type Expr,
  expandDims,
  grad,
  hardTanh,
  hessian,
  hvp,
  hypot,
  index,
  jvp,
  leakyRelu,
  max,
  maximum,
  median,
  minimum,
  multiply,
  reshape,
  scan,
  slice,
  sort,
  stack,
  subtract,
  sum,
  type Traced,
  topK,
  trace,
  transpose,
  vector,
  where,
} from "../graph/index.js";
import { relu } from "../graph/ops/activation.js";
import { constant } from "../graph/ops/constant.js";
import { flatten } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertSame } from "./support/tolerance.js";

const kinks = suite("kinks of kinks");

const size = 3;
const all = Array.from({ length: size }, (_, i) => i);

/** An element: its value, the inputs that move it, and pairs i·size + j of them that meet at a kink on the way. */
interface Element {
  readonly value: number;
  readonly by: ReadonlySet<number>;
  readonly pairs: ReadonlySet<number>;
}

function element(value: number, parts: readonly Element[], isKink = false): Element {
  const by = new Set(parts.flatMap((part) => [...part.by]));
  const met = isKink ? [...by].flatMap((i) => [...by].map((j) => i * size + j)) : [];
  return { value, by, pairs: new Set([...parts.flatMap((part) => [...part.pairs]), ...met]) };
}

const known = (value: number) => element(value, []);

interface Step {
  readonly build: (x: Expr, y: Expr, k: number) => unknown;
  readonly meaning: (x: readonly Element[], y: readonly Element[], k: number) => Element[];
}

const larger = (a: Element, b: Element, sign: 1 | -1): Element =>
  a.value === b.value ? element(a.value, [a, b], true) : sign * (a.value - b.value) > 0 ? a : b;

/** The elements that are as large as the largest (smallest), which all have a share. */
const extremum = (x: readonly Element[], sign: 1 | -1): Element => x.reduce((a, b) => larger(a, b, sign));

const ordered = (x: readonly Element[]): Element[] =>
  x
    .map(({ value }) => value)
    .sort((a, b) => a - b)
    .map((value) => {
      const tied = x.filter((a) => a.value === value);
      return element(value, tied, tied.length > 1);
    });

/** What bends, elementwise or among all elements. */
const bends: readonly Step[] = [
  {
    build: (x) => leakyRelu(x),
    meaning: (x) => x.map((a) => element(a.value < 0 ? 0.01 * a.value : a.value, [a], a.value === 0)),
  },
  {
    build: (x, _, k) => (k % 2 ? clip(x, -1, 1) : hardTanh(x)),
    meaning: (x) =>
      x.map((a) =>
        Math.abs(a.value) > 1 ? known(Math.sign(a.value)) : element(a.value, [a], Math.abs(a.value) === 1),
      ),
  },
  {
    build: (x, _, k) => (k % 2 ? cummax(x) : cummin(x)),
    meaning: (x, _, k) => x.map((_, i) => extremum(x.slice(0, i + 1), k % 2 ? 1 : -1)),
  },
  { build: (x) => broadcastTo(max(x), [size]), meaning: (x) => x.map(() => extremum(x, 1)) },
  { build: (x) => sort(x), meaning: ordered },
  {
    build: (x, _, k) => broadcastTo(k % 2 ? median(x) : slice(topK(x, 2).values, 1), [size]),
    meaning: (x) => x.map(() => ordered(x)[1]!),
  },
  {
    build: (x) => relu(x),
    meaning: (x) => x.map((a) => (a.value < 0 ? known(0) : element(a.value, [a], a.value === 0))),
  },
  { build: (x) => abs(x), meaning: (x) => x.map((a) => element(Math.abs(a.value), [a], a.value === 0)) },
  {
    build: (x, _, k) => maximum(x, (k % 3) - 1),
    meaning: (x, _, k) => x.map((a) => larger(a, known((k % 3) - 1), 1)),
  },
  {
    build: (x, y) => minimum(x, y),
    meaning: (x, y) => (x === y ? [...x] : x.map((a, i) => larger(a, y[i]!, -1))),
  },
  {
    build: (x, y) => hypot(x, y),
    meaning: (x, y) =>
      x.map((a, i) => {
        const value = Math.hypot(a.value, y[i]!.value);
        return element(value, [a, y[i]!], value === 0);
      }),
  },
];

const bent = (a: Element): Element => (a.value < 0 ? known(0) : element(a.value, [a], a.value === 0));

/** What each row gives, in a loop over them from either end. */
function looped(
  rows: readonly Element[],
  start: Element,
  isReverse: boolean,
  step: (carry: Element, row: Element) => readonly [Element, Element],
): Element[] {
  let carry = start;
  const outputs = (isReverse ? rows.toReversed() : rows).map((row) => {
    const [next, output] = step(carry, row);
    carry = next;
    return output;
  });
  return isReverse ? outputs.reverse() : outputs;
}

/** Loops whose steps bend. */
const loops: readonly Step[] = [
  {
    build: (x, y, k) =>
      scan(
        (carry: Expr<[]>, row: Expr) => {
          const next = relu(add(carry, row)) as Expr<[]>;
          return [next, next];
        },
        index(y, k % size) as Expr<[]>,
        { xs: x, reverse: k > 3 },
      ).ys,
    meaning: (x, y, k) =>
      looped(x, y[k % size]!, k > 3, (carry, row) => {
        const next = bent(total([carry, row]));
        return [next, next];
      }),
  },
  {
    build: (x, y, k) =>
      scan(
        (carry: Expr<[]>, row: Expr) => [maximum(carry, row) as Expr<[]>, abs(carry)],
        index(y, k % size) as Expr<[]>,
        { xs: x, reverse: k > 3, recompute: k % 2 === 0 },
      ).ys,
    meaning: (x, y, k) =>
      looped(x, y[k % size]!, k > 3, (carry, row) => [
        larger(carry, row, 1),
        element(Math.abs(carry.value), [carry], carry.value === 0),
      ]),
  },
  {
    build: (x, y, k) =>
      scan(
        ({ a, b }: { a: Expr; b: Expr }) => ({ a: relu(b), b: a }),
        { a: x, b: y },
        { length: 2 + (k % 2) },
      ).last.a,
    meaning: (x, y, k) => {
      let [a, b] = [x, y];
      for (let i = 0; i < 2 + (k % 2); i++) [a, b] = [b.map(bent), a];
      return [...a];
    },
  },
  {
    build: (x, y, k) =>
      scan(
        (carry: Expr, row: Expr) => [
          concatenate([slice(carry, 1), expandDims(relu(row), 0)]),
          index(carry, k % size),
        ],
        x,
        { xs: y, reverse: k > 3 },
      ).ys,
    meaning(x, y, k) {
      let carry = [...x];
      const outputs = (k > 3 ? y.toReversed() : y).map((row) => {
        const output = carry[k % size]!;
        carry = [...carry.slice(1), bent(row)];
        return output;
      });
      return k > 3 ? outputs.reverse() : outputs;
    },
  },
];

/** What moves, adds and chooses. */
const joints: readonly Step[] = [
  { build: (x) => slice(x, undefined, undefined, { step: -1 }), meaning: (x) => x.toReversed() },
  {
    build: (x, y, k) => concatenate([slice(x, k % size), slice(y, 0, k % size)]),
    meaning: (x, y, k) => [...x.slice(k % size), ...y.slice(0, k % size)],
  },
  {
    build: (x, _, k) => broadcastTo(slice(x, k % size, (k % size) + 1), [size]),
    meaning: (x, _, k) => x.map(() => x[k % size]!),
  },
  { build: (x) => broadcastTo(sum(x), [size]), meaning: (x) => x.map(() => total(x)) },
  {
    build: (x, y) => sum(reshape(transpose(stack([x, y])), [size, 2]), 1),
    meaning: (x, y) => x.map((a, i) => total([a, y[i]!])),
  },
  { build: (x, y) => add(x, y), meaning: (x, y) => x.map((a, i) => total([a, y[i]!])) },
  {
    build: (x, y) => subtract(x, y),
    meaning: (x, y) => x.map((a, i) => element(a.value - y[i]!.value, [a, y[i]!])),
  },
  { build: (x) => multiply(x, -2), meaning: (x) => x.map((a) => element(-2 * a.value, [a])) },
  {
    build: (x, y) => multiply(x, y),
    meaning: (x, y) => x.map((a, i) => element(a.value * y[i]!.value, [a, y[i]!])),
  },
  {
    build: (x, y, k) =>
      where(
        all.map((i) => (k >> i) & 1),
        x,
        y,
      ),
    meaning: (x, y, k) => x.map((a, i) => ((k >> i) & 1 ? a : y[i]!)),
  },
  {
    build: (x, _, k) =>
      where(
        all.map((i) => (k >> i) & 1),
        x,
        1,
      ),
    meaning: (x, _, k) => x.map((a, i) => ((k >> i) & 1 ? a : known(1))),
  },
];

const total = (x: readonly Element[]) =>
  element(
    x.reduce((all, { value }) => all + value, 0),
    x,
  );

interface Drawn {
  readonly step: Step;
  /** Which of those before is meant as x, counted from the last, and which as y. */
  readonly on: readonly [number, number];
  readonly k: number;
}

function run<T>(steps: readonly Drawn[], start: T, apply: (drawn: Drawn, x: T, y: T) => T): T {
  const values = [start];
  for (const drawn of steps) {
    const [x, y] = drawn.on.map((back) => values.at(-1 - (back % values.length))!) as [T, T];
    values.push(apply(drawn, x, y));
  }
  return values.at(-1)!;
}

const drawnOf = (steps: readonly Step[]): fc.Arbitrary<Drawn> =>
  fc.record({
    step: fc.constantFrom(...steps),
    on: fc.tuple(fc.constantFrom(0, 0, 0, 1), fc.nat(3)),
    k: fc.nat(7),
  });

/** Two or three bends, with joints between them. */
const programs = fc
  .array(fc.tuple(drawnOf([...bends, ...loops]), fc.array(drawnOf(joints), { maxLength: 2 })), {
    minLength: 2,
    maxLength: 3,
  })
  .map((list) => list.flatMap(([bend, between]) => [bend, ...between]));

type Plain = (inputs: object) => unknown;
const plain = (f: unknown) => f as Plain;
const units = all.map((j) => all.map((i) => Number(i === j)));

/** The second derivative along a direction, forward mode over forward mode. */
function curvature(f: Traced, x: readonly number[], direction: readonly number[]): number {
  const slope = (g: Traced) =>
    trace({ x: vector(size) }, (inputs) => {
      const tangent = jvp(g) as unknown as (inputs: object) => { readonly tangent: Expr<[]> };
      return tangent({ x: inputs.x, "tangent.x": constant(inputs.x.builder, direction, [size]) }).tangent;
    }) as unknown as Traced;
  return plain(slope(slope(f)))({ x }) as number;
}

const h = 1e-5;

/** The second derivatives along each unit that one side's slopes show, and where they begin. */
function sidesOf(gradient: Plain, x: readonly number[], j: number, sign: 1 | -1) {
  const [near, far] = [1, 2].map((n) => flatten(gradient({ x: x.with(j, x[j]! + sign * n * h) }))) as [
    number[],
    number[],
  ];
  return all.map((i) => ({ from: 2 * near[i]! - far[i]!, bend: (sign * (far[i]! - near[i]!)) / h }));
}

function check(steps: readonly Drawn[], x: readonly number[]): { isKinked: boolean } {
  const f = trace(
    { x: vector(size) },
    ({ x }) =>
      sum(
        multiply(
          run<Expr>(steps, x, ({ step, k }, a, b) => step.build(a, b, k) as Expr),
          [1, 3, 9],
        ),
      ) as Expr<[]>,
  ) as unknown as Traced;
  const { pairs } = total(
    run<readonly Element[]>(
      steps,
      x.map((value, i) => ({ value, by: new Set([i]), pairs: new Set<number>() })),
      ({ step, k }, a, b) => step.meaning(a, b, k),
    ),
  );
  const whole = hessian(f);
  const found = flatten(plain(whole)({ x }));
  assertSame(flatten(plain(compile(whole))({ x })), found, "in a kernel");
  const gradient = plain(grad(f));
  for (const j of all) {
    const [right, left] = [sidesOf(gradient, x, j, 1), sidesOf(gradient, x, j, -1)];
    const product = flatten(plain(hvp(f))({ x, "tangent.x": units[j] }));
    const twice = curvature(f, x, units[j]!);
    for (const i of all) {
      const value = found[i * size + j]!;
      const row = found.slice(i * size, (i + 1) * size);
      const [a, b] = [right[i]!, left[i]!];
      const across = found[j * size + i]!;
      assert.ok(
        Object.is(value, across) || Math.abs(value - across) < 1e-12,
        `∂²/∂${i}∂${j} is ${value}, ∂²/∂${j}∂${i} is ${across}`,
      );
      const meets = pairs.has(i * size + j);
      const hasNone = Math.abs(a.from - b.from) > 1e-3 || (meets && Math.abs(a.bend - b.bend) > 0.02);
      if (hasNone) assert.ok(Number.isNaN(value), `∂²/∂${i}∂${j} is ${value}, from ${b.from} to ${a.from}`);
      if (Number.isNaN(value)) assert.ok(meets, `∂²/∂${i}∂${j} is NaN for no kink`);
      else {
        // What is smooth in itself has the documented slope where what it is made of has a kink, between both sides'.
        const [low, high] = [Math.min(a.bend, b.bend), Math.max(a.bend, b.bend)];
        assert.ok(
          value > low - 0.02 && value < high + 0.02,
          `∂²/∂${i}∂${j} is ${value}, by differences ${b.bend} and ${a.bend}`,
        );
      }
      // A product adds up 0·NaN where only one of its elements is meant.
      if (Number.isNaN(product[i]!)) assert.ok(row.some(Number.isNaN), `product ${i} along ${j} is NaN`);
      else
        assert.ok(
          Math.abs(product[i]! - value) < 1e-12,
          `product ${i} along ${j}: ${product[i]} for ${value}`,
        );
    }
    const value = found[j * size + j]!;
    if (Number.isNaN(twice)) assert.ok(found.some(Number.isNaN), `forward twice along ${j} is NaN`);
    else assert.ok(Math.abs(twice - value) < 1e-12, `forward twice along ${j}: ${twice} for ${value}`);
  }
  return { isKinked: found.some(Number.isNaN) };
}

kinks("are NaN in all modes, or what both sides' differences say", () => {
  let kinked = 0;
  let smooth = 0;
  const points = fc.array(fc.constantFrom(-1, 0, 0, 0, 1, 0.5), { minLength: size, maxLength: size });
  forAll(180, fc.tuple(programs, points), ([steps, x]) => {
    if (check(steps, x).isKinked) kinked++;
    else smooth++;
  });
  assert.ok(kinked > 5 && smooth > 5, `${kinked} with a kink and ${smooth} without`);
});

kinks("a slope by what is NaN is NaN, through every bend before and after every other, in both modes", () => {
  const at = [Number.NaN, 1, -1];
  for (const first of [...bends, ...loops]) {
    for (const second of [...bends, ...loops]) {
      for (const k of [0, 1]) {
        const f = trace({ x: vector(size) }, ({ x }) => {
          const y = first.build(x, x, k) as Expr;
          return sum(second.build(y, y, k) as Expr) as Expr<[]>;
        }) as unknown as Traced;
        // To sort, NaN is a place in the order, which moves as others do.
        if ([first, second].every((step) => step.meaning === ordered || step === loops.at(-1))) continue;
        if (!Number.isNaN(plain(f)({ x: at }))) continue;
        const [slope] = flatten(plain(grad(f))({ x: at }));
        const along = flatten(plain(jvp(f))({ x: at, "tangent.x": units[0] }));
        assert.ok(Number.isNaN(slope) && Number.isNaN(along[1]), `${first.build} then ${second.build}, ${k}`);
      }
    }
  }
});

for (const [name, bend] of Object.entries({ relu, abs } as Record<string, (x: Expr) => unknown>)) {
  kinks(`${name} three times at 0: all pairs of what moves at the kinks lack a second derivative`, () => {
    const f = trace({ x: vector(size) }, ({ x: [a, b, c] }) => {
      const twice = bend(add(bend(a as Expr) as Expr, b as Expr) as Expr) as Expr;
      return bend(add(twice, c as Expr) as Expr) as Expr<[]>;
    }) as unknown as Traced;
    assert.ok(flatten(plain(hessian(f))({ x: [0, 0, 0] })).every(Number.isNaN));
  });
}

kinks.run();
