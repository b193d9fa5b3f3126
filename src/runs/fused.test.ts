/** The generated loop is the plain one, to the bit: every optimizer of the table, every way to end. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isShort, subjects } from "../../property-tests/support/optimizers.js";
import {
  add,
  divide,
  erf,
  log,
  matrix,
  multiply,
  type Optimizer,
  power,
  scalar,
  sqrt,
  square,
  subtract,
  sum,
  type Traced,
  trace,
  vector,
} from "../index.js";
import { type chooseLoop, plainLoop } from "./loop.js";
import { type MinimizeOptions, minimizeBy, type Progress, type Run } from "./minimize.js";

type Options = MinimizeOptions<Record<string, number[]>, object>;

/** An objective with a start, and the options that end a run in one way. */
interface Case {
  readonly f: Traced;
  readonly start: object;
  readonly rate?: number;
  readonly options: Options;
  readonly status?: string;
}

const traced = (f: unknown): Traced => f as Traced;

const bowl = traced(trace({ x: vector(3) }, ({ x }) => sum(multiply([1, 2, 3], square(x)))));
const bowlStart = { x: [1, -2, 0.5] };
const many = traced(
  trace({ a: scalar(), x: vector(2), M: matrix(2, 2), t: vector(2), k: scalar() }, ({ a, x, M, t, k }) =>
    add(sum(square(subtract(add(multiply(M, x), a), t))), multiply(k, square(a)), sum(square(erf(x)))),
  ),
);
const manyStart = { M: [[1, 0.5], [-1, 2]], a: 0.3, x: [1, -0.5] }; // biome-ignore format: a matrix
const data = { t: [0.5, -1], k: 0.25 };
const at = (f: unknown, start: object, options: Options = {}): Case => ({ f: traced(f), start, options });
const cliff = trace({ x: vector(2) }, ({ x }) => sum(log(x)));
const cube = trace({ x: scalar() }, ({ x }) => power(x, 3));

const cases: Record<string, Case> = {
  converged: { f: bowl, start: bowlStart, options: { tolerance: 2 } },
  "converged at the start": { ...at(bowl, { x: [0, 0, 0] }), status: "converged" },
  "converged where the steps end": { ...at(bowl, { x: [0, 0, 0] }, { steps: 0 }), status: "converged" },
  "max-steps": { ...at(bowl, bowlStart, { steps: 40, tolerance: 0 }), status: "max-steps" },
  "0 steps": { ...at(bowl, bowlStart, { steps: 0 }), status: "max-steps" },
  "1 step": { ...at(bowl, bowlStart, { steps: 1, tolerance: 0 }), status: "max-steps" },
  "several parameters, data, a called op": at(many, manyStart, { steps: 30, tolerance: 0, data }),
  "diverged at the start": { ...at(cliff, { x: [-1, 1] }), status: "diverged" },
  "diverged at the start, by the gradient": {
    ...at(
      trace({ x: scalar() }, ({ x }) => sqrt(x)),
      { x: 0 },
    ),
    status: "diverged",
  },
  "diverged later: the domain is left": { ...at(cliff, { x: [0.7, 2] }, { steps: 300 }), rate: 1 },
  "diverged later: it overflows": { ...at(cube, { x: -2 }, { steps: 60 }), rate: 1e30 },
  "a next point that isn't finite": {
    ...at(
      trace({ x: scalar() }, ({ x }) => divide(1, x)),
      { x: 1e-100 },
      { steps: 5 },
    ),
    rate: 1e300,
  },
};

/** What is told of the run besides its end. */
const kinds: Record<string, Options> = {
  recorded: {},
  unrecorded: { trajectory: false },
  "in the least memory": { memoryLimit: 0 },
  "in memory for five rows": { memoryLimit: 5 * 8 * 4 },
};

const bits = (value: unknown): unknown => {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Float64Array) return Array.from(value, bits).join(" ");
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, bits(one)]));
};

/** The run by a loop, with all that its callback saw, the numbers as text. */
function told(
  loop: typeof chooseLoop,
  { f, start, options }: Case,
  optimizer: Optimizer,
  kind: Options,
  stop?: number,
) {
  const seen: unknown[] = [];
  const onStep = ({ step, value, gradientNorm, parameters }: Progress<never>) => {
    seen.push(bits({ step, value, gradientNorm, parameters }));
    return step !== stop;
  };
  const all = { ...options, ...kind, ...(stop !== undefined && { onStep }) };
  return { run: minimizeBy(loop, f as never, start, optimizer, all as never) as Run<never>, seen };
}

const fusedLoop: typeof chooseLoop = (method, state, options) => {
  const loop = method.fused?.(state, options);
  assert.ok(loop, "no loop was generated");
  return loop;
};

const loops = suite("generated loops");

for (const { title, make } of subjects.filter(isShort)) {
  loops(`${title}: the generated loop is the plain loop`, () => {
    for (const [ending, one] of Object.entries(cases)) {
      const optimizer = make({ learningRate: one.rate ?? 0.05 });
      for (const [kind, options] of Object.entries(kinds)) {
        // Without a callback, with one that never stops, and with one that stops.
        for (const stop of [undefined, 0, 1, 7]) {
          const where = `${ending}, ${kind}, stop at ${stop}`;
          const [fused, plain] = [fusedLoop, plainLoop].map((loop) =>
            told(loop, one, optimizer, options, stop),
          );
          assert.equal(bits(fused!.run), bits(plain!.run), where);
          assert.equal(fused!.seen, plain!.seen, where);
          const { status, steps, trajectory, evaluations } = plain!.run;
          if (one.status && !stop) assert.is(status, one.status, where);
          if (stop && steps >= stop - 1 && status === "stopped") assert.is(steps, stop - 1, where);
          assert.ok(evaluations === steps + 1 || (status === "diverged" && evaluations === steps + 2), where);
          const rows = options.trajectory === false ? 0 : Math.ceil(steps / trajectory.stride);
          assert.is(trajectory.steps, rows, where);
        }
      }
    }
  });
}

loops("every way to end is among the cases", () => {
  const ends = new Set<string>();
  for (const one of Object.values(cases)) {
    const { make } = subjects[0]!;
    for (const stop of [undefined, 7]) {
      const { run } = told(plainLoop, one, make({ learningRate: one.rate ?? 0.05 }), {}, stop);
      ends.add(`${run.status}${run.steps === 0 ? " at the start" : ""}`);
    }
  }
  for (const end of ["converged", "max-steps", "diverged", "stopped", "diverged at the start"]) {
    assert.ok(ends.has(end), end);
  }
});

loops("a step too large to be written out has the plain loop", () => {
  const f = trace({ x: vector(400) }, ({ x }) => sum(square(x)));
  const start = { x: new Float64Array(400).fill(1) };
  const optimizer = subjects[0]!.make({ learningRate: 0.1 });
  let loop: unknown = "not asked for";
  const look: typeof chooseLoop = (method, state, options) => {
    loop = method.fused?.(state, options);
    return plainLoop(method, state, options);
  };
  minimizeBy(look, f as never, start, optimizer, { steps: 3 });
  assert.is(loop, undefined);
});

loops.run();
