/** A step of an optimizer over the million parameters of a small network, whose arrays are changed where they are. */
import {
  adam,
  adamw,
  compile,
  type Dtype,
  type Optimizer,
  randomSource,
  type Specs,
  scalar,
  sgd,
  tensor,
  trace,
} from "adjoint";
import { loadJax, toJax } from "../peers/jax.js";
import { type Backend, loadTensorFlow, onBothBackends, toTensorFlow } from "../peers/tensorflow.js";
import { mapEntries, tensorOf, type Untyped, type UntypedMap } from "../peers/tensors.js";
import {
  type Attempt,
  type HandWritten,
  none,
  type Peer,
  type Program,
  type Results,
  type Workload,
} from "../workload.js";
import type { Floats } from "./products.js";

const shapes = { W1: [784, 1250], b1: [1250], W2: [1250, 15] };
const names = ["W1", "b1", "W2"] as const;
type Name = (typeof names)[number];
type Arrays = Readonly<Record<Name, Floats>>;

const sizeOf = (name: Name): number => shapes[name].reduce((a, b) => a * b, 1);
const byName = <T>(make: (name: Name) => T) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;

const learningRate = 0.01;
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;
const momentum = 0.9;
const weightDecay = 0.01;

interface State {
  readonly x: Arrays;
  readonly gradient: Arrays;
  /** By slot, 0 at first. */
  readonly slots: Readonly<Record<string, Arrays>>;
}

function makeState({ slots }: Rule, dtype: Dtype): State {
  const random = randomSource(3);
  const Elements = dtype === "f32" ? Float32Array : Float64Array;
  const drawn = () => byName((name): Floats => Elements.from(random.normals(sizeOf(name))));
  const zeros = () => byName((name): Floats => new Elements(sizeOf(name)));
  const [x, gradient] = [drawn(), drawn()];
  return { x, gradient, slots: Object.fromEntries(slots.map((slot) => [slot, zeros()])) };
}

/** All that a step changes, by names of its own. */
function resultsOf(
  x: Readonly<Record<string, ArrayLike<number>>>,
  slots: Readonly<Record<string, typeof x>>,
) {
  const entries = Object.entries(slots).flatMap(([slot, arrays]) =>
    names.map((name) => [`${slot} ${name}`, arrays[name]!]),
  );
  return { ...x, ...Object.fromEntries(entries) } as Results;
}

interface Rule {
  readonly name: string;
  readonly title: string;
  /** Arrays of the parameters' sizes. */
  readonly slots: readonly string[];
  readonly optimizer: () => unknown;
  /** The loops as one writes them by hand: a function for the arrays of one parameter. */
  byHand(state: State): () => void;
  /** The next tensors of one parameter, of these and of β₁ᵗ and β₂ᵗ. */
  byJax(jax: Untyped, own: UntypedMap, powers: Untyped): UntypedMap;
  /** Its own optimizer, what is done before that, and where it keeps its slots. */
  byTensorFlow(tf: Untyped): {
    readonly own: Untyped;
    before?(x: Untyped): void;
    slots(): readonly Untyped[][];
  };
}

function adamByHand(
  [x, g, mean, meanSquare]: readonly [Floats, Floats, Floats, Floats],
  rate: number,
  correction: number,
): void {
  for (let i = 0; i < x.length; i++) {
    const gradient = g[i]!;
    const m = beta1 * mean[i]! + (1 - beta1) * gradient;
    const v = beta2 * meanSquare[i]! + (1 - beta2) * gradient * gradient;
    mean[i] = m;
    meanSquare[i] = v;
    x[i] = x[i]! - (rate * m) / (Math.sqrt(v * correction) + epsilon);
  }
}

function adamwByHand(
  [x, g, mean, meanSquare]: readonly [Floats, Floats, Floats, Floats],
  rate: number,
  correction: number,
): void {
  for (let i = 0; i < x.length; i++) {
    const gradient = g[i]!;
    const m = beta1 * mean[i]! + (1 - beta1) * gradient;
    const v = beta2 * meanSquare[i]! + (1 - beta2) * gradient * gradient;
    mean[i] = m;
    meanSquare[i] = v;
    x[i] = (1 - learningRate * weightDecay) * x[i]! - (rate * m) / (Math.sqrt(v * correction) + epsilon);
  }
}

function momentumByHand(x: Floats, g: Floats, velocity: Floats): void {
  for (let i = 0; i < x.length; i++) {
    const v = momentum * velocity[i]! + g[i]!;
    velocity[i] = v;
    x[i] = x[i]! - learningRate * v;
  }
}

const adamLike = (
  given: Pick<Rule, "name" | "title" | "optimizer">,
  one: typeof adamByHand,
  decays: boolean,
): Rule => ({
  ...given,
  slots: ["mean", "meanSquare"],
  byHand({ x, gradient, slots: { mean, meanSquare } }) {
    let power1 = 1;
    let power2 = 1;
    return () => {
      power1 *= beta1;
      power2 *= beta2;
      for (const name of names) {
        const arrays = [x[name], gradient[name], mean![name], meanSquare![name]] as const;
        one(arrays, learningRate / (1 - power1), 1 / (1 - power2));
      }
    };
  },
  byJax({ numpy }, { x, gradient, mean, meanSquare }, powers) {
    const nextMean = mean.mul(beta1).add(gradient.ref.mul(1 - beta1));
    const nextSquare = meanSquare.mul(beta2).add(numpy.square(gradient).mul(1 - beta2));
    const rest = numpy.array(1).sub(powers);
    const divisor = numpy.sqrt(nextSquare.ref.div(rest.ref.slice(1))).add(epsilon);
    const move = nextMean.ref.div(rest.slice(0)).mul(learningRate).div(divisor);
    const kept = decays ? x.mul(1 - learningRate * weightDecay) : x;
    return { x: kept.sub(move), mean: nextMean, meanSquare: nextSquare };
  },
  byTensorFlow(tf) {
    const own = tf.train.adam(learningRate, beta1, beta2, epsilon);
    return {
      own,
      ...(decays && {
        before: (x: Untyped) => tf.tidy(() => x.assign(tf.mul(x, 1 - learningRate * weightDecay))),
      }),
      slots: () => [own.accumulatedFirstMoment, own.accumulatedSecondMoment],
    };
  },
});

const rules: readonly Rule[] = [
  adamLike(
    { name: "adam", title: "Adam", optimizer: () => adam({ learningRate, beta1, beta2, epsilon }) },
    adamByHand,
    false,
  ),
  adamLike(
    {
      name: "adamw",
      title: "AdamW",
      optimizer: () => adamw({ learningRate, beta1, beta2, epsilon, weightDecay }),
    },
    adamwByHand,
    true,
  ),
  {
    name: "sgd",
    title: "SGD with momentum",
    slots: ["velocity"],
    optimizer: () => sgd({ learningRate, momentum }),
    byHand:
      ({ x, gradient, slots: { velocity } }) =>
      () => {
        for (const name of names) momentumByHand(x[name], gradient[name], velocity![name]);
      },
    byJax(_, { x, gradient, velocity }) {
      const next = velocity.mul(momentum).add(gradient);
      return { x: x.sub(next.ref.mul(learningRate)), velocity: next };
    },
    byTensorFlow(tf) {
      const own = tf.train.momentum(learningRate, momentum);
      return { own, slots: () => [own.accumulations] };
    },
  },
];

function byHand(rule: Rule, dtype: Dtype): HandWritten {
  const state = makeState(rule, dtype);
  return { run: rule.byHand(state), results: () => resultsOf(state.x, state.slots) };
}

/** One kernel, which writes over what it reads. */
function byAdjoint(rule: Rule, dtype: Dtype): Program {
  const optimizer = rule.optimizer() as Optimizer;
  const { x, gradient, slots } = makeState(rule, dtype);
  const tensors = byName((name) => tensor(shapes[name]));
  const slotNames = Object.keys(optimizer.slots);
  const isScalar = (slot: string) => optimizer.slots[slot]!.scalar === true;
  const specs = {
    x: tensors,
    gradient: tensors,
    slots: Object.fromEntries(
      slotNames.map((slot) => [slot, isScalar(slot) ? byName(() => scalar()) : tensors]),
    ),
    step: scalar(),
  } as unknown as Specs;
  const step = trace(specs, (given) => {
    const { x, gradient, slots, step } = given as unknown as Untyped;
    return optimizer.update(x, gradient, slots, step) as never;
  });
  const kernel = compile(step, { dtype }) as unknown as { into(inputs: object, outputs: object): void };
  const numbers = slotNames.filter(isScalar).map((slot) => {
    const initial = optimizer.slots[slot]!.initial as number;
    const written = byName((): Floats => (dtype === "f32" ? new Float32Array(1) : new Float64Array(1)));
    return { slot, read: byName(() => initial), written };
  });
  const read = Object.fromEntries(numbers.map(({ slot, read }) => [slot, read]));
  const written = Object.fromEntries(numbers.map(({ slot, written }) => [slot, written]));
  const inputs = { x, gradient, slots: { ...slots, ...read }, step: 0 };
  const outputs = { parameters: x, slots: { ...slots, ...written } };
  return {
    run: () => {
      inputs.step++;
      kernel.into(inputs, outputs);
      for (const { read, written } of numbers) for (const name of names) read[name] = written[name][0]!;
    },
    results: () => resultsOf(x, slots),
  };
}

async function byJax(rule: Rule): Promise<Program> {
  const jax = await loadJax();
  const { numpy, tree } = jax;
  const { x, gradient, slots } = makeState(rule, "f32");
  const own = (arrays: Arrays) => byName((name) => toJax(jax, tensorOf(arrays[name], ...shapes[name])));
  const gradients = own(gradient);
  const step = jax.jit((state: UntypedMap, given: UntypedMap) => {
    const powers = state.powers.mul(numpy.array([beta1, beta2]));
    const { powers: _, ...tensors } = state;
    const next = byName((name) => {
      const one = mapEntries(tensors, (arrays) => arrays[name]);
      return rule.byJax(jax, { ...one, gradient: given[name] }, powers.ref);
    });
    return { ...mapEntries(tensors, (_, key) => byName((name) => next[name][key])), powers };
  });
  let state: UntypedMap = { x: own(x), ...mapEntries(slots, own), powers: numpy.array([1, 1]) };
  return {
    run: () => {
      state = step(state, tree.ref(gradients));
      // It may put off what nobody asks for.
      for (const name of names) state.x![name].ref.dataSync();
    },
    results: () => {
      const { powers: _, x: parameters, ...rest } = tree.ref(state);
      const read = (arrays: Untyped) => byName((name) => arrays[name].dataSync());
      return resultsOf(read(parameters), mapEntries(rest, read));
    },
  };
}

async function byTensorFlow(rule: Rule, backend: Backend): Promise<Program> {
  const tf = await loadTensorFlow(backend);
  const { x, gradient } = makeState(rule, "f32");
  const own = (arrays: Arrays) => byName((name) => toTensorFlow(tf, tensorOf(arrays[name], ...shapes[name])));
  const variables = mapEntries(own(x), (one) => one) as Record<Name, Untyped>;
  for (const name of names) variables[name] = tf.variable(variables[name], true, name);
  const gradients = own(gradient);
  const rules = rule.byTensorFlow(tf);
  return {
    run: () => {
      if (rules.before) for (const name of names) rules.before(variables[name]);
      rules.own.applyGradients(gradients);
      for (const name of names) variables[name].dataSync();
    },
    results: () => {
      const read = (list: readonly Untyped[]) =>
        byName((name) => list[names.indexOf(name)].variable.dataSync());
      const slots = rules.slots().map((list, i) => [rule.slots[i]!, read(list)]);
      return resultsOf(
        byName((name) => variables[name].dataSync()),
        Object.fromEntries(slots),
      );
    },
  };
}

const peersOf = (rule: Rule, dtype: Dtype): Record<Peer, Attempt> => ({
  ...(dtype === "f32"
    ? { "jax-js": () => byJax(rule), ...onBothBackends((backend) => byTensorFlow(rule, backend)) }
    : none(["jax-js", "tfjs-wasm", "tfjs-cpu"], "f32 only")),
  ...none(["rose", "simplegrad", "adnn", "mathjs"], "no optimizer that can be called for one step"),
});

export const optimizerSteps: readonly Workload[] = rules.flatMap((rule) =>
  (["f32", "f64"] as const).map((dtype) => ({
    name: `step-${rule.name}-${dtype}`,
    title: `${rule.title} step over 10⁶ parameters, ${dtype}`,
    dtype,
    hand: () => byHand(rule, dtype),
    adjoint: () => byAdjoint(rule, dtype),
    peers: peersOf(rule, dtype),
  })),
);
