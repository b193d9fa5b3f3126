/** A sample of `npm run corners`: values and derivatives of orders 0 to 3 at the corners; and that the law finds faults. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { greater, isNaN as isNaNOf, sqrt, square, where } from "../graph/index.js";
import { type Call, calls } from "./support/calls.js";
import { exceptionFor } from "./support/corner-exceptions.js";
import { cornerFaults, type Fault } from "./support/corners.js";
import { type Subject, subjects } from "./support/precise/subjects.js";
import { tensorCorners, tensorFaults } from "./support/tensor-corners.js";
import { emptyFaults, limitFaults } from "./support/tensor-limits.js";

const corners = suite("corners of all");

const subjectOf = (name: string): Subject => subjects.find((one) => one.name === name)!;
const callOf = (name: string): Call => calls.find((one) => one.name === name)!;

function assertNone(faults: readonly Fault[]): void {
  assert.equal(
    faults.filter((fault) => !exceptionFor(fault)).map(({ text }) => text),
    [],
  );
}

corners("functions of one number, and of two at some corners", () => {
  for (const name of ["abs", "relu", "sqrt", "log1p"]) assertNone(cornerFaults(subjectOf(name)));
  for (const name of ["maximum", "xlogy", "power"]) assertNone(cornerFaults(subjectOf(name), { every: 16 }));
});

corners("functions of tensors: ties, zeros, small numbers; NaN, infinities, no elements", () => {
  const some = tensorCorners.filter(({ name }) => ["zeros", "a tie"].includes(name));
  for (const name of ["max", "norm", "sort"]) assertNone(tensorFaults(callOf(name), some));
  for (const name of ["max", "norm", "logSumExp", "sort", "leakyRelu", "where"])
    assertNone(limitFaults(callOf(name)));
  for (const name of ["sum", "dot", "norm", "concatenate"]) assertNone(emptyFaults(callOf(name)));
});

const kinds = (faults: readonly Fault[], order: number) => [
  ...new Set(faults.filter((fault) => fault.order === order).map(({ kind }) => kind)),
];

corners("the law finds what hides NaN, or is wrong at a corner", () => {
  const hiding = cornerFaults({ ...subjectOf("relu"), build: (a) => where(greater(a, 0), a, 0) });
  assert.equal(kinds(hiding, 0), ["wrong"]);
  const roots = cornerFaults({ ...subjectOf("abs"), build: (a) => sqrt(square(a)) });
  assert.equal(kinds(roots, 0), ["wrong", "infinite"]);
  const squares: Call = { ...callOf("prod"), build: (x) => sqrt(square(square(x))) };
  const zeros = tensorCorners.filter(({ name }) => name === "one zero");
  assert.equal(kinds(tensorFaults(squares, zeros), 1), ["missing"]);
  const filled = limitFaults({ ...callOf("max"), build: (x) => where(isNaNOf(x), 0, x) });
  assert.equal(kinds(filled, 0), ["wrong"]);
});

corners.run();
