/** The script of a page of charts: draws each spec of the page's data into its canvas. */
import {
  Chart,
  type ChartConfiguration,
  Legend,
  LinearScale,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Title,
  Tooltip,
} from "chart.js";
import { contourChart } from "../contour-chart.js";
import { fitChart } from "../fit/chart.js";
import { type ChartHooks, setVisible } from "../highlight.js";
import { lossChart } from "../loss-chart.js";
import { profileChart } from "../profile-chart.js";
import type { PageChart } from "./charts.js";

Chart.register(LinearScale, LineElement, Legend, LogarithmicScale);
Chart.register(PointElement, ScatterController, Title, Tooltip);

const charts: Chart[] = [];

// Charts of the same runs show and hide them together.
const hooks: ChartHooks = {
  onToggle: (run, visible) => {
    for (const chart of charts) setVisible(chart, run, visible);
  },
};

/** The configuration of a chart by what it draws. */
function configurationOf(chart: PageChart): ChartConfiguration<"scatter"> {
  switch (chart.kind) {
    case "contour":
      return contourChart(chart.spec, hooks);
    case "fit":
      return fitChart(chart.spec);
    case "loss":
      return lossChart(chart.spec, hooks);
    case "profile":
      return profileChart(chart.spec, hooks);
  }
}

const wanted: readonly PageChart[] = JSON.parse(document.getElementById("data")!.textContent!);
wanted.forEach((chart, i) => {
  const configuration = configurationOf(chart);
  const canvas = document.getElementById(`chart-${i}`) as HTMLCanvasElement;
  charts.push(new Chart(canvas, configuration as ChartConfiguration));
});
