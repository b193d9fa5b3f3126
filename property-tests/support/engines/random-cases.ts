/** Random programs for the engines, and how far what an engine gives is from what the interpreter does. */
import { type Traced, valueAndGrad } from "../../../graph/index.js";
import { randomSource } from "../../../src/index.js";
import { drawProgram, pointOf } from "../../../src/testing/programs.js";
import { give } from "../differences.js";
import { type ExportCase, numbersOf } from "../exported.js";
import { smooth, traceObjective, traceProgram } from "../programs.js";

/** Ops whose operands can't be anything: orders of derivatives, and what must be sorted. */
const bound = new Set(
  (
    "besselDerivative logErfcDerivative sincDerivative polygammaDifference gammaByShape gammaDensity " +
    "searchsorted"
  ).split(" "),
);
const style = {
  ...smooth,
  ops: smooth.ops!.filter(({ name }) => !bound.has(name)),
  instances: smooth.instances!.filter(({ op }) => !bound.has(op.name)),
};

/** Programs, every other one with its gradient. */
export function* programCases(count: number, seed: number): Generator<ExportCase> {
  const random = randomSource(seed);
  for (let i = 0; i < count; i++) {
    const program = drawProgram(random, style);
    const f = i % 2 === 0 ? traceProgram(program) : valueAndGrad(traceObjective(program) as never);
    const given = give(f as unknown as Traced, pointOf(program));
    const inputs = Object.fromEntries(
      Object.entries(given).map(([name, x]) => [name, typeof x === "number" ? x : Float64Array.from(x)]),
    );
    yield { name: `program ${seed}.${i}`, f: f as unknown as Traced, inputs };
  }
}

/** What the interpreter gives for a case. */
export function expectedOf({ f, inputs }: ExportCase): readonly number[] {
  return numbersOf(f(inputs as never));
}

/** The largest error of an engine's numbers, by the size of the number where that is above 1; ∞ where one is missing. */
export function errorOf(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return expected.reduce((most, x, i) => {
    const y = found[i]!;
    if (Object.is(x, y) || x === y) return most;
    const error = Math.abs(x - y) / (1 + Math.abs(x));
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error);
  }, 0);
}
