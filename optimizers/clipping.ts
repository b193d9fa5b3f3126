/**
 * Clipping: gradients cut down to a size, as graph functions on maps of gradients. They come before an optimizer's
 * `update` or `step`, and work on numbers like all ops.
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
  mapTree,
  type NumericArray,
  nest,
  readOptions,
  readTree,
} from "../graph/internal.js";
import { placeIn, readMap } from "./maps.js";
import { type Hyperparameter, requiredPositive } from "./options.js";

/** Gradients by parameter name, as expressions or numbers, and trees of them. */
type Gradients = { readonly [name: string]: Tree<Operand | ShapedValues> };

/** Expressions stay expressions, numbers numbers; arrays come back as nested arrays. */
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
export function clipByValue<const G extends Gradients>(gradients: G, limit: Hyperparameter): Clipped<G> {
  readOptions("clipByValue", { limit: requiredPositive }, { limit });
  const read = readGradients("clipByValue", gradients, limit);
  return mapValues<G>(read, (g) => maximum(minimum(g, limit), multiply(limit, -1)) as Operand);
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
export function clipByNorm<const G extends Gradients>(gradients: G, maxNorm: Hyperparameter): Clipped<G> {
  readOptions("clipByNorm", { maxNorm: requiredPositive }, { maxNorm });
  const read = readGradients("clipByNorm", gradients, maxNorm);
  return mapValues<G>(read, (g) => clipped(g, normOf(g), maxNorm));
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
export function clipByGlobalNorm<const G extends Gradients>(
  gradients: G,
  maxNorm: Hyperparameter,
): Clipped<G> {
  readOptions("clipByGlobalNorm", { maxNorm: requiredPositive }, { maxNorm });
  const read = readGradients("clipByGlobalNorm", gradients, maxNorm);
  // The order of keys must not change the sum, not even in the last place.
  const leaves = flattenTree(read, isOperand).sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1));
  const total = leaves.reduce<Hyperparameter>(
    (size, { leaf }) => hypot(size, normOf(leaf)) as Hyperparameter,
    0,
  );
  return mapValues<G>(read, (g) => clipped(g, total, maxNorm));
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

function mapValues<G extends Gradients>(gradients: Tree<Operand>, clip: (g: Operand) => Operand): Clipped<G> {
  return mapTree(gradients, isOperand, clip) as Clipped<G>;
}
