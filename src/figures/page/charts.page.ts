/** The script of a page of charts: draws each spec of the page's data into its canvas. */
import {
  Chart,
  type ChartConfiguration,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Title,
  Tooltip,
} from "chart.js";
import { contourChart } from "../contour-chart.js";
import { lossChart } from "../loss-chart.js";
import type { PageChart } from "./charts.js";

Chart.register(LinearScale, LineController, LineElement, Legend, LogarithmicScale);
Chart.register(PointElement, ScatterController, Title, Tooltip);

const charts: readonly PageChart[] = JSON.parse(document.getElementById("data")!.textContent!);
charts.forEach((chart, i) => {
  const configuration = chart.kind === "contour" ? contourChart(chart.spec) : lossChart(chart.spec);
  new Chart(document.getElementById(`chart-${i}`) as HTMLCanvasElement, configuration as ChartConfiguration);
});
