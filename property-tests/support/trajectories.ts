/**
 * Trajectories of other libraries: PyTorch's on the sphere, on a quadratic of a matrix and a vector optax's, PyTorch's and formulas
 * in NumPy; what never moves. Gradients come from plain formulas.
 */
import { readFileSync } from "node:fs";
import {
  add,
  type Expr,
  matrix,
  multiply,
  reshape,
  square,
  subtract,
  sum,
  take,
  trace,
  vector,
} from "../../graph/index.js";
import { isRecord } from "../../graph/internal.js";
import * as rules from "../../optimizers/index.js";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  asgd,
  gradientDescent,
  momentum,
  nadam,
  type Optimizer,
  optax,
  type Problem,
  radam,
  rmsprop,
  rprop,
  sgd,
  type Values,
} from "../../optimizers/index.js";

/** A run of another library's with the optimizers that must take the same steps. */
export interface Trajectory {
  readonly library: "torch" | "optax" | "numpy" | "closed forms";
  readonly title: string;
  readonly optimizers: readonly Optimizer[];
  /** What is minimized, for those that look at it. */
  readonly problem?: Problem;
  readonly start: Values;
  /** The gradient at a point, both flat, and cut into the parameters' names. */
  gradient(point: readonly number[]): readonly number[];
  split(flat: readonly number[]): Values;
  /** The point after each step, flat. */
  readonly points: readonly (readonly number[])[];
  /** Slots to begin with, where they aren't those of `init`. */
  readonly before?: Readonly<Record<string, Readonly<Record<string, number | Float64Array>>>>;
  /** Slots after some of the steps, flat, by the number of the step. */
  readonly states?: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /** What the gradients are multiplied by in turn. */
  readonly factors?: readonly number[];
}

type Point = readonly [number, number];

/** The elements of parameters, one name after the other. */
export const flatPoint = (parameters: Values): number[] =>
  Object.values(parameters).flatMap((value) =>
    [value].flat(2).flatMap((x) => (typeof x === "number" ? x : [...(x as Float64Array)])),
  );

/** Throws where an optimizer leaves a trajectory, by 1e-10·(1 + |what is right|). */
export function follow(
  optimizer: Optimizer,
  { start, gradient, split, points, title, problem, before, states, factors = [1] }: Trajectory,
): void {
  let parameters = start;
  let state = optimizer.init(parameters);
  if (before) state = { ...state, slots: { ...state.slots, ...before } };
  for (const [taken, point] of points.entries()) {
    const factor = factors[taken % factors.length]!;
    const slopes = split(gradient(flatPoint(parameters)).map((slope) => factor * slope));
    ({ parameters, state } = optimizer.step(parameters, slopes, state, problem));
    const slots = state.slots as Readonly<Record<string, Values>>;
    compare(flatPoint(parameters), point, `${title}: after step ${taken + 1}`);
    for (const [slot, right] of Object.entries(states?.[taken + 1] ?? {}))
      compare(flatPoint(slots[slot]!), right, `${title}: ${slot} after step ${taken + 1}`);
  }
}

function compare(found: readonly number[], wanted: readonly number[], where: string): void {
  if (found.length !== wanted.length)
    throw new Error(`${where} there are ${found.length} numbers instead of ${wanted.length}`);
  for (const [i, right] of wanted.entries()) {
    const x = found[i]!;
    if (Math.abs(x - right) <= 1e-10 * (1 + Math.abs(right))) continue;
    throw new Error(`${where} element ${i} is ${x} instead of ${right}`);
  }
}

const read = <T>(file: string): T =>
  JSON.parse(readFileSync(new URL(`../reference/${file}`, import.meta.url), "utf8")) as T;

interface TorchRun {
  readonly name: string;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly hyperparameters: TorchHyperparameters;
  readonly comparableSteps: number;
  readonly points: readonly Point[];
}

/** PyTorch's names; which are there depends on the optimizer. */
interface TorchHyperparameters {
  readonly momentum: number;
  readonly dampening: number;
  readonly weight_decay: number;
  readonly nesterov: boolean;
  readonly maximize?: boolean;
  readonly lr_decay: number;
  readonly eps: number;
  readonly initial_accumulator_value: number;
  readonly alpha: number;
  readonly centered: boolean;
  readonly betas: readonly [number, number];
  readonly amsgrad: boolean;
  readonly momentum_decay: number;
  readonly rho: number;
  readonly etas: readonly [number, number];
  readonly step_sizes: readonly [number, number];
  readonly lambd: number;
  readonly t0: number;
}

/** What Adam and its kin have in common. */
const adamLike = (learningRate: number, h: TorchHyperparameters) => ({
  learningRate,
  beta1: h.betas[0],
  beta2: h.betas[1],
  epsilon: h.eps,
  weightDecay: h.weight_decay,
  maximize: h.maximize ?? false,
});

const torchForms: Readonly<Record<string, (learningRate: number, h: TorchHyperparameters) => Optimizer[]>> = {
  "torch.optim.SGD": (learningRate, h) => {
    const { momentum: rho, dampening, nesterov, weight_decay: weightDecay, maximize = false } = h;
    const common = { learningRate, weightDecay, maximize };
    const own = sgd({ ...common, momentum: rho, dampening, nesterov });
    if (rho === 0) return [own, gradientDescent(common)];
    // At a constant rate both forms of the velocity are the same.
    const velocities = [true, false].map((learningRateInsideVelocity) =>
      momentum({ ...common, momentum: rho, dampening, nesterov, learningRateInsideVelocity }),
    );
    return [own, ...velocities];
  },
  "torch.optim.Adagrad": (learningRate, h) => [
    adagrad({
      learningRate,
      epsilon: h.eps,
      learningRateDecay: h.lr_decay,
      initialAccumulator: h.initial_accumulator_value,
      weightDecay: h.weight_decay,
    }),
  ],
  "torch.optim.RMSprop": (learningRate, h) =>
    [true, false].map((learningRateInsideVelocity) =>
      rmsprop({
        learningRate,
        beta: h.alpha,
        epsilon: h.eps,
        centered: h.centered,
        momentum: h.momentum,
        weightDecay: h.weight_decay,
        learningRateInsideVelocity,
      }),
    ),
  "torch.optim.Adam": (learningRate, h) => [adam({ ...adamLike(learningRate, h), amsgrad: h.amsgrad })],
  "torch.optim.AdamW": (learningRate, h) => [adamw({ ...adamLike(learningRate, h), amsgrad: h.amsgrad })],
  "torch.optim.NAdam": (learningRate, h) => [
    nadam({ ...adamLike(learningRate, h), momentumDecay: h.momentum_decay }),
  ],
  "torch.optim.RAdam": (learningRate, h) => [radam(adamLike(learningRate, h))],
  "torch.optim.Adamax": (learningRate, h) => [adamax(adamLike(learningRate, h))],
  "torch.optim.Adadelta": (learningRate, h) => [
    adadelta({ learningRate, rho: h.rho, epsilon: h.eps, weightDecay: h.weight_decay }),
  ],
  "torch.optim.Rprop": (learningRate, { etas, step_sizes: sizes }) => [
    rprop({
      ...{ learningRate, decrease: etas[0], increase: etas[1] },
      ...{ smallestStep: sizes[0], largestStep: sizes[1] },
    }),
  ],
  "torch.optim.ASGD": (learningRate, h) => [
    asgd({ learningRate, lambda: h.lambd, alpha: h.alpha, averageFrom: h.t0, weightDecay: h.weight_decay }),
  ],
};

const sphere = ([x, y]: readonly number[]) => [0.4 * x!, 4 * y!];

const torchTrajectories = read<{ runs: TorchRun[] }>("torch-sphere.json").runs.map((run): Trajectory => {
  const { name, optimizer, learningRate, hyperparameters, comparableSteps, points } = run;
  return {
    library: "torch",
    title: name,
    optimizers: torchForms[optimizer]!(learningRate, hyperparameters),
    start: { x: points[0]! },
    gradient: sphere,
    split: (x) => ({ x }),
    points: points.slice(1, comparableSteps),
  };
});

interface Tensors {
  readonly W: readonly number[][];
  readonly b: readonly number[];
}

const quadratic = read<{
  readonly stiffness: Tensors;
  readonly target: Tensors;
  readonly start: Tensors;
  readonly runs: readonly {
    readonly optimizer: string;
    /** Whether optax's defaults aren't those of here, so that its preset is asked for. */
    readonly preset: boolean;
    readonly options: object;
    readonly points: Trajectory["points"];
    readonly states?: Trajectory["states"] & {};
  }[];
}>("optax.json");
const flatTensors = ({ W, b }: Tensors): number[] => [...W.flat(), ...b];
const [stiffness, target] = [flatTensors(quadratic.stiffness), flatTensors(quadratic.target)];

/** Σ s(p − t)²/2 + W₀₀·b₀, whose gradient is below. */
const objective = trace({ W: matrix(2, 3), b: vector(3) }, ({ W, b }) => {
  const half = (p: Expr, s: readonly unknown[], t: readonly unknown[]) =>
    sum(multiply(s as number[], square(subtract(p, t as number[])))) as Expr;
  const all = add(
    half(W, quadratic.stiffness.W, quadratic.target.W),
    half(b, quadratic.stiffness.b, quadratic.target.b),
  );
  return add(multiply(0.5, all), multiply(sum(take(reshape(W, [6]), [0])), sum(take(b, [0]))));
});

/** The gradient of Σ s(p − t)²/2 + W₀₀·b₀, flat: W row by row, then b. */
function quadraticGradient(point: readonly number[]): number[] {
  const crossed = [point[6]!, ...new Array<number>(5).fill(0), point[0]!, 0, 0];
  return point.map((x, i) => stiffness[i]! * (x - target[i]!) + crossed[i]!);
}

type Makers = Readonly<Record<string, (options: object) => Optimizer>>;

const mapRecord = (record: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(record).map(([key, one]) => [key, evaluate(one)]));

/** Calls written as lists, such as `["chain", ["clipByGlobalNorm", 1], ["adamw", { … }]]`. */
function evaluate(call: unknown): unknown {
  if (!Array.isArray(call)) return isRecord(call) ? mapRecord(call) : call;
  const [name, ...operands] = call as unknown[];
  const make = typeof name === "string" && (rules as unknown as Record<string, unknown>)[name];
  if (typeof make !== "function") return call.map(evaluate);
  return (make as (...operands: unknown[]) => unknown)(...operands.map(evaluate));
}

const onQuadratic = {
  problem: { objective },
  start: { W: quadratic.start.W, b: quadratic.start.b },
  gradient: quadraticGradient,
  split: (flat: readonly number[]) => ({ W: flat.slice(0, 6), b: flat.slice(6) }),
};

const optaxTrajectories = quadratic.runs.flatMap(({ optimizer, preset, options, ...run }): Trajectory[] => {
  const make = ((preset ? optax : rules) as unknown as Makers)[optimizer];
  if (!make) return [];
  return [
    {
      ...onQuadratic,
      ...run,
      library: "optax",
      title: `${preset ? "optax." : ""}${optimizer} ${JSON.stringify(options)}`,
      optimizers: [Array.isArray(options) ? (evaluate([optimizer, ...options]) as Optimizer) : make(options)],
    },
  ];
});

interface OtherRun extends Pick<Trajectory, "points" | "states" | "factors"> {
  readonly library: "torch" | "numpy";
  readonly call: readonly unknown[];
}

const otherTrajectories = read<{ runs: readonly OtherRun[] }>("other-runs.json").runs.map(
  ({ call, ...run }): Trajectory => ({
    ...onQuadratic,
    ...run,
    title: JSON.stringify(call),
    optimizers: [evaluate(call) as Optimizer],
  }),
);

/** Slopes that stay: a centred square is exactly 0 then, which roundings make negative for some of them. */
const slopes = Array.from({ length: 16 }, (_, i) => 3 * Math.sin(i + 1));
/** A rate that moves nothing; its square is 0, and so is the weight of an average. */
const still = { learningRate: 1e-200 };
const rising = [
  "joinSchedules",
  { schedules: [["warmup", { warmupSteps: 5, schedule: 1e-200 }], 2e-200], boundaries: [14] },
];
const centred = { ...still, epsilon: 1e-20, beta: 0.3, centered: true };
const stillCalls = [
  ["rmsprop", centred],
  ["rmsprop", { ...centred, momentum: 0.5 }],
  ["rmsprop", { ...centred, momentum: 0.5, learningRateInsideVelocity: false }],
  ["rmsprop", { ...centred, momentum: 0.5, epsilonInsideSqrt: true }],
  ["scheduleFreeSgd", { learningRate: rising, weightDecay: 0.1 }],
  ["scheduleFreeAdamW", { learningRate: rising, beta1: 0.8 }],
];
const averagingCalls = [
  ["scheduleFreeSgd", still],
  ["scheduleFreeAdamW", still],
  ["scheduleFreeAdamW", { ...still, weightDecay: 0.1 }],
  ["scheduleFreeAdamW", { ...still, beta1: 0.8, weightDecay: still.learningRate }],
];
/** A rate that was larger before counts on. */
const fallen = {
  before: { largestRate: { x: 3 } },
  states: { 1: { largestRate: [3], totalWeight: [9] }, 2: { largestRate: [3], totalWeight: [18] } },
};
const closedTrajectories = [
  ...[...stillCalls, ...averagingCalls].map((call) => [call, {}] as const),
  ...averagingCalls.map((call) => [call, fallen] as const),
].map(
  ([call, others]): Trajectory => ({
    library: "closed forms",
    title: JSON.stringify([call, others]),
    optimizers: [evaluate(call) as Optimizer],
    start: { x: slopes },
    gradient: () => slopes,
    split: (x) => ({ x }),
    points: new Array<typeof slopes>(60).fill(slopes),
    ...others,
  }),
);

export const trajectories: readonly Trajectory[] = [
  ...torchTrajectories,
  ...optaxTrajectories,
  ...otherTrajectories,
  ...closedTrajectories,
];
