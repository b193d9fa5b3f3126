/** Every op that the library defines, found in the files of graph/ops and graph/scan: a new op buys all the laws by existing. */
import { readdirSync } from "node:fs";
import type { Instance, Instances, Op } from "../../graph/op.js";
import { inputOp } from "../../graph/ops/constant.js";
import { isOp, opOf } from "../../src/testing/public-ops.js";

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
    const op = isOp(exported) ? exported : opOf(exported);
    if (op) found.add(op);
    if (areInstances(exported)) tested.set(exported.op, exported.instances);
  }
}

/** The ways to test an op; none for an elementwise one, which takes any shape. */
export function instancesOf(op: Op): readonly Instance[] | undefined {
  return tested.get(op);
}

export const instances: readonly Instances[] = [...tested].map(([op, list]) => ({ op, instances: list }));

/** In the order in which they were defined; inputs among them. */
export const allOps: readonly Op[] = [...found].sort((a, b) => a.key - b.key);

/** The ops that compute: all but the inputs, which have no meaning of their own. */
export const ops: readonly Op[] = allOps.filter((op) => op !== (inputOp as Op));

export const elementwiseOps: readonly Op[] = ops.filter((op) => op.scalar);
