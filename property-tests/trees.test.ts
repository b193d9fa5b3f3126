/**
 * Trees of inputs and parameters: whatever the keys, a tree and its flattening are the same function with the same
 * gradients and steps; what comes out goes in again, by JSON, too, and shares no memory with what was given.
 */
import { isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  type Expr,
  grad,
  hvp,
  jacobian,
  jvp,
  matmul,
  matrix,
  multiply,
  nest,
  print,
  scalar,
  simplify,
  sin,
  square,
  sum,
  type Traced,
  type Tree,
  trace,
  valueAndGrad,
  vector,
  vjp,
} from "../graph/index.js";
import { foldTree, isId, leavesOf, mapTree, type Path, unflattenTree } from "../graph/internal.js";
import { adam, clipByGlobalNorm, momentum, type ParameterValues } from "../optimizers/index.js";
import { deserialize, emit, minimize, serialize, train } from "../src/index.js";
import { checkGradient } from "../src/testing/index.js";
import { fc, forAll } from "./support/law.js";

const trees = suite("trees");

/** Calls without the types of the trees, which are drawn. */
type Loose = ((inputs: unknown) => unknown) & { readonly graph: Traced["graph"] };

const key = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "a.b",
    "",
    "0",
    "1",
    "__proto__",
    "constructor",
    "length",
    "shape",
    "data",
    "x y",
  ),
  fc.string({ maxLength: 4 }),
);

type Lengths = Tree<number>;

/** Records and lists with a length at each leaf: 0 is a scalar's. */
const tree = fc.letrec<{ tree: Lengths; record: { readonly [name: string]: Lengths } }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.integer({ min: 0, max: 3 }),
    fc.array(tie("tree"), { maxLength: 3 }),
    tie("record"),
  ),
  record: fc
    .uniqueArray(fc.tuple(key, tie("tree")), { selector: ([name]) => name, maxLength: 3 })
    .map((entries) => Object.fromEntries(entries)),
})).record as fc.Arbitrary<{ readonly [name: string]: Lengths }>;

const isExpr = (one: Tree<Expr>): one is Expr => typeof one === "object" && "builder" in one;

const specOf = (length: number) => (length === 0 ? scalar() : vector(length));

/** Σ sin(xᵢ²·(i + 1)) over all leaves, i by i. */
const total = (leaves: readonly Expr[]): Expr =>
  leaves.map((leaf, i): Expr => sum(sin(multiply(square(leaf), i + 1)))).reduce((a, b): Expr => add(a, b));

/** The same function of a tree and of its leaves, and numbers for both. */
function bothOf(lengths: { readonly [name: string]: Lengths }) {
  const list = leavesOf<number>(lengths, isId);
  const ofTree = trace(mapTree(lengths, isId, specOf) as never, (inputs: unknown) =>
    total(leavesOf(inputs as Tree<Expr>, isExpr)),
  ) as Loose;
  const names = list.map((_, i) => `x${i}`);
  const ofLeaves = trace(
    Object.fromEntries(list.map((length, i) => [names[i]!, specOf(length)])),
    (inputs: Readonly<Record<string, Expr>>) => total(names.map((name) => inputs[name]!)),
  ) as Loose;
  const numbers = list.map((length, i) =>
    length === 0 ? 0.3 + i : Float64Array.from({ length }, (_, k) => Math.cos(i + 2 * k)),
  );
  return {
    list,
    ofTree,
    ofLeaves,
    given: unflattenTree<number, unknown>(lengths, isId, numbers),
    flat: Object.fromEntries(numbers.map((one, i) => [names[i]!, one])),
  };
}

const isValue = (one: Tree<number | Float64Array>): one is number | Float64Array =>
  typeof one === "number" || one instanceof Float64Array;

/** Equal whatever the keys: a key `constructor` is one like others. */
const same = (a: unknown, b: unknown) => assert.ok(isDeepStrictEqual(a, b), JSON.stringify([a, b]));

const numbersOf = (result: unknown) => leavesOf(result as Tree<number | Float64Array>, isValue);

const hasLeaves = tree.filter((lengths) => leavesOf<number>(lengths, isId).length > 0);

trees("a tree and its flattening: the same nodes, values, gradients and kernels, whatever the keys", () => {
  forAll(60, hasLeaves, (lengths) => {
    const { ofTree, ofLeaves, given, flat } = bothOf(lengths);
    assert.equal(ofTree.graph.nodes, ofLeaves.graph.nodes);
    assert.is(ofTree(given), ofLeaves(flat));
    const [a, b] = [ofTree, ofLeaves].map((f) => valueAndGrad(f as never) as Loose);
    assert.equal(a!.graph.nodes, b!.graph.nodes);
    const expected = numbersOf(b!(flat));
    for (const run of [a!, compile(a as never) as never as Loose, deserialize(serialize(a)) as Loose]) {
      const result = run(given) as { readonly grad: unknown };
      assert.equal(numbersOf(result), expected);
      // The gradient has the tree itself, empty records and lists included.
      same(
        mapTree(result.grad as Tree<number | Float64Array>, isValue, () => 0),
        mapTree(lengths, isId, () => 0),
      );
    }
    assert.equal(serialize(deserialize(serialize(a))), serialize(a));
    same(simplify(ofTree as never).graph.inputTree, ofTree.graph.inputTree);
  });
});

/** The same records and lists but on the way to a place, where there is one key or item more. */
function withAnother(given: unknown, [key, ...path]: Path): unknown {
  const children = Object.entries(given as object);
  const others =
    key === undefined
      ? [...children, ["another", 1]]
      : children.map(([one, child]) => [one, one === String(key) ? withAnother(child, path) : child]);
  return Array.isArray(given) ? others.map(([, child]) => child) : Object.fromEntries(others);
}

trees("a kernel finds an unknown key in any record that a call brings, and an item more in any list", () => {
  forAll(60, hasLeaves, (lengths) => {
    const { ofTree, given } = bothOf(lengths);
    const call = compile(ofTree as never) as never as Loose;
    const value = call(given);
    const places: Path[] = [];
    foldTree<number, unknown>(lengths, isId, Number, (_, __, path) => places.push(path));
    for (const path of places) {
      assert.throws(() => call(withAnother(given, path)), /unknown key "another"|expected a list of/);
      assert.is(call(given), value);
    }
  });
});

trees("a path selects what lies there, whatever the keys", () => {
  forAll(60, hasLeaves, (lengths) => {
    const { ofTree, given } = bothOf(lengths);
    const all = numbersOf((grad(ofTree as never) as Loose)(given));
    ofTree.graph.inputs.forEach(({ path }, i) => {
      const alone = (grad(ofTree as never, path) as Loose)(given);
      assert.equal(numbersOf(alone), [all[i]]);
      const found = path.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], alone);
      assert.equal(found, all[i]);
    });
  });
});

trees("steps, runs and their trajectories on a tree are those on its leaves, by JSON and clones, too", () => {
  forAll(15, hasLeaves, (lengths) => {
    const { ofTree, ofLeaves, given, flat } = bothOf(lengths);
    const optimizer = adam({ learningRate: 0.1 });
    const run = (f: Loose, start: unknown, steps: number) =>
      minimize(f as never, start as never, optimizer, { steps, tolerance: 0 }) as {
        readonly parameters: unknown;
        readonly value: number;
        readonly trajectory: { readonly parameters: unknown };
      };
    const [a, b] = [run(ofTree, given, 4), run(ofLeaves, flat, 4)];
    assert.is(a.value, b.value);
    assert.equal(numbersOf(a.parameters), numbersOf(b.parameters));
    assert.equal(numbersOf(a.trajectory.parameters), numbersOf(b.trajectory.parameters));
    const next = run(ofTree, a.parameters, 2);
    for (const copy of [JSON.parse(JSON.stringify(a.parameters)), structuredClone(a.parameters)])
      same(run(ofTree, copy, 2), next);
    // Nothing that was given is changed or kept.
    const kept = new Set(
      numbersOf(given)
        .filter((one) => typeof one !== "number")
        .map(({ buffer }) => buffer),
    );
    for (const one of numbersOf([a.parameters, next.parameters]))
      assert.not.ok(typeof one !== "number" && kept.has(one.buffer));
  });
});

const layers = {
  layers: [
    { W: matrix(2, 2), b: vector(2) },
    { W: matrix(2, 1), b: vector(1) },
  ],
  X: matrix(3, 2),
};
const point = {
  layers: [
    {
      W: [
        [1, 2],
        [3, 4],
      ],
      b: [0.5, -0.5],
    },
    { W: { data: [1, -1], shape: [2, 1] }, b: Float32Array.of(0.25) },
  ],
  X: [
    [1, 2],
    [3, 4],
    [5, 7],
  ],
};
const network = trace(layers, ({ layers: [first, second], X }) =>
  sum(square(add(matmul(sin(add(matmul(X, first.W as Expr), first.b)), second.W as Expr), second.b))),
);

trees("names lead to subtrees and leaves, and types follow", () => {
  const whole = grad(network)(point);
  assert.is(whole.layers[0].W.length, 4);
  assert.equal(grad(network, "layers")(point), { layers: whole.layers });
  assert.equal(grad(network, "layers.1")(point), { layers: { 1: whole.layers[1] } });
  const some = grad(network, "layers.0.W", "layers.1.b", "X")(point);
  const W: Float64Array = some.layers[0].W;
  assert.equal(some, { layers: [{ W }, { b: whole.layers[1].b }], X: whole.X });
  assert.equal(grad(network, ["layers", 0, "b"])(point), { layers: { 0: { b: whole.layers[0].b } } });
  const tangent = { W: [1, 0, 0, 0], b: [0, 0] };
  const moved = { ...point, "tangent.layers": { 0: tangent } };
  const pushed = jvp(network, "layers.0")(moved);
  assert.ok(Math.abs(pushed.tangent - whole.layers[0].W[0]!) < 1e-12);
  assert.is(hvp(network, "layers.0")(moved).layers[0].b.length, 2);
  assert.equal(jacobian(network, "layers.1.W")(point), { layers: { 1: { W: whole.layers[1].W } } });
  const pulled = vjp(
    trace(layers, ({ layers: [{ W, b }], X }) => [matmul(X, W as Expr) as Expr, { b }]),
    "X",
  );
  const back = pulled({ ...point, "cotangent.0": [1, 0, 0, 0, 0, 0], "cotangent.1.b": [0, 0] } as never);
  assert.equal(back.grad, { X: Float64Array.of(1, 3, 0, 0, 0, 0) });
});

trees("an exact key wins, and what is meant twice or by nobody is told", () => {
  const f = trace(
    { "a.b": scalar(), a: { b: scalar(), "c.d": scalar(), c: { d: scalar() } } },
    ({ a, ...rest }) => add(multiply(rest["a.b"], a.b), multiply(a.c.d, a["c.d"])),
  );
  const at = { "a.b": 2, a: { b: 3, "c.d": 5, c: { d: 7 } } };
  assert.equal(grad(f, "a.b")(at), { "a.b": 3 });
  assert.equal(grad(f, ["a", "b"])(at), { a: { b: 2 } });
  assert.throws(
    () => grad(f, "a.c.d"),
    /"a.c.d" names 2 inputs; give the path of one as a list, \["a","c.d"\] or/,
  );
  assert.equal(grad(f, ["a", "c", "d"])(at), { a: { c: { d: 5 } } });
  assert.throws(() => grad(network, "layers.0.w"), /no input "layers.0.w"; .*did you mean "layers.0.W"\?/);
});

trees("pictures, texts and checks tell the path", () => {
  assert.match(print(network), /layers\.0\.W = input {2}\(2×2\)/);
  assert.match(emit(network, { name: "f" }), /inputs\["layers"\]\[0\]\["W"\]/);
  const { ok, message } = checkGradient(network, {
    domain: { layers: [0.1, 1], "layers.1.W": [-1, 1] },
    points: 2,
  });
  assert.ok(ok, message);
  assert.ok(checkGradient(network, { at: point, order: 2 }).ok);
});

trees("an optimizer's state is plain data in the parameters' tree, and what it gives goes on", () => {
  const optimizer = momentum({ learningRate: 0.1 });
  const start = {
    layers: [
      {
        W: [
          [1, 2],
          [3, 4],
        ],
        b: [1, 1],
      },
    ],
    scale: 2,
  };
  const slopes = { layers: [{ W: [1, 1, 1, 1], b: [0.5, 0] }], scale: 1 };
  const first = optimizer.step(start, slopes, optimizer.init(start));
  assert.equal(first.state.shapes, { layers: [{ W: [2, 2], b: [2] }], scale: [] });
  const copied = JSON.parse(JSON.stringify(first));
  const next = optimizer.step<ParameterValues>(first.parameters, slopes, first.state);
  assert.equal(optimizer.step(copied.parameters, slopes, copied.state), next);
  assert.equal(optimizer.init(next.parameters).shapes, next.state.shapes);
  assert.equal(clipByGlobalNorm({ a: [{ x: 3 }, { x: 4 }] }, 2.5), { a: [{ x: 1.5 }, { x: 2 }] });
});

trees("what a training gives starts the next one, nested by its shapes where it was a text", () => {
  const fit = (start: object) =>
    train(
      (({ model, X, y }: { model: { W: Expr; b: Expr }[]; X: Expr; y: Expr }) =>
        sum(square(add(add(matmul(X, model[0]!.W), model[0]!.b), multiply(-1, y))))) as never,
      start as never,
      {
        X: [
          [1, 2],
          [3, 4],
          [5, 7],
        ],
        y: [[1], [2], [3]],
      },
      adam({ learningRate: 0.1 }),
      { batchSize: 2, epochs: 2 },
    ) as { readonly parameters: object; readonly shapes: never };
  const first = fit({ model: [{ W: [[0], [0]], b: [0] }] });
  const next = fit(first.parameters);
  const text = JSON.parse(JSON.stringify(first));
  assert.equal(fit(nest(text.parameters, text.shapes) as object), next);
});

/** The shape (2), so many times in something. */
function nestedIn(around: (inner: never) => unknown, times: number): never {
  let found: unknown = [2];
  for (let i = 0; i < times; i++) found = around(found as never);
  return found as never;
}

trees("a bad tree is told by its path", () => {
  const cyclic: Record<string, unknown> = { a: scalar() };
  cyclic.c = [cyclic];
  const holes = [scalar(), scalar(), scalar()];
  delete holes[1];
  const call = compile(network) as (given: unknown) => unknown;
  const withSecond = (second: unknown) => ({ ...point, layers: [point.layers[0], second] });
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [() => trace(cyclic as never, () => 1), /^trace: input "c\.0" holds itself/],
    [() => trace({ a: holes }, () => 1), /^trace: input "a\.1" is undefined/],
    [
      () =>
        trace(
          {
            a: {
              get b() {
                throw new Error("boo");
              },
            },
          } as never,
          () => 1,
        ),
      /^trace: input "a\.b" can't be read: an Error \(boo\)/,
    ],
    [() => call(withSecond(3)), /^input "layers\.1": expected an object with the keys W, b, got 3/],
    [() => call(withSecond({ W: [1, 2] })), /^input "layers\.1": "b" is missing; the keys are W, b/],
    [() => call(withSecond({ W: [1, 2], B: [1] })), /unknown key "B"; the keys are W, b; did you mean "b"\?/],
    [
      () => call(withSecond({ W: [1, 2, 3], b: [1] })),
      /^input "layers\.1\.W": expected shape \(2×1\), got \(3\)/,
    ],
    [() => call(withSecond({ W: { W: 1 }, b: [1] })), /^input "layers\.1\.W": expected a number or an array/],
    [() => call({ ...point, layers: [] }), /^input "layers": expected a list of 2, got one of 0/],
    [
      () =>
        nest(
          1,
          nestedIn((inner) => [inner, inner], 40),
        ),
      /^nest is a tree of more than 100000 parts/,
    ],
    [
      () =>
        nest(
          1,
          nestedIn((inner) => [inner], 1e5),
        ),
      /^nest is a tree of more than 64 levels/,
    ],
    [() => nest([1, 2, 3], [2, 2]), /^nest: expected shape \(2×2\), got \(3\)/],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
  for (const f of [network, call] as ((given: unknown) => unknown)[])
    assert.throws(() => f({ ...point, layers: { 0: 1 } }), /^input "layers": expected a list of 2/);
});

trees.run();
