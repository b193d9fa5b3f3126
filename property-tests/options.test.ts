/** No option is ignored in silence: a misspelt one is an error that names the nearest, wherever options are taken. */
import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as a from "../graph/index.js";
import { nearest } from "../graph/names.js";
import * as o from "../optimizers/index.js";
import * as e from "../src/engines/index.js";
import * as texts from "../src/expression/index.js";
import * as figures from "../src/figures/index.js";
import * as files from "../src/files/index.js";
import * as s from "../src/index.js";
import * as q from "../src/solvers/index.js";
import * as t from "../src/testing/index.js";
import { fc, forAll } from "./support/law.js";

const options = suite("options");

const { scalar, trace, vector } = a;

const sphere = trace({ x: vector(2) }, ({ x }) => a.sum(a.square(x)));
const inTrace = (f: (x: a.Expr) => unknown) => trace({ x: vector(3) }, ({ x }) => f(x) as a.Expr);
const adam = o.adam({ learningRate: 0.1 });
const offset = trace({ x: vector(2) }, ({ x }) => a.subtract(x, 1));
const points = { x: [1, 2, 3], y: [1, 2, 4] };
const fitted = () => q.curveFit(({ slope, x }) => a.multiply(slope, x), { slope: 1 }, points);
const train = (given: object) =>
  s.train((() => 0) as never, { w: [1] }, { x: [1] }, adam, { batchSize: 1, epochs: 1, ...given });

const run = s.minimize(sphere, { x: [1, 1] }, adam, { steps: 3 });

/**
 * A row a function: the type of its options (or its own name where that has none), a call with options that it must
 * refuse, and what is misspelt, with the option that was meant.
 */
const rows: readonly (readonly [
  type: string,
  call: (given: never) => unknown,
  wrong: string,
  meant: string,
])[] = [
  ["ReductionOptions", (given) => inTrace((x) => a.sum(x, 0, given)), "keepdims", "keepDims"],
  ["mean", (given) => inTrace((x) => a.mean(x, 0, given)), "keep_dims", "keepDims"],
  ["max", (given) => inTrace((x) => a.max(x, 0, given)), "keepdims", "keepDims"],
  ["min", (given) => inTrace((x) => a.min(x, 0, given)), "keepdim", "keepDims"],
  ["any", (given) => inTrace((x) => a.any(x, 0, given)), "keepdims", "keepDims"],
  ["all", (given) => inTrace((x) => a.all(x, 0, given)), "keepdims", "keepDims"],
  ["prod", (given) => inTrace((x) => a.prod(x, 0, given)), "keepdims", "keepDims"],
  ["logSumExp", (given) => inTrace((x) => a.logSumExp(x, 0, given)), "keepdims", "keepDims"],
  ["VarianceOptions", (given) => inTrace((x) => a.variance(x, 0, given)), "dof", "ddof"],
  ["std", (given) => inTrace((x) => a.std(x, 0, given)), "keepdims", "keepDims"],
  ["NormOptions", (given) => inTrace((x) => a.norm(x, 0, given)), "orrd", "ord"],
  ["SliceOptions", (given) => inTrace((x) => a.slice(x, 0, 1, given)), "steps", "step"],
  [
    "TriangularOptions",
    (given) => inTrace((x) => a.triangularSolve([[1]], x, given)),
    "transposed",
    "transpose",
  ],
  ["AttentionOptions", (given) => inTrace(() => a.attention([[1]], [[1]], [[1]], given)), "masks", "mask"],
  ["LayerNormOptions", (given) => inTrace((x) => a.layerNorm(x, given)), "epsilom", "epsilon"],
  ["ConvolutionOptions", (given) => inTrace(() => a.conv1d([[[1]]], [[[1]]], given)), "strides", "stride"],
  ["PoolOptions", (given) => inTrace(() => a.maxPool([[[1]]], 1, given)), "pading", "padding"],
  [
    "AveragePoolOptions",
    (given) => inTrace(() => a.averagePool([[[1]]], 1, given)),
    "countIncludePadding",
    "countIncludePad",
  ],
  ["CumulativeOptions", (given) => inTrace((x) => a.cumsum(x, 0, given)), "reversed", "reverse"],
  ["cumprod", (given) => inTrace((x) => a.cumprod(x, 0, given)), "revers", "reverse"],
  ["SortOptions", (given) => inTrace((x) => a.sort(x, 0, given)), "descendin", "descending"],
  ["argsort", (given) => inTrace((x) => a.argsort(x, 0, given)), "decending", "descending"],
  ["median", (given) => inTrace((x) => a.median(x, 0, given)), "keepdims", "keepDims"],
  ["QuantileOptions", (given) => inTrace((x) => a.quantile(x, 0.5, 0, given)), "methods", "method"],
  ["SearchOptions", (given) => inTrace((x) => a.searchsorted([1, 2], x, given)), "sides", "side"],
  ["InterpOptions", (given) => inTrace((x) => a.interp(x, [1], [2], given)), "rigth", "right"],
  ["PadOptions", (given) => inTrace((x) => a.pad(x, 1, given)), "modes", "mode"],
  ["MeshgridOptions", (given) => inTrace((x) => a.stack(a.meshgrid([x], given))), "indexin", "indexing"],
  ["ScanOptions", (given) => inTrace((x) => a.scan((c) => c, x, given).last), "lenght", "length"],
  ["TraceOptions", (given) => trace({ x: scalar() }, ({ x }) => x, given), "debugg", "debug"],
  ["CompileOptions", (given) => a.compile(sphere, given), "dtypes", "dtype"],
  ["CustomDerivative", (given) => a.withDerivative((x) => x as a.Expr, given), "derivatve", "derivative"],
  ["AdamOptions", (given) => o.adam(given), "learningrate", "learningRate"],
  ["AdagradOptions", (given) => o.adagrad(given), "epsilom", "epsilon"],
  ["GradientDescentOptions", (given) => o.gradientDescent(given), "learningRates", "learningRate"],
  ["MomentumOptions", (given) => o.momentum(given), "nestrov", "nesterov"],
  ["RmspropOptions", (given) => o.rmsprop(given), "centred", "centered"],
  ["AdaBeliefOptions", (given) => o.adabelief(given), "epsilonroot", "epsilonRoot"],
  ["AdadeltaOptions", (given) => o.adadelta(given), "rhoo", "rho"],
  ["AddNoiseOptions", (given) => o.addNoise(given), "varianc", "variance"],
  ["ClipAdaptivelyOptions", (given) => o.clipAdaptively(given), "ratios", "ratio"],
  ["DecayWeightsOptions", (given) => o.decayWeights(given), "weightdecay", "weightDecay"],
  ["ExponentialAverageOptions", (given) => o.exponentialAverage(given), "decays", "decay"],
  ["LookaheadOptions", (given) => o.lookahead(given), "shares", "share"],
  ["ReduceOnPlateauOptions", (given) => o.reduceOnPlateau(given), "patienc", "patience"],
  ["SamOptions", (given) => o.sam(o.adam({ learningRate: 0.1 }), given), "radios", "radius"],
  ["StochasticWeightAverageOptions", (given) => o.stochasticWeightAverage(given), "evry", "every"],
  ["AdafactorOptions", (given) => o.adafactor(given), "factorfrom", "factorFrom"],
  ["DAdaptAdamWOptions", (given) => o.dadaptAdamW(given), "initialEstimat", "initialEstimate"],
  ["MuonOptions", (given) => o.muon(given), "iteration", "iterations"],
  ["ProdigyOptions", (given) => o.prodigy(given), "estimatefactor", "estimateFactor"],
  ["ShampooOptions", (given) => o.shampoo(given), "epsilom", "epsilon"],
  ["SophiaOptions", (given) => o.sophia(given), "gama", "gamma"],
  ["AmsgradOptions", (given) => o.amsgrad(given), "beta", "beta1"],
  ["AdamaxOptions", (given) => o.adamax(given), "epsilom", "epsilon"],
  ["AdamWOptions", (given) => o.adamw(given), "weightdecay", "weightDecay"],
  ["AdanOptions", (given) => o.adan(given), "epsilonroot", "epsilonRoot"],
  ["AsgdOptions", (given) => o.asgd(given), "averagefrom", "averageFrom"],
  ["LambOptions", (given) => o.lamb(given), "weightdecay", "weightDecay"],
  ["LarsOptions", (given) => o.lars(given), "trustcoefficient", "trustCoefficient"],
  ["LionOptions", (given) => o.lion(given), "maximise", "maximize"],
  ["NAdamOptions", (given) => o.nadam(given), "momentumdecay", "momentumDecay"],
  ["RAdamOptions", (given) => o.radam(given), "learning_rate", "learningRate"],
  ["RpropOptions", (given) => o.rprop(given), "smalestStep", "smallestStep"],
  ["ScheduleFreeAdamWOptions", (given) => o.scheduleFreeAdamW(given), "epsilom", "epsilon"],
  ["ScheduleFreeSgdOptions", (given) => o.scheduleFreeSgd(given), "learningrate", "learningRate"],
  ["SgdOptions", (given) => o.sgd(given), "dampning", "dampening"],
  ["YogiOptions", (given) => o.yogi(given), "initialaccumulator", "initialAccumulator"],
  ["polynomialDecay", (given) => o.polynomialDecay(given), "powers", "power"],
  ["cosineRestarts", (given) => o.cosineRestarts(given), "firstcycle", "firstCycle"],
  ["oneCycle", (given) => o.oneCycle(given), "totalStep", "totalSteps"],
  ["joinSchedules", (given) => o.joinSchedules(given), "boundary", "boundaries"],
  ["linearSchedule", (given) => o.linearSchedule(given), "endvalue", "endValue"],
  ["exponentialDecay", (given) => o.exponentialDecay(given), "decayrate", "decayRate"],
  ["cosineDecay", (given) => o.cosineDecay(given), "decayStep", "decaySteps"],
  ["stepDecay", (given) => o.stepDecay(given), "milestone", "milestones"],
  ["warmup", (given) => o.warmup(given), "warmupStep", "warmupSteps"],
  ["OptimizerDefinition", (given) => o.defineOptimizer(given), "hyperparameter", "hyperparameters"],
  ["MinimizeOptions", (given) => s.minimize(sphere, { x: [1, 1] }, adam, given), "step", "steps"],
  ["LbfgsOptions", (given) => s.lbfgs(given), "memroy", "memory"],
  ["LbfgsbOptions", (given) => s.lbfgsb(given), "memry", "memory"],
  ["TrustRegionOptions", (given) => s.trustRegion(given), "dence", "dense"],
  ["LevenbergMarquardtOptions", (given) => q.levenbergMarquardt(given), "accelerate", "acceleration"],
  ["GaussNewtonOptions", (given) => q.gaussNewton(given), "initialRadii", "initialRadius"],
  [
    "LeastSquaresOptions",
    (given) => q.leastSquares(offset, { x: [1, 1] }, undefined, given),
    "weight",
    "weights",
  ],
  [
    "CurveFitOptions",
    (given) => q.curveFit(({ slope, x }) => a.multiply(slope, x), { slope: 1 }, points, given),
    "sigmas",
    "sigma",
  ],
  ["PredictOptions", (given) => fitted().predict({ x: [1] }, given), "sigmas", "sigma"],
  ["StoppingOptions", (given) => s.minimize(sphere, { x: [1, 1] }, adam, given), "maxTimes", "maxTime"],
  ["ProgressOptions", (given) => s.minimize(sphere, { x: [1, 1] }, adam, given), "onProgres", "onProgress"],
  ["CheckpointOptions", (given) => train({ checkpoint: given }), "evry", "every"],
  ["ResumeOptions", train, "resumed", "resume"],
  ["TrainOptions", train, "batchsize", "batchSize"],
  ["Validation", (given) => train({ validation: given }), "metrics", "metric"],
  ["JaxOptions", (given) => e.toJax(sphere, given), "nam", "name"],
  [
    "JaxFolderOptions",
    (given) => e.exportJax({ objective: sphere, start: { x: [1, 2] } }, given),
    "dtypes",
    "dtype",
  ],
  ["FolderOptions", (given) => files.writeFolder("none", new Map(), given), "forced", "force"],
  ["COptions", (given) => e.toC(sphere, given), "nam", "name"],
  ["OnnxOptions", (given) => e.toOnnx(sphere, given), "dtypes", "dtype"],
  ["StableHloOptions", (given) => e.toStableHlo(sphere, given), "dtypes", "dtype"],
  ["EmitOptions", (given) => s.emit(sphere, given), "nam", "name"],
  ["CsvOptions", (given) => s.readCsv("x\n1\n", given), "delimeter", "delimiter"],
  ["NanToNumOptions", (given) => inTrace((x) => a.nanToNum(x, given)), "nann", "nan"],
  ["EluOptions", (given) => inTrace((x) => a.elu(x, given)), "alhpa", "alpha"],
  ["LeakyReluOptions", (given) => inTrace((x) => a.leakyRelu(x, given)), "negativeSlop", "negativeSlope"],
  ["LossFunctionOptions", (given) => inTrace((x) => s.meanSquaredError(x, x, given)), "weight", "weights"],
  ["HuberOptions", (given) => inTrace((x) => s.huber(x, x, given)), "dleta", "delta"],
  ["linear", (given) => s.linear(given), "input", "inputs"],
  ["LossOptions", (given) => figures.lossFigure(given), "titel", "title"],
  ["ExpressionOptions", (given) => texts.expression("x", given), "input", "inputs"],
  ["ModelOptions", (given) => texts.model("x", given), "constant", "constants"],
  ["ProfileOptions", (given) => figures.profileFigure(given), "cost", "costs"],
  ["FitOptions", (given) => figures.fitFigure(given), "predictors", "predictor"],
  ["ContourOptions", (given) => figures.contourFigure(given), "level", "levels"],
  ["CurveOptions", (given) => figures.curveFigure(given), "axes", "axis"],
  ["RaceOptions", (given) => figures.raceFigure(given), "objectiv", "objective"],
  ["RaceOptions", (given) => figures.raceFigure(given), "axis", "axes"],
  ["ComparisonOptions", (given) => figures.comparisonPage(given), "colormap", "colorMap"],
  ["ComparisonOptions", (given) => figures.comparisonPage(given), "axis", "axes"],
  ["GradientOptions", (given) => t.checkGradient(sphere, given), "orders", "order"],
  ["assertGradient", (given) => t.assertGradient(sphere, given), "tolerence", "tolerance"],
  ["ShapesOptions", (given) => t.shapes(given), "maxrank", "maxRank"],
  ["graphs", (given) => t.graphs(given), "step", "steps"],
  ["gradientProperty", (given) => t.gradientProperty(sphere, given), "tolerances", "tolerance"],
];

for (const [type, call, wrong, meant] of rows) {
  options(`${type}: ${wrong} is refused, ${meant} being meant`, () => {
    const given = { [wrong]: 1 } as never;
    assert.throws(
      () => call(given),
      (error: Error) =>
        error instanceof a.AdjointError &&
        error.message.includes(`unknown option "${wrong}"; the options are `) &&
        error.message.includes(`; did you mean "${meant}"?`),
      `${type}: ${wrong}`,
    );
  });
}

/** Options that must be given, for those of a function that refuses a call without them before it looks at others. */
const needed: Readonly<Record<string, object>> = {
  polynomialDecay: { initialValue: 1, endValue: 0, transitionSteps: 4 },
  cosineRestarts: { initialValue: 1, firstCycle: 2 },
  oneCycle: { peakValue: 1, totalSteps: 10 },
  joinSchedules: { schedules: [1, 2], boundaries: [3] },
  AddNoiseOptions: { variance: 1 },
  DecayWeightsOptions: { weightDecay: 0.1 },
  linearSchedule: { initialValue: 0, endValue: 1, transitionSteps: 4 },
  exponentialDecay: { initialValue: 1, decayRate: 0.5, transitionSteps: 4 },
  cosineDecay: { initialValue: 1, decaySteps: 4 },
  stepDecay: { initialValue: 1, decayRate: 0.5, milestones: [2] },
  warmup: { warmupSteps: 2, schedule: 0.1 },
  OptimizerDefinition: { name: "own", slots: {}, hyperparameters: {}, rule: () => ({}) },
  EmitOptions: { name: "f" },
  COptions: { name: "f" },
  JaxOptions: { name: "f" },
  linear: { inputs: 1, outputs: 1 },
  ScanOptions: { length: 2 },
  CustomDerivative: { name: "own", derivative: { kind: "constant" }, domains: [t.real()] },
  LossOptions: { runs: { adam: run } },
  ProfileOptions: { costs: { adam: [1] } },
  FitOptions: { fit: fitted() },
  ContourOptions: { objective: sphere, runs: { adam: run }, cells: [2, 2] },
  CurveOptions: { objective: sphere, runs: { adam: run }, axis: "x1" },
  RaceOptions: { objective: sphere, runs: { adam: run }, faces: [2, 2] },
  ComparisonOptions: { objective: sphere, runs: { adam: run } },
};

/** Optimizers want their rate. */
const rateOf = (type: string): object =>
  type.replace("Options", "").toLowerCase() in makers ? { learningRate: 0.1 } : {};
const makers = Object.fromEntries(Object.keys(o).map((name) => [name.toLowerCase(), name]));

for (const [type, call, wrong] of rows) {
  options(`${type}: a value that no option could have is refused, the option being named`, () => {
    let names: string[] = [];
    try {
      call({ [wrong]: 1 } as never);
    } catch (error) {
      names = /the options are (.*?);/.exec((error as Error).message)![1]!.split(", ");
    }
    assert.ok(names.length > 0);
    for (const name of names) {
      // A list whose element throws when it is read, and a value of a class.
      const trapped = Object.defineProperty([1, 2], 0, {
        enumerable: true,
        get() {
          throw new TypeError("read");
        },
      });
      for (const value of [new Map(), trapped, Symbol("no option"), null]) {
        if (name === "edges" && value === null) continue;
        assert.throws(
          () => call({ ...(needed[type] ?? rateOf(type)), [name]: value } as never),
          (error: Error) => error instanceof a.AdjointError && error.message.includes(name),
          `${type}: ${name}`,
        );
      }
    }
  });
}

options("figures are saved and shown with options, too", async () => {
  const figure = figures.lossFigure({ runs: { adam: run } });
  await figure.render("png", { onprogress: () => {} } as never).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /unknown option "onprogress".*did you mean "onProgress"\?/),
  );
});

options("every type of options that is exported has a row", () => {
  const root = new URL("../", import.meta.url);
  const doors = [
    "graph/index.ts",
    "graph/ops/index.ts",
    "optimizers/index.ts",
    "optimizers/solvers/index.ts",
  ];
  for (const room of readdirSync(new URL("src/", root), { withFileTypes: true }))
    if (room.isDirectory()) doors.push(`src/${room.name}/index.ts`);
  const exported = new Set<string>();
  for (const door of doors) {
    let text = "";
    try {
      text = readFileSync(new URL(door, root), "utf8");
    } catch {
      continue;
    }
    for (const [name] of text.matchAll(/\b[A-Z]\w*Options\b/g)) exported.add(name);
  }
  const covered = new Set(rows.map(([type]) => type));
  // What other options are made of, and those of the methods of a figure, which the test before this one tries.
  for (const known of ["LookOptions", "SizeOptions", "RenderOptions", "NoOptions"]) covered.add(known);
  assert.ok(exported.size > 15, `${exported.size} found`);
  assert.equal(
    [...exported].filter((name) => !covered.has(name)),
    [],
  );
});

options("what takes no options refuses an object of them", () => {
  const misplaced: readonly (readonly [RegExp, (x: a.Expr) => unknown])[] = [
    [
      /argmax: the axis is an object \(axis\); pass it as a number by itself/,
      (x) => a.argmax(x, { axis: 1 } as never),
    ],
    [/softmax: the axis is an object \(axis\)/i, (x) => a.softmax(x, { axis: 1 } as never)],
    [/sum: the axis is an object \(keepDims\)/, (x) => a.sum(x, { keepDims: true } as never)],
    [/take: the axis is an object \(axis\)/, (x) => a.take(x, [0], { axis: 0 } as never)],
    [/cumsum: the axis is an object \(reverse\)/, (x) => a.cumsum(x, { reverse: true } as never)],
    [/sum: expected an object with the options keepDims, got true/, (x) => a.sum(x, 0, true as never)],
  ];
  for (const [message, call] of misplaced) assert.throws(() => inTrace(call), message);
});

options("names of inputs, parameters and slots that aren't known are met by the nearest, too", () => {
  const f = trace({ weights: vector(2), b: scalar() }, ({ weights, b }) => a.add(a.sum(weights), b));
  assert.throws(
    () => a.grad(f, "wieghts" as "b"),
    /there is no input "wieghts"; the inputs are weights, b; did you mean "weights"\?/,
  );
  assert.throws(() => a.grad(f, "z" as "b"), /there is no input "z"; the inputs are weights, b\./);
  assert.throws(
    () => f({ weights: [1, 2], B: 1 } as never),
    /inputs: unknown key "B"; the keys are weights, b; did you mean "b"\?/,
  );
  assert.throws(
    () => a.compile(f)({ weights: [1, 2], b: 1, weight: 2 } as never),
    /inputs: unknown key "weight"; the keys are weights, b; did you mean "weights"\?/,
  );
  assert.throws(
    () => s.readCsv("width,height\n1,2\n", { columns: ["heigth"] }),
    /there is no column "heigth"; the columns are "width", "height"; did you mean "height"\?/,
  );
  assert.throws(
    () => t.checkGradient(sphere, { domain: { X: [0, 1] } } as never),
    /there is no input "X"; the inputs are x; did you mean "x"\?/,
  );
  const state = adam.init({ weights: [1, 2] });
  assert.throws(
    () => adam.step({ weights: [1, 2] }, { wights: [1, 2] } as never, state),
    /adam: gradients: unknown key "wights"; the keys are weights; did you mean "weights"\?/,
  );
});

options("nearest: itself, its slips, and nothing for another word", () => {
  const known = ["learningRate", "decaySteps", "epsilon", "keepDims", "x"];
  const slips = fc.tuple(
    fc.constantFrom(...known.slice(0, 4)),
    fc.nat(),
    fc.constantFrom("drop", "double", "swap", "case"),
  );
  forAll(200, slips, ([name, place, slip]) => {
    const at = place % (name.length - 1);
    const letters = [...name];
    if (slip === "drop") letters.splice(at, 1);
    else if (slip === "double") letters.splice(at, 0, letters[at]!);
    else if (slip === "swap") letters.splice(at, 2, letters[at + 1]!, letters[at]!);
    assert.is(nearest(slip === "case" ? name.toUpperCase() : letters.join(""), known), name);
  });
  assert.is(nearest("precision", known), undefined);
  assert.is(nearest("y", known), undefined);
  assert.is(nearest("X", known), "x");
  assert.is(nearest("", known), undefined);
  assert.is(nearest("x", []), undefined);
});

options.run();
