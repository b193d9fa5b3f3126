import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  concatenate,
  defineOp,
  exp,
  max,
  multiply,
  slice,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "../../graph/index.js";
import { apply, type Expr } from "../../graph/node.js";
import { validate } from "../../graph/validate.js";
import { testFunctions } from "../objectives/index.js";
import { deserialize, serialize } from "./serialize.js";

const serializing = suite("serialize");

for (const { name, f, start } of testFunctions) {
  serializing(`${name}: gradient and value survive, to the last bit`, () => {
    const g = valueAndGrad(f);
    const copy = deserialize(serialize(g));
    validate(copy.graph);
    assert.equal(copy({ x: start.x } as never), g({ x: start.x as number[] }) as never);
    assert.is(serialize(copy), serialize(g));
  });
}

serializing("tensors, constants, −0, NaN and ∞ survive, and names such as __proto__", () => {
  const own = "__proto__";
  const f = trace({ [own]: vector(4), constructor: vector(4) }, (inputs) => {
    const [x, y] = Object.values(inputs) as unknown as [Expr<[4]>, Expr<[4]>];
    const odd = add(multiply(x, [-0, 1, Number.POSITIVE_INFINITY, Number.NaN]), -0);
    return { [own]: odd, rest: { most: max(exp(concatenate([x, slice(y, 1, 3)]))), all: sum(y) } };
  });
  const inputs = { [own]: [0, 2, 1, 1], constructor: [1, 2, 3, 4] };
  const copy = deserialize(serialize(f));
  const expected = f(inputs as never) as unknown as Record<string, unknown>;
  const found = copy(inputs as never) as unknown as Record<string, unknown>;
  assert.equal(Object.keys(found), [own, "rest"]);
  const [a, b] = [found[own], expected[own]] as [Float64Array, Float64Array];
  a.forEach((value, i) => {
    assert.ok(Object.is(value, b[i]), `${value} ${b[i]}`);
  });
  assert.equal(found.rest, expected.rest);
  assert.equal((compile(copy)(inputs as never) as unknown as Record<string, unknown>).rest, expected.rest);
});

serializing("a user's own op is found among those that are passed", () => {
  const twice = defineOp({
    name: "twice",
    shape: ([x]) => x!,
    evaluate: (arithmetic, [values]) => values!.map((value) => arithmetic.add(value, value)),
    derivative: { kind: "constant" },
    domains: [],
  });
  const f = trace({ x: vector(2) }, ({ x }) => apply(twice, [x]));
  assert.throws(() => deserialize(serialize(f)), /the op "twice" isn't known; pass your own ops/);
  assert.equal([...(deserialize(serialize(f), [twice])({ x: [1, 2] }) as unknown as Float64Array)], [2, 4]);
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "x", /it isn't JSON/],
  ["other JSON", "[1]", /doesn't say "adjoint": 1/],
  ["null", "null", /doesn't say "adjoint": 1/],
  ["nothing inside", '{"adjoint":1}', /inputs, nodes or outputs are missing/],
  [
    "an input without a shape",
    '{"adjoint":1,"inputs":[{"name":"x"}],"nodes":[],"outputs":0}',
    /an input lacks/,
  ],
  ["a node that is none", '{"adjoint":1,"inputs":[],"nodes":[7],"outputs":0}', /the node 7 isn't/],
  [
    "code for a number",
    '{"adjoint":1,"inputs":[],"nodes":[["full",[],{"value":"process.exit()","shape":[]}]],"outputs":0}',
    /the parameter "process.exit\(\)" is neither/,
  ],
  [
    "code in a list",
    '{"adjoint":1,"inputs":[{"name":"x","shape":[2]}],"nodes":[["slice",[0],{"starts":["0]"],"steps":[1],"shape":[1]}]],"outputs":1}',
    /the parameter "0\]" is neither/,
  ],
  [
    "an operand that comes later",
    '{"adjoint":1,"inputs":[],"nodes":[["sin",[0],{}]],"outputs":0}',
    /no node 0/,
  ],
  ["an output that isn't there", '{"adjoint":1,"inputs":[],"nodes":[],"outputs":3}', /no node 3/],
  [
    "shapes that don't fit",
    '{"adjoint":1,"inputs":[{"name":"x","shape":[2]},{"name":"y","shape":[3]}],"nodes":[["add",[0,1],{}]],"outputs":2}',
    /add: shapes \(2\) and \(3\)/,
  ],
];

for (const [what, text, message] of refused) {
  serializing(`refused: ${what}`, () => assert.throws(() => deserialize(text), message));
}

serializing.run();
