// What a chart says in words and numbers. Free of Node and of the page.
import type { ContourSpec } from "../contour-chart.js";
import type { CurveSpec } from "../curve-chart.js";
import { describePoint, type FitSpec } from "../fit/chart.js";
import { lastNotAfter, type Mark } from "../highlight.js";
import { formatNumber } from "../numbers.js";
import type { PageChart } from "./chart.js";
import type { Named, Rows } from "./controls.js";

const number = (value: number | null | undefined) => formatNumber(value ?? Number.NaN);

/** The runs of a chart, or the groups of a fit, as buttons show them and keys walk along them. */
export function namedOf(chart: PageChart): readonly (Named & { readonly steps: readonly number[] })[] {
  if (chart.kind === "fit")
    return chart.spec.series.map(({ name, color, dash, points }) => ({
      ...{ name, color, dash, steps: [...points.x.keys()] },
    }));
  return chart.spec.runs.map((run) => {
    const same = "same" in run && run.same !== undefined ? [`same as ${run.same}`] : [];
    const notes = [...(run.status === "diverged" ? ["diverged"] : []), ...same];
    const steps = "steps" in run ? run.steps : [];
    return {
      name: run.name,
      color: run.color,
      dash: run.dash,
      steps,
      ...(notes.length > 0 && { note: notes.join(", ") }),
    };
  });
}

/** What the bands of a fit's groups are, which its buttons don't say. */
export function bandsOf({ series, bands }: FitSpec): string {
  const shades = { confidence: "dark band", prediction: "pale band" } as const;
  return (["confidence", "prediction"] as const)
    .filter((kind) => series[0]?.[kind] && bands[kind] !== undefined)
    .map((kind) => `${shades[kind]}: ${bands[kind]}`)
    .join("   ");
}

/** A step of a run, in words. */
export function tell(chart: PageChart, { run: name, step }: Mark): string {
  if (chart.kind === "loss") {
    const run = chart.spec.runs.find((one) => one.name === name);
    if (!run) return "";
    const i = lastNotAfter(run.steps, step);
    return `${name}, ${chart.spec.stepLabel} ${run.steps[i]}: ${chart.spec.valueLabel} ${number(run.values[i])}`;
  }
  if (chart.kind === "fit") {
    const group = chart.spec.series.find((one) => one.name === name);
    return group ? `${name}, point ${step + 1}: ${describePoint(chart.spec, group, step).join(", ")}` : "";
  }
  if (chart.kind === "profile") return "";
  const run = chart.spec.runs.find((one) => one.name === name);
  if (!run) return "";
  const i = lastNotAfter(run.steps, step);
  const point =
    chart.kind === "curve"
      ? `${chart.spec.label} = ${number(run.x1[i])}`
      : `(${chart.spec.labels.join(", ")}) = (${number(run.x1[i])}, ${number(run.x2[i])})`;
  return `${name}, step ${run.steps[i]}: ${point}, f = ${number(run.values[i])}`;
}

/** The value at a place of a chart, in words; "" where there is none. */
export function toldAt(chart: PageChart, x: number, y: number): string {
  if (chart.kind === "curve") {
    const value = curveAt(chart.spec, x);
    return value === undefined
      ? ""
      : `${chart.spec.label} = ${formatNumber(x, 4)}, f ≈ ${formatNumber(value, 4)}`;
  }
  const value = chart.kind === "contour" ? valueAt(chart.spec, x, y) : undefined;
  if (chart.kind !== "contour" || value === undefined) return "";
  const point = [x, y].map((one) => formatNumber(one, 4)).join(", ");
  return `(${chart.spec.labels.join(", ")}) = (${point}), f ≈ ${formatNumber(value, 4)}`;
}

/** All numbers of a chart. */
export function numbersOf(chart: PageChart): { readonly head: readonly string[]; readonly rows: Rows } {
  switch (chart.kind) {
    case "contour": {
      const { runs, labels } = chart.spec;
      const rows = runs.flatMap(({ name, steps, x1, x2, values }) =>
        steps.map((step, i) => [name, step, x1[i], x2[i], values[i]]),
      );
      return { head: ["run", "step", ...labels, "value"], rows };
    }
    case "curve": {
      const { runs, label, curve } = chart.spec;
      const rows = runs.flatMap(({ name, steps, x1, values }) =>
        steps.map((step, i) => [name, step, x1[i], values[i]]),
      );
      if (runs.length > 0) return { head: ["run", "step", label, "value"], rows };
      return { head: [label, "value"], rows: curve.x.map((x, i) => [x, curve.y[i]]) };
    }
    case "loss": {
      const { runs, stepLabel, valueLabel } = chart.spec;
      const rows = runs.flatMap(({ name, steps, values }) => steps.map((step, i) => [name, step, values[i]]));
      return { head: ["run", stepLabel, valueLabel], rows };
    }
    case "fit": {
      const { series, labels, residualLabel } = chart.spec;
      const rows = series.flatMap(({ name, points }) =>
        points.x.map((x, i) => [name, x, points.y[i], points.residuals[i]]),
      );
      return { head: ["group", ...labels, residualLabel ?? "residual"], rows };
    }
    case "profile": {
      const rows = chart.spec.runs.flatMap(({ name, ratios, parts }) =>
        ratios.map((ratio, i) => [name, ratio, parts[i]]),
      );
      return { head: ["solver", "ratio", "part"], rows };
    }
  }
}

/** The value of a curve between its samples; none outside of it or where one of them is none. */
export function curveAt({ curve, window: [low, high] }: CurveSpec, x: number): number | undefined {
  const place = ((x - low) / (high - low)) * (curve.x.length - 1);
  const [before, after] = [curve.y[Math.floor(place)], curve.y[Math.ceil(place)]];
  if (before === undefined || before === null || after === undefined || after === null) return undefined;
  return before + (place - Math.floor(place)) * (after - before);
}

/** The value at a point of the plane, between those of the grid; none outside of it or where one of them is none. */
export function valueAt({ grid, window }: ContourSpec, x1: number, x2: number): number | undefined {
  const [columns, rows] = grid.cells;
  const share = (x: number, [low, high]: readonly [number, number]) => (x - low) / (high - low);
  const [u, v] = [share(x1, window.x1), share(x2, window.x2)];
  if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return undefined;
  const [column, row] = [
    Math.min(columns - 1, Math.floor(u * columns)),
    Math.min(rows - 1, Math.floor(v * rows)),
  ];
  const [s, t] = [u * columns - column, v * rows - row];
  // The first sample is one cell outside.
  const at = (i: number, j: number) => grid.values[(row + 1 + j) * (columns + 3) + column + 1 + i];
  const corners = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
  if (corners.some((value) => value === null || value === undefined)) return undefined;
  const [a, b, c, d] = corners as [number, number, number, number];
  return (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * c + s * d);
}
