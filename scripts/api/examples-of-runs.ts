/** Valid calls of optimizers, runs, data, figures and tests of derivatives, and of what they make. */
import {
  adam,
  adjustable,
  type Checkpoint,
  clipByGlobalNorm,
  type Expr,
  encodeCheckpoint,
  encodeSafetensors,
  frozen,
  gradientDescent,
  lbfgsb,
  linear,
  mean,
  minimize,
  multiply,
  type Operand,
  type Optimizer,
  randomSource,
  readCsv,
  square,
  subtract,
  train,
  weightedSphere,
} from "adjoint";
import { contourFigure, lossFigure } from "adjoint/figures";
import { type Examples, f, type Made, twoInputs } from "./examples.js";

const of = (...calls: Examples["calls"][number][]): Examples => ({ calls });

const sphere = weightedSphere();
const run = minimize(sphere.f, { x: [3, 4] }, adam({ learningRate: 0.2 }), { steps: 5 });
const objective = ({ x, y, w }: Record<string, Expr>) => mean(square(subtract(multiply(x!, w!), y!)));
const data = () => ({ x: [1, 2, 3, 4], y: Float64Array.of(2, 4, 6, 8) });
const training = train(objective as never, { w: 0 }, data(), adam({ learningRate: 0.1 }), {
  batchSize: 2,
  epochs: 2,
});
/** What a run of two steps saved. */
export let checkpoint!: Checkpoint;
minimize(sphere.f, { x: [3, 4] }, adam({ learningRate: 0.2 }), {
  steps: 2,
  checkpoint: {
    save: (one) => {
      checkpoint = one;
    },
  },
});
const csv = "x1,x2,y\n1,2,0.5\n3,4,1e-3\n";

const rule = (parameter: Operand, gradient: Operand) => ({
  parameter: subtract(parameter, multiply(0.1, gradient)),
  slots: {},
});

const cells = [8, 8];
const size = { width: 300, height: 240, pixelRatio: 1 };
const figureLimit = { limit: 10_000, rarity: 8 };
/** What figures don't read of an objective, nor of a run. */
const unread =
  /^0\.(objective\.(name|formula|minimality|boundedBelow|saddles|start|reference)|runs\.[^.]+\.(message|trajectory\.start))$/;

/** Optimizers that take options alone, with those that the others haven't. */
const ofRates = Object.fromEntries(
  Object.entries({
    sgd: { momentum: 0.9, nesterov: true, maximize: true },
    adadelta: { rho: 0.9 },
    amsgrad: { beta1: 0.9 },
    adamw: { weightDecay: 0.1, amsgrad: true },
    nadam: { momentumDecay: 0.004 },
    radam: { beta2: 0.9 },
    adamax: { epsilon: 1e-8 },
    adabelief: { epsilonRoot: 1e-16 },
    adan: { beta3: 0.99, epsilonRoot: 0 },
    yogi: { initialAccumulator: 0.1 },
    lion: { beta1: 0.9 },
    lamb: { weightDecay: 0.1 },
    lars: { trustCoefficient: 0.1, nesterov: true },
    asgd: { lambda: 1e-4, alpha: 0.75, averageFrom: 10 },
    rprop: { decrease: 0.5, increase: 1.2, smallestStep: 1e-6, largestStep: 50 },
    adafactor: { momentum: 0.9, factorFrom: 128, scaleByParameter: true },
    muon: { beta: 0.95, iterations: 5, nesterov: true },
    shampoo: { epsilon: 1e-4, momentum: 0.9 },
    prodigy: { initialEstimate: 1e-6, estimateFactor: 1, safeguardWarmup: false },
    dadaptAdamW: { initialEstimate: 1e-6, weightDecay: 0.1 },
    sophia: { gamma: 0.01, every: 10, seed: 0 },
    scheduleFreeSgd: { beta1: 0.9 },
    scheduleFreeAdamW: { beta1: 0.9, weightDecay: 0.1 },
  }).map(([name, options]) => [name, of(() => [{ learningRate: 0.1, ...options }])]),
);

export const runs: Readonly<Record<string, Examples>> = {
  ...ofRates,
  gradientDescent: of(() => [{ learningRate: 0.1, weightDecay: 0.1 }]),
  momentum: of(() => [{ learningRate: 0.1, momentum: 0.9, nesterov: true, dampening: 0 }]),
  adagrad: of(() => [{ learningRate: 0.1, epsilon: 1e-7, epsilonInsideSqrt: true, initialAccumulator: 0.1 }]),
  rmsprop: of(() => [{ learningRate: 0.1, beta: 0.9, centered: true, momentum: 0.5 }]),
  adam: {
    ...of(
      () => [{ learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-7, amsgrad: true }],
      () => [{ learningRate: () => 0.1 }],
    ),
    free: /^0\.learningRate$/,
  },
  defineOptimizer: {
    ...of(() => [
      { name: "mine", slots: { m: { initial: 0, scalar: true } }, hyperparameters: { rate: 0.1 }, rule },
    ]),
    names: ["mine"],
    maps: [0],
    free: /^0\.(hyperparameters|slots)\./,
  },
  chain: of(() => [clipByGlobalNorm(1), adam({ learningRate: 0.1 })]),
  clipAdaptively: of(() => [{ ratio: 0.01, epsilon: 1e-3 }]),
  decayWeights: { ...of(() => [{ weightDecay: 0.1, learningRate: 0.1, only: "**.W" }]), free: /only/ },
  centralizeGradients: of(() => []),
  addNoise: of(() => [{ variance: 0.1, decay: 0.55, seed: 3 }]),
  exponentialAverage: of(() => [{ decay: 0.99 }]),
  stochasticWeightAverage: of(() => [{ from: 2, every: 3 }]),
  lookahead: of(() => [{ every: 5, share: 0.5 }]),
  reduceOnPlateau: of(() => [{ factor: 0.5, patience: 3, cooldown: 2, leastScale: 0.01 }]),
  accumulateGradients: of(() => [adam({ learningRate: 0.1 }), 2]),
  sam: { ...of(() => [adam({ learningRate: 0.1 }), { radius: 0.05, adaptive: true }]) },
  frozen: of(() => []),
  groups: of(() => [
    ["x", frozen()],
    ["*", adam({ learningRate: 0.1 })],
  ]),
  adjustable: {
    ...of(() => [adam, { learningRate: 0.1 }, { amsgrad: true }]),
    free: /^[12]\./,
    maps: [1],
    names: ["adam"],
  },
  setHyperparameters: of(() => {
    const own = adjustable(adam, { learningRate: 0.1 });
    return [own, own.init({ x: 1 }), { learningRate: 0.2 }];
  }),
  clipByValue: { ...of(() => [{ x: [0.5, -3], y: 2 }, 1]), maps: [0], trees: [0] },
  clipByNorm: { ...of(() => [{ x: [0.5, -3], y: 2 }, 1]), maps: [0], trees: [0] },
  clipByGlobalNorm: { ...of(() => [{ x: [0.5, -3], y: 2 }, 1]), maps: [0], trees: [0] },
  constantSchedule: of(() => [0.1]),
  linearSchedule: of(() => [{ initialValue: 0, endValue: 1, transitionSteps: 4 }]),
  exponentialDecay: of(() => [{ initialValue: 1, decayRate: 0.5, transitionSteps: 4 }]),
  cosineDecay: of(() => [{ initialValue: 1, decaySteps: 4, endValue: 0.1 }]),
  polynomialDecay: of(() => [{ initialValue: 1, endValue: 0, transitionSteps: 4, power: 2 }]),
  cosineRestarts: of(() => [{ initialValue: 1, firstCycle: 3, cycleFactor: 2, endValue: 0.1 }]),
  oneCycle: of(() => [
    { peakValue: 1, totalSteps: 10, risingShare: 0.3, initialDivisor: 25, finalDivisor: 100 },
  ]),
  joinSchedules: of(() => [{ schedules: [0.1, (step: unknown) => step, 1], boundaries: [2, 4] }]),
  stepDecay: of(() => [{ initialValue: 1, decayRate: 0.1, milestones: [2, 4] }]),
  warmup: of(() => [{ warmupSteps: 2, schedule: 0.1 }]),
  // An empty record is a tree of nothing, of which there are no shapes.
  nest: {
    ...of(
      () => [
        [1, 2, 3, 4],
        [2, 2],
      ],
      () => [
        { W: [1, 2], b: 3 },
        { W: [2, 1], b: [] },
      ],
    ),
    free: /^[01]/,
  },
  rateAt: of(() => [0.1, 1]),
  auto: of(() => [{}]),
  lbfgs: of(() => [{ memory: 5 }]),
  lbfgsb: of(() => [{ memory: 5 }]),
  conjugateGradient: of(() => [{}]),
  newtonCG: of(() => [{}]),
  trustRegion: of(() => [{ dense: 10 }]),
  nelderMead: of(() => [{}]),
  minimize: {
    ...of(
      () => [sphere.f, { x: [3, 4] }, lbfgsb(), { steps: 3, bounds: { x: { lower: 1, upper: [5, 6] } } }],
      () => [sphere.f, { x: [3, 4] }, adam({ learningRate: 0.1 }), { steps: 3 }],
      () => [
        twoInputs,
        { x: 1 },
        gradientDescent({ learningRate: 0.1 }),
        {
          ...{ steps: 2, tolerance: 0, trajectory: true, memoryLimit: 1000 },
          ...{ data: { y: [1, 2, 3] }, onStep: () => true },
          ...{ valueTolerance: 1e-9, stepTolerance: { relative: 1e-9 }, maxEvaluations: 9, patience: 5 },
          ...{ dtype: "f32", maxTime: 1000, onProgress: () => true },
        },
      ],
    ),
    rarity: 2,
    maps: [0, 2],
    free: /^2\./,
    work: /^3\.(steps|maxEvaluations|maxTime|patience)$/,
  },
  minimizeAsync: {
    ...of(() => [
      sphere.f,
      { x: [3, 4] },
      adam({ learningRate: 0.1 }),
      { steps: 3, timeBudget: 1, signal: new AbortController().signal, onStep: () => true },
    ]),
    rarity: 2,
    free: /^(2\.|3\.signal\.)/,
    work: /^3\.(steps|timeBudget)$/,
  },
  train: {
    ...of(
      () => [objective, { w: 0 }, data(), adam({ learningRate: 0.1 }), { batchSize: 2, epochs: 1 }],
      () => [
        objective,
        { w: 0 },
        data(),
        gradientDescent({ learningRate: 0.1 }),
        {
          ...{ batchSize: 3, epochs: 2, shuffle: 1, metric: objective },
          ...{ onEpoch: () => true, memoryLimit: 1000, dtype: "f32", patience: 2 },
          validation: { data: data(), metric: objective, maximize: true },
        },
      ],
    ),
    rarity: 2,
    maps: [1, 2, 3],
    free: /^3\./,
    work: /^4\.(epochs|batchSize|patience)$/,
  },
  trainAsync: {
    ...of(() => [
      objective,
      { w: 0 },
      data(),
      adam({ learningRate: 0.1 }),
      { batchSize: 2, epochs: 1, timeBudget: 1, signal: new AbortController().signal },
    ]),
    rarity: 2,
    maps: [1, 2],
    free: /^(3\.|4\.signal\.)/,
    work: /^4\.(epochs|batchSize|timeBudget)$/,
  },
  encodeCheckpoint: { ...of(() => [checkpoint]), free: /^0\.(run|method|steps|tensors)/ },
  decodeCheckpoint: of(() => [encodeCheckpoint(checkpoint)]),
  encodeSafetensors: {
    ...of(() => [{ a: [1, 2], b: { c: 3 } }, { from: "here" }]),
    ...{ maps: [0, 1], trees: [0], free: /^0\./ },
  },
  decodeSafetensors: of(() => [encodeSafetensors({ a: [1, 2] })]),
  treeOfNames: { ...of(() => [{ "a.0": 1, "a.1": 2 }]), maps: [0], free: /^0\./ },
  linear: of(() => [{ inputs: 2, outputs: 1 }]),
  randomSource: of(() => [0]),
  readCsv: of(
    () => [csv],
    () => [csv, { file: "data.csv", columns: ["x1", "y"], delimiter: "," }],
  ),
  tableMatrix: {
    ...of(
      () => [readCsv(csv)],
      () => [readCsv(csv), ["y", "x1"]],
    ),
    maps: [0],
  },
  weightedSphere: of(() => [[0.2, 2]]),
  contourFigure: {
    ...of(() => [
      {
        objective: sphere,
        runs: { a: run },
        title: "A title",
        window: { x1: [-4, 4], x2: [-5, 5] },
        levels: 4,
        scale: "linear",
        colorMap: ["#ff0000", "blue"],
        runColors: ["red"],
        theme: "dark",
        fonts: [],
        minima: [{ x1: 0, x2: 0 }],
        cells,
        ...size,
      },
    ]),
    ...figureLimit,
    free: unread,
  },
  curveFigure: {
    ...of(() => [
      {
        objective: sphere,
        runs: { a: run },
        axis: "x1",
        at: "start",
        title: "A title",
        window: [-4, 4],
        range: [0, 30],
        scale: "linear",
        minima: [0],
        runColors: ["red"],
        theme: "dark",
        fonts: [],
        ...size,
      },
    ]),
    ...figureLimit,
    free: unread,
  },
  lossFigure: {
    ...of(
      () => [{ trainings: { a: training }, title: "A title", scale: "log", ...size }],
      () => [{ runs: { a: run }, minimum: -1, runColors: { a: "red" }, scale: "symlog", ...size }],
    ),
    ...figureLimit,
  },
  profileFigure: {
    ...of(() => [{ costs: { a: [1, 2], b: [3, null] }, costLabel: "steps", title: "A title", ...size }]),
    ...figureLimit,
  },
  raceFigure: {
    ...of(() => [
      {
        objective: sphere,
        runs: { a: run },
        runColors: ["red"],
        scale: "log",
        theme: "print",
        title: "A title",
        labels: ["a", "b", "c"],
        window: { x1: [-4, 4], x2: [-5, 5] },
        values: [0, 10],
        faces: [6, 6],
        colorMap: "rainbow",
        edges: null,
        camera: { azimuth: 30, elevation: 30 },
        frame: 1,
        frames: 2,
        fps: 10,
        ...size,
      },
    ]),
    ...figureLimit,
    free: unread,
  },
  comparisonPage: {
    ...of(() => [
      {
        objective: sphere,
        runs: { a: run },
        runColors: { a: "red" },
        scale: "linear",
        range: [0.1, 9],
        levels: 3,
        minima: [{ x1: 0, x2: 0 }],
        theme: "light",
        title: "A title",
        formula: "x^2",
        lossScale: "auto",
        window: { x1: [-4, 4], x2: [-5, 5] },
        values: [0, 10],
        colorMap: "rainbow",
        camera: { azimuth: 30 },
      },
    ]),
    ...figureLimit,
    free: unread,
  },
  checkGradient: {
    ...of(
      () => [f, { points: 1 }],
      () => [
        f,
        { domain: { x: [0.1, 2] }, order: 2, seed: 1, tolerance: 1e-5, maxSkipped: 0.5, at: [{ x: [1, 2] }] },
      ],
    ),
    rarity: 2,
    // One domain for all inputs is a pair of numbers, too.
    free: /^1\.domain$/,
    work: /^1\.points$/,
  },
  assertGradient: {
    ...of(() => [f, { domain: [0.1, 2], points: 1, seed: 0 }]),
    rarity: 2,
    work: /^1\.points$/,
  },
  gradientProperty: of(() => [f, { domain: [0.1, 2], order: 1, tolerance: 1e-6, maxSkipped: 0.5 }]),
  numbers: of(() => [[0, 1]]),
  tensors: of(
    () => [[2, 3]],
    () => [[2], [0, 1]],
  ),
  shapes: of(
    () => [],
    () => [{ maxRank: 2, maxLength: 3, maxSize: 10, minLength: 1 }],
  ),
  graphs: of(
    () => [],
    () => [{ steps: 3, lengths: [2, 1], maxRank: 2, ties: true }],
  ),
  real: of(() => [0, 1]),
  integer: of(() => [0, 5]),
};

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  gradientDescent: () => gradientDescent({ learningRate: 0.1 }),
  adam: () => adam({ learningRate: 0.1 }) as unknown as Optimizer,
};
const start = () => ({ x: [2, 3], y: 1 });

const methodsOf = ([name, make]: readonly [string, () => Optimizer]): [string, Made][] => [
  // A record among parameters is a tree of them.
  [
    `${name}(…).init`,
    { make: () => make().init, names: [name, "init"], maps: [0], free: /^0\./, ...of(() => [start()]) },
  ],
  [
    `${name}(…).step`,
    {
      make: () => make().step,
      names: [name, "step"],
      maps: [2],
      ...of(() => [start(), { x: [7, 35], y: 0 }, make().init(start())]),
    },
  ],
  [
    `${name}(…).update`,
    {
      make: () => make().update,
      names: [name, "update"],
      ...of(() => [start(), { x: [7, 35], y: 0 }, make().init(start()).slots, 1]),
    },
  ],
  [
    `${name}(…).initialSlots`,
    {
      make: () => make().initialSlots,
      names: [name, "initialSlots"],
      maps: [0],
      free: /^0\./,
      ...of(() => [start()]),
    },
  ],
];

const random = () => randomSource(1);
const drawing = (
  name: "uniform" | "uniforms" | "normal" | "normals" | "integer" | "permutation",
  ...args: number[]
) =>
  [
    `randomSource(…).${name}`,
    {
      make: () => {
        const source = random();
        return (source[name] as (...given: number[]) => unknown).bind(source);
      },
      names: [name],
      work: /^0$/,
      ...of(() => [...args]),
    },
  ] as const;

const contours = contourFigure({
  objective: sphere,
  runs: { a: run },
  cells: [8, 8],
  width: 300,
  height: 240,
});
const losses = lossFigure({ runs: { a: run }, width: 300, height: 240 });
const model = linear({ inputs: 2, outputs: 1 });

export const madeOfRuns: Readonly<Record<string, Made>> = {
  ...Object.fromEntries(Object.entries(optimizers).flatMap(methodsOf)),
  // All inputs of a trace may be passed, of which two are its parameters.
  "linear(…)": {
    make: () => model,
    names: ["linear"],
    maps: [1],
    ...of(() => [[[1, 2]], { W: [[1], [2]], b: [1] }]),
  },
  ...Object.fromEntries([
    drawing("uniform", 0, 1),
    drawing("uniforms", 3, 0, 1),
    drawing("normal", 0, 1),
    drawing("normals", 3, 0, 1),
    drawing("integer", 0, 5),
    drawing("permutation", 4),
  ]),
  "contourFigure(…).render": {
    make: () => contours.render,
    names: ["render"],
    ...of(() => ["html", { onProgress: () => {} }]),
    ...figureLimit,
  },
  "lossFigure(…).save": {
    make: () => losses.save,
    names: ["save"],
    ...of(() => ["out/figure.html", { onProgress: () => {} }]),
    ...figureLimit,
  },
};
