/** fast-check's arbitraries for numbers, shapes, tensors and whole graphs, and the property that a gradient is right. */
import type { Arbitrary, IProperty } from "fast-check";
import { AdjointError, print, type Shape, type Shapes, type Traced } from "../../graph/index.js";
import { checkCount, checkOptions, graphOf, isLength, sizeOf } from "../../graph/internal.js";
import { randomSource } from "../data/index.js";
import { Checker, type GradientOptions, Tally } from "./check-gradient.js";
import { nameValues } from "./derivative.js";
import { decimal, type ElementDomain, isArbitrary, resolveDomain, unitOf } from "./domains.js";
import { fastCheck } from "./fast-check.js";
import { type Objective, type Program, pointOf, type Style, smooth } from "./programs.js";
import type { InputValues } from "./report.js";
import { traceObjective } from "./trace-program.js";

/**
 * Numbers of a domain, that shrink to simple ones: to whole multiples of its power of ten, and to 0.
 * @throws for what is no domain
 */
export function numbers(domain: ElementDomain): Arbitrary<number> {
  const read = resolveDomain("numbers", "the domain", domain);
  if (isArbitrary(read)) return read;
  const fc = fastCheck("numbers");
  const { kind, low, high } = read;
  if (kind !== "real") return fc.integer({ min: Math.ceil(low), max: Math.floor(high) });
  const unit = unitOf(read);
  const whole = fc.integer({ min: Math.floor(low / unit), max: Math.floor(high / unit) });
  const thousandths = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(0, 500) },
    { weight: 4, arbitrary: fc.nat(999) },
  );
  return fc.tuple(whole, thousandths).map(([n, k]) => decimal(read, n, k));
}

/** `size` of them, row-major: the values of a tensor of a shape. They shrink one by one. */
export function tensors(shape: Shape, domain: ElementDomain = [-2, 2]): Arbitrary<number[]> {
  if (!Array.isArray(shape) || !shape.every(isLength))
    throw new AdjointError(`tensors: a shape is a list of whole lengths ≥ 0, not [${String(shape)}].`);
  const size = sizeOf(shape);
  return fastCheck("tensors").array(numbers(domain), { minLength: size, maxLength: size });
}

export interface ShapesOptions {
  /** The most axes; default 3. */
  readonly maxRank?: number;
  /** The greatest length of an axis; default 3. */
  readonly maxLength?: number;
  /** The most elements; default no limit. */
  readonly maxSize?: number;
  /** The least length of an axis: default 0, since empty tensors are where code goes wrong. */
  readonly minLength?: number;
}

/** Shapes of tensors, from a scalar's on; they shrink to fewer and shorter axes. */
export function shapes(options: ShapesOptions = {}): Arbitrary<Shape> {
  checkOptions("shapes", options, ["maxRank", "maxLength", "maxSize", "minLength"]);
  const { maxRank = 3, maxLength = 3, maxSize = Number.MAX_SAFE_INTEGER, minLength = 0 } = options;
  for (const [name, value] of Object.entries({ maxRank, maxLength, maxSize, minLength }))
    checkCount("shapes", name, value, 0);
  const fc = fastCheck("shapes");
  const usual = fc.integer({ min: Math.max(1, minLength), max: Math.max(1, maxLength) });
  const length =
    minLength > 0
      ? usual
      : fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(0) });
  return fc.array(length, { maxLength: maxRank }).map((shape) => {
    // Too many elements: the last axes go.
    while (sizeOf(shape) > maxSize) shape.pop();
    return shape;
  });
}

/** A random graph: a smooth scalar function of inputs `x0`, `x1` …, with a point in its domain. */
export interface RandomGraph {
  readonly f: Objective;
  readonly at: InputValues;
}

/**
 * Whole graphs over the ops of the registry, which shrink to small ones: of few steps, on short axes.
 * `style` says otherwise than the default how large they are and of what ops: `{ ops: [myOp, add.op], steps: 5 }`.
 *
 * @example
 * fc.assert(fc.property(graphs(), ({ f, at }) => checkGradient(f, { at }).ok));
 */
export function graphs(style: Partial<Style> = {}): Arbitrary<RandomGraph> {
  checkOptions("graphs", style, Object.keys({ ...smooth, movesOnly: 0, maxRank: 0, ops: 0, instances: 0 }));
  return programs({ ...smooth, ...style }).map((program) => {
    const f = traceObjective(program);
    const made = { f, at: nameValues(f.graph.inputs, Object.values(pointOf(program))) };
    const { toStringMethod } = fastCheck("graphs");
    return { ...made, [toStringMethod]: () => `${print(made.f)}\nat ${JSON.stringify(made.at)}` };
  });
}

/** The programs behind `graphs`: plain numbers that say how to build one. */
export function programs(style: Style): Arbitrary<Program> {
  const fc = fastCheck("programs");
  const natural = fc.nat({ max: 2 ** 20 });
  const shape = fc.array(fc.constantFrom(...style.lengths), { maxLength: style.maxRank ?? 3 });
  const step = fc.record({ kind: natural, choices: fc.array(natural, { minLength: 6, maxLength: 6 }) });
  return fc
    .record({
      shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
      steps: fc.array(step, { minLength: 1, maxLength: style.steps }),
      seed: natural,
    })
    .map((program) => ({ ...program, style }));
}

/**
 * The property that the gradient of `f` is right at any point of its domain, for `fc.assert`, which shrinks a wrong
 * one to a simple point. Points where nothing can be compared, since the function has kinks there, are drawn again.
 * It takes the options of `checkGradient` but `points`, `seed` and `at`, which are fast-check's.
 *
 * @example
 * fc.assert(gradientProperty(trace({ x: vector(2) }, ({ x }) => myOp(x)), { domain: { x: [0.1, 2] } }));
 * @throws AdjointError for wrong options; the property itself throws where a derivative is wrong
 */
export function gradientProperty<I extends Shapes, O>(
  f: Traced<I, O>,
  options: Omit<GradientOptions<I>, "points" | "seed" | "at"> = {},
): IProperty<[InputValues]> {
  const fc = fastCheck("gradientProperty");
  const { inputs } = graphOf(f, "gradientProperty");
  const checker = new Checker("gradientProperty", f, options);
  const names = Object.fromEntries(
    inputs.map(({ name, shape }, i) => [
      name,
      shape.length === 0 ? numbers(checker.domains[i]!) : tensors(shape, checker.domains[i]!),
    ]),
  );
  return fc.property(fc.record<InputValues>(names), (point) => {
    const tally = new Tally();
    checker.check(checker.read(point), randomSource(0), tally);
    const report = checker.report(tally, 1);
    if (report.wrong > 0) throw new Error(report.message);
    const pre: (expected: boolean) => void = fc.pre;
    pre(report.ok);
  });
}
