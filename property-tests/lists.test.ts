/** Wherever a function takes an expression, it takes nested lists of its elements, which give the same numbers. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findTargets } from "../scripts/api/targets.js";
import { add, Expr, index, type Operand, trace, vector } from "../src/index.js";

const lists = suite("lists of expressions");

/** Nested lists of the elements of an expression, of whose rows every other one stays whole. */
function listed(x: Expr, outermost = true): Operand {
  if (x.shape.length === 0) return x;
  return Array.from({ length: x.shape[0]! }, (_, i) => {
    const row: Expr = index(x, i);
    return outermost && i % 2 === 1 ? row : listed(row, false);
  });
}

/** What a user gives as numbers in an array. */
function isArray(value: unknown): value is Operand {
  if (!Array.isArray(value)) return ArrayBuffer.isView(value);
  return value.length > 0 && value.every((one) => typeof one === "number" || isArray(one));
}

function exprsIn(result: unknown): Expr[] {
  if (result instanceof Expr) return [result];
  return typeof result === "object" && result !== null ? Object.values(result).flatMap(exprsIn) : [];
}

/** The numbers of the expressions that a call with one operand in a trace gives, or its error. */
function outcome(call: (operand: Operand) => unknown, value: Operand, form: (x: Expr) => Operand): unknown {
  try {
    const f = trace({ zero: vector(1) }, ({ zero: [zero] }) => exprsIn(call(form(add(zero, value)))));
    return JSON.stringify(f({ zero: [0] }), (_, one: unknown) =>
      typeof one === "number" ? (Object.is(one, -0) ? "-0" : `${one}`) : one,
    );
  } catch (error) {
    return error;
  }
}

lists("every function that takes an expression takes lists of its elements", async () => {
  const tried = new Set<string>();
  for (const { name, calls, limit = 0, make } of await findTargets(["adjoint"])) {
    // A label is one node's, and figures and runs take no expressions.
    if (name === "label" || limit > 1000) continue;
    for (const example of calls) {
      example().forEach((value, place) => {
        if (!isArray(value)) return;
        const call = (operand: Operand) => make()(...example().with(place, operand));
        const whole = outcome(call, value, (x) => x);
        if (typeof whole !== "string" || whole === "[]") return;
        tried.add(name);
        assert.equal(outcome(call, value, listed), whole, `${name}: argument ${place}`);
      });
    }
  }
  assert.ok(tried.size > 150);
});

lists.run();
