/** The kinds of charts, and what draws them: for Node and for pages. */
import type { ChartConfiguration } from "chart.js";
import { type ContourSpec, contourChart } from "../contour-chart.js";
import { type CurveSpec, curveChart } from "../curve-chart.js";
import { type FitSpec, fitChart } from "../fit/chart.js";
import type { ChartHooks } from "../highlight.js";
import { type LossSpec, lossChart } from "../loss-chart.js";
import { type ProfileSpec, profileChart } from "../profile-chart.js";

/** A chart, and what it draws. */
export type PageChart =
  | { readonly kind: "contour"; readonly spec: ContourSpec }
  | { readonly kind: "curve"; readonly spec: CurveSpec }
  | { readonly kind: "fit"; readonly spec: FitSpec }
  | { readonly kind: "loss"; readonly spec: LossSpec }
  | { readonly kind: "profile"; readonly spec: ProfileSpec };

/** The configuration of a chart by what it draws. */
export function configurationOf(chart: PageChart, hooks: ChartHooks = {}): ChartConfiguration<"scatter"> {
  switch (chart.kind) {
    case "contour":
      return contourChart(chart.spec, hooks);
    case "curve":
      return curveChart(chart.spec, hooks);
    case "fit":
      return fitChart(chart.spec, hooks);
    case "loss":
      return lossChart(chart.spec, hooks);
    case "profile":
      return profileChart(chart.spec, hooks);
  }
}
