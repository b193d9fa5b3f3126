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
  type Optimizer,
  optax,
  type Problem,
  setHyperparameters,
  type Values,
} from "../../optimizers/index.js";
import { type TorchHyperparameters, torchForms } from "./torch-forms.js";

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
  /** Hyperparameters that are set before a step, by the number of the step. */
  readonly changes?: Readonly<Record<string, Readonly<Record<string, number>>>>;
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
  { start, gradient, split, points, title, problem, before, states, changes, factors = [1] }: Trajectory,
): void {
  let parameters = start;
  let state = optimizer.init(parameters);
  if (before) state = { ...state, slots: { ...state.slots, ...before } };
  for (const [taken, point] of points.entries()) {
    const factor = factors[taken % factors.length]!;
    const set = changes?.[taken + 1];
    if (set) state = setHyperparameters(optimizer, state, set);
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
    readonly changes?: Trajectory["changes"] & {};
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

const ruleOf = (name: unknown) =>
  typeof name === "string" && (rules as Readonly<Record<string, unknown>>)[name];

/** Calls written as lists, such as `["chain", ["clipByGlobalNorm", 1], ["adamw", { … }]]`; a rule's name alone is the rule. */
function evaluate(call: unknown): unknown {
  if (!Array.isArray(call)) return isRecord(call) ? mapRecord(call) : ruleOf(call) || call;
  const [name, ...operands] = call as unknown[];
  const make = ruleOf(name);
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
  const make = ((preset ? optax : rules) as Makers)[optimizer];
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
