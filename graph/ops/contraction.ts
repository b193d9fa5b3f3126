/** Products of tensors summed along axes that they share: one matrix product for a pair, pair by pair in a good order. */
import { apply, type Expr } from "../node.js";
import { sizeOf } from "../shape.js";
import { multiply } from "./arithmetic.js";
import { sumAxes } from "./broadcast.js";
import { matmulOp } from "./matmul.js";
import { permuted, reshapeExpr } from "./moving.js";

/** A tensor with a label for each axis, none of them twice. */
export interface Labelled {
  readonly x: Expr;
  readonly labels: readonly string[];
}

/** The axes in the order of `labels`. */
export function arranged({ x, labels: own }: Labelled, labels: readonly string[]): Expr {
  return permuted(
    x,
    labels.map((label) => own.indexOf(label)),
  );
}

/** The sum along all axes but those that are kept. */
export function summed({ x, labels }: Labelled, keeps: (label: string) => boolean): Labelled {
  const axes = [...labels.keys()].filter((axis) => !keeps(labels[axis]!));
  return { x: sumAxes(x, axes), labels: labels.filter(keeps) };
}

/**
 * Σ of the products of two tensors over the labels that both have and that aren't kept. Labels that only one of them has
 * must be kept.
 */
export function contractPair(a: Labelled, b: Labelled, keeps: (label: string) => boolean): Labelled {
  const isShared = (label: string) => a.labels.includes(label) && b.labels.includes(label);
  const lengthOf = (label: string) =>
    a.x.shape[a.labels.indexOf(label)] ?? b.x.shape[b.labels.indexOf(label)]!;
  const lengths = (labels: readonly string[]) => labels.map(lengthOf);
  const batch = a.labels.filter((label) => isShared(label) && keeps(label));
  const inner = a.labels.filter((label) => isShared(label) && !keeps(label));
  const rows = a.labels.filter((label) => !isShared(label));
  const columns = b.labels.filter((label) => !isShared(label));
  const labels = [...batch, ...rows, ...columns];
  const ones = (count: readonly string[]) => count.map(() => 1);
  const left = (...shape: number[]) =>
    reshapeExpr(arranged(a, [...batch, ...rows, ...inner]), [...lengths(batch), ...shape]);
  if (inner.length === 0) {
    const right = reshapeExpr(arranged(b, [...batch, ...columns]), [
      ...lengths(batch),
      ...ones(rows),
      ...lengths(columns),
    ]);
    return { x: multiply(left(...lengths(rows), ...ones(columns)), right), labels };
  }
  const [m, k, n] = [rows, inner, columns].map((some) => sizeOf(lengths(some))) as [number, number, number];
  const right = reshapeExpr(arranged(b, [...batch, ...inner, ...columns]), [...lengths(batch), k, n]);
  return { x: reshapeExpr(apply(matmulOp, [left(m, k), right]), lengths(labels)), labels };
}

/** An order of pairs: the place of an operand, or two orders whose results are multiplied. */
export type Order = number | readonly [Order, Order];

/** Up to so many operands, all orders are compared: 3⁸ pairs of sets. */
const mostCompared = 8;

/**
 * In which order to multiply operands with such labels, `lengths` being those of the labels: that of the fewest
 * multiplications for up to 8 operands; for more, always the pair that takes the fewest. D. Smith and J. Gray,
 * "opt_einsum", Journal of Open Source Software 3, 2018.
 */
export function bestOrder(
  operands: readonly (readonly string[])[],
  output: readonly string[],
  lengths: ReadonlyMap<string, number>,
): Order {
  const work = (a: readonly string[], b: readonly string[]) =>
    sizeOf([...new Set([...a, ...b])].map((label) => lengths.get(label)!));
  return operands.length <= mostCompared ? cheapest(operands, output, work) : greedy(operands, output, work);
}

type Work = (a: readonly string[], b: readonly string[]) => number;

/** By sets of operands, as the bits of a number: the labels that their product keeps, and the cheapest order for it. */
function cheapest(operands: readonly (readonly string[])[], output: readonly string[], work: Work): Order {
  const all = 2 ** operands.length - 1;
  type Best = { readonly cost: number; readonly order: Order; readonly labels: readonly string[] };
  const best: Best[] = [];
  const has = (set: number, i: number) => ((set >> i) & 1) === 1;
  for (let set = 1; set <= all; set++) {
    const outside = new Set([...output, ...operands.filter((_, i) => !has(set, i)).flat()]);
    const inside = new Set(operands.filter((_, i) => has(set, i)).flat());
    const labels = [...inside].filter((label) => outside.has(label));
    const alone = Math.log2(set);
    if (Number.isInteger(alone)) {
      best[set] = { cost: 0, order: alone, labels: operands[alone]! };
      continue;
    }
    let found: Best | undefined;
    // Each division once: the lowest operand is always in the first part.
    for (let part = (set - 1) & set; part > 0; part = (part - 1) & set) {
      if ((part & set & -set) === 0) continue;
      const [a, b] = [best[part]!, best[set ^ part]!];
      const cost = a.cost + b.cost + work(a.labels, b.labels);
      if (!found || cost < found.cost) found = { cost, order: [a.order, b.order], labels };
    }
    best[set] = found!;
  }
  return best[all]!.order;
}

function greedy(operands: readonly (readonly string[])[], output: readonly string[], work: Work): Order {
  let left = operands.map((labels, i) => ({ order: i as Order, labels }));
  while (left.length > 1) {
    let chosen: [number, number] = [0, 1];
    let least = Number.POSITIVE_INFINITY;
    for (let j = 1; j < left.length; j++) {
      for (let i = 0; i < j; i++) {
        const cost = work(left[i]!.labels, left[j]!.labels);
        if (cost >= least) continue;
        least = cost;
        chosen = [i, j];
      }
    }
    const [a, b] = chosen.map((i) => left[i]!) as [(typeof left)[number], (typeof left)[number]];
    const others = left.filter((one) => one !== a && one !== b);
    const outside = new Set([...output, ...others.flatMap(({ labels }) => labels)]);
    const labels = [...new Set([...a.labels, ...b.labels])].filter((label) => outside.has(label));
    left = [...others, { order: [a.order, b.order], labels }];
  }
  return left[0]!.order;
}
