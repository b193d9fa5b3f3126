/** Arrays that are inputs and outputs at once: nothing is copied where that changes nothing, and results are the same. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { adam } from "../../../optimizers/index.js";
import { fc, forAll } from "../../../property-tests/support/law.js";
import {
  add,
  compile,
  type Expr,
  flip,
  multiply,
  scalar,
  sin,
  subtract,
  sum,
  tensor,
  trace,
  transpose,
} from "../../index.js";
import { expand, tidy } from "../prepare.js";
import { inPlacePairs } from "./in-place.js";
import { planMemory } from "./memory.js";
import { findNests } from "./nests.js";
import { findRoots } from "./roots.js";

const inPlace = suite("in place");

const side = 40;
const shape = [side, side];

type Exprs = readonly Expr[];

/** Functions of tensors of one shape: some read elements where they are, some elsewhere, some all of them. */
const steps: readonly ((a: Expr, b: Expr) => unknown)[] = [
  (a, b) => add(a, b),
  (a, b) => multiply(a, subtract(b, 0.5)),
  (a) => sin(a),
  (a, b) => add(transpose(a), b),
  (a, b) => subtract(flip(a, 0), b),
  (a, b) => multiply(a, sum(b)),
  (a, b) => add(a, sum(b, 0)),
];

const programs = fc.record({
  steps: fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 8 }),
  outputs: fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }),
});

type Program = typeof programs extends fc.Arbitrary<infer P> ? P : never;

function traced({ steps: taken, outputs }: Program) {
  return trace({ a: tensor(shape), b: tensor(shape), c: tensor(shape) }, ({ a, b, c }) => {
    const made: Expr[] = [a, b, c];
    for (const [step, i, k] of taken)
      made.push(steps[step]!(made[i % made.length]!, made[k % made.length]!) as Expr);
    // The later ones are made of more.
    return outputs.map((i) => made[Math.max(0, made.length - 1 - (i % 4))]!) as Exprs;
  });
}

const given = () =>
  ["a", "b", "c"].map((_, k) => Float64Array.from({ length: side ** 2 }, (_, i) => Math.sin(i + 7 * k)));

inPlace("outputs in the inputs' arrays, in any order, are those in fresh ones", () => {
  let free = 0;
  forAll(100, fc.tuple(programs, fc.shuffledSubarray([0, 1, 2], { minLength: 3 })), ([program, order]) => {
    const f = traced(program);
    const kernel = compile(f as never) as unknown as {
      (inputs: object): Float64Array[];
      into(inputs: object, outputs: object): void;
    };
    const [a, b, c] = given();
    const expected = kernel({ a, b, c });
    const arrays = given();
    const outputs = order.map((i) => arrays[i]!);
    kernel.into({ a: arrays[0], b: arrays[1], c: arrays[2] }, outputs);
    for (const [i, output] of outputs.entries()) assert.equal(output, expected[i]);
    free += pairsOf(f).length;
  });
  assert.ok(free > 50, "what is copied always shows nothing");
});

function pairsOf(f: unknown): string[] {
  const graph = tidy(expand((f as ReturnType<typeof traced>).graph));
  const nests = findNests(findRoots(graph));
  return inPlacePairs(graph, nests, planMemory(graph, nests)).map(String);
}

const pairsIn = (make: (a: Expr, b: Expr) => unknown) =>
  pairsOf(trace({ a: tensor(shape), b: tensor(shape) }, ({ a, b }) => make(a, b) as Exprs));

inPlace("an input is free for an output that nothing reads after", () => {
  assert.equal(
    pairsIn((a, b) => [add(a, b)]),
    ["0,0", "1,0"],
  );
  // Where the second output is computed, the first has been written.
  assert.equal(
    pairsIn((a, b) => [sin(a), sin(b)]),
    ["0,0", "0,1", "1,1"],
  );
  assert.equal(
    pairsIn((a, b) => [add(a, b), sin(b)]),
    ["0,0", "0,1", "1,0", "1,1"],
  );
  assert.equal(
    pairsIn((a) => [transpose(a)]),
    ["1,0"],
  );
  assert.equal(
    pairsIn((a, b) => [add(a, flip(b, 1))]),
    ["0,0"],
  );
  assert.equal(
    pairsIn((a, b) => [add(a, sum(b, 1))]),
    ["0,0", "1,0"],
  );
  assert.equal(
    pairsIn((a, b) => [sin(a), b]),
    ["0,0"],
  );
});

inPlace("a step of Adam is one loop that copies nothing", () => {
  const optimizer = adam({ learningRate: 0.1 });
  const tensors = { x: tensor([10_000]), gradient: tensor([10_000]) };
  const slots = { mean: tensors.x, meanSquare: tensors.x, beta1Power: scalar(), beta2Power: scalar() };
  const step = trace({ ...tensors, ...slots }, ({ x, gradient, ...own }) => {
    const named = Object.fromEntries(Object.entries(own).map(([slot, x]) => [slot, { x }]));
    const next = optimizer.update({ x }, { x: gradient }, named as never, 1);
    return {
      x: next.parameters.x,
      mean: next.slots.mean.x,
      meanSquare: next.slots.meanSquare.x,
      rest: next.slots.beta1Power.x,
    };
  });
  // Once for passes of several elements, and once for what is left.
  assert.ok(compile(step).source.match(/for \(/g)!.length <= 2);
  const pairs = pairsOf(step);
  for (const pair of ["0,0", "2,1", "3,2"]) assert.ok(pairs.includes(pair), `${pair} in ${pairs.join(" ")}`);
});

inPlace.run();
