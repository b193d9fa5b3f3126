/**
 * Random graphs by the million: what is traced is differentiated, simplified and compiled by every backend, and all must
 * agree with the interpreter, gradients with differences. A mismatch is shrunk to a small graph and printed with its seed.
 *
 * npm run fuzz -- [--runs 10000] [--seconds 60] [--seed 0] [--check NAME]
 * npm run fuzz -- --text [--runs 100000] [--seed 0]: texts of objectives, right ones mutated and wild ones
 * npm run fuzz -- --api [--runs 10000] [--seconds 60] [--seed 0] [--only NAME]: public functions on hostile arguments
 */
import { parseArgs } from "node:util";
import { scalarize } from "../graph/compile/scalars/scalarize.js";
import { straightLine } from "../graph/compile/wasm/straight.js";
import { outputsOf } from "../graph/graph.js";
import { compile, grad, print, simplify, type Traced, trace, valueAndGrad } from "../graph/index.js";
import { sizeOf } from "../graph/shape.js";
import { distance } from "../property-tests/support/tolerance.js";
import { randomSource } from "../src/data/random.js";
import { checkGradient } from "../src/testing/check-gradient.js";
import { evaluator, nameValues, type Values } from "../src/testing/derivative.js";
import { slopeAt } from "../src/testing/differences.js";
import {
  drawProgram,
  moving,
  type Objective,
  type Program,
  pointOf,
  type Style,
  simplerPrograms,
  smooth,
  wild,
} from "../src/testing/programs.js";
import { traceObjective, traceProgram } from "../src/testing/trace-program.js";

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    seconds: { type: "string", default: "Infinity" },
    seed: { type: "string", default: "0" },
    check: { type: "string" },
    api: { type: "boolean", default: false },
    text: { type: "boolean", default: false },
    only: { type: "string" },
  },
});

if (options.text) {
  const { fuzzTexts } = await import("./fuzz-texts.js");
  process.exit(fuzzTexts(Number(options.runs), Number(options.seed)) > 0 ? 1 : 0);
}

if (options.api) {
  const { entries, fuzzApi, printReport } = await import("./api/fuzz-api.js");
  const before = performance.now();
  const [runs, seconds, seed] = [options.runs, options.seconds, options.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const report = await fuzzApi({ runs, seconds, seed, only: options.only, modules: entries });
  printReport(report, (performance.now() - before) / 1000);
  process.exit(report.faults.length > 0 ? 1 : 0);
}

/** Small enough that thousands are made in a second; most faults need no more than three steps. */
const small: Style = { ...smooth, steps: 3, lengths: [2, 1, 3, 0], maxRank: 2 };
const tame: Style = { ...small, ties: true };
const tameMoves: Style = { ...moving, tame: true, steps: 3, lengths: [2, 3, 1], maxRank: 2 };
const special: Style = { ...wild, steps: 4, maxRank: 2 };

interface Subject {
  readonly f: Objective;
  /** Value and gradient. */
  readonly g: Traced;
  readonly point: Values;
  /** What the interpreter makes of `g`. */
  readonly expected: readonly number[];
}

/** What was found to be wrong; `undefined` where nothing is. */
type Finding = { readonly expected: readonly number[]; readonly actual: readonly number[] } | undefined;

interface Check {
  readonly styles: readonly Style[];
  /** How many graphs are checked as one, since making a kernel costs more than what is in it; default 1. */
  readonly batch?: number;
  /** Whether the values of all steps are looked at: added up, −0 is lost. */
  readonly everyStep?: boolean;
  run(subject: Subject): Finding;
}

/** The numbers agree to 1e-10, or differ by no more than the last bits of the inputs can bring about. */
function agree(actual: readonly number[], { g, point, expected }: Subject, tolerance = 1e-10): Finding {
  const apart = (a: readonly number[]) => Math.max(0, ...a.map((x, i) => distance(x, expected[i]!)));
  const off = apart(actual);
  if (actual.length === expected.length && off <= tolerance) return undefined;
  const evaluate = evaluator(g);
  for (const [k, size] of [1, -1, 1, -1].entries()) {
    const wobbled = point.map((values) =>
      values.map((x, i) => x * (1 + size * tolerance * 1e-5 * (1 + ((7 * i + 3 * k) % 5)))),
    );
    if (off <= 1000 * apart(evaluate(wobbled))) return undefined;
  }
  return { expected, actual };
}

/** The same function with an input that nobody uses, whose many elements make the compiler write loops. */
function weighedDown(f: Traced): Traced {
  const inputs = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  return trace(Object.fromEntries([...inputs, ["ballast", { shape: [700] }] as const]), (exprs) => {
    const { ballast: _, ...rest } = exprs;
    return f(rest as never) as never;
  }) as unknown as Traced;
}

function callKernel(f: Traced, point: Values, dtype: "f64" | "f32" = "f64"): number[] {
  const kernel = compile(f, { dtype }) as unknown as (inputs: unknown) => unknown;
  return numbersOf(kernel(nameValues(f.graph, point)));
}

function numbersOf(results: unknown): number[] {
  if (typeof results === "number") return [results];
  if (results instanceof Float64Array || results instanceof Float32Array) return Array.from(results);
  return Object.values(results as Record<string, unknown>).flatMap(numbersOf);
}

/** Straight-line WebAssembly, which `compile` takes for large graphs only. */
function callWasm(f: Traced, point: Values): number[] | undefined {
  const { graph } = f;
  const run = straightLine(graph, scalarize(graph));
  const inputs = graph.inputs.map(({ shape }, i) =>
    shape.length === 0 ? point[i]![0]! : Float64Array.from(point[i]!),
  );
  const outputs = outputsOf(graph).map(({ id }) => new Float64Array(sizeOf(graph.nodes[id]!.shape)));
  run?.(...inputs, ...outputs);
  return run && outputs.flatMap((output) => [...output]);
}

const checks: Readonly<Record<string, Check>> = {
  simplify: {
    styles: [small, tameMoves, special],
    everyStep: true,
    run({ g, point, expected }) {
      const actual = evaluator(simplify(g))(point);
      const same = actual.length === expected.length && actual.every((x, i) => Object.is(x, expected[i]));
      return same ? undefined : { expected, actual };
    },
  },
  "straight-line": {
    styles: [tame, tameMoves],
    batch: 4,
    run: (subject) => agree(callKernel(subject.g, subject.point), subject),
  },
  loops: {
    styles: [tame, tameMoves],
    batch: 12,
    run(subject) {
      const ballast = new Array<number>(700).fill(0);
      return agree(callKernel(weighedDown(subject.g), [...subject.point, ballast]), subject);
    },
  },
  wasm: {
    styles: [tame, tameMoves],
    batch: 12,
    run(subject) {
      const actual = callWasm(subject.g, subject.point);
      return actual && agree(actual, subject);
    },
  },
  f32: {
    styles: [small],
    batch: 4,
    run(subject) {
      const rounded = subject.point.map((values) => values.map(Math.fround));
      const expected = evaluator(subject.g)(rounded);
      return agree(callKernel(subject.g, rounded, "f32"), { ...subject, point: rounded, expected }, 1e-3);
    },
  },
  gradient: {
    styles: [small],
    run({ f, point }) {
      // Along one direction first, which is quick; what disagrees is looked at element by element.
      const direction = point.map((values, k) => values.map((_, i) => Math.sin(1 + 5 * k + 7 * i)));
      const evaluate = evaluator(f);
      const slope = slopeAt(
        (t) => evaluate(point.map((values, k) => values.map((x, i) => x + t * direction[k]![i]!)))[0]!,
      );
      const gradient = evaluator(grad(f))(point);
      const along = direction.flat().reduce((total, d, i) => total + d * gradient[i]!, 0);
      if (!slope || slope.error > 1e-6 * Math.max(1, Math.abs(slope.value))) return undefined;
      if (Math.abs(along - slope.value) <= 1e-5 * Math.max(1, Math.abs(slope.value))) return undefined;
      const at = nameValues(f.graph, point) as never;
      const { wrong, worst } = checkGradient(f, { at, tolerance: 1e-5, maxSkipped: 1 });
      return wrong === 0 ? undefined : { expected: [worst!.expected], actual: [worst!.found] };
    },
  },
};

/** Value and gradient of a program at its point; of several programs, all of these. */
function subjectOf({ everyStep }: Check, programs: readonly Program[]): Subject {
  const list = programs.map((program) => {
    const f = traceObjective(program);
    const g = valueAndGrad(f) as unknown as Traced;
    const point = Object.values(pointOf(program));
    return everyStep
      ? { f, g: together([traceProgram(program), g]), point: [...point, ...point] }
      : { f, g, point };
  });
  const { f } = list[0]!;
  const g = list.length === 1 ? list[0]!.g : together(list.map((one) => one.g));
  const point = list.flatMap((one) => one.point);
  return { f, g, point, expected: evaluator(g)(point) };
}

/** Functions beside each other, as one. */
function together(functions: readonly Traced[]): Traced {
  const rename = (k: number, name: string) => `${k}.${name}`;
  const inputs = functions.flatMap(({ graph }, k) =>
    graph.inputs.map(({ name, shape }) => [rename(k, name), { shape }] as const),
  );
  return trace(Object.fromEntries(inputs), (exprs) => {
    const given: Readonly<Record<string, unknown>> = exprs;
    const results = functions.map((f, k) => {
      const own = f.graph.inputs.map(({ name }) => [name, given[rename(k, name)]] as const);
      return [`f${k}`, f(Object.fromEntries(own) as never)] as const;
    });
    return Object.fromEntries(results) as never;
  }) as unknown as Traced;
}

/** What a check finds in programs; an exception is a finding, too. */
function find(check: Check, programs: readonly Program[]): Finding | Error {
  try {
    return check.run(subjectOf(check, programs));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The smallest programs found in which something is still wrong: one, where one does. */
function shrink(check: Check, programs: readonly Program[]): readonly Program[] {
  let smallest = programs;
  search: for (;;) {
    for (const simpler of simplerLists(smallest)) {
      if (!find(check, simpler)) continue;
      smallest = simpler;
      continue search;
    }
    return smallest;
  }
}

function* simplerLists(programs: readonly Program[]): Generator<readonly Program[]> {
  if (programs.length > 1) {
    for (const program of programs) yield [program];
    for (let i = 0; i < programs.length; i++) yield programs.toSpliced(i, 1);
  }
  for (const [i, program] of programs.entries()) {
    for (const simpler of simplerPrograms(program)) yield programs.with(i, simpler);
  }
}

const show = (values: readonly number[]) =>
  values.map((x) => (Object.is(x, -0) ? "-0" : String(x))).join(", ");

const seed = Number(options.seed);
const runs = Number(options.runs);
const limit = Number(options.seconds) * 1000;
const chosen = Object.entries(checks).filter(
  ([name]) => options.check === undefined || options.check === name,
);
const counts = new Map(chosen.map(([name]) => [name, { graphs: 0, milliseconds: 0 }]));
const started = performance.now();
let faults = 0;
let run = 0;
for (let turn = 0; run < runs && performance.now() - started < limit && faults < 10; turn++) {
  const [name, check] = chosen[turn % chosen.length]!;
  const batch = check.batch ?? 1;
  // A batch is as many graphs as any: its first seed tells it.
  const first = seed + run;
  const programs = Array.from({ length: batch }, (_, k) => {
    const random = randomSource(first + k);
    return drawProgram(random, check.styles[random.integer(0, check.styles.length)]!);
  });
  const before = performance.now();
  const finding = find(check, programs);
  const count = counts.get(name)!;
  count.graphs += batch;
  count.milliseconds += performance.now() - before;
  run += batch;
  if (!finding) continue;
  faults++;
  const smallest = shrink(check, programs);
  const { f, g, point } = subjectOf(check, smallest);
  const found = find(check, smallest)!;
  console.log(`\n${name} differs: npm run fuzz -- --runs ${batch} --check ${name} --seed ${first}`);
  const shown = smallest.length === 1 ? f : g;
  console.log(print(shown));
  shown.graph.inputs.forEach(({ name: input }, i) => {
    console.log(`${input} = [${show(point[i]!)}]`);
  });
  if (found instanceof Error) console.log(found.stack);
  else console.log(`expected ${show(found.expected)}\nactual   ${show(found.actual)}`);
}
const seconds = (performance.now() - started) / 1000;
for (const [name, { graphs, milliseconds }] of counts) {
  console.log(`${name.padEnd(14)} ${graphs} graphs, ${((1000 * graphs) / milliseconds).toFixed(0)} a second`);
}
console.log(
  `${run} graphs in ${seconds.toFixed(0)} s, ${(run / seconds).toFixed(0)} a second, seeds ${seed} to ${seed + run - 1}: ` +
    `${faults} mismatches`,
);
if (faults > 0) process.exitCode = 1;
