/** Einstein's summation convention, and products of tensors along chosen axes. */
import { readCount, readList } from "../arguments.js";
import { describe, shortened } from "../describe.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { formatShape } from "../shape.js";
import type { Axes, Contracted } from "../shape-types.js";
import { rowsOf } from "../tree.js";
import type { EinsumShape, Operand, ResultOf, ShapeOf } from "../types.js";
import { readAxes } from "./axes.js";
import { arranged, bestOrder, contractPair, type Labelled, type Order, summed } from "./contraction.js";
import { diagonal } from "./matrices.js";
import { permuted, reshapeExpr } from "./moving.js";

/** Subscripts taken apart: the labels of each operand and of the result, "..." standing for axes without a label. */
interface Subscripts {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[] | undefined;
}

const dots = "...";

function parse(subscripts: unknown): Subscripts {
  if (typeof subscripts !== "string")
    throw new AdjointError(
      `einsum: the subscripts are ${describe(subscripts)}; they are a text, such as "ij,jk->ik", in front of the operands.`,
    );
  const [inputs, output, ...more] = subscripts.replaceAll(" ", "").split("->");
  if (more.length > 0)
    throw new AdjointError(`einsum: there is more than one arrow in ${describe(subscripts)}.`);
  return {
    operands: inputs!.split(",").map(labelsOf),
    output: output === undefined ? undefined : labelsOf(output),
  };
}

function labelsOf(text: string): string[] {
  const labels = text.match(/\.\.\.|./gsu) ?? [];
  const wrong = labels.find((label) => label !== dots && !/^[A-Za-z]$/.test(label));
  if (wrong !== undefined || labels.filter((label) => label === dots).length > 1) {
    throw new AdjointError(
      `einsum: ${describe(text)} among the subscripts; an axis is a letter, and "..." stands once for all others.`,
    );
  }
  return labels;
}

/** A label for each axis of an operand: those behind the dots are numbered from the last one on. */
function withoutDots(labels: readonly string[], { shape }: Expr, i: number): string[] {
  const named = labels.filter((label) => label !== dots).length;
  const hasDots = named < labels.length;
  if (hasDots ? shape.length < named : shape.length !== named) {
    throw new AdjointError(
      `einsum: operand ${i} of shape ${formatShape(shape)} has ${shape.length} axes, and "${shortened(labels.join(""))}" names ${named}${hasDots ? " besides the dots" : ""}.`,
    );
  }
  const unnamed = Array.from({ length: shape.length - named }, (_, axis, all = shape.length - named) =>
    String(all - axis),
  );
  return labels.flatMap((label) => (label === dots ? unnamed : [label]));
}

/** A label that an operand has twice is its diagonal along these axes. */
function withoutRepeats(x: Expr, labels: readonly string[]): Labelled {
  const first = labels.findIndex((label, axis) => labels.indexOf(label, axis + 1) >= 0);
  if (first < 0) return { x, labels };
  const second = labels.indexOf(labels[first]!, first + 1);
  const others = [...labels.keys()].filter((axis) => axis !== first && axis !== second);
  const last = diagonal(permuted(x, [...others, first, second]));
  return withoutRepeats(last, [...others.map((axis) => labels[axis]!), labels[first]!]);
}

/** The length of each label. What the dots stand for is broadcast; labels with a name must agree. */
function lengthsOf(operands: readonly Labelled[]): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const { x, labels } of operands) {
    for (const [axis, label] of labels.entries()) {
      const length = x.shape[axis]!;
      const present = lengths.get(label);
      if (present === undefined || (present === 1 && isUnnamed(label))) lengths.set(label, length);
      else if (length !== present && !(length === 1 && isUnnamed(label))) {
        const what = isUnnamed(label)
          ? "axes that the dots stand for don't broadcast: they have"
          : `"${label}" has`;
        throw new AdjointError(`einsum: ${what} the lengths ${present} and ${length}.`);
      }
    }
  }
  return lengths;
}

const isUnnamed = (label: string): boolean => /\d/.test(label);

/** Without axes of length 1 that are broadcast against longer ones. */
function withoutUnits({ x, labels }: Labelled, lengths: ReadonlyMap<string, number>): Labelled {
  const stays = labels.map((label, axis) => x.shape[axis] === lengths.get(label));
  return {
    x: reshapeExpr(
      x,
      x.shape.filter((_, axis) => stays[axis]),
    ),
    labels: labels.filter((_, axis) => stays[axis]),
  };
}

/** The labels of the result: those that are given, or the unnamed ones and those that stand once, in alphabetic order. */
function outputOf(given: readonly string[] | undefined, operands: readonly (readonly string[])[]): string[] {
  const all = operands.flat();
  const numbers = [...new Set(all.filter(isUnnamed))].sort((a, b) => Number(b) - Number(a));
  if (given === undefined) {
    const once = all.filter((label) => !isUnnamed(label) && all.indexOf(label) === all.lastIndexOf(label));
    return [...numbers, ...once.sort()];
  }
  const output = given.flatMap((label) => (label === dots ? numbers : [label]));
  const wrong = output.find((label, i) => !all.includes(label) || output.indexOf(label) !== i);
  if (wrong !== undefined) {
    throw new AdjointError(
      `einsum: the result's "${wrong}" ${all.includes(wrong) ? "is named twice" : "is none of the operands' axes"}.`,
    );
  }
  if (numbers.length > 0 && !given.includes(dots)) {
    throw new AdjointError(
      `einsum: the operands have axes that dots stand for, and the result "${given.join("")}" hasn't.`,
    );
  }
  return output;
}

/**
 * Einstein's summation convention in NumPy's notation: a letter for each axis, operands separated by commas, and behind
 * an arrow the axes of the result. Products of elements are summed over all letters that the result doesn't have. Without
 * an arrow it has those that stand once, in alphabetic order. A letter twice on one operand is its diagonal; "..." stands
 * for all other axes, which are broadcast. Operands are multiplied pair by pair, each pair as one matrix product (a batch
 * of them), in the order of the fewest multiplications.
 * @throws where the subscripts don't fit the operands
 *
 * @example
 * einsum("ij,jk->ik", [[1, 2], [3, 4]], [[5, 6], [7, 8]]); // [[19, 22], [43, 50]], the matrix product
 * einsum("ii", [[1, 2], [3, 4]]); // 5, the trace
 * einsum("...i,...i->...", [[1, 2], [3, 4]], [[5, 6], [7, 8]]); // [17, 53], products of rows
 */
export function einsum<const S extends string, const T extends readonly Operand[]>(
  subscripts: S,
  ...operands: T
): ResultOf<T, EinsumShape<S, T>> {
  const { operands: texts, output: given } = parse(subscripts);
  if (texts.length !== operands.length) {
    throw new AdjointError(
      `einsum: ${describe(subscripts)} has subscripts for ${texts.length} operands, and there are ${operands.length}.`,
    );
  }
  return withOperands("einsum", operands, (exprs) => {
    const labels = exprs.map((x, i) => withoutDots(texts[i]!, x, i));
    const output = outputOf(given, labels);
    const tensors = exprs.map((x, i) => withoutRepeats(x, labels[i]!));
    const lengths = lengthsOf(tensors);
    return contractAll(
      tensors.map((one) => withoutUnits(one, lengths)),
      output,
      lengths,
    );
  }) as never;
}

function contractAll(
  tensors: readonly Labelled[],
  output: readonly string[],
  lengths: ReadonlyMap<string, number>,
): Expr {
  const isUsed = (label: string, inside: ReadonlySet<Labelled>) =>
    output.includes(label) || tensors.some((one) => !inside.has(one) && one.labels.includes(label));
  // What only one operand has is summed at once.
  const ready = tensors.map((one) => summed(one, (label) => isUsed(label, new Set([one]))));
  const order = bestOrder(
    ready.map(({ labels }) => labels),
    output,
    lengths,
  );
  const contract = (part: Order): Labelled & { readonly inside: ReadonlySet<Labelled> } => {
    if (typeof part === "number") return { ...ready[part]!, inside: new Set([tensors[part]!]) };
    const [a, b] = part.map(contract) as [ReturnType<typeof contract>, ReturnType<typeof contract>];
    const inside = new Set([...a.inside, ...b.inside]);
    const keeps = (label: string) => isUsed(label, inside);
    // Rows come from the operand with the axis that is in front in the result.
    const front = output.find((label) => a.labels.includes(label) !== b.labels.includes(label));
    const exchanged = front !== undefined && b.labels.includes(front);
    return { ...(exchanged ? contractPair(b, a, keeps) : contractPair(a, b, keeps)), inside };
  };
  return arranged(contract(order), output);
}

/**
 * Sums of products of two tensors along axes of both (NumPy's `tensordot`): along the last ones of `a` and the first
 * ones of `b`, 2 by default, or along the axes that two lists name. The result has the other axes of `a`, then those of
 * `b`. It is one matrix product.
 * @throws where the lengths along these axes differ
 *
 * @example
 * tensordot([[1, 2], [3, 4]], [5, 6], 1); // [17, 39]
 * tensordot([[1, 2], [3, 4]], [5, 6], [[0], [0]]); // [23, 34]
 */
export function tensordot<
  const A extends Operand,
  const B extends Operand,
  const X extends number | readonly [Axes, Axes] = 2,
>(a: A, b: B, axes: X = 2 as X): ResultOf<[A, B], Contracted<ShapeOf<A>, ShapeOf<B>, X>> {
  return withOperands("tensordot", [a, b], ([x, y]) => {
    const [of, behind] = pairsOf(x, y, axes);
    if (of.length !== behind.length || of.some((axis, i) => x.shape[axis] !== y.shape[behind[i]!])) {
      throw new AdjointError(
        `tensordot: the axes [${of}] of ${formatShape(x.shape)} and [${behind}] of ${formatShape(y.shape)} don't have the same lengths.`,
      );
    }
    const left = x.shape.map((_, axis) => `a${axis}`);
    const right = y.shape.map((_, axis) => {
      const i = behind.indexOf(axis);
      return i < 0 ? `b${axis}` : left[of[i]!]!;
    });
    const isShared = (label: string) => left.includes(label) && right.includes(label);
    const output = [...left, ...right].filter((label) => !isShared(label));
    return contractPair({ x, labels: left }, { x: y, labels: right }, (label) => output.includes(label)).x;
  }) as never;
}

/** The axes of both operands that go together. */
function pairsOf(a: Expr, b: Expr, axes: unknown): [readonly number[], readonly number[]] {
  if (!rowsOf(axes)) {
    const count = readCount(axes, "tensordot: axes, or a list of two lists of them,");
    const rank = a.shape.length;
    if (count > rank || count > b.shape.length) {
      throw new AdjointError(
        `tensordot: ${formatShape(a.shape)} and ${formatShape(b.shape)} don't both have ${count} axes.`,
      );
    }
    return [[...Array(count).keys()].map((i) => rank - count + i), [...Array(count).keys()]];
  }
  const pair = readList(axes, "tensordot: axes", (one) => one);
  if (pair.length !== 2)
    throw new AdjointError(`tensordot: axes is ${describe(axes)}; pass a count, or two lists of axes.`);
  return [readAxes(pair[0], a.shape.length, "tensordot"), readAxes(pair[1], b.shape.length, "tensordot")];
}
