/** Laws that hold for every optimizer of the table. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  compile,
  type Expr,
  grad,
  multiply,
  type Shape,
  scalar,
  square,
  sum,
  type Tree,
  trace,
  type Value,
  vector,
} from "../graph/index.js";
import { formatShape, sizeOf } from "../graph/internal.js";
import {
  isElementwise,
  isRandom,
  isRule,
  isSeparate,
  problemOf,
  type Subject,
  subjects,
  wantsRate,
} from "../property-tests/support/optimizers.js";
import {
  exponentialDecay,
  type LearningRate,
  type Optimizer,
  type OptimizerState,
  type Problem,
  type Slot,
  type Values,
} from "./index.js";
import { slotShape } from "./internal.js";

const laws = suite("optimizers: laws");

/** Runs a law on every subject, or on those that it is about. */
function law(title: string, check: (subject: Subject) => void, applies = (_: Subject) => true): void {
  for (const subject of subjects.filter(applies)) laws(`${title}: ${subject.title}`, () => check(subject));
}

type GradientMap = (parameters: Values, step: number) => Values;

interface Run {
  readonly parameters: Values;
  readonly state: OptimizerState;
}

/** What is minimized, for those that look at it themselves. */
const problem = ({ shapes }: OptimizerState) => problemOf(shapes as Tree<Shape>);

function run(optimizer: Optimizer, start: Values, gradients: GradientMap, steps = 5, given?: Problem): Run {
  let now: Run = { parameters: start, state: optimizer.init(start) };
  for (let i = 1; i <= steps; i++) {
    const minimized = given ?? problem(now.state);
    now = optimizer.step(now.parameters, gradients(now.parameters, i), now.state, minimized);
  }
  return now;
}

function flat(value: Value): number[] {
  return typeof value === "number" ? [value] : Array.from<Value>(value).flatMap(flat);
}

/** Gradients that depend on nothing but their place, of the parameters' sizes. */
const someGradients: GradientMap = (parameters, step) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === "number"
        ? Math.sin(step) + name.length
        : Float64Array.from(flat(value), (_, i) => Math.sin(step + 2 * i) + 0.1 * name.length),
    ]),
  );

const start: Values = {
  weights: [
    [1, -2, 3],
    [0.5, 0.25, -1],
  ],
  bias: [0.1, 0.2],
  scale: 2,
};

law("numbers stay numbers, arrays come back flat, the state is keyed by name", ({ make }) => {
  const optimizer = make({ learningRate: 0.1 });
  const { parameters, state } = run(optimizer, start, someGradients);
  assert.is(typeof parameters.scale, "number");
  assert.instance(parameters.weights, Float64Array);
  assert.is((parameters.weights as Float64Array).length, 6);
  assert.is(state.step, 5);
  assert.equal(state.shapes, { weights: [2, 3], bias: [2], scale: [] });
  assert.equal(Object.keys(state.slots), Object.keys(optimizer.slots));
  for (const [name, slot] of Object.entries(optimizer.slots)) {
    const { weights, bias, scale } = state.slots[name]!;
    const sizeAt = (shape: Shape, key: string) => sizeOf(slotShape(slot!, shape, [key]));
    const sizeIn = (value: number | Float64Array) => (typeof value === "number" ? 1 : value.length);
    assert.is(sizeIn(weights!), sizeAt([2, 3], "weights"));
    assert.is(sizeIn(bias!), sizeAt([2], "bias"));
    assert.is(typeof scale, slotShape(slot!, [], ["scale"]).length === 0 ? "number" : "object");
  }
});

law("every parameter moves against its gradient at first", ({ make, options }) => {
  const optimizer = make({ learningRate: 0.1 });
  const { parameters } = run(optimizer, { x: [3, -3] }, () => ({ x: [2, -2] }), 1);
  const [first, second] = flat(parameters.x!);
  const away = options.maximize ? -1 : 1;
  // What decays moves by itself, too.
  const still = 3 * (1 - 0.1 * Number(options.weightDecay ?? 0));
  assert.ok(away * (first! - (away < 0 ? still : 3)) < 0, `${first}`);
  assert.ok(away * (second! + (away < 0 ? still : 3)) > 0, `${second}`);
});

law("the order of keys changes nothing", ({ make }) => {
  const optimizer = make({ learningRate: 0.1 });
  const reversed = <T extends object>(map: T): T => Object.fromEntries(Object.entries(map).reverse()) as T;
  let now: Run = { parameters: start, state: optimizer.init(start) };
  for (let step = 1; step <= 3; step++) {
    const { slots, shapes } = now.state;
    const state = {
      slots: reversed(Object.fromEntries(Object.entries(slots).map(([slot, map]) => [slot, reversed(map!)]))),
      shapes: reversed(shapes),
      step: now.state.step,
    };
    const gradients = someGradients(now.parameters, step);
    now = optimizer.step(reversed(now.parameters), gradients, state, problem(state));
  }
  assert.equal(sorted(now), sorted(run(optimizer, start, someGradients, 3)));
});

/** Records with their keys in order, so that they compare whatever the order. */
function sorted(tree: unknown): unknown {
  if (typeof tree !== "object" || tree === null || ArrayBuffer.isView(tree)) return tree;
  return Object.entries(tree)
    .map(([key, child]) => [key, sorted(child)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

law(
  "parameters don't depend on each other",
  ({ make }) => {
    const optimizer = make({ learningRate: 0.1 });
    const together = run(optimizer, start, someGradients);
    for (const name of Object.keys(start)) {
      const alone = run(optimizer, { [name]: start[name]! }, someGradients);
      assert.equal(alone.parameters[name], together.parameters[name]);
    }
  },
  isSeparate,
);

law(
  "elements don't depend on each other, in code for few and for many",
  ({ make }) => {
    const optimizer = make({ learningRate: 0.1 });
    const size = 1000;
    const x = Float64Array.from({ length: size }, (_, i) => Math.cos(i));
    const all = flat(run(optimizer, { x }, someGradients).parameters.x!);
    for (const i of [0, 1, 499, 999]) {
      const alone = run(optimizer, { x: x[i]! }, (_, step) => ({ x: Math.sin(step + 2 * i) + 0.1 }));
      assert.is(all[i], alone.parameters.x);
    }
  },
  isElementwise,
);

law("nothing that is given is changed or kept", ({ make }) => {
  const optimizer = make({ learningRate: 0.1 });
  const parameters = deepFreeze({ x: Float64Array.of(1, 2), y: [[3, 4]], z: 5 });
  const state = deepFreeze(run(optimizer, parameters, someGradients, 2).state);
  const gradients = deepFreeze({ x: Float64Array.of(0.1, 0.2), y: [[0.3, 0.4]], z: 0.5 });
  const before = structuredClone({ parameters, gradients, state });
  const first = optimizer.step(parameters, gradients, state, problem(state));
  const expected = structuredClone(first);
  const second = optimizer.step(parameters, gradients, state, problem(state));
  assert.equal({ parameters, gradients, state }, before);
  const given = new Set(arraysIn({ parameters, gradients, state }));
  for (const array of arraysIn(first)) assert.not(given.has(array), "storage is shared with what was given");
  for (const array of arraysIn(second)) array.fill(Number.NaN);
  assert.equal(first, expected);
  optimizer.init(parameters);
  assert.equal({ parameters, gradients, state }, before);
});

function deepFreeze<T>(tree: T): T {
  // Typed arrays can't be frozen; copies tell whether they changed.
  if (typeof tree !== "object" || tree === null || ArrayBuffer.isView(tree)) return tree;
  Object.values(tree).forEach(deepFreeze);
  return Object.freeze(tree);
}

function arraysIn(tree: unknown): Float64Array[] {
  if (tree instanceof Float64Array) return [tree];
  return typeof tree === "object" && tree !== null ? Object.values(tree).flatMap(arraysIn) : [];
}

law("a state survives being saved as text", ({ make }) => {
  const optimizer = make({ learningRate: 0.1 });
  const { parameters, state } = run(optimizer, start, someGradients);
  const text = JSON.stringify(state, (_, value) => (value instanceof Float64Array ? [...value] : value));
  const gradients = someGradients(parameters, 6);
  const restored = JSON.parse(text) as OptimizerState;
  assert.equal(
    make({ learningRate: 0.1 }).step(parameters, gradients, restored, problem(state)),
    optimizer.step(parameters, gradients, state, problem(state)),
  );
});

law("any name is a name", (subject) => {
  if (isRandom(subject) || !isSeparate(subject)) return;
  const { make } = subject;
  const optimizer = make({ learningRate: 0.1 });
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "a b", "slot mean", "0"];
  const map = (value: Value): Values => Object.fromEntries(names.map((name) => [name, value]));
  const plain = run(optimizer, { x: [1, 2] }, () => ({ x: [3, 4] }), 3);
  const odd = run(optimizer, map([1, 2]), () => map([3, 4]), 3);
  assert.equal(Object.keys(odd.parameters).sort(), [...names].sort());
  for (const name of names) assert.equal(odd.parameters[name], plain.parameters.x);
});

law("steps on numbers are the interpreted update", ({ make }) => {
  const optimizer = make({ learningRate: 0.1 });
  const update = trace({ x: vector(2), s: scalar(), gx: vector(2), gs: scalar() }, ({ x, s, gx, gs }) => {
    const parameters: Record<string, Expr> = { x, s };
    const slots = optimizer.initialSlots(parameters);
    const objective = problemOf({ x: [2], s: [] });
    const first = optimizer.update(parameters, { x: gx, s: gs }, slots, 1, objective);
    return optimizer.update(
      first.parameters,
      { x: multiply(gx, 2), s: multiply(gs, 2) },
      first.slots,
      2,
      objective,
    );
  });
  const result = update({ x: [1, 2], s: 3, gx: [0.5, -0.25], gs: 0.125 }) as {
    parameters: Values;
    slots: Readonly<Record<string, Values>>;
  };
  const gradients: GradientMap = (_, step) => ({ x: [0.5 * step, -0.25 * step], s: 0.125 * step });
  const { parameters, state } = run(optimizer, { x: [1, 2], s: 3 }, gradients, 2);
  assert.equal(result.parameters, parameters);
  assert.equal(result.slots, state.slots);
});

law("fused with the gradient into one kernel, steps are the same", ({ make }) => {
  const optimizer = make({ learningRate: 0.03 });
  const step = compile(
    trace({ x: vector(2) }, ({ x }) => {
      const parameters = { x };
      const gradients = grad(sphere)(parameters);
      const slots = optimizer.initialSlots(parameters);
      const first = optimizer.update(parameters, gradients, slots, 1, ofSphere);
      const later = grad(sphere)(first.parameters);
      return optimizer.update(first.parameters, later, first.slots, 2, ofSphere);
    }),
  );
  const gradients: GradientMap = ({ x }) => ({ x: flat(x!).map((xi, i) => 2 * [0.2, 2][i]! * xi) });
  const { parameters, state } = run(optimizer, { x: [3, 4] }, gradients, 2, ofSphere);
  const fused = step({ x: [3, 4] });
  assert.equal(Object.keys(fused.slots), Object.keys(optimizer.slots));
  const close = (actual: Value, expected: Value) =>
    flat(actual).forEach((one, i) => {
      assert.ok(
        Math.abs(one - flat(expected)[i]!) < 1e-14 * (1 + Math.abs(one)),
        `${one} instead of ${expected}`,
      );
    });
  close(fused.parameters.x, parameters.x!);
  for (const slot of Object.keys(optimizer.slots)) close(fused.slots[slot]!.x, state.slots[slot]!.x!);
});

law("a schedule is its rate at every step", ({ make }) => {
  const schedule = exponentialDecay({ initialValue: 0.1, decayRate: 0.5, transitionSteps: 2 });
  // One parameter is enough: each rate has kernels of its own.
  const { weights } = start;
  const scheduled = run(make({ learningRate: schedule }), { weights: weights! }, someGradients, 3);
  const first = make({ learningRate: 0.1 });
  let now: Run = { parameters: { weights: weights! }, state: first.init({ weights: weights! }) };
  for (let step = 1; step <= 3; step++) {
    const optimizer = make({ learningRate: schedule(step) });
    const gradients = someGradients(now.parameters, step);
    now = optimizer.step(now.parameters, gradients, now.state, problem(now.state));
  }
  flat(now.parameters.weights!).forEach((expected, i) => {
    const actual = flat(scheduled.parameters.weights!)[i]!;
    assert.ok(Math.abs(actual - expected) < 1e-14, `[${i}]: ${actual} instead of ${expected}`);
  });
});

/** 0.2x₁² + 2x₂² */
const sphere = trace({ x: vector(2) }, ({ x }) => sum(multiply([0.2, 2], square(x))));
const ofSphere: Problem = { objective: sphere };

/** The loss after some steps, as a function of the learning rate and the start. */
function finalLoss({ make }: Subject, steps: number) {
  return trace({ rate: scalar(), x: vector(2) }, ({ rate, x }) => {
    const optimizer = make({ learningRate: rate });
    let parameters = { x };
    let slots = optimizer.initialSlots(parameters);
    for (let step = 1; step <= steps; step++) {
      const gradients = grad(sphere)(parameters);
      ({ parameters, slots } = optimizer.update(parameters, gradients, slots, step, ofSphere));
    }
    return sphere(parameters) as Expr<[]>;
  });
}

function assertDerivative(subject: Subject, steps: number, x: number[]): number {
  const loss = finalLoss(subject, steps);
  const derivative = grad(loss, "rate")({ rate: 0.03, x }).rate;
  const h = 1e-4;
  const at = (k: number): number => loss({ rate: 0.03 + k * h, x });
  const difference = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  assert.ok(
    Math.abs(derivative - difference) < 1e-8 * (1 + Math.abs(difference)),
    `${derivative}, ${difference}`,
  );
  return derivative;
}

law("the derivative of a final loss by the learning rate is the finite difference", (subject) => {
  const derivative = assertDerivative(subject, 5, [3, 4]);
  assert.ok(Math.abs(derivative) > 0.01, "the derivative is nearly 0: nothing is tested");
});

law(
  "a gradient that is exactly 0 spoils neither the step nor its derivative",
  (subject) => {
    assertDerivative(subject, 4, [0, 4]);
  },
  isElementwise,
);

law("an expression as learning rate gives the step that its number gives", (subject) => {
  const loss = finalLoss(subject, 3);
  const gradients: GradientMap = ({ x }) => ({ x: flat(x!).map((xi, i) => [0.4, 4][i]! * xi) });
  const { parameters } = run(subject.make({ learningRate: 0.03 }), { x: [3, 4] }, gradients, 3, ofSphere);
  const [x1, x2] = flat(parameters.x!);
  const expected = 0.2 * x1! ** 2 + 2 * x2! ** 2;
  assert.ok(Math.abs(loss({ rate: 0.03, x: [3, 4] }) - expected) < 1e-12 * (1 + expected));
});

law("a long parameter has a state, or is refused by its name", (subject) => {
  const optimizer = subject.make({ learningRate: 0.1 });
  try {
    optimizer.init({ x: new Float64Array(1e5) });
  } catch (error) {
    assert.match((error as Error).message, /^shampoo: parameters "x" has a side of 100000 elements/);
  }
});

law("an expression as learning rate has no number for init and step", ({ make }) => {
  trace({ rate: scalar() }, ({ rate }) => {
    const optimizer = make({ learningRate: rate });
    const numeric = make({ learningRate: 0.1 });
    assert.throws(
      () => optimizer.init({ x: 1 }),
      /learningRate is an expression, which has no number for init; /,
    );
    assert.throws(
      () => optimizer.step({ x: 1 }, { x: 1 }, numeric.init({ x: 1 })),
      /learningRate is an expression, which has no number for step; /,
    );
    return rate;
  });
});

law("a key that is missing, unknown or misshapen is named", ({ make }) => {
  const optimizer = make({ learningRate: 0.1 });
  const { name } = optimizer;
  const x = { x: [1, 2], y: 3 };
  const state = optimizer.init(x);
  const step = (parameters: Values, gradients: Values, given: unknown = state) =>
    optimizer.step(parameters, gradients, given as OptimizerState);
  const fails = (action: () => unknown, message: string) =>
    assert.throws(action, (error: Error) => error.message.startsWith(`${name}: ${message}`) || said(error));
  const said = (error: Error): never => {
    throw new Error(`said: ${error.message}`);
  };

  fails(() => step(x, { x: [1, 2] }), 'gradients: "y" is missing; the keys are x, y.');
  fails(() => step(x, { ...x, z: 1 }), 'gradients: unknown key "z"; the keys are x, y.');
  fails(() => step(x, { x: [1, 2, 3], y: 3 }), 'gradients "x": expected shape (2), got (3).');
  fails(() => step(x, { x: [1, 2], y: [3] }), 'gradients "y": expected shape (), got (1)');
  fails(() => step({ x: [1], y: 3 }, x), 'parameters "x": expected shape (2), got (1).');
  fails(() => step({ ...x, z: 1 }, { ...x, z: 1 }), 'state.shapes: "z" is missing');
  fails(() => step({ x: [1, 2] }, { x: [1, 2] }), 'state.shapes: unknown key "y"; the keys are x.');
  const endless = { ...state, shapes: { x: new Array(2 ** 32 - 1), y: [] } };
  fails(() => step(x, x, endless), 'state.shapes "x.0": the shape must be a list');
  fails(
    () => step(x, undefined as never),
    "gradients: expected an object with the keys x, y, got undefined.",
  );
  fails(
    () => step([1, 2] as never, x),
    "parameters: expected an object { name: value, … }, got the list [1, 2]",
  );
  fails(
    () => step(x, { x: [1, Number.NaN].map(String) as never, y: 1 }),
    'gradients "x": expected a number or',
  );
  fails(
    () => optimizer.init({ x: "1" as never }),
    'parameters "x": expected a number or an array of numbers, got',
  );
  fails(() => step(x, x, { step: 0, slots: state.slots }), 'state: "shapes" is missing');
  fails(
    () => step(x, x, { ...state, step: 0.5 }),
    "state.step, the number of steps taken, must be a whole number of at least 0, not 0.5",
  );
  fails(
    () => step(x, x, { ...state, slots: { ...state.slots, other: {} } }),
    'state.slots: unknown key "other"',
  );
  for (const [slot, one] of Object.entries(optimizer.slots) as [string, Slot][]) {
    const { [slot]: own, ...rest } = state.slots;
    const withSlot = (map: unknown) => ({ ...state, slots: { ...rest, [slot]: map } });
    fails(() => step(x, x, { ...state, slots: rest }), `state.slots: "${slot}" is missing`);
    fails(() => step(x, x, withSlot({ x: own!.x })), `state.slots.${slot}: "y" is missing`);
    const wanted = formatShape(slotShape(one, [2], ["x"]));
    fails(
      () => step(x, x, withSlot({ x: [1, 2, 3], y: own!.y })),
      `state.slots.${slot} "x": expected shape ${wanted}, got (3)`,
    );
  }
});

law("update names a wrong key as well", ({ make }) => {
  const optimizer = make({ learningRate: 0.1 });
  trace({ x: vector(2), y: vector(3) }, ({ x, y }) => {
    const slots = optimizer.initialSlots({ x });
    const update = (gradients: Readonly<Record<string, Expr>>, own: object = slots) =>
      optimizer.update({ x } as Record<string, Expr>, gradients, own as never, 1);
    assert.throws(() => update({}), /gradients: "x" is missing/);
    assert.throws(() => update({ x, y }), /gradients: unknown key "y"/);
    assert.throws(
      () => update({ x: y }),
      /gradients "x": expected shape \(2\), got an expression of shape \(3\)/,
    );
    assert.throws(() => update({ x }, { ...slots, more: { x } }), /slots: unknown key "more"/);
    assert.throws(
      () => optimizer.update({ x: [1, 2] as never as Expr }, { x }, slots, 1),
      /"x": expected an expression/,
    );
    return x;
  });
});

/** Options that are shares of 1, and what is wrong for them; all others are at least 0. */
const fractions = ["beta", "beta1", "beta2", "momentum"];

law("bad options are named with their value and range", (subject) => {
  if (!isRule(subject)) return;
  const { make, options } = subject;
  const { name, hyperparameters } = make({ learningRate: 0.1 });
  for (const [option, value] of Object.entries(hyperparameters)) {
    const wrong: unknown[] =
      typeof value === "boolean" ? [1, "yes"] : [Number.NaN, Infinity, -Infinity, -0.5, "1", null];
    if (fractions.includes(option)) wrong.push(1, 1.5);
    for (const bad of wrong) {
      const shown = typeof bad === "string" ? `the text "${bad}"` : String(bad);
      const expected = `${name}: ${option} is ${shown}; it must be `;
      assert.throws(
        () => make({ learningRate: 0.1, ...options, [option]: bad }),
        (error: Error) => error.name === "AdjointError" && error.message.startsWith(expected),
        `${option}: ${String(bad)}`,
      );
    }
  }
  if (wantsRate(subject)) {
    assert.throws(
      () => make({}),
      new RegExp(`${name}: learningRate is missing; it must be a finite number ≥ 0`),
    );
  }
  assert.throws(
    () => make({ learningRate: 0.1, lr: 1 }),
    /unknown option "lr"; the options are learningRate/,
  );
});

law("each trace has its own expressions", ({ make }) => {
  const rates: LearningRate[] = [];
  trace({ rate: scalar() }, ({ rate }) => {
    rates.push(rate);
    return rate;
  });
  trace({ x: vector(2) }, ({ x }) => {
    const optimizer = make({ learningRate: rates[0]! });
    const slots = optimizer.initialSlots({ x });
    const minimized = problemOf({ x: [2] });
    assert.throws(() => optimizer.update({ x }, { x }, slots, 1, minimized), /belongs to another trace/);
    return x;
  });
});

laws.run();
