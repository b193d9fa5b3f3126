/**
 * Loops that are hard to differentiate: what arrives at a step is there at some steps only, or where the data say so, or
 * dies, or spreads from carry to carry. A loop's derivatives are those of its steps written out.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeBuilder } from "../graph/builder.js";
import { zeroed } from "../graph/derivatives/masked.js";
import {
  add,
  cbrt,
  compile,
  concatenate,
  type Expr,
  grad,
  greater,
  hvp,
  index,
  jacobian,
  jvp,
  matrix,
  multiply,
  pad,
  relu,
  scan,
  slice,
  sqrt,
  square,
  stack,
  sum,
  type Traced,
  trace,
  vector,
  where,
} from "../graph/index.js";
import { assemble, partAt } from "../graph/ops/boxes.js";
import { full } from "../graph/ops/constant.js";
import { rowPresence } from "../graph/scan/presence.js";
import { flatten } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertSame } from "./support/tolerance.js";

const loops = suite("loops");

type Carry = Readonly<Record<string, Expr>>;
type Step = (carry: Carry, row: Expr) => Readonly<Record<string, Expr | number>>;
interface Looped {
  readonly last: Carry;
  readonly history: Carry;
}
type Loop = (step: Step, initial: Carry, xs: Expr) => Looped;

const looped: Loop = (step, initial, xs) =>
  scan((carry, row) => step(carry as Carry, row as Expr) as Carry, initial, { xs }) as Looped;

const written: Loop = (step, initial, xs) => {
  let last = initial;
  const all = [...xs].map((row) => {
    const next = Object.entries(step(last, row));
    // A number has no derivative, as what is computed of an input has.
    last = Object.fromEntries(
      next.map(([name, one]) => [name, typeof one === "number" ? full(xs.builder, one, []) : one]),
    );
    return last;
  });
  const history = Object.keys(initial).map((name) => [name, stack(all.map((one) => one[name]!))]);
  return { last, history: Object.fromEntries(history) };
};

interface Case {
  readonly inputs: Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>;
  readonly build: (loop: Loop, inputs: Readonly<Record<string, Expr>>) => Expr;
}

const total = (...parts: readonly Expr[]) =>
  parts.map((one) => sum(one) as Expr).reduce((a, b) => add(a, b) as Expr);

/** The next of each is the one before it, and itself, steep at 0, where it is until something arrives. */
const spread: Step = ({ c }) => ({ c: add(cbrt(c!), pad(slice(c!, 0, -1), [1, 0])) as Expr });

const cases: Readonly<Record<string, Case>> = {
  "one carry is new at each step, another was it": {
    inputs: { a: [3], b: [2], k: [5], x: [0, 0, 0, 0] },
    build: (loop, { a, b, k, x }) => {
      const { last, history } = loop(
        ({ a }) => ({ a: 1, b: multiply(a!, index(k!, 0)) as Expr }),
        { a: index(a!, 0), b: index(b!, 0) },
        x!,
      );
      return add(last.b!, sum(multiply(history.b!, [1, 2, 3, 4]))) as Expr;
    },
  },
  "one carry is a constant at each step, another was it": {
    inputs: { a: [3], b: [2], k: [5], x: [0, 0, 0, 0] },
    build: (loop, { a, b, k, x }) =>
      square(
        loop(({ a }) => ({ a: index(k!, 0), b: a! }), { a: index(a!, 0), b: index(b!, 0) }, x!).last.b!,
      ) as Expr,
  },
  "what arrives spreads from carry to carry": {
    inputs: { a: [0.5], x: [0, 0, 0, 0, 0, 0] },
    build: (loop, { a, x }) => sum(loop(spread, { c: concatenate([a!, [0, 0, 0, 0]]) }, x!).last.c!) as Expr,
  },
  "what arrives spreads for more steps than are looked at": {
    inputs: { a: [0.5], x: [0, 0, 0, 0, 0, 0] },
    build: (loop, { a, x }) =>
      sum(loop(spread, { c: concatenate([a!, [0, 0, 0, 0, 0, 0, 0]]) }, x!).last.c!) as Expr,
  },
  "what is used spreads back from carry to carry": {
    inputs: { a: [0, 0, 0, 0, 0], x: [0, 0, 0, 0] },
    build: (loop, { a, x }) => index(loop(spread, { c: a! }, x!).last.c!, -1) as Expr,
  },
  "rows that are given here and there, each a number": {
    inputs: { a: [0.5], x: [0, 1, 0, 4, 0], given: [0, 1, 0, 1, 0] },
    build: (loop, { a, x, given }) =>
      loop(
        ({ c }, row) => ({ c: add(multiply(c!, 2), sqrt(row)) as Expr }),
        { c: index(a!, 0) },
        where(given!, x!, 0) as Expr,
      ).last.c!,
  },
  "rows that are given here and there, each a vector": {
    inputs: {
      a: [0.5, 1],
      x: [
        [0, 1],
        [4, 0],
        [0, 0],
        [1, 1],
      ],
      given: [
        [0, 1],
        [1, 0],
        [0, 0],
        [1, 1],
      ],
    },
    build: (loop, { a, x, given }) =>
      sum(
        loop(
          ({ c }, row) => ({ c: add(multiply(c!, 2), sqrt(row)) as Expr }),
          { c: a! },
          where(given!, x!, 0) as Expr,
        ).last.c!,
      ) as Expr,
  },
  "rows that only the first step is given": {
    inputs: {
      a: [0.5, 1],
      x: [
        [0, 1],
        [4, 0],
        [0, 0],
        [1, 1],
      ],
      given: [0, 1],
    },
    build: (loop, { a, x, given }) => {
      const xs = concatenate([where(given!, slice(x!, 0, 1), 0) as Expr, multiply(slice(x!, 1), 0) as Expr]);
      return sum(
        loop(({ c }, row) => ({ c: add(multiply(c!, 2), sqrt(row)) as Expr }), { c: a! }, xs).last.c!,
      ) as Expr;
    },
  },
  "what all steps see is given here and there": {
    inputs: { a: [0.5, 1], k: [0, 4], given: [0, 1], x: [1, 2, 3] },
    build: (loop, { a, k, given, x }) => {
      const known = where(given!, k!, 0) as Expr;
      return sum(
        loop(({ c }, row) => ({ c: add(multiply(c!, row), sqrt(known)) as Expr }), { c: a! }, x!).last.c!,
      ) as Expr;
    },
  },
  "what all steps see is used by some": {
    inputs: { a: [0.5], k: [3], x: [0, 1, 0] },
    build: (loop, { a, k, x }) => {
      const known = multiply(index(k!, 0), index(k!, 0)) as Expr;
      const step: Step = ({ c }, row) => ({ c: add(c!, where(greater(row, 0.5), known, 1)) as Expr });
      return loop(step, { c: index(a!, 0) }, x!).last.c!;
    },
  },
  "carries begin where the other side isn't taken": {
    inputs: { a: [3, 4, 5], x: [1, 2] },
    build: (loop, { a, x }) =>
      sum(
        square(
          loop(({ c }, row) => ({ c: multiply(c!, row) as Expr }), { c: where([1, 0, 1], 2, a!) as Expr }, x!)
            .last.c!,
        ),
      ) as Expr,
  },
  "carries end on the other side of a choice": {
    inputs: { a: [0, 4, 0], x: [1, 2] },
    build: (loop, { a, x }) => {
      const { last, history } = loop(({ c }) => ({ c: sqrt(c!) as Expr }), { c: a! }, x!);
      return total(where([1, 0, 1], 2, last.c!) as Expr, where([1, 0, 1], 2, index(history.c!, 0)) as Expr);
    },
  },
  "steps of which the first and the third are used": {
    inputs: { a: [1], x: [1, 0, 4, 0] },
    build: (loop, { a, x }) => {
      const { history } = loop((_, row) => ({ c: sqrt(row) as Expr }), { c: index(a!, 0) }, x!);
      return add(index(history.c!, 0), index(history.c!, 2)) as Expr;
    },
  },
  "no carry is used": {
    inputs: { a: [0], k: [0], x: [0, 0, 0] },
    build: (loop, { a, k, x }) => {
      const { last } = loop(({ c }, row) => ({ c: sqrt(add(multiply(c!, k!), row)) as Expr }), { c: a! }, x!);
      return where(0, sum(last.c!), sum(square(a!))) as Expr;
    },
  },
  "a carry that no step reads": {
    inputs: { a: [0], k: [4], x: [1, 4, 9] },
    build: (loop, { a, k, x }) => {
      const { last } = loop(
        (_, row) => ({ c: sqrt(multiply(k!, row)) as Expr }),
        { c: sqrt(a!) as Expr },
        x!,
      );
      return sum(last.c!) as Expr;
    },
  },
  "a carry that the last steps don't read": {
    inputs: { a: [0, 4], x: [0, 1, 0] },
    build: (loop, { a, x }) => {
      const step: Step = ({ c }, row) => ({
        c: where(greater(row, 0.5), [3, 3], multiply(c!, sqrt(c!))) as Expr,
      });
      return sum(loop(step, { c: a! }, x!).last.c!) as Expr;
    },
  },
  "a kink of the first step alone": {
    inputs: { a: [0, 1, -1], x: [1, 0, 2] },
    build: (loop, { a, x }) =>
      sum(loop(({ c }, row) => ({ c: add(relu(c!), row) as Expr }), { c: a! }, x!).last.c!) as Expr,
  },
  "kinks of several steps that meet": {
    inputs: { a: [0, 1, -1], x: [0, 1, 0, 1] },
    build: (loop, { a, x }) =>
      sum(
        loop(
          ({ c }, row) => ({
            c: where(greater(row, 0.5), c!, relu(multiply(c!, add(row, 2)) as Expr)) as Expr,
          }),
          { c: a! },
          x!,
        ).last.c!,
      ) as Expr,
  },
  "a kink of the history before one of a step": {
    inputs: { a: [0, 1, -1], k: [0, 2, -1], x: [0, 1, 0, 0] },
    build: (loop, { a, k, x }) => {
      const step: Step = ({ c }, row) => ({
        c: where(greater(row, 0.5), k!, relu(multiply(c!, relu(k!)) as Expr)) as Expr,
      });
      return sum(relu(loop(step, { c: relu(a!) }, x!).history.c!)) as Expr;
    },
  },
  "a kink that a later step leaves out": {
    inputs: { a: [0, 1, -1], x: [0, 1, 0] },
    build: (loop, { a, x }) =>
      sum(
        loop(({ c }, row) => ({ c: where(greater(row, 0.5), c!, relu(c!)) as Expr }), { c: a! }, x!).last.c!,
      ) as Expr,
  },
};

type Plain = (inputs: object) => unknown;

const plain = (f: unknown) => f as Plain;

function tracedBy(loop: Loop, { inputs, build }: Case): Traced {
  const specs = Object.entries(inputs).map(([name, values]) => {
    const [first] = values;
    return [name, typeof first === "number" ? vector(values.length) : matrix(values.length, first!.length)];
  });
  return trace(
    Object.fromEntries(specs),
    (exprs) => build(loop, exprs as Readonly<Record<string, Expr>>) as Expr<[]>,
  ) as Traced;
}

/** The second derivative along the tangents, forward mode over forward mode. */
function forwardTwice(f: Traced): Traced {
  const slope = (g: Traced) => {
    const tangent = plain(jvp(g));
    const specs = g.graph.inputs.map(({ name, shape }) => [name, { shape }]);
    return trace(Object.fromEntries(specs), (exprs) => {
      const tangents = Object.entries(exprs).map(([name, x]) => [
        `tangent.${name}`,
        full((x as Expr).builder, 1, (x as Expr).shape),
      ]);
      return (tangent({ ...exprs, ...Object.fromEntries(tangents) }) as { tangent: Expr<[]> }).tangent;
    }) as Traced;
  };
  return slope(slope(f));
}

for (const [name, one] of Object.entries(cases)) {
  loops(`${name}: derivatives of both modes, orders 1 and 2, are those of the steps written out`, () => {
    const { inputs } = one;
    const tangents = Object.entries(inputs).map(([input, values]) => [
      `tangent.${input}`,
      values.map((x) => (typeof x === "number" ? 1 : x.map(() => 1))),
    ]);
    const given = { ...inputs, ...Object.fromEntries(tangents) };
    const found = [looped, written].map((loop) => {
      const f = tracedBy(loop, one);
      const all: Record<string, readonly [Plain, object]> = {
        gradient: [plain(grad(f)), inputs],
        tangent: [plain(jvp(f)), given],
        "Hessian product": [plain(hvp(f)), given],
        "forward twice": [plain(forwardTwice(f)), inputs],
        Hessian: [plain(jacobian(grad(f))), inputs],
      };
      return Object.entries(all).map(([what, [g, at]]) => {
        const values = flatten(g(at)).map((x) => x + 0);
        if (loop === looped)
          assertSame(
            flatten(plain(compile(g as never))(at)).map((x) => x + 0),
            values,
            `${what} in a kernel`,
          );
        return [what, values] as const;
      });
    });
    found[1]!.forEach(([what, values], i) => {
      const actual = found[0]![i]![1];
      values.forEach((x, k) => {
        const isClose = Object.is(x, actual[k]) || Math.abs(x - actual[k]!) <= 1e-12 * (1 + Math.abs(x));
        assert.ok(isClose, `${what}: ${actual[k]} instead of ${x} at ${k} of [${values}]`);
      });
    });
  });
}

loops("what is known of the rows of a mask holds, and is all that its boxes tell", () => {
  const [length, width] = [5, 3];
  const range = (most: number) =>
    fc
      .tuple(fc.nat(most - 1), fc.nat(most - 1))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const);
  const box = fc.record({ rows: range(length), columns: range(width), isFull: fc.boolean() });
  forAll(
    200,
    fc.record({ boxes: fc.array(box, { minLength: 1, maxLength: 4 }), asked: range(length) }),
    ({ boxes, asked }) => {
      const builder = makeBuilder();
      const parts = boxes.map(({ rows: [top, bottom], columns: [left, right], isFull }) => {
        const shape = [bottom - top, right - left];
        return isFull
          ? full(builder, 1, shape)
          : (greater(full(builder, 1, shape), full(builder, 0, shape)) as Expr);
      });
      const mask = assemble(
        parts,
        boxes.map(({ rows, columns }) => partAt([rows[0], columns[0]])),
        [length, width],
      );
      const known = rowPresence(zeroed(mask, mask), [length, width]).of(...asked);
      const places = Array.from({ length: asked[1] - asked[0] }, (_, i) => asked[0] + i);
      known.forEach((one, column) => {
        const over = (isFull: boolean) => (row: number) =>
          boxes.some(
            (each) =>
              (each.isFull || !isFull) &&
              each.rows[0] <= row &&
              row < each.rows[1] &&
              each.columns[0] <= column &&
              column < each.columns[1],
          );
        const right = places.every(over(true)) ? 2 : places.some(over(false)) ? 1 : 0;
        assert.is(one, right, `column ${column} of rows ${asked}`);
      });
    },
  );
});

loops.run();
