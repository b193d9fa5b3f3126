/**
 * Valid calls of the public functions, of which one or two arguments are then made wrong. A function that isn't here is
 * tried out on a few usual arguments.
 */
import {
  add,
  applyOp,
  compile,
  cos,
  defineOp,
  deserialize,
  type Expr,
  grad,
  index,
  matrix,
  multiply,
  type Op,
  scalar,
  serialize,
  sin,
  square,
  sum,
  trace,
  unary,
  valueAndGrad,
  vector,
  withDerivative,
} from "adjoint";
import { arranging } from "./examples-of-arranging.js";
import { elementwise } from "./examples-of-elementwise.js";
import { matrices } from "./examples-of-matrices.js";

/** The arguments of a valid call, made anew. */
export type Example = () => unknown[];

export interface Examples {
  readonly calls: readonly Example[];
  /** How errors may begin, besides by the function's name. */
  readonly names?: readonly string[];
  /** Drawn once in so many times: it takes long. */
  readonly rarity?: number;
  /** Milliseconds that a call may take; default a second. */
  readonly limit?: number;
  /** The arguments into which it writes. */
  readonly writes?: readonly number[];
  /** The arguments whose keys are names that a user gives. */
  readonly maps?: readonly number[];
  /** The arguments that are trees of any form. */
  readonly trees?: readonly number[];
  /** Places (`1.data`) at which anything may be given. */
  readonly free?: RegExp;
  /** Places of counts that say how long it works: a huge one is no mistake there. */
  readonly work?: RegExp;
}

const of = (...calls: Example[]): Examples => ({ calls });
const V = () => [0.5, 1.5, 2.5];
const W = () => Float64Array.of(0.25, 1.25, 0.75);
const M = () => [
  [2, 0.5],
  [0.5, 1],
];

export const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
export const twoInputs = trace({ x: scalar(), y: vector(3) }, ({ x, y }) => add(sin(x), sum(multiply(x, y))));
const ofMatrix = trace({ a: matrix(2, 2) }, ({ a }) => ({ total: sum(a), rows: sum(a, 0) }));

/** x ↦ 2x as an op of a user's own. */
export const doubled = (): Op =>
  defineOp({
    name: "doubled",
    shape: ([x]) => x!,
    evaluate: (arithmetic, [x]) => x!.map((value) => arithmetic.add(value, value)),
    derivative: {
      kind: "transpose",
      linear: "each",
      transpose: (adjoint: Expr): Expr => applyOp(doubledOp, [adjoint]),
    },
    domains: [{ kind: "real", low: -1, high: 1 }],
  });
const doubledOp = doubled();

const reduction = of(
  () => [M()],
  () => [V()],
  () => [W(), 0],
  () => [M(), 1],
  () => [M(), [0, 1], { keepDims: true }],
);
const loss = of(
  () => [V(), [1, 2, 3]],
  () => [M(), M(), { reduction: "mean", weights: [1, 2], mask: [1, 0] }],
);
/** A number in place of "same" is a padding, too. */
const samePadding = /^2\.padding$/;
const transformation = of(
  () => [f],
  () => [twoInputs, "x"],
  () => [twoInputs, "x", "y"],
);
const elementwiseOp = (arity: number) => (): unknown[] => [
  {
    name: "mine",
    compute: arity === 1 ? (x: number) => x * x : (a: number, b: number) => a * b,
    code: (...operands: string[]) => operands.join(" * "),
    partials: (...operands: Expr[]) => operands.map(() => () => operands[0]),
    commutative: false,
    domains: Array.from({ length: arity }, () => ({ kind: "real", low: -1, high: 1 })),
  },
];

/** Ops: on numbers and arrays outside of a trace, on expressions inside. */
export const ops: Readonly<Record<string, Examples>> = {
  ...elementwise,
  ...Object.fromEntries(
    ["sum", "mean", "max", "min", "prod", "variance", "std", "norm", "all", "any", "logSumExp"].map(
      (name) => [name, reduction],
    ),
  ),
  variance: of(
    () => [M()],
    () => [M(), 0, { ddof: 1, keepDims: true }],
  ),
  std: of(
    () => [M()],
    () => [M(), 0, { ddof: 1, keepDims: true }],
  ),
  norm: of(
    () => [M()],
    () => [M(), 0, { ord: 1, keepDims: true }],
  ),
  clip: of(() => [V(), 0, 1]),
  polygamma: of(() => [1, V()]),
  argmax: of(
    () => [V()],
    () => [M(), 1],
  ),
  argmin: of(
    () => [V()],
    () => [M(), 1],
  ),
  softmax: of(
    () => [V()],
    () => [M(), 1],
  ),
  logSoftmax: of(
    () => [V()],
    () => [M(), 0],
  ),
  where: of(() => [[1, 0, 1], V(), 0]),
  ...matrices,
  reshape: of(
    () => [
      [1, 2, 3, 4],
      [2, 2],
    ],
    () => [M(), [-1]],
  ),
  transpose: of(
    () => [M()],
    () => [M(), [1, 0]],
  ),
  broadcastTo: of(
    () => [V(), [2, 3]],
    () => [1, [2]],
  ),
  squeeze: of(() => [[[1], [2]], 1]),
  expandDims: of(() => [V(), 0]),
  flip: of(
    () => [V()],
    () => [M(), 1],
    () => [M(), [0, 1]],
  ),
  slice: of(
    () => [V(), 1],
    () => [V(), 0, 2],
    () => [M(), 0, 1, { axis: 1, step: 1 }],
  ),
  index: of(
    () => [V(), 1],
    () => [M(), 0, 1],
  ),
  split: of(
    () => [V(), 3],
    () => [M(), [1], 1],
  ),
  concatenate: {
    ...of(
      () => [[V(), V()]],
      () => [[M(), M()], 1],
    ),
    // Vectors of any lengths may be joined.
    free: /^0$/,
  },
  stack: of(
    () => [[V(), V()]],
    () => [[M(), M()], 1],
    () => [[1, 2]],
  ),
  ...arranging,
  conv1d: of(() => [
    [[[1], [2], [4]]],
    [[[1]], [[2]]],
    { stride: 2, padding: [[1, 0]], dilation: 1, groups: 1 },
  ]),
  conv2d: {
    ...of(() => [
      [M().map((row) => row.map((x) => [x]))],
      [[[[1, 2]]]],
      { stride: [1, 2], padding: "same", dilation: [1, 1], groups: 1 },
    ]),
    free: samePadding,
  },
  maxPool: of(() => [[[[1], [2], [4]]], 2, { stride: [1], padding: 1 }]),
  averagePool: {
    ...of(() => [[[[1], [2], [4]]], [2], { stride: 1, padding: "same", countIncludePad: true }]),
    free: samePadding,
  },
  attention: of(() => [M(), M(), M(), { mask: [[1, 0]], bias: M(), scale: 0.5 }]),
  layerNorm: of(() => [M(), { axes: [1], epsilon: 0.1, scale: [1, 2], shift: 0.5 }]),
  scatterAdd: of(() => [V(), [0, 1, 0], 3]),
  segmentSum: of(() => [V(), [0, 1, 0], 3]),
  arange: of(
    () => [4],
    () => [1, 3, 0.5],
  ),
  linspace: of(
    () => [0, 1],
    () => [0, 1, 3],
  ),
  label: of(() => [V(), "name"]),
  meanSquaredError: loss,
  halfMeanSquaredError: loss,
  meanAbsoluteError: loss,
  huber: of(() => [V(), W(), { delta: 1, reduction: "none" }]),
  binaryCrossEntropy: of(() => [V(), [0, 1, 1], { reduction: "sum", weights: [1, 2, 3] }]),
  softmaxCrossEntropy: of(
    () => [
      M(),
      [
        [1, 0],
        [0, 1],
      ],
    ],
    () => [M(), [0, 1], { mask: [1, 0] }],
  ),
  scan: {
    ...of(
      () => [(x: Expr) => multiply(x, 2), 1, { length: 3 }],
      () => [(x: Expr, row: Expr) => add(x, row), 1, { xs: V(), reverse: true, recompute: true }],
      () => [({ a, b }: Record<string, Expr>) => ({ a: b, b: a }), { a: 1, b: 2 }, { length: 2 }],
    ),
    maps: [1],
    free: /^1$/,
  },
  applyOp: {
    ...of(
      () => [doubledOp, [V()]],
      () => [doubledOp, [1], {}],
    ),
    maps: [0, 2],
    // An op's record is checked where it is defined.
    free: /^(0\.|2)/,
  },
};

/** What makes, transforms and writes down graphs. */
export const graphs: Readonly<Record<string, Examples>> = {
  scalar: of(() => []),
  vector: of(() => [2]),
  matrix: of(() => [2, 3]),
  tensor: of(() => [[2, 3, 4]]),
  trace: {
    ...of(
      () => [{ x: vector(2) }, ({ x }: Record<string, Expr>) => sum(x!)],
      () => [{ x: scalar(), y: matrix(2, 2) }, ({ x, y }: Record<string, Expr>) => ({ a: x, b: { c: y } })],
      () => [{ x: scalar() }, ({ x }: Record<string, Expr>) => sin(x!), { debug: true }],
      () => [{ x: vector(2) }, ({ x }: Record<string, Expr>) => index(x!, 0)],
    ),
    maps: [0],
  },
  compile: of(
    () => [f],
    () => [valueAndGrad(twoInputs), { dtype: "f32" }],
    () => [ofMatrix, { dtype: "f64" }],
  ),
  grad: transformation,
  valueAndGrad: transformation,
  jvp: transformation,
  vjp: transformation,
  jacobian: transformation,
  hessian: transformation,
  hvp: transformation,
  simplify: of(() => [f]),
  print: of(
    () => [f],
    () => [twoInputs],
  ),
  serialize: of(() => [f]),
  deserialize: {
    ...of(
      () => [serialize(twoInputs)],
      () => [serialize(f), [doubledOp]],
    ),
    free: /^1\.0\./,
  },
  emit: of(
    () => [f, { name: "f" }],
    () => [ofMatrix, { name: "g", language: "js" }],
  ),
  toDot: of(() => [f]),
  toMermaid: of(() => [f]),
  toTex: of(() => [f]),
  unary: { ...of(elementwiseOp(1)), maps: [0] },
  binary: { ...of(elementwiseOp(2)), maps: [0] },
  defineOp: { ...of(() => [{ ...doubledOp }]), maps: [0] },
  withDerivative: of(() => [
    (x: Expr) => square(x),
    {
      name: "mine",
      derivative: { kind: "partials", partials: ({ operands }: { operands: Expr[] }) => [() => operands[0]] },
      domains: [{ kind: "real", low: 0, high: 1 }],
    },
  ]),
  Expr: { ...of(), names: ["Expr"] },
  AdjointError: { ...of(() => ["message"]), free: /^0$/ },
};

/** What is made by a call and called itself. */
export interface Made extends Examples {
  make(): (...args: never[]) => unknown;
}

const onNumbers = ["inputs", "input", "kernel"];

const ownSine = withDerivative((x: Expr) => sin(x), {
  name: "ownSine",
  derivative: { kind: "partials", partials: ({ operands: [x] }) => [() => cos(x!) as Expr] },
});
const ownSquare = unary({
  name: "ownSquare",
  compute: (x) => x * x,
  partials: (x) => [() => multiply(2, x!)],
});

export const madeOfGraphs: Readonly<Record<string, Made>> = {
  "trace(…)": { make: () => twoInputs, names: onNumbers, ...of(() => [{ x: 1, y: V() }]) },
  "grad(…)": { make: () => grad(twoInputs), names: onNumbers, ...of(() => [{ x: 1, y: W() }]) },
  "deserialize(…)": {
    make: () => deserialize(serialize(twoInputs)),
    names: onNumbers,
    ...of(() => [{ x: 1, y: V() }]),
  },
  "compile(…)": { make: () => compile(twoInputs), names: onNumbers, ...of(() => [{ x: 1, y: V() }]) },
  "compile(…, f32)": {
    make: () => compile(ofMatrix, { dtype: "f32" }),
    names: onNumbers,
    ...of(() => [{ a: M() }]),
  },
  "compile(…).into": {
    make: () => compile(valueAndGrad(f)).into,
    names: [...onNumbers, "into"],
    writes: [1],
    ...of(() => [{ x: [1, 2] }, { value: new Float64Array(1), grad: { x: new Float64Array(2) } }]),
  },
  "unary(…)": { make: () => ownSquare, names: ["ownSquare"], ...of(() => [V()]) },
  "withDerivative(…)": { make: () => ownSine, names: ["ownSine"], ...of(() => [V()]) },
};
