import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  applyOp,
  compile,
  concatenate,
  defineOp,
  type Expr,
  exp,
  grad,
  label,
  max,
  multiply,
  scalar,
  scan,
  slice,
  sqrt,
  sum,
  type Traced,
  trace,
  unary,
  valueAndGrad,
  vector,
  withDerivative,
} from "../../graph/index.js";
import { validate } from "../../graph/validate.js";
import { testFunctions } from "../objectives/index.js";
import { deserialize, serialize } from "./serialize.js";

const serializing = suite("serialize");

for (const { name, f, start } of testFunctions) {
  serializing(`${name}: gradient and value survive, to the last bit`, () => {
    const g = valueAndGrad(f);
    const copy = deserialize(serialize(g));
    validate(copy.graph);
    assert.equal(copy({ x: start.x }), g({ x: start.x as number[] }));
    assert.is(serialize(copy), serialize(g));
  });
}

serializing("tensors, constants, −0, NaN and ∞ survive, and names such as __proto__", () => {
  const own = "__proto__";
  const f = trace({ [own]: vector(4), constructor: vector(4) }, (inputs) => {
    const [x, y] = Object.values(inputs) as [Expr<[4]>, Expr<[4]>];
    const odd = add(multiply(x, [-0, 1, Number.POSITIVE_INFINITY, Number.NaN]), -0);
    return { [own]: odd, rest: { most: max(exp(concatenate([x, slice(y, 1, 3)]))), all: sum(y) } };
  });
  const inputs = { [own]: [0, 2, 1, 1], constructor: [1, 2, 3, 4] };
  const copy = deserialize(serialize(f));
  const expected = f(inputs) as Record<string, unknown>;
  const found = copy(inputs) as Record<string, unknown>;
  assert.equal(Object.keys(found), [own, "rest"]);
  const [a, b] = [found[own], expected[own]] as [Float64Array, Float64Array];
  a.forEach((value, i) => {
    assert.ok(Object.is(value, b[i]), `${value} ${b[i]}`);
  });
  assert.equal(found.rest, expected.rest);
  assert.equal((compile(copy)(inputs) as Record<string, unknown>).rest, expected.rest);
});

serializing("labels stay, lines of a debug trace don't", () => {
  const f = trace({ x: vector(2) }, ({ x }) => label(exp(label(x, "point")), "growth"), { debug: true });
  const copy = deserialize(serialize(f));
  assert.equal(
    copy.graph.nodes.map((node) => node.label),
    ["point", "growth"],
  );
  assert.ok(copy.graph.nodes.every(({ origin }) => origin === undefined));
  assert.is(serialize(copy), serialize(f));
});

serializing("lists of outputs, and a body that several nodes share", () => {
  const f = trace({ x: vector(2) }, ({ x }) => {
    const all = scan((c, _, i) => add(multiply(c, 0.5), i), x, { length: 30 });
    return { last: all.last, history: all.history };
  });
  const text = serialize(f);
  assert.is(
    JSON.parse(text).graphs.length,
    new Set(f.graph.nodes.flatMap(({ params }) => ("body" in params ? [params.body] : []))).size,
  );
  const copy = deserialize(text);
  validate(copy.graph);
  assert.equal(copy({ x: [1, 2] }), f({ x: [1, 2] }));
  assert.equal(compile(copy)({ x: [1, 2] }), compile(f)({ x: [1, 2] }));
});

/** x, twice; as a user would define it. */
const defineTwice = (name: string) =>
  defineOp({
    name,
    shape: ([x]) => x!,
    evaluate: (arithmetic, [values]) => values!.map((value) => arithmetic.add(value, value)),
    derivative: { kind: "constant" },
    domains: [],
  });

serializing("a user's own op is found among those that are passed", () => {
  const twice = defineTwice("twice");
  const f = trace({ x: vector(2) }, ({ x }) => applyOp(twice, [x]));
  assert.throws(() => deserialize(serialize(f)), /the op "twice" isn't known; pass your own ops/);
  assert.equal([...(deserialize(serialize(f), [twice])({ x: [1, 2] }) as Float64Array)], [2, 4]);
  assert.throws(
    () => deserialize(serialize(f), [twice, defineTwice("twice")]),
    /two ops that were passed are named "twice"/,
  );
});

serializing("a user's op named like one of the library's isn't taken for it", () => {
  const own = defineTwice("exp");
  const f = trace({ x: vector(2) }, ({ x }) => applyOp(own, [x]));
  assert.throws(() => deserialize(serialize(f)), /the op "exp" isn't known; pass your own ops/);
  assert.equal(deserialize(serialize(f), [own])({ x: [1, 2] }), Float64Array.of(2, 4));
  // What isn't used isn't taken either.
  const g = trace({ x: vector(2) }, ({ x }) => exp(x));
  assert.equal(deserialize(serialize(g), [own])({ x: [0, 1] }), g({ x: [0, 1] }));
  const both = trace({ x: vector(2) }, ({ x }) => applyOp(own, [exp(x)]));
  assert.throws(
    () => serialize(both),
    /serialize: two ops of the function are named "exp".*give your own another one/,
  );
});

serializing("functions of one's own, with derivatives of one's own", () => {
  const cubed = unary({
    name: "cubed",
    compute: (x) => x * x * x,
    partials: (x) => [() => multiply(3, multiply(x!, x!))],
  });
  const gentle = withDerivative((x) => sqrt(x), {
    name: "gentle",
    derivative: { kind: "partials", partials: () => [() => 7] },
  });
  const f = valueAndGrad(
    trace({ x: vector(3) }, ({ x }) => sum(add(cubed(x), gentle(x)))) as never,
  ) as Traced;
  const copy = deserialize(serialize(f), [cubed, gentle]);
  assert.equal(copy({ x: [1, 4, 9] }), f({ x: [1, 4, 9] }));
  assert.is(serialize(copy), serialize(f));
  // The derivative of what was read is still the user's.
  const g = trace({ x: scalar() }, ({ x }) => gentle(x));
  const read = deserialize(serialize(g), [gentle]);
  assert.equal(grad(read)({ x: 4 }), { x: 7 });
});

const unwritable: readonly (readonly [string, unknown, RegExp])[] = [
  ["a text", "fast", /the parameter mode of the op "odd" is the text "fast", which a text can't hold/],
  ["a function", () => 1, /the parameter mode of the op "odd" is a function/],
  ["a map", new Map(), /the parameter mode of the op "odd" is a Map/],
  ["nothing", undefined, /the parameter mode of the op "odd" is undefined/],
  ["a text in a list in a record", { a: [1, "b"] }, /the parameter mode.a.1 of the op "odd" is the text "b"/],
];

for (const [what, mode, message] of unwritable) {
  serializing(`refused when it is written: ${what} as a parameter`, () => {
    const f = trace({ x: vector(2) }, ({ x }) => applyOp(defineTwice("odd"), [x], { mode }));
    assert.throws(() => serialize(f), message);
    assert.is((f({ x: [1, 2] }) as Float64Array)[1], 4);
  });
}

serializing("parameters are numbers, truths, arrays, typed arrays and records of them", () => {
  const params = {
    list: [1, [-0, Number.NaN], []],
    truth: true,
    record: { number: 1, graph: 0, ["__proto__"]: [Number.NEGATIVE_INFINITY] },
    ints: Int32Array.of(1, -2),
    bytes: Uint8Array.of(255),
    floats: Float32Array.of(0.5, -0),
  };
  const odd = defineTwice("odd");
  const f = trace({ x: vector(2) }, ({ x }) => applyOp(odd, [x], params));
  const copy = deserialize(serialize(f), [odd]);
  assert.equal(copy.graph.nodes[1]!.params, params);
  assert.ok(Object.is((copy.graph.nodes[1]!.params as typeof params).floats[1], -0));
  assert.is(serialize(copy), serialize(f));
});

const head = '"adjoint":2,"own":[],"graphs":[]';
const xOfTwo = '"inputs":[{"name":"x","shape":[2]}]';

const refused: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "x", /it isn't JSON/],
  ["other JSON", "[1]", /doesn't say "adjoint": 3/],
  ["null", "null", /doesn't say "adjoint": 3/],
  [
    "another format",
    '{"adjoint":1,"inputs":[]}',
    /it was written by format 1, and this version reads formats 2 and 3; trace the/,
  ],
  ["nothing inside", `{${head}}`, /inputs, nodes or outputs are missing/],
  ["no list of own ops", '{"adjoint":2}', /own or graphs are missing/],
  ["an input without a shape", `{${head},"inputs":[{"name":"x"}],"nodes":[],"outputs":0}`, /an input lacks/],
  [
    "two inputs of one name",
    `{${head},"inputs":[{"name":"x","shape":[]},{"name":"x","shape":[]}],"nodes":[],"outputs":0}`,
    /two inputs are named "x"/,
  ],
  ["a node that is none", `{${head},"inputs":[],"nodes":[7],"outputs":0}`, /the node 7 isn't/],
  [
    "code for a number",
    `{${head},"inputs":[],"nodes":[["full",[],{"value":"process.exit()","shape":[]}]],"outputs":0}`,
    /the parameter "process.exit\(\)" is neither/,
  ],
  [
    "code in a list",
    `{${head},${xOfTwo},"nodes":[["slice",[0],{"starts":["0]"],"steps":[1],"shape":[1]}]],"outputs":1}`,
    /the parameter "0\]" is neither/,
  ],
  [
    "code in a number that JSON lacks",
    `{${head},"inputs":[],"nodes":[["full",[],{"value":{"number":"1;"},"shape":[]}]],"outputs":0}`,
    /the parameter \{"number":"1;"\} is neither/,
  ],
  [
    "a list for a number",
    `{${head},"inputs":[],"nodes":[["full",[],{"value":[1],"shape":[]}]],"outputs":0}`,
    /holds the list \[1\] instead of a number/,
  ],
  [
    "fewer numbers than elements",
    `{${head},"inputs":[],"nodes":[["constant",[],{"values":{"Float64Array":[1]},"shape":[3]}]],"outputs":0}`,
    /of shape \(3\) doesn't hold 3 numbers/,
  ],
  [
    "no parameters",
    `{${head},${xOfTwo},"nodes":[["transpose",[0],{}]],"outputs":1}`,
    /wasn't written|isn't a function that serialize wrote/,
  ],
  [
    "an op that nobody knows",
    `{${head},"inputs":[],"nodes":[["foo",[],{}]],"outputs":0}`,
    /the op "foo" isn't known/,
  ],
  [
    "a body that isn't there",
    `{${head},${xOfTwo},"nodes":[["scan",[0],{"body":{"graph":0}}]],"outputs":1}`,
    /the parameter \{"graph":0\}/,
  ],
  [
    "an axis that isn't there",
    `{${head},${xOfTwo},"nodes":[["sum",[0],{"axes":[7]}]],"outputs":1}`,
    /the operands or the parameters of the op "sum" don't fit/,
  ],
  [
    "another number of elements",
    `{${head},${xOfTwo},"nodes":[["reshape",[0],{"shape":[3]}]],"outputs":1}`,
    /reshape: \(2\) has 2 elements and \(3\) has 3/,
  ],
  [
    "steps that lead out of an operand",
    `{${head},${xOfTwo},"nodes":[["slice",[0],{"starts":[0],"steps":[9],"shape":[2]}]],"outputs":1}`,
    /the parameters of the op "slice" don't fit/,
  ],
  [
    "more elements than an array can hold",
    `{${head},"inputs":[],"nodes":[["full",[],{"value":1,"shape":[4294967296]}]],"outputs":0}`,
    /more elements than an array can hold/,
  ],
  ["an operand that comes later", `{${head},"inputs":[],"nodes":[["sin",[0],{}]],"outputs":0}`, /no node 0/],
  ["an output that isn't there", `{${head},"inputs":[],"nodes":[],"outputs":3}`, /no node 3/],
  ["an output that is a text", `{${head},${xOfTwo},"nodes":[],"outputs":{"a":"0"}}`, /no node "0"/],
  [
    "shapes that don't fit",
    `{${head},"inputs":[{"name":"x","shape":[2]},{"name":"y","shape":[3]}],"nodes":[["add",[0,1],{}]],"outputs":2}`,
    /add: shapes \(2\) and \(3\)/,
  ],
];

for (const [what, text, message] of refused) {
  serializing(`refused: ${what}`, () => assert.throws(() => deserialize(text), message));
}

serializing.run();
