/** Simplification: the same values to the last bit, a legal graph, and nothing left to simplify. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  abs,
  type Expr,
  logicalNot,
  negative,
  print,
  simplify,
  type Traced,
  trace,
  valueAndGrad,
} from "../graph/index.js";
import type { Op } from "../graph/op.js";
import { constant, full } from "../graph/ops/constant.js";
import { type Shape, sameShape } from "../graph/shape.js";
import { validate } from "../graph/validate.js";
import { numbers, tensors } from "../src/testing/arbitraries.js";
import { domainOf } from "../src/testing/programs.js";
import { type Application, applicationsOf, applyTo, specialNumber } from "./support/arbitraries.js";
import { flatten, give, type Point } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import {
  moving,
  type Program,
  pointOf,
  programOf,
  traceObjective,
  traceProgram,
  wild,
} from "./support/programs.js";
import { ops } from "./support/registry.js";
import { assertSame } from "./support/tolerance.js";

const simplification = suite("simplify");

/** The laws that hold for any function at any point. */
function checkSimplified(f: Traced, point: Point): void {
  const simpler = simplify(f);
  const inputs = give(f, point);
  assertSame(
    flatten(simpler(inputs)),
    flatten(f(inputs)),
    () => `${print(f)}\nsimplified to\n${print(simpler)}\n`,
  );
  validate(simpler.graph);
  const again = simplify(simpler);
  assert.is(print(again), print(simpler), "simplifying twice changes more than once");
}

/** What an operand may be besides an input: what rewrites look for. */
type Disguise = (input: Expr, others: readonly Expr[], numbers: readonly number[]) => Expr;

const disguises: readonly Disguise[] = [
  (input) => input,
  (input, _others, numbers) => full(input.builder, numbers[0] ?? 1, input.shape),
  (input, _others, numbers) => constant(input.builder, numbers, input.shape),
  (input) => negative(input) as Expr,
  (input) => abs(input) as Expr,
  (input) => logicalNot(input) as Expr,
  // The same expression twice, as in x·x.
  (input, others) => others.find(({ shape }) => sameShape(shape, input.shape)) ?? input,
];

interface Disguised extends Application {
  readonly chosen: readonly number[];
  readonly values: readonly (readonly number[])[];
  readonly numbers: readonly (readonly number[])[];
}

function disguisedOf(op: Op): fc.Arbitrary<Disguised> {
  return applicationsOf(op).chain((application) => {
    const drawn = () =>
      fc.tuple(
        ...application.shapes.map((shape, i) => {
          const number = fc.oneof({ weight: 2, arbitrary: specialNumber }, numbers(domainOf(op, i)));
          return tensors(shape, number);
        }),
      );
    const chosen = fc.tuple(...application.shapes.map(() => fc.nat(disguises.length - 1)));
    return fc
      .record({ chosen, values: drawn(), numbers: drawn() })
      .map((drawn) => ({ ...application, ...drawn }));
  });
}

const name = (i: number): string => `x${i}`;

function traceDisguised({ op, shapes, params, chosen, numbers }: Disguised): Traced {
  const specs = Object.fromEntries(shapes.map((shape, i) => [name(i), { shape }]));
  return trace(specs, (inputs): Expr => {
    const operands: Expr[] = [];
    shapes.forEach((_, i) => {
      operands.push(disguises[chosen[i]!]!(inputs[name(i)]!, operands, numbers[i]!));
    });
    return applyTo(operands[0]!.builder, op, operands, params);
  }) as Traced;
}

for (const op of ops) {
  if (op.domains.length === 0) continue;
  simplification(`${op.name}: its rewrites keep every bit, whatever its operands are`, () => {
    forAll(80 + 40 * op.domains.length, disguisedOf(op), (disguised) => {
      const point = Object.fromEntries(disguised.values.map((values, i) => [name(i), values]));
      checkSimplified(traceDisguised(disguised), point);
    });
  });
}

simplification("random graphs keep every bit, and so do their gradients", () => {
  forAll(300, programOf(wild), (program) => {
    checkSimplified(traceProgram(program), pointOf(program));
    checkSimplified(valueAndGrad(traceObjective(program)), pointOf(program));
  });
});

simplification("chains of moves and reductions keep every bit", () => {
  forAll(300, programOf(moving), (program) => {
    checkSimplified(traceProgram(program), pointOf(program));
  });
});

simplification("what is known beforehand is computed beforehand", () => {
  forAll(100, programOf({ ...wild, steps: 6 }), (program) => {
    const f = traceProgram(program);
    const known = ofKnown(f, program);
    checkSimplified(known, { unused: [0] });
    const left = simplify(known).graph.nodes.filter(({ operands }) => operands.length > 0);
    assert.is(left.length, 0, print(simplify(known)));
  });
});

/** The same graph with constants in place of its inputs. */
function ofKnown(f: Traced, program: Program): Traced {
  const point = pointOf(program);
  const shapeOf = (input: string): Shape => f.graph.inputs.find((one) => one.name === input)!.shape;
  return trace({ unused: { shape: [] } }, ({ unused }): Record<string, Expr> => {
    const given = Object.entries(point).map(([input, values]) => [
      input,
      constant(unused.builder, values, shapeOf(input)),
    ]);
    return f(Object.fromEntries(given)) as unknown as Record<string, Expr>;
  }) as Traced;
}

simplification.run();
