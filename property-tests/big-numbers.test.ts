/** Values and gradients in doubles against the same graphs, and differences, in 64 digits. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Expr, type Traced, trace } from "../graph/index.js";
import { interpretNodes } from "../graph/interpret.js";
import { sizeOf } from "../graph/shape.js";
import { domainOf } from "../src/testing/programs.js";
import { type Applied, appliedOf, applyTo, resultShape } from "./support/arbitraries.js";
import { type BigNumber, bigNumbers, isKnown } from "./support/big-numbers.js";
import { along, objectiveOf, operandName, type Point, run } from "./support/differences.js";
import { forAll } from "./support/law.js";
import { elementwiseOps, instancesOf, ops } from "./support/registry.js";
import { assertClose } from "./support/tolerance.js";

const precise = suite("64 digits");

precise("every scalar op has a meaning in 64 digits", () => {
  assert.equal(
    elementwiseOps.filter((op) => !isKnown(op)).map(({ name }) => name),
    [],
  );
});

/** The one output of a graph in 64 digits. */
function runBig(
  { graph }: Traced,
  point: Readonly<Record<string, readonly BigNumber[]>>,
): readonly BigNumber[] {
  const given = graph.inputs.map(({ name }) => point[name]!);
  return interpretNodes(graph.nodes, bigNumbers, given)[graph.outputs as number]!;
}

function bigPoint(point: Point): Record<string, readonly BigNumber[]> {
  return Object.fromEntries(
    Object.entries(point).map(([name, list]) => [name, list.map(bigNumbers.constant)]),
  );
}

function traceApplied({ op, shapes, params }: Applied): Traced {
  const specs = Object.fromEntries(shapes.map((shape, i) => [operandName(i), { shape }]));
  return trace(specs, (named): Expr => {
    const operands = shapes.map((_, i) => named[operandName(i)]!);
    return applyTo(operands[0]!.builder, op, operands, params);
  }) as Traced;
}

const h = 1e-20;

/**
 * The slope of `f` along a direction: (f(x + h) − f(x − h))/2h, whose error h² is far below the last place of a double.
 * `undefined` at a kink or a jump.
 */
function slope(f: Traced, point: Point, direction: Point): number | undefined {
  const exact = bigPoint(point);
  const at = (by: number): BigNumber => {
    const moved = Object.entries(direction).map(([name, list]) => [
      name,
      exact[name]!.map((value, i) => value.plus(bigNumbers.constant(list[i]!).times(by))),
    ]);
    return runBig(f, { ...exact, ...Object.fromEntries(moved) })[0]!;
  };
  const [up, middle, down] = [at(h), at(0), at(-h)];
  const right = up.minus(middle).div(h).toNumber();
  const left = middle.minus(down).div(h).toNumber();
  // A jump is steep on both sides.
  if (Math.abs(right) > 1e12 || !(Math.abs(right - left) < 1e-9)) return undefined;
  return up.minus(down).div(2).div(h).toNumber();
}

for (const op of ops) {
  if (op.domains.length === 0) continue;
  const cases = instancesOf(op) ? 2 * instancesOf(op)!.length : 6;

  precise(`${op.name}: value, slope and curvature in doubles are those of 64 digits`, () => {
    forAll(cases, appliedOf(op), (applied) => {
      const f = traceApplied(applied);
      const operands = Object.fromEntries(applied.values.map((values, i) => [operandName(i), values]));
      assertClose(run(f, operands), runBig(f, bigPoint(operands)).map(Number), 1e-13, "value");
      const size = sizeOf(resultShape(applied));
      const point = { ...operands, weights: Array.from({ length: size }, (_, i) => Math.cos(i) + 1.5) };
      // Each element has a share of its own in the direction.
      const direction = Object.fromEntries(
        applied.values.flatMap((values, i) =>
          domainOf(op, i).kind === "real"
            ? [[operandName(i), values.map((_, k) => Math.sin(k + i + 1))]]
            : [],
        ),
      );
      if (Object.keys(direction).length === 0) return;
      let objective = objectiveOf(applied);
      for (const order of [1, 2]) {
        const expected = slope(objective, point, direction);
        if (expected === undefined) return;
        objective = along(objective, direction);
        assertClose(run(objective, point), expected, 1e-12, `derivative of order ${order}`);
      }
    });
  });
}

precise.run();
