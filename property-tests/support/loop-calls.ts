/** Loops whose carries, rows and constants go through products and systems: what the law on unused parts goes through, too. */
import {
  add,
  type Expr,
  equal,
  inv,
  matmul,
  multiply,
  relu,
  type Shape,
  scan,
  solve,
  where,
} from "../../graph/index.js";
import type { Call } from "./calls.js";

type Exprs = Readonly<Record<string, Expr>>;
interface Scanned {
  readonly last: Exprs;
  readonly history: Exprs;
}

/** Scans of carries by their names, without the types that literal shapes give. */
const loop = scan as (
  step: (carry: Exprs, x: Exprs, i: Expr) => Exprs,
  initial: Exprs,
  options: { length?: number; xs?: Exprs; reverse?: boolean },
) => Scanned;
const times = matmul as (a: Expr, b: Expr) => Expr;

type Row = readonly [shapes: readonly Shape[], build: (...operands: Expr[]) => Expr | readonly Expr[]];

const rows: Readonly<Record<string, Row>> = {
  "a loop that products go into": [
    [[2, 2], [2], [2, 2]],
    (a, x, b) => {
      const step = (c: Exprs) => ({ y: multiply(c.y!, 2) as Expr, w: multiply(c.w!, c.w!) as Expr });
      const { last } = loop(step, { y: times(a, x), w: times(b, a) }, { length: 3 });
      return [last.y!, last.w!];
    },
  ],
  "a loop of products": [
    [
      [2, 2],
      [2, 2],
    ],
    (a, b) => {
      const step = (c: Exprs) => ({ y: times(c.y!, b), w: times(c.w!, c.w!) });
      const { last } = loop(step, { y: a, w: times(b, b) }, { length: 2 });
      return [last.y!, last.w!];
    },
  ],
  "a loop over rows, of a history": [
    [[2, 2], [3, 2], [2]],
    (a, xs, h) => {
      const step = (c: Exprs, x: Exprs) => ({ h: add(times(a, relu(c.h!) as Expr), x.x!) as Expr });
      return loop(step, { h }, { xs: { x: xs } }).history.h!;
    },
  ],
  "a loop that chooses, backwards": [
    [[2, 2], [2], [3, 2]],
    (a, h, xs) => {
      const step = (c: Exprs, x: Exprs, i: Expr) => ({
        h: where(equal(i, 1), x.x!, times(a, c.h!)) as Expr,
      });
      return loop(step, { h }, { xs: { x: times(xs, a) }, reverse: true }).last.h!;
    },
  ],
  "a loop of systems": [
    [[2, 2], [2, 2], [2]],
    (a, b, x) => {
      const step = (c: Exprs) => ({
        x: (solve as (a: Expr, b: Expr) => Expr)(
          add(c.m!, [
            [3, 0],
            [0, 3],
          ]) as Expr,
          c.x!,
        ),
        m: (inv as (a: Expr) => Expr)(
          add(c.m!, [
            [2, 0],
            [0, 2],
          ]) as Expr,
        ),
      });
      const { last } = loop(step, { x, m: times(a, b) }, { length: 2 });
      return [last.x!, last.m!];
    },
  ],
};

export const loopCalls: readonly Call[] = Object.entries(rows).map(([name, [shapes, build]]) => ({
  name,
  operands: shapes.map((shape) => ({ shape })),
  build,
}));
