/**
 * The loop with an optimizer's step written into it, where the step is small: the state stays in local variables from
 * step to step, and rows of the trajectory are written as they come about. A variant of `plainLoop`, equal to the bit.
 */
import type { Graph } from "../../graph/index.js";
import { generateStatements, makeFunction, sizeOf } from "../../graph/internal.js";
import { type Ended, type Loop, type LoopOptions, leave, reasonOf } from "./loop.js";
import type { Inputs } from "./method.js";
import { allSteps, diverged, type pause, type Reason, small } from "./reason.js";
import type { State } from "./state.js";
import { keys } from "./step.js";

/** Why the generated loop ends: a number of its own for each way. */
const ends = { notFinite: 0, small: 1, allSteps: 2, asked: 3, leadsNowhere: 4, paused: 5 } as const;

/** What the generated loop gives: the steps, how it ended, and of the last points the value, the one before, and the norm. */
type Told = [steps: number, end: number, value: number, last: number, norm: number];

/** The loop on the arrays of a state, on a recorder and on data. */
type Generated = (...operands: unknown[]) => Told;

/** `undefined` where the step is too large to be written out, or code can't be made. */
export function fuse(
  { program, data }: Inputs,
  state: State,
  {
    tolerance,
    explain,
  }: { readonly tolerance: number; explain(state: State, at: "point" | "next"): string | undefined },
  options: LoopOptions,
): Loop | undefined {
  const { steps, recorder, evaluated } = options;
  // Locals are doubles.
  if (state.dtype !== "f64") return undefined;
  if (program.loop === null) program.loop = generate(program.graph, state);
  const generated = program.loop as Generated | undefined;
  if (!generated) return undefined;
  const least = tolerance > 0 ? tolerance : -1;
  const lists = data.map((one) => (typeof one === "number" ? [one] : one));
  const goTo = (step: number) => {
    state.evaluations += step - state.steps;
    state.steps = step;
  };
  let asked: Reason | typeof pause | undefined;
  const ask =
    evaluated &&
    ((value: number, norm: number, step: number) => {
      goTo(step);
      asked = evaluated(value, norm);
      return asked;
    });
  return (until): Ended => {
    const { now, before } = state;
    const [taken, end, value, last, norm] = generated(
      now,
      before,
      lists,
      state.steps,
      steps,
      until,
      least,
      recorder,
      ask,
    );
    goTo(taken);
    const evaluations = state.evaluations + 1;
    if (end === ends.notFinite) {
      const reason = diverged(taken, explain(state, "point"));
      return { reason, value: leave(state, value, last), evaluations };
    }
    const reason =
      end === ends.small
        ? small(norm, tolerance)
        : end === ends.allSteps
          ? allSteps(taken, norm)
          : end === ends.leadsNowhere
            ? diverged(taken, explain(state, "next"))
            : end === ends.asked
              ? reasonOf(asked)
              : undefined;
    return { reason, value, evaluations };
  };
}

/** The loop around a step as code, in which `y` is an element of the state now, `z` next and `p` before, by its place. */
function generate(given: Graph, state: State): Generated | undefined {
  // The next state is checked element by element, which is cheaper than its norm.
  const { reach: _, ...outputs } = given.outputs as Readonly<Record<string, number>>;
  const graph = { ...given, outputs };
  const { leaves, parameters } = state;
  const data = graph.inputs.slice(1 + leaves.length).map(({ shape }, i) => keys(`d${i}_`, sizeOf(shape)));
  const own = range(state.now.length);
  const sources = ["time", ...own.map((i) => `y${i}`), ...data.flat()];
  const told = Object.keys(outputs).slice(0, -leaves.length);
  const statements = generateStatements(graph, sources, (output, element) => {
    const leaf = leaves[output - told.length];
    return leaf ? `z${leaf.offset + element}` : told[output]!;
  });
  if (!statements) return undefined;
  const moved = range(parameters.reduce((sum, { size }) => sum + size, 0));
  const arrays = parameters.map((_, i) => `r${i}`).join(", ");
  const read = (place: string) =>
    `({ arrays: [values, ${arrays}], row, due, stride } = recorder.place(${place}));`;
  const rows = parameters.flatMap(({ offset, size }, i) =>
    range(size).map((k) => `r${i}[row * ${size} + ${k}] = y${offset + k};`),
  );
  const text = [
    ...own.map((i) => `let y${i} = now[${i}], z${i} = y${i};`),
    ...moved.map((i) => `let p${i} = before[${i}];`),
    `const [${data.map((locals) => `[${locals}]`)}] = data;`,
    `let values, row = 0, due = -1, stride, ${arrays};`,
    `if (recorder) ${read("")}`,
    "let value = NaN, last = NaN, norm = NaN, end = 0;",
    "for (;; step++) {",
    "const time = step + 1;",
    ...statements.lines,
    `if (value - value + (norm - norm) !== 0) { end = ${ends.notFinite}; break; }`,
    `if (norm <= tolerance) { end = ${ends.small}; break; }`,
    `if (step >= steps) { end = ${ends.allSteps}; break; }`,
    "if (evaluated) {",
    ...moved.flatMap((i) => [`now[${i}] = y${i};`, `before[${i}] = p${i};`]),
    `if (evaluated(value, norm, step) !== undefined) { end = ${ends.asked}; break; }`,
    "}",
    ...moved.map((i) => `if (z${i} - z${i} !== 0) { end = ${ends.leadsNowhere}; break; }`),
    `if (step >= until) { end = ${ends.paused}; break; }`,
    `if (step === due && row === values.length) ${read("row")}`,
    ...["if (step === due) {", "values[row] = value;", ...rows, "row++; due += stride;", "}"],
    ...moved.map((i) => `p${i} = y${i};`),
    ...own.map((i) => `y${i} = z${i};`),
    "last = value;",
    "}",
    ...own.map((i) => `now[${i}] = y${i};`),
    ...moved.map((i) => `before[${i}] = p${i};`),
    "if (recorder) recorder.keep(row);",
    "return [step, end, value, last, norm];",
  ].join("\n");
  const names = ["now", "before", "data", "step", "steps", "until", "tolerance", "recorder", "evaluated"];
  return makeFunction([...statements.names, ...names], text)?.bind(undefined, ...statements.values) as
    | Generated
    | undefined;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
