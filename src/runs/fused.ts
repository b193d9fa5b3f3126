/**
 * The loop with an optimizer's step written into it, where the step is small: the state stays in local variables from
 * step to step, and rows of the trajectory are written as they come about. A variant of `plainLoop`, equal to the bit.
 */
import type { Graph } from "../../graph/index.js";
import { generateStatements, isDebug, makeFunction, sizeOf } from "../../graph/internal.js";
import { type Ended, type Loop, type LoopOptions, leave } from "./loop.js";
import type { Inputs } from "./method.js";
import type { State } from "./state.js";
import { keys } from "./step.js";

/** Why the generated loop ends; `undefined` where the objective isn't finite. */
const reasons = [undefined, "converged", "max-steps", "stopped", "diverged"] as const;

/** The loop on the arrays of a state, on a recorder and on data; it gives the steps, the reason and the last two values. */
type Generated = (...operands: unknown[]) => [steps: number, reason: number, value: number, last: number];

/** `undefined` where the step is too large to be written out, or code can't be made. */
export function fuse(
  { program, data }: Inputs,
  state: State,
  tolerance: number,
  options: LoopOptions,
): Loop | undefined {
  const { steps, recorder, evaluated } = options;
  if (program.loop === null) program.loop = generate(program.graph, state);
  const generated = program.loop as Generated | undefined;
  if (!generated) return undefined;
  return ({ now, before, steps: first }): Ended => {
    const least = tolerance > 0 ? tolerance : -1;
    const lists = data.map((one) => (typeof one === "number" ? [one] : one));
    const end = generated(now, before, lists, first, steps, least, recorder, evaluated);
    const [taken, reason, value, last] = end;
    state.steps = taken;
    const status = reasons[reason];
    const kept = status ? value : leave(state, value, last);
    return { status: status ?? "diverged", value: kept, evaluations: taken + 1 };
  };
}

/** The loop around a step as code, in which `y` is an element of the state now, `z` next and `p` before, by its place. */
function generate(given: Graph, state: State): Generated | undefined {
  if (isDebug(given)) return undefined;
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
    "let value = NaN, last = NaN, norm = NaN, reason = 0;",
    "for (;; step++) {",
    "const time = step + 1;",
    ...statements.lines,
    "if (value - value + (norm - norm) !== 0) { reason = 0; break; }",
    "if (norm <= tolerance) { reason = 1; break; }",
    "if (step === steps) { reason = 2; break; }",
    "if (evaluated) {",
    ...moved.map((i) => `now[${i}] = y${i};`),
    "if (evaluated(value, norm, step) !== undefined) { reason = 3; break; }",
    "}",
    ...moved.map((i) => `if (z${i} - z${i} !== 0) { reason = 4; break; }`),
    `if (step === due && row === values.length) ${read("row")}`,
    ...["if (step === due) {", "values[row] = value;", ...rows, "row++; due += stride;", "}"],
    ...moved.map((i) => `p${i} = y${i};`),
    ...own.map((i) => `y${i} = z${i};`),
    "last = value;",
    "}",
    ...own.map((i) => `now[${i}] = y${i};`),
    ...moved.map((i) => `before[${i}] = p${i};`),
    "return [step, reason, value, last];",
  ].join("\n");
  const names = ["now", "before", "data", "step", "steps", "tolerance", "recorder", "evaluated"];
  return makeFunction([...statements.names, ...names], text)?.bind(undefined, ...statements.values) as
    | Generated
    | undefined;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
