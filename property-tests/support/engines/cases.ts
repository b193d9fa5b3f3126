/** All cases that engines are measured on, by what they are of: the tests run some of them, `npm run test:export` all. */
import { cornerCases, type ExportCase, opCases } from "../exported.js";
import { programCases } from "./random-cases.js";
import { tensorCornerCases } from "./tensor-corners.js";
import { trainedCases } from "./trained.js";
import { stepCases } from "./training-step.js";

/** How many random programs, from which number on. */
export interface Programs {
  readonly count: number;
  readonly seed: number;
}

/** Ops with their instances and adjoints, corners, random programs, programs with their gradients and steps of an optimizer. */
export const caseKinds: Readonly<Record<string, (programs: Programs) => Iterable<ExportCase>>> = {
  ops: opCases,
  corners: () => cornerCases({ areAll: true }),
  tensorCorners: tensorCornerCases,
  programs: ({ count, seed }) => programCases(count, seed),
  trained: trainedCases,
  steps: stepCases,
};

/** Every so many of the cases. */
export function some(cases: Iterable<ExportCase>, every: number): readonly ExportCase[] {
  return [...cases].filter((_, i) => i % every === 0);
}

/** Their graphs of primitives have thousands of nodes: `npm run test:export` has them. */
const large = /gamma|erf/i;

/** A few of each kind, for each run of the tests. */
export function sample(): readonly ExportCase[] {
  const seed = Number(process.env.SEED ?? 20);
  const every = { ops: 40, corners: 25, tensorCorners: 70, programs: 1, trained: 3, steps: 6 };
  return Object.entries(caseKinds).flatMap(([kind, make]) => {
    const cases = [...make({ count: 3, seed })].filter(({ name }) => !large.test(name));
    return some(cases, every[kind as keyof typeof every]);
  });
}
