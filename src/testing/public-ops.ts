/** The ops that stand behind the library's public functions. */
import type { Op } from "../../graph/index.js";
import * as functions from "../../graph/ops/index.js";

/** The op that a public function carries; `undefined` for a function made of several. */
export function opOf(exported: unknown): Op | undefined {
  const carried = typeof exported === "function" && "op" in exported ? exported.op : undefined;
  return isOp(carried) ? carried : undefined;
}

export function isOp(value: unknown): value is Op {
  return typeof value === "object" && value !== null && "derivative" in value && "key" in value;
}

/** In the order in which they were defined. */
export const publicOps: readonly Op[] = [
  ...new Set(Object.values(functions).flatMap((exported) => opOf(exported) ?? [])),
].sort((a, b) => a.key - b.key);
