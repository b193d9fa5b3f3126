/**
 * Many steps in one call. Where a step is small, the loop around it is generated with it: the state stays in local
 * variables from step to step, and rows of the trajectory are written as they come about. Else it is a loop over a kernel.
 */
import type { Graph } from "../../graph/index.js";
import { generateStatements, isDebug, makeFunction, outputsOf, sizeOf } from "../../graph/internal.js";
import type { Recorder } from "./recorder.js";
import { inputKey, type Step, type Stepper, stepKey, type Tensors } from "./step.js";

export interface LoopOptions {
  /** The most steps. */
  readonly steps: number;
  /** Where no element of the gradient is larger, the run has converged; 0 for never. */
  readonly tolerance: number;
  readonly recorder?: Recorder | undefined;
  /** Called before each step with the stepper at its point; `false` stops the run. */
  readonly notify?: ((value: number, norm: number) => boolean) | undefined;
}

/** How a run ended, and the value at the point where it did. */
export interface Ended {
  status: "converged" | "max-steps" | "diverged" | "stopped";
  value: number;
}

/** Runs steps until there is a reason to end; the stepper is at the last finite point then. */
export function runSteps(step: Step, data: Tensors, stepper: Stepper, options: LoopOptions): Ended {
  const key = [options.recorder !== undefined, options.notify !== undefined].join();
  if (!step.loops.has(key))
    step.loops.set(key, generateLoop(step.traced.graph, Object.keys(data), stepper, options));
  const loop = (step.loops.get(key) as Loop | undefined) ?? plainLoop;
  return loop(step, data, stepper, options);
}

type Loop = typeof runSteps;

function plainLoop(step: Step, data: Tensors, stepper: Stepper, options: LoopOptions): Ended {
  const { steps, tolerance, recorder, notify } = options;
  let last = Number.NaN;
  for (;;) {
    const { value, norm, leadsOn } = stepper.propose(step, data);
    if (!Number.isFinite(value) || !Number.isFinite(norm)) return leave(stepper, recorder, value, last);
    if (tolerance > 0 && norm <= tolerance) return { status: "converged", value };
    if (stepper.steps === steps) return { status: "max-steps", value };
    if (notify?.(value, norm) === false) return { status: "stopped", value };
    if (!leadsOn) return { status: "diverged", value };
    recorder?.record(stepper, value);
    stepper.accept();
    last = value;
  }
}

/** Ends at a point where the objective isn't finite: the step that led there isn't taken. */
function leave(stepper: Stepper, recorder: Recorder | undefined, value: number, last: number): Ended {
  const first = stepper.steps === 0;
  if (!first) stepper.revert();
  recorder?.keep(stepper.steps);
  return { status: "diverged", value: first ? value : last };
}

// Why the generated loop came back.
const reasons = ["full", "not finite", "converged", "max-steps", "stopped", "diverged"] as const;

/** What the generated loop tells: the steps taken so far, the reason, the value where it ended and the one before. */
interface Report {
  steps: number;
  reason: number;
  value: number;
  last: number;
}

type Generated = (...operands: unknown[]) => unknown;

/**
 * Loops by their text, so many of them at most: an objective and an optimizer that are made anew, as a function does
 * that is called often, find code that the engine has optimized already.
 */
const loops = new Map<string, Generated | undefined>();
const mostLoops = 64;

function reuse(text: string, make: () => Generated | undefined): Generated | undefined {
  const loop = loops.has(text) ? loops.get(text) : make();
  // The last used stand last.
  loops.delete(text);
  loops.set(text, loop);
  if (loops.size > mostLoops) loops.delete(loops.keys().next().value!);
  return loop;
}

/** `undefined` where the step is too large to be written out, or code can't be made. */
function generateLoop(
  given: Graph,
  dataNames: readonly string[],
  stepper: Stepper,
  { recorder, notify }: LoopOptions,
): Loop | undefined {
  // The next state is checked element by element, which is cheaper than its norm.
  const { reach: _, ...outputs } = given.outputs as Record<string, number>;
  const graph = { ...given, outputs };
  if (isDebug(graph)) return undefined;

  const { current } = stepper.arrays;
  const sizes = new Map(graph.inputs.map(({ name, shape }) => [name, sizeOf(shape)]));
  const stateKeys = [...sizes.keys()].filter((key) => Object.hasOwn(current, key));
  const dataKeys = dataNames.map(inputKey);
  const recorded = recorder ? [...recorder.rows.keys()].map(inputKey) : [];
  const elements = (keys: readonly string[], write: (array: number, i: number, key: string) => string) =>
    keys.flatMap((key, array) =>
      Array.from({ length: sizes.get(key)! }, (_, i) => write(array, i, key)).filter((line) => line !== ""),
    );
  // Of each element of the state, `y` is now, `z` next and `p` before.
  const place = (key: string, i: number) => `${stateKeys.indexOf(key)}_${i}`;
  const sources = [...sizes].flatMap(([key, size]) =>
    Array.from({ length: size }, (_, i) =>
      key === stepKey
        ? "time"
        : stateKeys.includes(key)
          ? `y${place(key, i)}`
          : `d${dataKeys.indexOf(key)}_${i}`,
    ),
  );
  const paths = outputsOf(graph).map(({ path }) => String(path[0]));
  const statements = generateStatements(graph, sources, (output, element) => {
    const key = paths[output]!;
    return stateKeys.includes(key) ? `z${place(key, element)}` : key;
  });
  if (!statements) return undefined;
  const isParameter = (key: string) => key.startsWith(inputKey(""));
  const text = [
    ...elements(stateKeys, (a, i, key) => {
      const at = place(key, i);
      return `let y${at} = s${a}[${i}], z${at} = y${at}, p${at} = q${a}[${i}];`;
    }),
    ...elements(dataKeys, (a, i) => `const d${a}_${i} = a${a}[${i}];`),
    "let step = report.steps, value = report.value, last = report.last, norm = NaN, reason = 0;",
    "for (; step !== room; step++) {",
    "const time = step + 1;",
    ...statements.lines,
    "if (value - value + (norm - norm) !== 0) { reason = 1; break; }",
    "if (norm <= tolerance) { reason = 2; break; }",
    "if (step === steps) { reason = 3; break; }",
    ...(notify
      ? [
          ...elements(stateKeys, (a, i, key) => `s${a}[${i}] = y${place(key, i)};`),
          "if (notify(value, norm, step) === false) { reason = 4; break; }",
        ]
      : []),
    ...elements(stateKeys, (_, i, key) =>
      isParameter(key) ? `if (z${place(key, i)} - z${place(key, i)} !== 0) { reason = 5; break; }` : "",
    ),
    ...(recorder ? ["values[step] = value;"] : []),
    ...elements(recorded, (a, i, key) => `r${a}[step * ${sizes.get(key)} + ${i}] = y${place(key, i)};`),
    ...elements(stateKeys, (_, i, key) => {
      const at = place(key, i);
      return `${isParameter(key) ? `p${at} = y${at}; ` : ""}y${at} = z${at};`;
    }),
    "last = value;",
    "}",
    ...elements(
      stateKeys,
      (a, i, key) => `s${a}[${i}] = y${place(key, i)}; q${a}[${i}] = p${place(key, i)};`,
    ),
    "report.steps = step; report.reason = reason; report.value = value; report.last = last;",
  ].join("\n");
  const names = [
    ...stateKeys.flatMap((_, i) => [`s${i}`, `q${i}`]),
    ...dataKeys.map((_, i) => `a${i}`),
    ...recorded.map((_, i) => `r${i}`),
    ...["values", "steps", "room", "tolerance", "notify", "report"],
    ...statements.names,
  ];
  const generated = reuse(`${names.join()}\n${text}`, () => makeFunction(names, text));
  if (!generated) return undefined;

  return (_step, data, stepper, { steps, tolerance, recorder, notify }) => {
    const { current, previous } = stepper.arrays;
    const report: Report = { steps: 0, reason: 0, value: Number.NaN, last: Number.NaN };
    const tell = (value: number, norm: number, step: number) => {
      stepper.advance(step - stepper.steps);
      return notify!(value, norm);
    };
    for (;;) {
      recorder?.grow();
      const room = recorder && recorder.values.length < steps ? recorder.values.length : steps + 1;
      generated(
        ...stateKeys.flatMap((key) => [current[key], previous[key]]),
        ...dataNames.map((name) => data[name]!.data),
        ...(recorder ? recorder.rows.values() : []),
        ...[recorder?.values, steps, room, tolerance > 0 ? tolerance : -1, tell, report],
        ...statements.values,
      );
      stepper.advance(report.steps - stepper.steps);
      if (recorder) recorder.count = report.steps;
      const reason = reasons[report.reason]!;
      if (reason === "not finite") return leave(stepper, recorder, report.value, report.last);
      if (reason !== "full") return { status: reason, value: report.value };
    }
  };
}
