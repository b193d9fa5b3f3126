/** What laws are drawn from: shapes, numbers of a domain, and ways to apply an op. */

import { type Builder, Expr } from "../../graph/node.js";
import type { Domain, Op } from "../../graph/op.js";
import { noParams, type Params } from "../../graph/params.js";
import { formatShape, type Shape, sizeOf } from "../../graph/shape.js";
import { fc } from "./law.js";
import { instancesOf } from "./registry.js";

const lengths = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);

/** Shapes of rank 0 to 3 with lengths from 0 to 3. */
export const anyShape: fc.Arbitrary<Shape> = fc.array(lengths, { maxLength: 3 });

const steps = 2 ** 20;

/** A number of a domain. Halves are frequent, since ties and kinks lie there. */
export function numberOf({ kind, low, high }: Domain): fc.Arbitrary<number> {
  if (kind === "boolean") return fc.constantFrom(0, 1);
  if (kind === "integer") return fc.integer({ min: Math.ceil(low), max: Math.floor(high) });
  const uniform = fc.integer({ min: 0, max: steps }).map((k) => low + ((high - low) * k) / steps);
  const halves = halvesOf({ kind, low, high });
  return fc.oneof({ weight: 4, arbitrary: uniform }, { weight: 1, arbitrary: halves });
}

/** A multiple of ½ in a real domain, any number of another. */
export function halvesOf(domain: Domain): fc.Arbitrary<number> {
  if (domain.kind !== "real") return numberOf(domain);
  return fc.integer({ min: Math.ceil(domain.low * 2), max: Math.floor(domain.high * 2) }).map((n) => n / 2);
}

/** Doubles at which rewrites and comparisons go wrong. */
export const specialNumbers: readonly number[] = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0.5,
  2,
  -3,
  0.1,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  2 ** -1022,
];

export const specialNumber: fc.Arbitrary<number> = fc.constantFrom(...specialNumbers);

export function tensorOf(element: fc.Arbitrary<number>, shape: Shape): fc.Arbitrary<readonly number[]> {
  const size = sizeOf(shape);
  return fc.array(element, { minLength: size, maxLength: size });
}

/** An op with the shapes of its operands and its parameters: one way to apply it. */
export interface Application {
  readonly op: Op;
  readonly shapes: readonly Shape[];
  readonly params: Params;
}

/** The domain of an operand; ops of any number of operands say it for the first ones. */
export function domainOf(op: Op, operand: number): Domain {
  return op.domains[Math.min(operand, op.domains.length - 1)]!;
}

/** The ways to apply an op: any shape for an elementwise one, else its instances. */
export function applicationsOf(op: Op): fc.Arbitrary<Application> {
  const instances = instancesOf(op);
  if (instances) {
    return fc.constantFrom(...instances.map(({ shapes, params }) => ({ op, shapes, params })));
  }
  return anyShape.map((shape) => ({ op, shapes: op.domains.map(() => shape), params: noParams }));
}

/** An application with a value for each operand. */
export interface Applied extends Application {
  readonly values: readonly (readonly number[])[];
}

export function appliedOf(
  op: Op,
  number: (domain: Domain) => fc.Arbitrary<number> = numberOf,
): fc.Arbitrary<Applied> {
  return applicationsOf(op).chain((application) =>
    fc
      .tuple(
        ...application.shapes.map((shape, i) => {
          const domain = domainOf(op, i);
          return tensorOf(number(domain), shape).map((drawn) => addDiagonal(drawn, shape, domain));
        }),
      )
      .map((values) => ({
        ...application,
        values,
        [fc.toStringMethod]: () => describe(application, values),
      })),
  );
}

function addDiagonal(drawn: readonly number[], shape: Shape, { diagonal }: Domain): readonly number[] {
  if (diagonal === undefined) return drawn;
  const n = shape.at(-1)!;
  return drawn.map((x, i) => (Math.floor(i / n) % n === i % n ? x + diagonal : x));
}

function describe({ op, shapes, params }: Application, values: readonly (readonly number[])[]): string {
  const operands = shapes.map((shape, i) => `${formatShape(shape)} [${values[i]!.map(show).join(", ")}]`);
  return `${op.name}(${operands.join(", ")}) ${JSON.stringify(params)}`;
}

function show(x: number): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

/** The node of an application, in a builder. */
export function applyTo(builder: Builder, op: Op, operands: readonly Expr[], params: Params): Expr {
  const shape = op.shape(
    operands.map((operand) => operand.shape),
    params,
  );
  return new Expr(
    builder,
    builder.intern(
      op,
      operands.map(({ id }) => id),
      params,
      shape,
    ),
    shape,
  );
}

/** The shape of an application's result. */
export function resultShape({ op, shapes, params }: Application): Shape {
  return op.shape(shapes, params);
}
