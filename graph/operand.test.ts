/** Nested lists in which there are expressions, wherever an operand is taken. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  attention,
  det,
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
  let other!: Operand;
  trace({ y: vector(2) }, ({ y }) => {
    other = y;
    return sum(y);
  });
  const endless: unknown[] = [1];
  endless.push(endless, endless);
  trace({ x: vector(2) }, ({ x }) => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [[x, 1], /^det: expected shape \(2\), got an expression of shape \(\)/],
      [[1, x], /^det: expected shape \(\), got an expression of shape \(2\)/],
      [[x, [1, 2, 3]], /^det: expected shape \(2\), got an expression of shape \(3\)/],
      [[x, other], /^det: an expression of shape \(2\) belongs to another trace/],
      [[x, "1"], /^det: expected a number or an array of numbers, got the text "1"/],
      [[[], x], /^det: expected shape \(0\), got an expression of shape \(2\)/],
      [endless, /^det: row 0 has shape|^det: the lists hold too many others, or themselves/],
      [[x, endless], /^det: /],
    ];
    for (const [operand, message] of cases) assert.throws(() => det(operand as never), message);
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
