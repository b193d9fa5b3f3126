/** Random graphs: their gradients, their legality, and the names of their inputs. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { grad, print, type Traced, trace, valueAndGrad } from "../graph/index.js";
import { validate } from "../graph/validate.js";
import { along, checkDerivatives, flat, give, type Objective } from "./support/differences.js";
import { forAll } from "./support/law.js";
import {
  directionOf,
  pointOf,
  programOf,
  smooth,
  traceObjective,
  traceProgram,
  wild,
} from "./support/programs.js";
import { assertSame } from "./support/tolerance.js";

const graphs = suite("random graphs");

graphs("gradients of random graphs, and gradients of these, are those of differences", () => {
  const orders = [0, 0, 0];
  let cases = 0;
  forAll(400, programOf(smooth), (program) => {
    const directions = [directionOf(program, 1), directionOf(program, 2)];
    orders[checkDerivatives(traceObjective(program), pointOf(program), directions, 1e-6)]! += 1;
    cases++;
  });
  assert.ok(orders[0]! < cases / 2, `${orders[0]} of ${cases} graphs had a kink`);
  assert.ok(orders[2]! > cases / 4, `only ${orders[2]} of ${cases} graphs were smooth twice`);
});

graphs("what is traced and differentiated, once and twice, is a legal graph", () => {
  forAll(200, programOf(wild), (program) => {
    const f = traceObjective(program);
    const twice = grad(along(f, directionOf(program, 1)));
    for (const made of [traceProgram(program), f, valueAndGrad(f), twice]) validate(made.graph);
  });
});

graphs("the gradients by some inputs are those among the gradients by all", () => {
  forAll(100, programOf(smooth), (program) => {
    const f = traceObjective(program);
    const inputs = give(f, pointOf(program));
    const all = grad(f)(inputs) as Results;
    for (const name of Object.keys(all)) {
      const alone = grad(f, name)(inputs) as Results;
      assert.equal(Object.keys(alone), [name]);
      assertSame(flat(alone[name]!), flat(all[name]!), `gradient by ${name} of\n${print(f)}\n`);
    }
  });
});

graphs("inputs in another order, traced or given, change nothing", () => {
  forAll(100, programOf(smooth), (program) => {
    const f = valueAndGrad(traceObjective(program));
    const reordered = valueAndGrad(backwards(traceObjective(program)));
    const inputs = give(f, pointOf(program));
    const expected = f(inputs) as Evaluated;
    for (const other of [f, reordered]) {
      const actual = other(reverse(inputs)) as Evaluated;
      assertSame(actual.value, expected.value, "value");
      for (const [name, gradient] of Object.entries(expected.grad)) {
        assertSame(flat(actual.grad[name]!), flat(gradient), `gradient by ${name}`);
      }
    }
  });
});

type Results = Readonly<Record<string, number | Float64Array>>;

interface Evaluated {
  readonly value: number;
  readonly grad: Results;
}

function reverse<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).reverse());
}

/** The same function, its inputs declared from the last to the first. */
function backwards(f: Objective): Objective {
  const inputs = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  return trace(reverse(Object.fromEntries(inputs)), (exprs) => (f as Traced)(exprs) as never) as never;
}

graphs.run();
