/** What the laws of the export run on every target: each op's instances, their adjoints, and corners, with their inputs. */

import { type Expr, type Shape, scalar, type Traced, tensor, trace, vjp } from "../../graph/index.js";
import { apply } from "../../graph/node.js";
import type { Domain, Op } from "../../graph/op.js";
import { full } from "../../graph/ops/constant.js";
import { sizeOf } from "../../graph/shape.js";
import { instancesOf, ops } from "./registry.js";

/** A function with inputs on which every target must give what the interpreter gives. */
export interface ExportCase {
  readonly name: string;
  readonly f: Traced;
  readonly inputs: Readonly<Record<string, number | Float64Array>>;
}

/** Operands that are orders of derivatives: known numbers wherever the library makes such nodes. */
const orders: Readonly<Record<string, readonly number[]>> = {
  besselDerivative: [0, 1],
  logErfcDerivative: [0],
  sincDerivative: [0],
  polygammaDifference: [0],
  gammaByShape: [0],
  gammaDensity: [0],
};

function drawn({ kind, low, high, diagonal }: Domain, shape: Shape, salt: number): Float64Array {
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const x = low + (high - low) * (0.5 + 0.5 * Math.sin(12.9898 * i + 3.1 * salt + 0.7));
    return kind === "real" ? x : Math.round(x);
  });
  if (!diagonal || shape.length < 2) return values;
  const [m, n] = shape.slice(-2) as [number, number];
  for (let first = 0; first < values.length; first += m * n)
    for (let i = 0; i < Math.min(m, n); i++) values[first + i * (n + 1)]! += diagonal;
  return values;
}

const plain = (values: Float64Array, shape: Shape) => (shape.length === 0 ? values[0]! : values);

/** An op on inputs of these shapes; one without operands reads an input that it doesn't use. */
function tracedOp(op: Op, shapes: readonly Shape[], params: object, salt: number): Traced {
  const specs = Object.fromEntries([
    ["unused", scalar()],
    ...shapes.map((shape, i) => [`x${i}`, tensor(shape)]),
  ]);
  return trace(specs as never, (given: Readonly<Record<string, Expr>>) => {
    const { builder } = given.unused!;
    if (shapes.length === 0) {
      const { shape } = params as { readonly shape: Shape };
      return builder.expr(builder.intern(op, [], params, shape)) as never;
    }
    const operands = shapes.map((shape, i) =>
      orders[op.name]?.includes(i) ? full(builder, (i + 1 + salt) % 2, shape) : given[`x${i}`]!,
    );
    return apply(op, operands, params) as never;
  }) as unknown as Traced;
}

/** Each of some ops with each of its instances, and its adjoint there. */
export function* opCases(chosen: readonly Op[] = ops): Generator<ExportCase> {
  for (const op of chosen) {
    const given =
      instancesOf(op) ?? [[3], []].map((shape) => ({ shapes: op.domains.map(() => shape), params: {} }));
    for (const [k, { shapes, params }] of given.entries()) {
      const f = tracedOp(op, shapes, params, k);
      const inputs: Record<string, number | Float64Array> = { unused: 1 };
      for (const [i, shape] of shapes.entries())
        inputs[`x${i}`] = plain(drawn(op.domains[i] ?? op.domains[0]!, shape, i + k), shape);
      yield { name: `${op.name} ${k}`, f, inputs };
      if (op.derivative.kind === "constant") continue;
      const { nodes, outputs } = f.graph;
      const { shape } = nodes[outputs as number]!;
      const cotangent = Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.cos(1 + i * 0.7));
      yield {
        name: `${op.name} ${k}, adjoint`,
        f: vjp(f) as Traced,
        inputs: { ...inputs, cotangent: plain(cotangent, shape) },
      };
    }
  }
}

const allCorners = [0, -0, 1, -1, 0.5, -2, 7, 40, 1e300, -1e300, 1e-300, Infinity, -Infinity, NaN];

/** Ops that take milliseconds a number: fewer pairs do where nobody asks for all. */
const slow = new Set(["gammainc", "gammaincc", "gammaByShape"]);
const few = [0, -0, 1, 0.5, -2, 40, 1e300, 1e-300, Infinity, NaN];

/** Elementwise ops at corners, of two operands at each pair of them. */
export function* cornerCases({ areAll = false, chosen = ops } = {}): Generator<ExportCase> {
  for (const op of chosen) {
    if (!op.scalar) continue;
    const corners = slow.has(op.name) && !areAll ? few : allCorners;
    const free = op.domains.length - (orders[op.name]?.length ?? 0);
    const size = corners.length ** Math.min(free, 2);
    const shapes = op.domains.map(() => [size]);
    const f = tracedOp(op, shapes, {}, 0);
    const inputs: Record<string, number | Float64Array> = { unused: 1 };
    for (let i = 0; i < op.domains.length; i++) {
      const stride = corners.length ** (i % 2);
      inputs[`x${i}`] = Float64Array.from(
        { length: size },
        (_, place) => corners[Math.floor(place / stride) % corners.length]!,
      );
    }
    yield { name: `${op.name} at corners`, f, inputs };
  }
}

/** All numbers of a result, in the order of its leaves. */
export function numbersOf(result: unknown): number[] {
  if (typeof result === "number") return [result];
  if (ArrayBuffer.isView(result)) return [...(result as Float64Array)];
  return Object.values(result as object).flatMap(numbersOf);
}
