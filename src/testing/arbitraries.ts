/** fast-check's arbitraries for numbers, shapes, tensors and whole graphs, and the property that a gradient is right. */
import type { Arbitrary, IProperty } from "fast-check";
import {
  AdjointError,
  type Domain,
  type Op,
  print,
  type Shape,
  type Shapes,
  type Traced,
} from "../../graph/index.js";
import {
  checkOptions,
  describe,
  graphOf,
  type Instances,
  isId,
  isRecord,
  opOf,
  readCount,
  readList,
  readShape,
  sizeOf,
  unflattenTree,
} from "../../graph/internal.js";
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
 *
 * @example
 * import fc from "fast-check";
 * fc.assert(fc.property(numbers([-2, 2]), (x) => Math.abs(x) <= 2));
 *
 * @throws for what is no domain
 */
export function numbers(domain: ElementDomain): Arbitrary<number> {
  return numbersOf("numbers", resolveDomain("numbers", "the domain", domain));
}

function numbersOf(what: string, read: Domain | Arbitrary<number>): Arbitrary<number> {
  if (isArbitrary(read)) return read;
  const fc = fastCheck(what);
  const { kind, low, high } = read;
  if (low === high) return fc.constant(low);
  if (kind !== "real") return fc.integer({ min: Math.ceil(low), max: Math.floor(high) });
  const unit = unitOf(read);
  const whole = fc.integer({ min: Math.floor(low / unit), max: Math.floor(high / unit) });
  const thousandths = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(0, 500) },
    { weight: 4, arbitrary: fc.nat(999) },
  );
  return fc.tuple(whole, thousandths).map(([n, k]) => decimal(read, n, k));
}

/**
 * `size` of them, row-major: the values of a tensor of a shape. They shrink one by one.
 *
 * @example
 * import fc from "fast-check";
 * fc.assert(fc.property(tensors([2, 3]), (values) => values.length === 6));
 */
export function tensors(shape: Shape, domain: ElementDomain = [-2, 2]): Arbitrary<number[]> {
  return tensorsOf("tensors", readShape(shape, "tensors"), resolveDomain("tensors", "the domain", domain));
}

function tensorsOf(what: string, shape: Shape, domain: Domain | Arbitrary<number>): Arbitrary<number[]> {
  const size = sizeOf(shape);
  return fastCheck(what).array(numbersOf(what, domain), { minLength: size, maxLength: size });
}

/**
 * Options of `shapes`.
 * @example const options: ShapesOptions = { maxRank: 2 };
 */
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

/**
 * Shapes of tensors, from a scalar's on; they shrink to fewer and shorter axes.
 *
 * @example
 * import fc from "fast-check";
 * fc.assert(fc.property(shapes({ maxRank: 2 }), (shape) => shape.length <= 2));
 */
export function shapes(options: ShapesOptions = {}): Arbitrary<Shape> {
  const given = checkOptions("shapes", options, ["maxRank", "maxLength", "maxSize", "minLength"]);
  const { maxRank = 3, maxLength = 3, maxSize = Number.MAX_SAFE_INTEGER, minLength = 0 } = given;
  readCount(maxRank, "shapes: maxRank");
  readCount(minLength, "shapes: minLength");
  readCount(maxLength, "shapes: maxLength", minLength);
  readCount(maxSize, "shapes: maxSize", 1, Number.MAX_SAFE_INTEGER);
  const fc = fastCheck("shapes");
  const usual = fc.integer({ min: Math.min(maxLength, Math.max(1, minLength)), max: maxLength });
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

/**
 * A random graph: a smooth scalar function of inputs `x0`, `x1` …, with a point in its domain.
 * @example const sizeOf = ({ f }: RandomGraph): number => f.graph.nodes.length;
 */
export interface RandomGraph {
  readonly f: Objective;
  readonly at: InputValues;
}

/**
 * Whole graphs over the ops of the registry, which shrink to small ones: of few steps, on short axes.
 * `style` says otherwise than the default how large they are and of what ops: `{ ops: [myOp, add.op], steps: 5 }`.
 *
 * @example
 * import fc from "fast-check";
 * fc.assert(fc.property(graphs(), ({ f, at }) => checkGradient(f, { at }).wrong === 0), { numRuns: 10 });
 */
export function graphs(style: Partial<Style> = {}): Arbitrary<RandomGraph> {
  const own = readStyle(style);
  return programs(own).map((program) => {
    const f = traceObjective(program);
    const made = { f, at: nameValues(f.graph, Object.values(pointOf(program))) };
    const { toStringMethod } = fastCheck("graphs");
    return { ...made, [toStringMethod]: () => `${print(made.f)}\nat ${JSON.stringify(made.at)}` };
  });
}

function readStyle(given: Partial<Style>): Style {
  const style = checkOptions("graphs", given, {
    lengths: "any",
    tame: "boolean",
    ties: "boolean",
    movesOnly: "boolean",
    steps: "any",
    maxRank: "any",
    ops: "any",
    instances: "any",
  });
  const { steps, maxRank, lengths, ops, instances } = style;
  // What is given as undefined is as good as missing.
  const flags = Object.entries(style).filter(([, value]) => typeof value === "boolean");
  const own = {
    ...(steps !== undefined && { steps: readCount(steps, "graphs: steps", 1) }),
    ...(maxRank !== undefined && { maxRank: readCount(maxRank, "graphs: maxRank") }),
    ...(lengths !== undefined && {
      lengths: readList(lengths, "graphs: lengths", (length) => readCount(length, "graphs: each of lengths")),
    }),
    ...(ops !== undefined && { ops: readList(ops, "graphs: ops", readOp) }),
    ...(instances !== undefined && {
      instances: readList(instances, "graphs: instances", readInstances),
    }),
  };
  if (own.lengths?.length === 0)
    throw new AdjointError("graphs: lengths is an empty list; give one at least.");
  return { ...smooth, ...Object.fromEntries(flags), ...own };
}

function readInstances(given: unknown, i: number): Instances {
  if (isRecord(given) && isRecord(given.op) && Array.isArray(given.instances))
    return given as unknown as Instances;
  throw new AdjointError(
    `graphs: instances ${i} is ${describe(given)}; pass { op, instances } of ops of tensors.`,
  );
}

function readOp(given: unknown, i: number): Op {
  const op = opOf(given);
  if (op) return op;
  throw new AdjointError(`graphs: op ${i} is ${describe(given)}; pass ops such as add.op.`);
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
 * import fc from "fast-check";
 * fc.assert(gradientProperty(trace({ x: vector(2) }, ({ x }) => log(x)), { domain: { x: [0.1, 2] } }));
 *
 * @throws AdjointError for wrong options; the property itself throws where a derivative is wrong
 */
export function gradientProperty<I extends Shapes, O>(
  f: Traced<I, O>,
  options: Omit<GradientOptions<I>, "points" | "seed" | "at"> = {},
): IProperty<[InputValues]> {
  const what = "gradientProperty";
  const fc = fastCheck(what);
  const { inputs, inputTree } = graphOf(f, what);
  const checker = new Checker(what, f, options);
  const leaves = inputs.map(({ shape }, i) =>
    shape.length === 0 ? numbersOf(what, checker.domains[i]!) : tensorsOf(what, shape, checker.domains[i]!),
  );
  const points = fc
    .tuple<(number | readonly number[])[]>(...leaves)
    .map((values) => unflattenTree(inputTree, isId, values) as InputValues);
  return fc.property(points, (point) => {
    const tally = new Tally();
    checker.check(checker.read(point), randomSource(0), tally);
    const report = checker.report(tally, 1);
    if (report.wrong > 0) throw new Error(report.message);
    const pre: (expected: boolean) => void = fc.pre;
    pre(report.ok);
  });
}
