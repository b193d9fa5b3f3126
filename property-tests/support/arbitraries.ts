/** What laws are drawn from: shapes, numbers of a domain, and ways to apply an op. */

import { type Builder, Expr } from "../../graph/node.js";
import type { Domain, Op } from "../../graph/op.js";
import { noParams, type Params } from "../../graph/params.js";
import { formatShape, type Shape } from "../../graph/shape.js";
import { numbers, shapes, tensors } from "../../src/testing/arbitraries.js";
import { domainOf, specialNumbers } from "../../src/testing/programs.js";
import { fc } from "./law.js";
import { instancesOf } from "./registry.js";

/** Shapes of rank 0 to 3 with lengths from 0 to 3. */
export const anyShape: fc.Arbitrary<Shape> = shapes();

/** A multiple of ½ in a real domain, any number of another. */
export function halvesOf(domain: Domain): fc.Arbitrary<number> {
  if (domain.kind !== "real") return numbers(domain);
  return fc.integer({ min: Math.ceil(domain.low * 2), max: Math.floor(domain.high * 2) }).map((n) => n / 2);
}

export const specialNumber: fc.Arbitrary<number> = fc.constantFrom(...specialNumbers);

/** An op with the shapes of its operands and its parameters: one way to apply it. */
export interface Application {
  readonly op: Op;
  readonly shapes: readonly Shape[];
  readonly params: Params;
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
  number: (domain: Domain) => fc.Arbitrary<number> = numbers,
): fc.Arbitrary<Applied> {
  return applicationsOf(op).chain((application) =>
    fc
      .tuple(
        ...application.shapes.map((shape, i) => {
          const domain = domainOf(op, i);
          return tensors(shape, number(domain)).map((drawn) => addDiagonal(drawn, shape, domain));
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
