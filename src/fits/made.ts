/** What a report of `curveFit` is told by: a copy, or what came through JSON, no longer predicts. */
import type { FitReport } from "./assemble.js";

const made = new WeakSet<object>();

export function markReport<R extends object>(report: R): R {
  made.add(report);
  return report;
}

export function isReport(value: unknown): value is FitReport<unknown> {
  return typeof value === "object" && value !== null && made.has(value);
}
