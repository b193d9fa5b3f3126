/**
 * Derivatives of orders 1 to 3 of functions of tensors at their corners, along a direction in which all elements move:
 * against one-sided differences of the function's own value in 64 decimal digits.
 */
import { compile, type Expr, jvp, multiply, sum, type Traced, tensor, trace } from "../../graph/index.js";
import { interpretNodes } from "../../graph/interpret.js";
import { constant } from "../../graph/ops/constant.js";
import { graphOf } from "../../graph/trace.js";
import { type BigNumber, bigNumbers } from "./big-numbers.js";
import { type Call, usualOf } from "./calls.js";
import type { Fault, Kind } from "./corners.js";
import { along, type Objective, operandName } from "./differences.js";
import { directionOf, given, movingOf, resultOf } from "./unused.js";

export interface Corner {
  readonly name: string;
  /** Values for the operands that move, given the usual ones. */
  readonly of: (usual: readonly number[], shape: readonly number[]) => readonly number[];
}

/** Of each matrix. */
const matrices =
  (element: (i: number, j: number, x: number) => number): Corner["of"] =>
  (usual, shape) => {
    const [m, n] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
    return usual.map((x, k) => element(Math.floor(k / n) % m, k % n, x));
  };

const scaled =
  (factor: number): Corner["of"] =>
  (usual) =>
    usual.map((x, i) => factor * x * (i % 3 === 1 ? -1 : 1));

/** Zeros, ties, sizes, and matrices that lack ranks or have equal eigenvalues. */
export const tensorCorners: readonly Corner[] = [
  { name: "zeros", of: (usual) => usual.map(() => 0) },
  { name: "zeros below 0", of: (usual) => usual.map(() => -0) },
  { name: "ones", of: (usual) => usual.map(() => 1) },
  { name: "one zero", of: (usual) => usual.with(0, 0) },
  { name: "a tie", of: (usual) => (usual.length > 1 ? usual.with(1, usual[0]!) : usual) },
  ...[1e-160, 1e160, 1e-300, 1e300].map((x): Corner => ({ name: `around ${x}`, of: scaled(x) })),
  { name: "both signs", of: scaled(1) },
  { name: "the identity", of: matrices((i, j) => Number(i === j)) },
  { name: "rank 1", of: matrices((i, j) => (i + 1) * (j + 2)) },
  { name: "a row of zeros", of: matrices((i, _j, x) => (i === 0 ? 0 : x)) },
  { name: "a column of zeros", of: matrices((_i, j, x) => (j === 0 ? 0 : x)) },
  { name: "nilpotent", of: matrices((i, j) => Number(j === i + 1)) },
];

/** Σ w·y, the weights like no pattern. */
export function objectiveOf(call: Call): Objective {
  const specs = call.operands.map(({ shape }, i) => [operandName(i), tensor(shape)] as const);
  return trace(Object.fromEntries(specs), (named) => {
    const y = resultOf(call, Object.values(named as Record<string, Expr>));
    const weights = Array.from({ length: y.shape[0]! }, (_, i) => Math.cos(1 + i));
    return sum(multiply(weights, y));
  }) as Objective;
}

type Values = readonly (readonly number[])[];

/** A function's value in 64 digits, t·sizes further along the directions. */
function bigValue(f: Objective, at: Values, by: Values, t: BigNumber): BigNumber {
  const { nodes, outputs } = graphOf(f as Traced, "corners");
  const inputs = at.map((list, i) =>
    list.map((x, k) =>
      bigNumbers.add(bigNumbers.constant(x), bigNumbers.multiply(t, bigNumbers.constant(by[i]![k]!))),
    ),
  );
  return interpretNodes(nodes, bigNumbers, inputs)[outputs as number]![0]!;
}

const points = 8;

/** The derivatives of orders 0 to 3 from one side at distances of h: Newton's forward differences. */
function oneSided(f: (t: BigNumber) => BigNumber, h: BigNumber): number[] | undefined {
  let column = Array.from({ length: points }, (_, k) => f(h.times(k)));
  if (column.some((y) => !y.isFinite())) return undefined;
  const differences = [column[0]!];
  while (column.length > 1) {
    column = column.slice(1).map((y, i) => y.minus(column[i]!));
    differences.push(column[0]!);
  }
  // Dᵏ = logᵏ(1 + Δ), of which the coefficients are those of Stirling's numbers.
  return [0, 1, 2, 3].map((order) => {
    const total = differences.reduce(
      (s, d, k) => s.plus(d.times(logPowers[order]![k]!)),
      bigNumbers.constant(0),
    );
    return total.div(h.pow(order)).toNumber();
  });
}

/** The coefficients of Δᵏ in logᵖ(1 + Δ), by p. */
const logPowers: readonly (readonly BigNumber[])[] = (() => {
  const [one, none] = [bigNumbers.constant(1), bigNumbers.constant(0)];
  const log = Array.from({ length: points }, (_, k) => (k === 0 ? none : one.div(k % 2 === 1 ? k : -k)));
  const powers = [[one, ...log.slice(1).map(() => none)]];
  for (let p = 1; p <= 3; p++) {
    const before = powers[p - 1]!;
    powers.push(
      log.map((_, k) => log.slice(0, k + 1).reduce((sum, x, j) => sum.plus(x.times(before[k - j]!)), none)),
    );
  }
  return powers;
})();

/** One side's derivatives as far as two distances agree on them. */
function sideOf(f: (t: BigNumber) => BigNumber, sign: number): (number | undefined)[] | undefined {
  const steps = ["1e-7", "1e-9"].map((h) => bigNumbers.constant(sign).times(h));
  const [a, b] = steps.map((h) => oneSided(f, h));
  if (!a || !b) return undefined;
  return b.map((x, k) =>
    Math.abs(x - a[k]!) <= 1e-4 * Math.abs(x) + 1e-12 * Math.abs(b[0]!) ? x : undefined,
  );
}

/** The derivative along a direction by forward mode. */
function forwards(f: Objective, direction: Readonly<Record<string, readonly number[]>>): Objective {
  const names = Object.keys(direction);
  const tangent = jvp(f, ...(names as never[])) as (inputs: object) => { tangent: Expr };
  const inputs = Object.fromEntries(f.graph.inputs.map(({ name, shape }) => [name, tensor(shape)]));
  return trace(inputs, (exprs) => {
    const by = names.map((name) => {
      const { builder, shape } = (exprs as Record<string, Expr>)[name]!;
      return [`tangent.${name}`, constant(builder, direction[name]!, shape)] as const;
    });
    return tangent({ ...exprs, ...Object.fromEntries(by) }).tangent;
  }) as Objective;
}

type Plain = (inputs: object) => number;

/** All that is wrong with a call at corners. */
export function tensorFaults(call: Call, corners: readonly Corner[] = tensorCorners): Fault[] {
  const moving = movingOf(call);
  if (moving.length === 0) return [];
  const f = objectiveOf(call);
  const faults: Fault[] = [];
  for (const corner of corners) {
    const at = call.operands.map((one, i) => {
      const usual = usualOf(one, 1 + i);
      return moving.includes(i) ? corner.of(usual, one.shape) : usual;
    });
    const size = Math.max(...moving.flatMap((i) => at[i]!.map(Math.abs)), 0) || 1;
    const by = at.map((list, i) =>
      moving.includes(i) ? directionOf(list.length, i).map((x) => x * size) : list.map(() => 0),
    );
    const direction = Object.fromEntries(moving.map((i) => [operandName(i), by[i]!]));
    const value = (t: BigNumber) => bigValue(f, at, by, t);
    const sides = [1, -1].map((sign) => sideOf(value, sign));
    let [reverse, forward] = [f, f];
    for (let order = 0; order <= 3; order++) {
      const inputs = given(call, at);
      for (const [mode, g] of [["reverse", reverse] as const, ["forward", forward] as const]) {
        const slowly = (g as Plain)(inputs);
        const actual = (compile(g) as Plain)(inputs);
        const report = (kind: Kind, wanted: unknown) => {
          const text = `${call.name}, ${corner.name}: ${mode}, order ${order}: ${actual}, not ${wanted}`;
          faults.push({ name: call.name, order, kind, place: corner.name, text });
        };
        if (!Object.is(slowly + 0, actual + 0)) report("differs", `${slowly}, as interpreted`);
        judge(actual, sides, order, size, report);
      }
      if (order < 3) [reverse, forward] = [along(reverse, direction), forwards(forward, direction)];
    }
  }
  return faults;
}

/** Of some denormal terms. */
const rounding = 2 ** -1064;

function judge(
  actual: number,
  sides: readonly ((number | undefined)[] | undefined)[],
  order: number,
  size: number,
  report: (kind: Kind, wanted: unknown) => void,
): void {
  const known = sides.filter((side) => side !== undefined);
  // Beyond all doubles, there is nothing to compare.
  if (known.length === 0 || known.some(([value]) => value === undefined || !Number.isFinite(value))) return;
  const list = known.flatMap((side) => side[order] ?? []);
  if (list.length === 0) return;
  const [low, high] = [Math.min(...list), Math.max(...list)];
  const largest = Math.max(...known.flat().map((x) => Math.abs(x ?? 0)));
  // Nor where the derivative by an element is.
  const exponent = Math.log10(largest) - order * Math.log10(size);
  if (size !== 1 && Math.abs(exponent) > 290) return;
  const slack = 1e-6 * Math.max(Math.abs(low), Math.abs(high)) + 1e-9 * largest + rounding;
  if (Number.isNaN(actual)) {
    // A direction's own power is infinite.
    if (order * Math.log10(size) > 308) return;
    const isSmooth = known.length === 2 && agree(known, order, slack);
    if (isSmooth) report("missing", low);
  } else if (!(actual >= low - slack && actual <= high + slack))
    report(Number.isFinite(actual) ? "wrong" : "infinite", list);
}

/** Whether both sides have the same derivatives up to an order. */
function agree(known: readonly (number | undefined)[][], order: number, slack: number): boolean {
  return Array.from({ length: order + 1 }, (_, k) => known.map((side) => side[k])).every(
    ([a, b]) => a !== undefined && b !== undefined && Math.abs(a - b) <= slack,
  );
}
