/** What a kernel keeps of a training that is differentiated through: the memory that it plans, not that of the process. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { planMemory } from "../graph/compile/loops/memory.js";
import { findNests } from "../graph/compile/loops/nests.js";
import { findRoots } from "../graph/compile/loops/roots.js";
import { lower } from "../graph/compile/lower.js";
import { prepare } from "../graph/compile/prepare.js";
import type { Graph } from "../graph/graph.js";
import { add, compile, type Expr, grad, multiply, scan, square, sum, trace, vector } from "../graph/index.js";
import { adam, type Optimizer, sgd } from "../optimizers/index.js";
import { flatten } from "./support/differences.js";
import { assertClose } from "./support/tolerance.js";

const recomputing = suite("recompute");

const size = 1000;

/** Elements of the arena of a graph's kernel, and of the kernels of the bodies in it. */
function keptBy(given: Graph): number {
  const graph = lower(prepare(given), false);
  const bodies = graph.nodes.flatMap(({ params }) => ("body" in params ? [params.body as Graph] : []));
  const { arena } = planMemory(graph, findNests(findRoots(graph)));
  return bodies.reduce((sum, body) => sum + keptBy(body), arena);
}

const loss = trace({ x: vector(size) }, ({ x }) => sum(multiply(0.5, square(x))));

/** The derivative of the loss after so many steps, by their rates and the start. */
function throughTraining(make: (learningRate: Expr | number) => unknown, steps: number, recompute: boolean) {
  const rule = (rate: Expr | number) => make(rate) as Optimizer;
  const final = trace({ rates: vector(steps), x: vector(size) }, ({ rates, x }) => {
    const { last } = scan(
      ({ parameters, slots }, rate, i) =>
        rule(rate).update(parameters, grad(loss)(parameters), slots, add(i, 1)),
      { parameters: { x }, slots: rule(1).initialSlots({ x }) },
      { xs: rates, recompute },
    );
    return loss(last.parameters);
  });
  return grad(final);
}

const rules = {
  "SGD with momentum": (learningRate: Expr | number) =>
    sgd({ learningRate, momentum: 0.5, weightDecay: 0.01 }),
  Adam: (learningRate: Expr | number) => adam({ learningRate }),
};

for (const [name, make] of Object.entries(rules)) {
  recomputing(`${name}: the states of all steps are kept, or with it those of about twice their root`, () => {
    const kept = (steps: number, recompute: boolean) =>
      keptBy((throughTraining(make, steps, recompute) as { graph: Graph }).graph) / size;
    const [few, many] = [25, 100].map((steps) => ({ all: kept(steps, false), some: kept(steps, true) })) as [
      Record<"all" | "some", number>,
      Record<"all" | "some", number>,
    ];
    // Parameters and slots of each step, and the same of what is computed on the way.
    assert.ok(few.all > 2 * 25 && many.all > 3.5 * few.all, `${few.all} and ${many.all} arrays`);
    assert.ok(many.some < 2.5 * few.some, `${few.some} arrays become ${many.some}`);
    assert.ok(many.some < 0.5 * many.all, `${many.some} arrays, and ${many.all} without`);
  });

  recomputing(`${name}: the derivatives are the same`, () => {
    const inputs = { rates: new Float64Array(25).fill(0.1), x: new Float64Array(size).fill(3) };
    const [kept, again] = [false, true].map((recompute) =>
      flatten(compile(throughTraining(make, 25, recompute))(inputs)),
    );
    assertClose(again!, kept!, 1e-13, "derivatives");
  });
}

recomputing.run();
