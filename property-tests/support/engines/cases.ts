/** All cases that engines are measured on, by what they are of: the tests run some of them, `npm run test:export` all. */
import type { Op } from "../../../graph/op.js";
import { cornerCases, type ExportCase, opCases } from "../exported.js";
import { ops } from "../registry.js";
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
export const caseKinds: Readonly<
  Record<string, (programs: Programs, chosen?: readonly Op[]) => Iterable<ExportCase>>
> = {
  ops: (_, chosen) => opCases(chosen),
  corners: (_, chosen) => cornerCases({ areAll: true, ...(chosen && { chosen }) }),
  tensorCorners: (_, chosen) => tensorCornerCases(chosen),
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

/** A few of each kind, for each run of the tests: of every so many ops, so that no more than these are traced. */
export function sample(): readonly ExportCase[] {
  const seed = Number(process.env.SEED ?? 20);
  const small = ops.filter(({ name }) => !large.test(name));
  const chosen = small.filter((_, i) => i % 8 === seed % 8);
  const every = { ops: 4, corners: 3, tensorCorners: 8, programs: 1, trained: 3, steps: 6 };
  return Object.entries(caseKinds).flatMap(([kind, make]) =>
    some(make({ count: 3, seed }, chosen), every[kind as keyof typeof every]),
  );
}
