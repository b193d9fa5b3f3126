/** Every op that the library defines, with the ways to test it: a new op buys all the laws by existing. */
import { readdirSync } from "node:fs";
import { allOps, opOf } from "../../graph/all-ops.js";
import type { Instance, Instances, Op } from "../../graph/op.js";
import { inputOp } from "../../graph/ops/constant.js";
import { kink, mark, noSlope, shadow, vanishing } from "../../graph/ops/kinks.js";

export { allOps };

const folders = ["ops", "scan"].map((name) => new URL(`../../graph/${name}/`, import.meta.url));

function areInstances(exported: unknown): exported is Instances {
  return typeof exported === "object" && exported !== null && "instances" in exported;
}

const found = new Set<Op>();
const tested = new Map<Op, readonly Instance[]>();
for (const [folder, file] of folders.flatMap((one) => readdirSync(one).map((name) => [one, name] as const))) {
  if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
  const exports: Record<string, unknown> = await import(new URL(file, folder).href);
  for (const exported of Object.values(exports)) {
    const op = opOf(exported);
    if (op) found.add(op);
    if (areInstances(exported)) tested.set(exported.op, exported.instances);
  }
}

/** What the files of graph/ops and graph/scan export: the list of all ops must be the same. */
export const foundOps: ReadonlySet<Op> = found;

/** The ways to test an op; none for an elementwise one, which takes any shape. */
export function instancesOf(op: Op): readonly Instance[] | undefined {
  return tested.get(op);
}

export const instances: readonly Instances[] = [...tested].map(([op, list]) => ({ op, instances: list }));

/**
 * The ops that compute: all but the inputs, which have no meaning of their own, and those whose derivative is one by decree
 * (`kinks.test.ts` has these).
 */
export const ops: readonly Op[] = allOps.filter(
  (op) => ![inputOp, kink.op, mark.op, noSlope.op, shadow.op, vanishing.op].includes(op),
);

export const elementwiseOps: readonly Op[] = ops.filter((op) => op.scalar);
