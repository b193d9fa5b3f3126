/**
 * What users are told. Each row is a mistake that people make, and what the message must hold to mend it: the function
 * that they called, the argument, what they gave, and what is wanted or the right call.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AdjointError,
  adam,
  add,
  applyOp,
  arange,
  argmax,
  binary,
  broadcastTo,
  clipByNorm,
  compile,
  concatenate,
  cosineDecay,
  defineOptimizer,
  deserialize,
  type Expr,
  emit,
  eye,
  flip,
  gelu,
  grad,
  gradientDescent,
  huber,
  hvp,
  index,
  label,
  linear,
  linspace,
  matmul,
  matrix,
  mean,
  minimize,
  multiply,
  outer,
  randomSource,
  rateAt,
  readCsv,
  reshape,
  scan,
  scatterAdd,
  slice,
  softmax,
  split,
  square,
  squeeze,
  subtract,
  sum,
  tableMatrix,
  take,
  trace,
  train,
  unary,
  valueAndGrad,
  vector,
  warmup,
  weightedSphere,
  withDerivative,
  zeros,
} from "../src/index.js";

const messages = suite("messages");

const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
const optimizer = () => adam({ learningRate: 0.1 });
const fit = (options: unknown, data: unknown = { x: [1, 2], y: [2, 4] }) =>
  train(
    ({ x, y, w }: Record<string, Expr>) => mean(square(subtract(multiply(x!, w!), y!))),
    { w: 0 },
    data as never,
    optimizer(),
    options as never,
  );
/** The expression of a trace, for mistakes that are made inside. */
const inside = (mistake: (x: Expr) => unknown) => () =>
  trace({ x: vector(2) }, ({ x }) => {
    mistake(x);
    return x;
  });

const wanted = () => ({ value: new Float64Array(1), grad: { x: new Float64Array(2) } });
const cyclic: unknown[] = [];
cyclic.push(cyclic);

const table: readonly (readonly [what: string, call: () => unknown, ...holds: (string | RegExp)[]])[] = [
  ["a plain function", () => grad((() => 1) as never), /^grad: /, "a plain one", "grad(trace("],
  ["no function", () => compile(5 as never), /^compile: /, "got 5", "compile(trace("],
  ["an input that isn't there", () => grad(f, "y" as never), /^grad: /, '"y"', "the inputs are x"],
  [
    "a vector's gradient",
    () => valueAndGrad(trace({ x: vector(2) }, ({ x }) => x) as never),
    /^valueAndGrad: /,
    "(2)",
  ],
  ["a value of another shape", () => f({ x: [1, 2, 3] }), /^input "x": /, "(2)", "(3)"],
  ["an input that is unknown", () => f({ x: [1, 2], y: 1 } as never), '"y"', "the keys are x"],
  ["a kernel's input", () => compile(f)({ x: [1] }), /^input "x": /, "(2)", "(1)"],
  ["no kind of input", () => trace({ x: 2 } as never, () => 1), /^trace: /, '"x"', "is 2;", "vector(2)"],
  [
    "a text among the results",
    () => trace({ x: vector(2) }, (({ x }: { x: Expr }) => [x, { a: "x" }]) as never),
    /^trace: /,
    'output "1.a" is the text "x"',
    "stack([a, b])",
  ],
  [
    "another trace's expression",
    () => {
      const left: Expr[] = [];
      inside((x) => {
        left.push(x);
        return x;
      })();
      inside((x) => add(x, left[0]!))();
    },
    /^add: /,
    "another trace",
  ],
  [
    "shapes that don't broadcast",
    inside((x) => add(x, [1, 2, 3])),
    /^add: /,
    "(2) and (3)",
    "don't broadcast",
  ],
  ["columns and rows", inside((x) => matmul([[1, 2, 3]], x)), /^matmul: /, "(1×3)", "(2)"],
  ["an axis that isn't there", inside((x) => sum(x, 1)), /^sum: /, "axis 1"],
  ["an axis twice", inside((x) => sum(x, [0, 0])), /^sum: /, "[0, 0]", "twice"],
  ["a shape of another size", inside((x) => reshape(x, [3])), /^reshape: /, "(2)", "(3)"],
  ["an element that isn't there", inside((x) => index(x, 5)), /^index: /, "5", "(2)"],
  ["a place that isn't there", inside((x) => take(x, [7])), /^take: /, "7", "0 to 1"],
  ["a step of 0", inside((x) => slice(x, 0, 2, { step: 0 })), /^slice: /, "step", "not 0"],
  ["nothing to concatenate", () => concatenate([]), /^concatenate\b/, "at least one"],
  ["no operand", () => add(), /^add\b/, "at least one operand"],
  ["a count of 2.5", () => linspace(0, 1, 2.5), /^linspace: /, "2.5", "whole"],
  ["a scan without expressions", () => scan((x) => x, 1, { length: 2 }), /^scan: /, "no trace"],
  ["a scan without length", inside((x) => scan((y) => y, x)), /^scan: /, "length"],
  ["a missing learning rate", () => adam({} as never), /^adam: /, "learningRate is missing", "≥ 0"],
  ["a negative learning rate", () => adam({ learningRate: -1 }), /^adam: /, "learningRate is -1", "≥ 0"],
  ["a misspelt option", () => adam({ learningRate: 1, beta: 0.9 } as never), /^adam: /, '"beta"', "beta1"],
  [
    "a missing gradient",
    () => optimizer().step({ x: [1] }, {} as never, optimizer().init({ x: [1] })),
    /^adam: gradients/,
    '"x" is missing',
  ],
  ["a limit of 0", () => clipByNorm({ x: [1] }, 0), /^clipByNorm: /, "maxNorm is 0", "> 0"],
  [
    "no optimizer",
    () => minimize(f, { x: [1, 2] }, "adam" as never),
    /^minimize: /,
    '"adam"',
    "adam({ learningRate: 0.1 })",
  ],
  [
    "a function that makes optimizers",
    () => minimize(f, { x: [1, 2] }, adam as never),
    /^minimize: /,
    "a function",
    "adam({ learningRate: 0.1 })",
  ],
  [
    "a start that isn't finite",
    () => minimize(f, { x: [Number.NaN, 2] }, optimizer()),
    /^minimize: /,
    '"x" holds NaN at element 0',
  ],
  [
    "a start without names",
    () => minimize(f, [1, 2] as never, optimizer()),
    /^minimize: /,
    "the list [1, 2]",
    "{ x: [2, 3] }",
  ],
  [
    "fewer than no steps",
    () => minimize(f, { x: [1, 2] }, optimizer(), { steps: -1 }),
    /^minimize: /,
    "steps",
    "not -1",
  ],
  [
    "a misspelt option of minimize",
    () => minimize(f, { x: [1, 2] }, optimizer(), { step: 1 } as never),
    /^minimize: /,
    '"step"',
    "steps",
  ],
  ["no epochs", () => fit({ batchSize: 1 }), /^train: /, "epochs", "undefined"],
  [
    "data that is a parameter",
    () => fit({ batchSize: 1, epochs: 1 }, { w: [1, 2] }),
    /^train: /,
    '"w"',
    "start and data",
  ],
  [
    "a model without outputs",
    () => linear({ inputs: 2, outputs: 0 }),
    /^linear: /,
    "outputs",
    "at least 1, not 0",
  ],
  ["a delta of 0", inside((x) => huber(x, x, { delta: 0 })), /^huber: /, "delta is 0", "above 0"],
  ["no seed", () => randomSource(undefined as never), /^randomSource: /, "undefined", "randomSource(0)"],
  [
    "a cell that is no number",
    () => readCsv("x,y\n1,a\n", { file: "data.csv" }),
    /^readCsv: data\.csv:2:3: /,
    '"a"',
    '"y"',
  ],
  ["a name that is no identifier", () => emit(f, { name: "a b" }), /^emit: /, '"a b"', '"cubic"'],
  ["a text that is no graph", () => deserialize("hello"), /^deserialize: /, "serialize"],
  [
    "no text at all",
    () => deserialize({ text: 1 } as never),
    /^deserialize: /,
    "an object (text)",
    "serialize",
  ],
  ["no op of the user's", () => deserialize("{}", [2.5] as never), /^deserialize: op 0 is 2.5/, "defineOp"],
  ["a language", () => emit(f, { name: "f", language: "py" as never }), /^emit: /, '"py"', '"ts"'],
  ["a path", () => readCsv("data/nope.csv"), /^readCsv: /, "text of a file", "path", "readFileSync("],
  [
    "bytes for a text",
    () => readCsv(Uint8Array.of(1) as never),
    /^readCsv: /,
    "Uint8Array of length 1",
    "text of a file",
  ],
  ["no table", () => tableMatrix([[1]] as never), /^tableMatrix: /, "the list", "readCsv"],
  [
    "a column of texts",
    () => tableMatrix({ names: ["a"], rows: 1, columns: { a: ["1"] } } as never),
    /^tableMatrix: column "a"/,
    'the text "1"',
  ],
  ["a flag for a seed", () => randomSource(true as never), /^randomSource: /, "true", "randomSource(0)"],
  [
    "more numbers than fit",
    () => randomSource(0).permutation(2 ** 31),
    /^permutation: /,
    "at most 2147483647",
  ],
  ["weights as a Set", () => weightedSphere(new Set([1]) as never), /^weightedSphere: /, "a list", "a Set"],
  ["a weight of 0", () => weightedSphere([1, 0]), /^weightedSphere: weight 1 is 0/, "above 0"],
  ["shuffle as a flag", () => fit({ batchSize: 1, epochs: 1, shuffle: true }), /^train: /, "shuffle", "seed"],
  [
    "a class as a callback",
    () => minimize(f, { x: [1, 2] }, optimizer(), { onStep: class {} as never }),
    /^minimize: onStep/,
    "a function",
    "a class",
  ],
  [
    "a vector objective",
    () => minimize(trace({ x: vector(2) }, ({ x }) => x) as never, { x: [1, 2] }, optimizer()),
    /^minimize: /,
    "a scalar",
    "(2)",
  ],
  [
    "an objective that gives no expression",
    () => train((() => "loss") as never, { w: 0 }, { x: [1] }, optimizer(), { batchSize: 1, epochs: 1 }),
    /^train: the objective/,
    'the text "loss"',
  ],
  ["a start as a Map", () => minimize(f, new Map() as never, optimizer()), /^minimize: start/, "a Map"],
  [
    "data as null",
    () => minimize(f, { x: [1, 2] }, optimizer(), { data: null as never }),
    /^minimize: data/,
    "null",
  ],
  [
    "an object like an optimizer",
    () => minimize(f, { x: [1, 2] }, { ...optimizer() }),
    /^minimize: the optimizer/,
    "defineOptimizer",
  ],
  [
    "parameters as a list",
    () => optimizer().init([1, 2] as never),
    /^adam: parameters/,
    "{ name: value, … }",
  ],
  [
    "a shape of the state",
    () =>
      optimizer().step({ x: 1 }, { x: 1 }, { ...optimizer().init({ x: 1 }), shapes: { x: "1" } } as never),
    /^adam: state\.shapes "x"/,
    'the text "1"',
  ],
  [
    "gradients as a list",
    () => clipByNorm([1, 2] as never, 1),
    /^clipByNorm: gradients/,
    "{ name: value, … }",
  ],
  [
    "a gradient as a text",
    () => clipByNorm({ x: "1" as never }, 1),
    /^clipByNorm: gradients "x"/,
    'the text "1"',
  ],
  [
    "an optimizer without a rule",
    () => defineOptimizer({ name: "own", slots: {}, hyperparameters: {} } as never),
    /^defineOptimizer: rule is missing/,
  ],
  [
    "a slot that is a number",
    () => defineOptimizer({ name: "own", slots: { m: 0 }, hyperparameters: {}, rule: () => ({}) } as never),
    /^defineOptimizer: slot "m"/,
    "initial",
    "got 0",
  ],
  [
    "a step that is a text",
    () => cosineDecay({ initialValue: 1, decaySteps: 4 })("1" as never),
    /^cosineDecay: the step/,
    'the text "1"',
  ],
  ["a step outside of a rule", () => rateAt(0.1, 1 as never), /^rateAt: the step is 1/, "expression"],
  [
    "a schedule that gives a text",
    inside((x) => adam({ learningRate: (() => "0.1") as never }).update({ x }, { x }, {} as never, 1)),
    /^adam: /,
  ],
  [
    "a model's parameters",
    () => linear({ inputs: 1, outputs: 1 })([[1]] as never, [1] as never),
    /^linear: /,
    "{ W, b }",
  ],
  [
    "a text of steps",
    () => minimize(f, { x: [1, 2] }, optimizer(), { steps: "10" as never }),
    /^minimize: /,
    'the text "10"',
  ],
  ["lists of bounds", inside((x) => slice(x, [1] as never, [3] as never)), /^slice: /, "the list [1]"],
  ["a side of 2.5", () => eye(2.5), /^eye: /, "2.5", "whole"],
  ["which operand it is", () => subtract([1, 2], "1" as never), /^subtract: operand 2: /, 'the text "1"'],
  [
    "the drawing that was called",
    () => randomSource(0).normals(3, Number.NaN),
    /^normals: the mean is NaN/,
    "finite",
  ],
  ["a second derivative of a plain function", () => hvp((() => 1) as never), /^hvp: /, "write hvp(trace("],
  ["an unknown name where there is none", () => trace({}, () => 1)({ x: 1 }), /^inputs: /, '"x"'],
  ["no names", () => trace({}, () => 1)(5), /^inputs: /, "the keys (none)", "got 5"],
  ["a matrix beyond memory", () => eye(40_000), /^eye: /, "(40000×40000)", "a plain array"],
  ["zeros beyond memory", () => zeros([2 ** 26]), /^zeros: /, "(67108864)", "without compile"],
  ["a class for a function", () => trace({}, class {} as never), /^trace: /, "a class", "({ x }) =>"],
  ["an option that is a symbol", () => compile(f, { [Symbol("s")]: 1 }), /^compile: /, "Symbol(s)"],
  ["no options", () => (adam as () => unknown)(), /^adam: /, "learningRate is missing", "a finite number"],
  [
    "a rate of another trace",
    inside((x) =>
      minimize(
        f,
        { x: [1, 2] },
        adam({ learningRate: warmup({ warmupSteps: 2, schedule: () => index(x, 0) }) }),
      ),
    ),
    /^adam: /,
    "captures an expression of shape ()",
    "of the trace around it",
  ],
  [
    "an op's name that is a novel",
    () => unary({ name: "a".repeat(1e5) } as never),
    /^unary: name /,
    "1 to 100",
  ],
  ["a side without end", () => eye(2 ** 31), /^eye: /, "2147483648", "at most 2147483647"],
  ["a text as an axis", () => flip([1, 2], "0" as never), /^flip: /, 'the text "0"', "axis"],
  ["a text as axes", () => squeeze([[1]], "0" as never), /^squeeze: /, 'the text "0"', "axis"],
  ["options in place of the axis", inside((x) => argmax(x, { axis: 1 } as never)), /^argmax: /, "no option"],
  ["options in place of an axis", inside((x) => sum(x, { axis: 1 } as never)), /^sum: /, "no option"],
  ["X for x", () => f({ X: [1, 2] } as never), /^inputs: /, '"X"', "did you mean", '"x"'],
  ["a list of expressions", inside((x) => sum([x, 1])), /^sum: /, "shape (2)", "row 1 has ()"],
  ["no length", () => (vector as () => unknown)(), /^vector: /, "length", "undefined"],
  ["no columns", () => (matrix as (n: number) => unknown)(2), /^matrix: /, "columns", "undefined"],
  [
    "lengths one by one",
    inside((x) => (reshape as (...a: unknown[]) => unknown)(x, 2, 1)),
    /^reshape: /,
    "[a, b]",
    "not 2",
  ],
  [
    "trace without inputs",
    () => (trace as (f: unknown) => unknown)(({ x }: { x: Expr }) => x),
    /^trace: /,
    "{ x: vector(2) }",
  ],
  [
    "a misspelt option of a reduction",
    inside((x) => sum(x, 0, { keepdims: true } as never)),
    /^sum: /,
    '"keepdims"',
    "keepDims",
  ],
  ["a length of 2.5", () => broadcastTo(1, [2.5]), /^broadcastTo: /, "2.5", "whole"],
  ["2.5 places", () => scatterAdd([1], [0], 2.5), /^scatterAdd: /, "2.5", "whole"],
  ["a flag as an axis", () => sum([1, 2], true as never), /^sum: /, "true", "axis"],
  ["no parts", () => split([1, 2], null as never), /^split: /, "null", "places"],
  [
    "an async function",
    () => trace({ x: vector(2) }, (async ({ x }: { x: Expr }) => x) as never),
    /^trace: /,
    "a Promise (await it)",
  ],
  [
    "a Map of results",
    () => trace({ x: vector(2) }, (({ x }: { x: Expr }) => new Map([["a", x]])) as never),
    /^trace: /,
    "a Map",
  ],
  [
    "a getter that throws",
    inside((x) =>
      sum(x, 0, {
        get keepDims(): boolean {
          throw new Error("no");
        },
      }),
    ),
    /^sum: the options can't be read/,
    "an Error",
  ],
  ["what is made of others", () => gelu("2" as never), /^gelu: /, 'the text "2"'],
  ["an axis of what is made of others", () => softmax([1], 1), /^softmax: /, "axis 1"],
  ["names as a list", () => grad(f, [["x"]] as never), /^grad: /, "one by one", 'grad(f, "x")'],
  [
    "a name for the product that isn't there",
    () => hvp(f, "y" as never),
    /^hvp: /,
    '"y"',
    "the inputs are x",
  ],
  ["x < 0", inside((x) => (x as never) < 0), "less(", "where("],
  ["Math.exp(x)", inside((x) => Math.exp(x as never)), "exp("],
  ["an op without code", () => (unary as (d: unknown) => unknown)({ name: "foo" }), /^unary: /, "partials"],
  [
    "an op that computes nothing",
    () => (unary as (d: unknown) => unknown)({ name: "foo", partials: () => [] }),
    /^unary: /,
    "recipe or compute",
  ],
  [
    "a derivative that is none",
    () => withDerivative((x: Expr) => x, { name: "mine", derivative: "partials" as never }),
    /^withDerivative: /,
    "derivative.kind",
  ],
  [
    "a domain that is none",
    () =>
      binary({
        name: "mine",
        compute: () => 1,
        partials: () => [() => 1, () => 1],
        domains: [[0, 1]] as never,
      }),
    /^binary: /,
    "the list [0, 1]",
    'kind: "real"',
  ],
  [
    "an op that isn't made",
    () => applyOp({ name: "mine" } as never, [1]),
    /^applyOp: /,
    "an object (name)",
    "defineOp",
  ],
  ["a label that is no text", inside((x) => label(x, 7 as never)), /^label: /, "7", "text"],
  [
    "a misspelt option of compile",
    () => compile(f, { precision: "f32" } as never),
    /^compile: /,
    '"precision"',
    "dtype",
  ],
  ["a dtype that there isn't", () => compile(f, { dtype: 32 as never }), /^compile: /, "32", '"f32"'],
  [
    "a misspelt option of trace",
    () => trace({ x: vector(2) }, ({ x }) => x, { debugging: true } as never),
    /^trace: /,
    '"debugging"',
    "debug",
  ],
  [
    "a flag that is a text",
    inside((x) => sum(x, 0, { keepDims: "no" as never })),
    /^sum: /,
    'the text "no"',
    "true or false",
  ],
  [
    "an output that there isn't",
    () => compile(valueAndGrad(f)).into({ x: Float64Array.of(1, 2) }, { ...wanted(), v: 1 } as never),
    /^into: /,
    "unknown output",
  ],
  [
    "more than an array can hold",
    inside((x) => outer(broadcastTo(sum(x), [2 ** 20]), broadcastTo(sum(x), [2 ** 20]))),
    /^outer: /,
    "more elements",
  ],
  ["a list that holds itself", () => sum(cyclic as never), /^sum: /, "themselves"],
  ["what can't be read", () => eye(Object.create(null)), /^eye: /, "whole"],
  ["a list as an end", () => arange([1n] as never), /^arange: /, "the list [a bigint]"],
  [
    "a rate from a trace",
    inside((x) => gradientDescent({ learningRate: sum(x) }).init({ x: 1 })),
    /^gradientDescent: /,
    "learningRate is an expression",
  ],
];

for (const [what, call, ...holds] of table) {
  messages(`${what}: the message names the function, what was given, and what is wanted`, () => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    assert.ok(error instanceof AdjointError, String(error));
    for (const held of holds) {
      if (typeof held === "string") assert.ok(error.message.includes(held), `${held}: ${error.message}`);
      else assert.match(error.message, held);
    }
    assert.match(error.message, / {2}at property-tests\/messages\.test\.ts:\d+$/);
  });
}

messages.run();
