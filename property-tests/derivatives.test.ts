/** Derivatives of every op, order by order and element by element, against differences. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { capturedOp } from "../graph/captured.js";
import { grad, type Op } from "../graph/index.js";
import { doubles } from "../graph/interpret.js";
import { placeholderOp } from "../graph/placeholder.js";
import { sizeOf } from "../graph/shape.js";
import { domainOf } from "../src/testing/programs.js";
import { type Applied, appliedOf, halvesOf, resultShape } from "./support/arbitraries.js";
import {
  checkDerivatives,
  flat,
  give,
  type Objective,
  objectiveOf,
  operandName,
  type Point,
  sidesAt,
} from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { allOps, instancesOf, ops } from "./support/registry.js";
import { assertClose } from "./support/tolerance.js";

const derivatives = suite("derivatives");

derivatives(
  "the registry has every op that is defined, but for the two that stand for what is elsewhere",
  () => {
    const keys = [...allOps, placeholderOp, capturedOp].map(({ key }) => key).sort((a, b) => a - b);
    assert.equal(
      keys,
      keys.map((_, i) => i + 1),
    );
    assert.ok(new Set(allOps.map(({ name }) => name)).size === allOps.length, "two ops have one name");
  },
);

const isReal = (op: Op) => (_: unknown, i: number) => domainOf(op, i).kind === "real";

const weight = fc.oneof(
  fc.integer({ min: 512, max: 2048 }).map((k) => k / 1024),
  fc.integer({ min: -2048, max: -512 }).map((k) => k / 1024),
);

const weightsOf = (size: number) => fc.array(weight, { minLength: size, maxLength: size });

/** An application with weights of its results and two directions in which its operands move. */
function movingOf(op: Op) {
  return appliedOf(op).chain((applied) =>
    fc.record({
      applied: fc.constant(applied),
      weights: weightsOf(sizeOf(resultShape(applied))),
      directions: fc.tuple(directionsOf(applied), directionsOf(applied)),
    }),
  );
}

const directionsOf = ({ shapes }: Applied) => fc.tuple(...shapes.map((shape) => weightsOf(sizeOf(shape))));

for (const op of ops) {
  if (!op.domains.some(isReal(op))) continue;
  const cases = instancesOf(op) ? 10 * instancesOf(op)!.length : 40;
  const reals = (values: readonly (readonly number[])[]): [string, readonly number[]][] =>
    values.flatMap((one, i): [string, readonly number[]][] =>
      isReal(op)(one, i) ? [[operandName(i), one]] : [],
    );

  derivatives(
    `${op.name}: slopes along each real operand, and along all of them twice, are those of differences`,
    () => {
      const checked = [0, 0, 0];
      forAll(cases, movingOf(op), ({ applied, weights, directions }) => {
        const f = objectiveOf(applied);
        const point = pointOf(applied, weights);
        const [first, second] = directions.map(reals) as [ReturnType<typeof reals>, ReturnType<typeof reals>];
        for (const alone of first) checkDerivatives(f, point, [Object.fromEntries([alone])]);
        checked[checkDerivatives(f, point, [Object.fromEntries(first), Object.fromEntries(second)])]! += 1;
      });
      // Kinks are skipped, but a law that skips everything says nothing.
      assert.ok(checked[2]! >= cases / 10, `${op.name}: only ${checked[2]} of ${cases} cases were smooth`);
    },
  );
}

/** The derivative of every element of the result by every element of an operand: rows are results. */
function jacobian(f: Objective, point: Point, name: string): ArrayLike<number>[] {
  const gradient = grad(f, name);
  const size = point.weights!.length;
  return Array.from({ length: size }, (_, row) => {
    const weights = point.weights!.map((_, i) => (i === row ? 1 : 0));
    return flat((gradient(give(f, { ...point, weights })) as Record<string, number | Float64Array>)[name]!);
  });
}

function pointOf({ values }: Applied, weights: readonly number[]): Point {
  return { weights, ...Object.fromEntries(values.map((one, i) => [operandName(i), one])) };
}

/** The result's elements after one element of an operand has moved. */
function elementsAt(applied: Applied, operand: number, element: number, by: number): readonly number[] {
  const { op, shapes, params, values } = applied;
  const moved = values.map((one, i) => (i === operand ? one.with(element, one[element]! + by) : one));
  return op.evaluate(doubles, moved, { operands: shapes, result: resultShape(applied) }, params);
}

/** Steeper than this between neighbouring points is a jump, which has no slope on one side at least. */
const jump = 1e3;

for (const op of ops) {
  if (op.domains.length === 0) continue;
  const cases = instancesOf(op) ? 5 * instancesOf(op)!.length : 20;

  // Summed up, two wrongs can agree; and only here are points visited where the slopes of both sides differ.
  derivatives(
    `${op.name}: each element's slope lies between those of its two sides, at ties and kinks too`,
    () => {
      let compared = 0;
      forAll(cases, appliedOf(op, halvesOf), (applied) => {
        const weights = new Array<number>(sizeOf(resultShape(applied))).fill(0);
        const f = objectiveOf(applied);
        applied.values.forEach((values, operand) => {
          const rows = jacobian(f, pointOf(applied, weights), operandName(operand));
          if (domainOf(op, operand).kind !== "real") {
            for (const row of rows)
              assertClose(row, new Float64Array(row.length), 0, "slope by a discrete operand");
            compared += rows.length;
            return;
          }
          values.forEach((_, element) => {
            rows.forEach((row, i) => {
              const [left, right] = sidesAt((t) => elementsAt(applied, operand, element, t)[i]!);
              if (Math.max(Math.abs(left), Math.abs(right)) > jump) return;
              compared++;
              const [low, high] = [Math.min(left, right), Math.max(left, right)];
              // NaN lies nowhere: it mustn't be its own neighbour.
              const nearest = row[element]! >= low ? Math.min(row[element]!, high) : low;
              assertClose(
                row[element]!,
                nearest,
                1e-5,
                `slope of element ${i} by element ${element} of operand ${operand}`,
              );
            });
          });
        });
      });
      assert.ok(compared > 0, `${op.name}: nothing was compared`);
    },
  );
}

derivatives.run();
