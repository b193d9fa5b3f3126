/**
 * What isn't there isn't zero: ops that only move and add elements carry it through where a derivative is absent, so that
 * an infinite slope there doesn't turn the rest into NaN. Which elements depend on which is found by moving them.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  cbrt,
  compile,
  type Expr,
  grad,
  jvp,
  max,
  min,
  multiply,
  norm,
  type Op,
  sqrt,
  sum,
  type Traced,
  trace,
  vector,
  where,
} from "../graph/index.js";
import { doubles } from "../graph/interpret.js";
import { constant } from "../graph/ops/constant.js";
import { sizeOf } from "../graph/shape.js";
import { domainOf } from "../src/testing/programs.js";
import { type Applied, appliedOf, applyTo, resultShape } from "./support/arbitraries.js";
import { flatten } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { instancesOf, ops } from "./support/registry.js";
import { assertClose } from "./support/tolerance.js";

const absence = suite("absence");

/** Those that say in their documentation that they take the absent for 0. */
const opaque = ["matmul"];

const carriers = ops.filter(
  ({ name, derivative }) => derivative.kind === "transpose" && !opaque.includes(name),
);

/** What moving an element of an operand by 1 adds to each element of the result: the op is linear. */
function effectsOf({ op, shapes, params, values, ...rest }: Applied, operand: number): number[][] {
  const result = resultShape({ op, shapes, params, ...rest });
  const evaluate = (moved: Applied["values"]) =>
    op.evaluate(doubles, moved, { operands: shapes, result }, params);
  const before = evaluate(values);
  return values[operand]!.map((x, element) => {
    const after = evaluate(values.with(operand, values[operand]!.with(element, x + 1)));
    return before.map((y, i) => after[i]! - y);
  });
}

/** A function of the operand that is looked at; the other operands are known. */
function functionOf(
  applied: Applied,
  operand: number,
  build: (x: Expr, on: (x: Expr) => Expr) => Expr,
): Traced {
  const { op, shapes, params, values } = applied;
  return trace({ x: { shape: shapes[operand]! } }, ({ x }) =>
    build(x, (y) => {
      const operands = shapes.map((shape, i) => (i === operand ? y : constant(x.builder, values[i]!, shape)));
      return applyTo(x.builder, op, operands, params);
    }),
  ) as Traced;
}

/** Whether an operand moves at all. */
const isReal = (op: Op, operand: number) => domainOf(op, operand).kind === "real";

type Plain = (inputs: unknown) => unknown;

for (const op of carriers) {
  const cases = 6 * (instancesOf(op)?.length ?? 3);
  const drawn = appliedOf(op).chain((applied) => {
    const size = sizeOf(resultShape(applied));
    const all = fc.constant(new Array<boolean>(size).fill(true));
    const some = fc.array(fc.boolean(), { minLength: size, maxLength: size });
    return fc.record({ applied: fc.constant(applied), used: fc.oneof(all, some) });
  });

  absence(
    `${op.name}: what no used element of the result depends on has gradient 0, even at an infinite slope`,
    () => {
      let unused = 0;
      forAll(cases, drawn, ({ applied, used }) => {
        const shape = resultShape(applied);
        applied.shapes.forEach((_, operand) => {
          if (!isReal(op, operand)) return;
          const effects = effectsOf(applied, operand);
          const shares = effects.map((row) => row.reduce((total, y, i) => total + (used[i] ? y : 0), 0));
          const isUsed = effects.map((row) => row.some((y, i) => used[i] && Math.abs(y) > 1e-9));
          const x = isUsed.map((one, i) => (one ? 0.3 + i / 10 : 0));
          unused += isUsed.filter((one) => !one).length;
          const f = functionOf(applied, operand, (x, on) => {
            const y = on(sqrt(x) as Expr);
            if (used.every(Boolean)) return sum(y);
            const condition = constant(x.builder, used.map(Number), shape);
            return sum(where(condition, y, 0) as Expr);
          });
          const given = { x: f.graph.inputs[0]!.shape.length === 0 ? x[0] : x };
          const actual = flatten((grad(f) as Plain)(given));
          const expected = x.map((at, i) => (isUsed[i] ? shares[i]! / (2 * Math.sqrt(at)) : 0));
          assertClose(actual, expected, 1e-9, () => `gradient at ${x} where ${used} are used`);
        });
      });
      assert.ok(unused > 0, "something was unused");
    },
  );

  absence(`${op.name}: what doesn't depend on the element that moves has no tangent`, () => {
    forAll(cases, appliedOf(op), (applied) => {
      const jointly = op.derivative.kind === "transpose" && op.derivative.linear === "jointly";
      const quiet = jointly
        ? { ...applied, values: applied.values.map((values) => values.map(() => 0)) }
        : applied;
      applied.shapes.forEach((shape, operand) => {
        if (!isReal(op, operand)) return;
        effectsOf(quiet, operand).forEach((row, element) => {
          const f = functionOf(quiet, operand, (x, on) => {
            const place = Array.from({ length: sizeOf(shape) }, (_, i) => Number(i === element));
            // Everything but the element is 0, and so are results that don't depend on it: there ∛ is infinitely steep.
            const alone = where(
              constant(x.builder, place, shape),
              x,
              multiply(0, constant(x.builder, place, shape)),
            );
            return sum(cbrt(on(alone as Expr)) as Expr);
          });
          const ones = shape.length === 0 ? 1 : new Array<number>(sizeOf(shape)).fill(1);
          const { tangent } = (jvp(f) as Plain)({ x: ones, "tangent.x": ones }) as {
            tangent: number;
          };
          const expected = row.reduce((total, y) => total + Math.cbrt(Math.abs(y) < 1e-9 ? 0 : y) / 3, 0);
          assertClose(tangent, expected, 1e-9, () => `tangent of element ${element} of operand ${operand}`);
        });
      });
    });
  });
}

for (const op of ops) {
  const { derivative } = op;
  if (derivative.kind !== "transpose" || !derivative.discrete?.length) continue;
  const given = derivative.discrete;
  absence(`${op.name}: its places have no tangent, and none of their own comes through`, () => {
    forAll(10, appliedOf(op), ({ shapes, params, values }) => {
      const specs = shapes.map((shape, i) => [`a${i}`, { shape }] as const);
      const f = trace(Object.fromEntries(specs), (inputs) => {
        const operands = Object.values(inputs) as Expr[];
        return applyTo(operands[0]!.builder, op, operands, params);
      }) as Traced;
      const tangents = shapes.map((shape) => Array.from({ length: sizeOf(shape) }, (_, k) => k + 1));
      const along = (moved: (i: number) => boolean) => {
        const names = shapes.flatMap((_, i) => (moved(i) ? [`a${i}`] : []));
        const at = shapes.flatMap((shape, i) => {
          const plain = (list: readonly number[]) => (shape.length === 0 ? list[0]! : list);
          const own = [[`a${i}`, plain(values[i]!)] as const];
          return moved(i) ? [...own, [`tangent.a${i}`, plain(tangents[i]!)] as const] : own;
        });
        return flatten(
          (
            (jvp as (f: Traced, ...names: string[]) => Plain)(f, ...names)(Object.fromEntries(at)) as {
              tangent: unknown;
            }
          ).tangent,
        );
      };
      assertClose(
        along(() => true),
        along((i) => !given.includes(i)),
        0,
        "the tangent",
      );
    });
  });
}

for (const [name, of] of Object.entries({ max, min, norm } as Record<string, (x: Expr) => unknown>)) {
  absence(`${name}: where no element moves, its tangent isn't 0 but absent`, () => {
    const f = trace({ x: vector(3) }, ({ x }) => sum(sqrt(of(where([0, 0, 0], x, 0) as Expr) as Expr)));
    const at = { x: [1, 2, 3], "tangent.x": [1, 1, 1] };
    const along = jvp(f as unknown as Traced);
    // ∞ times an absent tangent is absent; times 0 it would be NaN.
    for (const run of [along, compile(along)])
      assert.is((run as (inputs: typeof at) => { readonly tangent: number })(at).tangent, 0);
  });
}

absence.run();
