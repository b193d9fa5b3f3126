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
import { type ChartHooks, setVisible } from "../highlight.js";
import { configurationOf, type PageChart } from "./chart.js";

Chart.register(LinearScale, LineElement, Legend, LogarithmicScale);
Chart.register(PointElement, ScatterController, Title, Tooltip);

const charts: Chart[] = [];

// Charts of the same runs show and hide them together.
const hooks: ChartHooks = {
  onToggle: (run, visible) => {
    for (const chart of charts) setVisible(chart, run, visible);
  },
};

const wanted: readonly PageChart[] = JSON.parse(document.getElementById("data")!.textContent!);
wanted.forEach((chart, i) => {
  const configuration = configurationOf(chart, hooks);
  const canvas = document.getElementById(`chart-${i}`) as HTMLCanvasElement;
  charts.push(new Chart(canvas, configuration as ChartConfiguration));
});
