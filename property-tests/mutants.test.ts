/** Planted faults change derivatives, and are gone when they are removed. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  grad,
  greater,
  matmul,
  max,
  multiply,
  scalar,
  sin,
  sum,
  type Traced,
  trace,
  vector,
} from "../graph/index.js";
import { flatten } from "./support/differences.js";
import { type Mutant, mutantsOf } from "./support/mutants.js";
import { ops } from "./support/registry.js";
import { walkFaults } from "./support/walk-faults.js";

const mutants = suite("mutants");

const faultOf = (list: readonly Mutant[], fault: string) => list.find((one) => one.fault === fault)!;

const sine = trace({ x: scalar(), y: scalar() }, ({ x, y }) => multiply(sin(x), y));
const largest = trace({ x: vector(2) }, ({ x }) => max(x));
const dot = trace({ x: vector(2) }, ({ x }) =>
  sum(
    matmul(
      [
        [3, 5],
        [7, 11],
      ],
      x,
    ),
  ),
);
const step = trace({ x: scalar() }, ({ x }) => greater(x, 0));

const cases: readonly (readonly [
  list: Mutant[],
  fault: string,
  f: unknown,
  at: object,
  right: number[],
  wrong: number[],
])[] = [
  [mutantsOf(sin.op), "∂/∂a negated", sine, { x: 0, y: 2 }, [2, 0], [-2, 0]],
  [mutantsOf(sin.op), "∂/∂a absent", sine, { x: 0, y: 2 }, [2, 0], [0, 0]],
  [mutantsOf(multiply.op), "∂/∂b taken from ∂/∂a", sine, { x: 0, y: 2 }, [2, 0], [2, 2]],
  [mutantsOf(max.op), "tangent doubled", largest, { x: [1, 2] }, [0, 1], [0, 2]],
  [mutantsOf(matmul.op), "transpose for b negated", dot, { x: [1, 2] }, [10, 16], [-10, -16]],
  [mutantsOf(greater.op), "∂/∂a made up", step, { x: 1 }, [0], [1]],
];

for (const [list, fault, f, at, right, wrong] of cases) {
  const mutant = faultOf(list, fault);
  mutants(`${mutant.op.name}: ${fault}`, () => {
    const gradient = () =>
      flatten((grad(f as Traced<Record<string, []>, never>) as (inputs: object) => unknown)(at));
    assert.equal(gradient(), right);
    mutant.plant();
    try {
      assert.not.ok(mutant.touched());
      assert.equal(gradient(), wrong);
      assert.ok(mutant.touched());
    } finally {
      mutant.remove();
    }
    assert.equal(gradient(), right);
  });
}

mutants("each fault of a walk is one expression of its file", () => {
  const others = walkFaults.filter(({ file, right }) => {
    const text = readFileSync(new URL(`../graph/${file}`, import.meta.url), "utf8");
    return text.split(right).length !== 2;
  });
  assert.equal(others, []);
});

mutants("there are faults for every op that has operands", () => {
  for (const op of ops.filter(({ domains }) => domains.length > 0)) {
    const faults = mutantsOf(op).map(({ fault }) => fault);
    assert.ok(faults.length > 0, op.name);
    assert.is(new Set(faults).size, faults.length, `${op.name}: two faults have one name`);
  }
});

mutants.run();
