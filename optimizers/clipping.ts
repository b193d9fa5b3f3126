/**
 * Clipping: gradients cut down to a size, as parts of chains, and as graph functions on maps of gradients, which come before an
 * optimizer's `update` or `step` and work on numbers like all ops.
 *
 * @example
 * const optimizer = adam({ learningRate: 0.1 });
 * const parameters = { x: [2, 3] };
 * const gradients = clipByGlobalNorm({ x: [30, 40] }, 1);
 * optimizer.step(parameters, gradients, optimizer.init(parameters)).state.step; // 1
 */
import {
  divide,
  Expr,
  hypot,
  lessEqual,
  maximum,
  minimum,
  multiply,
  type NestedArray,
  norm,
  type Operand,
  reshape,
  type ShapedValues,
  type Tree,
  where,
} from "../graph/index.js";
import {
  flatten,
  flattenTree,
  isNumeric,
  type Listed,
  lift,
  type NumericArray,
  nest,
  type OptionsOf,
  readOptions,
  readTree,
  sizeOf,
  unflattenTree,
} from "../graph/internal.js";
import { makePart, type Part, type Passing } from "./chain.js";
import { placeIn, readMap } from "./maps.js";
import { atLeastZero, type Hyperparameter, positive, requiredPositive } from "./options.js";
import type { NoSlots } from "./types.js";

/** Gradients by parameter name, as expressions or numbers, and trees of them. */
type Gradients = { readonly [name: string]: Tree<Operand | ShapedValues> };

/**
 * Expressions stay expressions, numbers numbers; arrays come back as nested arrays.
 * @example const clipped: Clipped<{ x: number[] }> = { x: [0.6, 0.8] };
 */
export type Clipped<G> = G extends Expr
  ? G
  : G extends number
    ? number
    : G extends NumericArray | ShapedValues | readonly number[]
      ? NestedArray
      : G extends readonly NumericArray[]
        ? { [K in keyof G]: NestedArray }
        : G extends NestedArray
          ? NestedArray
          : G extends Listed
            ? { [K in keyof G]: Clipped<G[K]> }
            : G extends readonly (infer E)[]
              ? readonly Clipped<E>[]
              : { [K in keyof G]: Clipped<G[K]> };

/**
 * Every element into [−limit, limit].
 *
 *     g ← max(min(g, limit), −limit)
 *
 * @example
 * clipByValue({ x: [0.5, -3] }, 1); // { x: [0.5, -1] }
 *
 * torch's `clip_grad_value_`, optax's `clip`.
 *
 * @throws where the limit isn't a number above 0, or a gradient isn't made of numbers
 */
export function clipByValue(limit: Hyperparameter): Part<NoSlots>;
export function clipByValue<const G extends Gradients>(gradients: G, limit: Hyperparameter): Clipped<G>;
export function clipByValue(...given: readonly unknown[]): unknown {
  const own = (limit: Hyperparameter) => (g: Operand) =>
    maximum(minimum(g, limit), multiply(limit, -1)) as Operand;
  return clipping("clipByValue", "limit", given, (gradients, limit) => gradients.map(own(limit)));
}

/**
 * Each gradient by itself, scaled down to a Euclidean norm of at most `maxNorm`.
 *
 *     g ← g·min(1, maxNorm/‖g‖)
 *
 * @example
 * clipByNorm({ x: [3, 4], y: 0.5 }, 2.5); // { x: [1.5, 2], y: 0.5 }
 *
 * TensorFlow's `clip_by_norm`.
 *
 * @throws where `maxNorm` isn't a number above 0, or a gradient isn't made of numbers
 */
export function clipByNorm(maxNorm: Hyperparameter): Part<NoSlots>;
export function clipByNorm<const G extends Gradients>(gradients: G, maxNorm: Hyperparameter): Clipped<G>;
export function clipByNorm(...given: readonly unknown[]): unknown {
  return clipping("clipByNorm", "maxNorm", given, (gradients, maxNorm) =>
    gradients.map((g) => clipped(g, normOf(g), maxNorm)),
  );
}

/**
 * All gradients together, scaled down to a common Euclidean norm of at most `maxNorm`: the direction stays.
 *
 *     g ← g·min(1, maxNorm/√(Σ‖g‖²))
 *
 * @example
 * clipByGlobalNorm({ x: 3, y: 4 }, 2.5); // { x: 1.5, y: 2 }
 *
 * Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013. optax's
 * `clip_by_global_norm`; torch's `clip_grad_norm_` adds 1e-6 to the norm.
 *
 * @throws where `maxNorm` isn't a number above 0, or a gradient isn't made of numbers
 */
export function clipByGlobalNorm(maxNorm: Hyperparameter): Part<NoSlots>;
export function clipByGlobalNorm<const G extends Gradients>(
  gradients: G,
  maxNorm: Hyperparameter,
): Clipped<G>;
export function clipByGlobalNorm(...given: readonly unknown[]): unknown {
  return clipping("clipByGlobalNorm", "maxNorm", given, (gradients, maxNorm) => {
    const total = gradients.reduce<Hyperparameter>((size, g) => hypot(size, normOf(g)) as Hyperparameter, 0);
    return gradients.map((g) => clipped(g, total, maxNorm));
  });
}

/** What a clipping does to all gradients, which come in the order of their paths: the order of keys must not change a sum. */
type Clip = (gradients: readonly Operand[], limit: Hyperparameter) => readonly Operand[];

/** A part of a chain of a limit alone, the clipped gradients of gradients and a limit. */
function clipping(name: string, option: string, given: readonly unknown[], clip: Clip): unknown {
  const isPart = given.length === 1 && (typeof given[0] === "number" || given[0] instanceof Expr);
  const options = { [option]: isPart ? given[0] : given[1] } as Readonly<Record<string, Hyperparameter>>;
  const hyperparameters = readOptions(name, { [option]: requiredPositive }, options);
  const limit = hyperparameters[option]!;
  if (isPart) return clippingPart(name, hyperparameters, (places) => clip(gradientsOf(places), limit));
  const read = readGradients(name, given[0], limit);
  const leaves = flattenTree(read, isOperand);
  const order = leaves
    .map((_, i) => i)
    .sort((a, b) => (String(leaves[a]!.path) < String(leaves[b]!.path) ? -1 : 1));
  const clippedOnes = clip(
    order.map((i) => leaves[i]!.leaf),
    limit,
  );
  const places = order.map((_, i) => order.indexOf(i));
  return unflattenTree(
    read,
    isOperand,
    places.map((place) => clippedOnes[place]!),
  );
}

const gradientsOf = (places: readonly Passing[]): Expr[] => places.map(({ gradient }) => gradient);

function clippingPart(
  name: string,
  hyperparameters: Part["hyperparameters"],
  clip: (places: readonly Passing[]) => readonly Operand[],
): Part<NoSlots> {
  return makePart<NoSlots>({
    name,
    hyperparameters,
    changes: "gradients",
    slots: {},
    apply: (places) => clip(places).map((changed) => ({ changed: changed as Expr, slots: {} })),
  });
}

const adaptiveOptions = {
  /** λ > 0: the largest norm of a gradient, as a share of its parameter's. */
  ratio: positive(0.01),
  /** ε ≥ 0: a parameter's norm counts as so much at least. */
  epsilon: atLeastZero(1e-3),
};

/**
 * Options of `clipAdaptively`.
 * @example const options: ClipAdaptivelyOptions = { ratio: 0.05 };
 */
export type ClipAdaptivelyOptions = OptionsOf<typeof adaptiveOptions>;

/**
 * A part of a chain: the gradient of each unit cut down to a share of the unit's own norm. Units are what stands along the last
 * axis, such as the columns of a matrix in `matmul(X, W)`; a vector is one.
 *
 *     g ← g·min(1, λ·max(‖x‖, ε)/‖g‖)
 *
 * @param given `ratio` λ = 0.01, `epsilon` ε = 1e-3
 *
 * @example
 * const optimizer = chain(clipAdaptively({ ratio: 0.5 }), gradientDescent({ learningRate: 1 }));
 * const start = { W: [[2, 2]] };
 * optimizer.step(start, { W: [[4, 0.5]] }, optimizer.init(start)).parameters.W; // Float64Array [1, 1.5]
 *
 * Brock et al., "High-performance large-scale image recognition without normalization", ICML 2021. As optax's `adaptive_grad_clip`
 * but for tensors of three axes, whose units have one axis there.
 */
export function clipAdaptively(given: ClipAdaptivelyOptions = {}): Part<NoSlots> {
  const hyperparameters = readOptions("clipAdaptively", adaptiveOptions, given);
  const { ratio, epsilon } = hyperparameters;
  return clippingPart("clipAdaptively", hyperparameters, (places) =>
    places.map(({ parameter, gradient }) => {
      const { shape } = gradient;
      const columns = shape.length < 2 ? [sizeOf(shape), 1] : [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
      const [x, g] = [parameter, gradient].map((one) => reshape(one, columns) as Expr) as [Expr, Expr];
      const [size, length] = [x, g].map((one) => norm(one, 0) as Expr) as [Expr, Expr];
      const most = multiply(ratio, maximum(size, epsilon));
      const isFine = lessEqual(length, most);
      // A norm of 0 is fine, and divides nothing.
      const scaled = multiply(divide(g, where(isFine, 1, length)), most);
      return reshape(where(isFine, g, scaled) as Expr, shape) as Expr;
    }),
  );
}

function normOf(g: Operand): Hyperparameter {
  return norm(g) as Hyperparameter;
}

/**
 * What is small enough stays as it is, and so does its derivative. A size that is NaN makes all that is clipped by it NaN,
 * as torch's does; an infinite one leaves 0, and NaN of what is infinite. The quotient g/‖g‖ comes first: the derivative of
 * maxNorm/‖g‖ is denormal where gradients are beyond 10¹⁵⁴.
 */
function clipped(g: Operand, size: Hyperparameter, maxNorm: Hyperparameter): Operand {
  return where(lessEqual(size, maxNorm), g, multiply(divide(g, size) as Operand, maxNorm)) as Operand;
}

/** The gradients as operands that ops take without complaint, each read once, and of one trace with the limit. */
function readGradients(name: string, gradients: unknown, limit: Hyperparameter): Tree<Operand> {
  let one: Expr | undefined = limit instanceof Expr ? limit : undefined;
  const place = placeIn({ name }, "gradients");
  const isLeaf = (given: unknown) => given instanceof Expr || isNumeric(given);
  return readTree(readMap({ name }, gradients, "gradients"), isLeaf, place, (given, path): Operand => {
    if (given instanceof Expr) {
      one ??= given;
      return lift(one.builder, given, place(path));
    }
    if (typeof given === "number") return given;
    const { data, shape } = flatten(given, place(path));
    return shape.length === 1 ? data : nest(data, shape);
  });
}

/** Of what was read: numbers of more than one axis are nested, and no list of gradients. */
function isOperand(tree: Tree<Operand>): tree is Operand {
  return tree instanceof Expr || isNumeric(tree);
}
