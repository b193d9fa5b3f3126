/** Nested lists in which there are expressions, wherever an operand is taken. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AdjointError,
  add,
  attention,
  det,
  type Expr,
  grad,
  index,
  matmul,
  type Operand,
  scan,
  split,
  square,
  stack,
  sum,
  trace,
  vector,
} from "./index.js";

const operands = suite("operands");

operands("lists that hold expressions are tensors of them, to any depth", () => {
  const inputs = { x: vector(2) };
  const listed = trace(inputs, ({ x: [a, b] }) =>
    sum(
      square(
        matmul(
          [
            [a, 1],
            [0, b],
          ],
          [a, [b][0]!],
        ),
      ),
    ),
  );
  const stacked = trace(inputs, ({ x: [a, b] }) =>
    sum(square(matmul(stack([stack([a, 1]), stack([0, b])]), stack([a, b])))),
  );
  assert.is(listed.graph.nodes.length, stacked.graph.nodes.length);
  assert.is(listed({ x: [2, 3] }), stacked({ x: [2, 3] }));
  // (a² + b)² + b⁴ at (2, 3): 7² + 81; the slopes 2·7·2a and 2·7 + 4b³
  assert.is(listed({ x: [2, 3] }), 130);
  assert.equal(grad(listed)({ x: [2, 3] }).x, Float64Array.of(56, 122));
});

operands("rows may be expressions, arrays and typed arrays beside each other", () => {
  trace({ x: vector(2) }, ({ x }) => {
    assert.equal(add([x, [1, 2], Float64Array.of(3, 4)], 1).shape, [3, 2]);
    assert.equal(
      split([x, x, x, x], 2).map(({ shape }) => shape),
      [
        [2, 2],
        [2, 2],
      ],
    );
    assert.equal(attention([x], [x], [[1]], { mask: [[index(x, 0)]] }).shape, [1, 1]);
    assert.equal(scan((carry) => add(carry, x), [index(x, 0), 1], { length: 2 }).last.shape, [2]);
    return sum(x);
  });
});

operands("a traced function is composed with lists of expressions", () => {
  const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
  const g = trace({ t: vector(1) }, ({ t: [t] }) => f({ x: [t, 2] }));
  assert.is(g({ t: [3] }), 13);
});

operands("what isn't rectangular, belongs elsewhere or holds itself is told", () => {
  let other!: Expr<[2]>;
  trace({ y: vector(2) }, ({ y }) => {
    other = y;
    return sum(y);
  });
  const endless: unknown[] = [1];
  endless.push(endless, endless);
  trace({ x: vector(2) }, ({ x }) => {
    const looped: unknown[] = [x];
    looped.push(looped);
    const rows = "rows must be equally long";
    const cases: readonly (readonly [unknown, string])[] = [
      [[x, 1], `det: row 0 has shape (2) but row 1 has (); ${rows}.`],
      [[1, x], `det: row 0 has shape () but row 1 has (2); ${rows}.`],
      [[x, [1, 2, 3]], `det: row 0 has shape (2) but row 1 has (3); ${rows}.`],
      [[x, [1, x[0]], [1, [x[0]]]], "det: row 2: row 0 has shape () but row 1 has (1)"],
      [[x, other], "det: row 1: an expression of shape (2) belongs to another trace"],
      [
        [
          [1, x[0]],
          [3, other[0]],
        ],
        "det: row 1: row 1: an expression of shape () belongs to another",
      ],
      [[x, "1"], 'det: expected a number or an array of numbers, got the text "1"'],
      [[[], x], `det: row 0 has shape (0) but row 1 has (2); ${rows}.`],
      [
        Object.assign(new Array(3), { 0: x, 2: x }),
        "det: expected a number or an array of numbers, got undefined",
      ],
      [[x, new Array(2 ** 32 - 1)], "det: the lists hold too many others, or themselves"],
      [looped, `det: row 0 has shape (2) but row 1 has (2×2); ${rows}.`],
      [[looped, looped], "det: row 0: row 0 has shape (2) but row 1 has (2×2)"],
      [[x, endless], "det: row 0 has shape (2) but row 1 has (3)"],
      [endless, "det: row 0 has shape () but row 1 has (3)"],
    ];
    for (const [operand, message] of cases) {
      const isTold = (error: Error) => error instanceof AdjointError && error.message.startsWith(message);
      assert.throws(() => det(operand as never), isTold, message);
    }
    return sum(x);
  });
});

operands("ops of lists take lists of any length but none", () => {
  trace({ x: vector(3) }, ({ x }) => {
    assert.is(add(...x).shape.length, 0);
    assert.is(add(x).id, x.id);
    assert.throws(() => add(...([] as Operand[])), /^add needs at least one operand/);
    return add(...x);
  });
  const list = [1, 2];
  const sums = add(list);
  assert.equal(sums, list);
  assert.is.not(sums, list);
});

operands.run();
