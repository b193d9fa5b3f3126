/// <reference lib="dom" />
/** The script of a comparison page: fills its panels from the data, and links them. */
import {
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from "chart.js";
import { contourChart } from "../contour-chart.js";
import { highlight, lastNotAfter, type Mark, setVisible } from "../highlight.js";
import { lossChart } from "../loss-chart.js";
import { formatNumber } from "../numbers.js";
import { RacePlayer } from "../race/player.js";
import { type ComparisonData, type ComparisonRun, contourOf, lossOf, sceneOf } from "./data.js";

Chart.register(LinearScale, LineElement, LogarithmicScale, PointElement, ScatterController, Tooltip);

const data: ComparisonData = JSON.parse(document.getElementById("data")!.textContent!);
const { runs } = data;
const variables = data.contour.labels;
const visible = new Map(runs.map(({ name }) => [name, true]));

const format = (x: number | null | undefined, digits?: number) => formatNumber(x ?? Number.NaN, digits);
const indexOf = (name: string) => runs.findIndex((run) => run.name === name);

const hooks = { onHover: (mark: Mark | undefined) => show(mark, "chart") };
const contour = draw("contour", contourChart(contourOf(data), hooks));
const loss = draw("loss", lossChart(lossOf(data), hooks));
const player = new RacePlayer(
  document.getElementById("surface")!,
  { ...sceneOf(data), title: "" },
  { legend: false },
);

function draw(id: string, configuration: ChartConfiguration<"scatter">): Chart {
  // The page has a legend and headings for all panels.
  configuration.options!.plugins!.legend = { display: false };
  configuration.options!.plugins!.title = { display: false };
  const canvas = document.getElementById(id) as HTMLCanvasElement;
  for (const gone of ["mouseleave", "touchend"]) {
    canvas.addEventListener(gone, () => show(undefined, "chart"));
  }
  return new Chart(canvas, configuration as ChartConfiguration);
}

let shown: Mark | undefined;

/** Marks a step of a run in all panels, or nothing. */
function show(mark: Mark | undefined, from: "chart" | "surface"): void {
  if (mark?.run === shown?.run && mark?.step === shown?.step) return;
  shown = mark;
  markCharts(mark ? [mark] : playing());
  if (from !== "surface") player.mark(mark && { racer: indexOf(mark.run), step: mark.step });
  const run = mark && runs[indexOf(mark.run)];
  document.getElementById("mark")!.textContent = run ? describe(run, mark.step) : "";
  for (const [i, row] of rows.entries()) row.classList.toggle("marked", runs[i]!.name === mark?.run);
}

function describe({ name, steps, x1, x2, values }: ComparisonRun, step: number): string {
  const i = lastNotAfter(steps, step);
  const point = `(${variables.join(", ")}) = (${format(x1[i])}, ${format(x2[i])})`;
  return `${name}, step ${step}: ${point}, f = ${format(values[i])}`;
}

function markCharts(marks: readonly Mark[]): void {
  for (const chart of [contour, loss]) highlight(chart, ...marks);
}

/** While the race is on: where each run is. */
function playing(): Mark[] {
  const { time, scene } = player;
  if (time >= scene.steps) return [];
  return runs
    .filter(({ name }) => visible.get(name))
    .map(({ name, steps }) => ({ run: name, step: steps[lastNotAfter(steps, time)]! }));
}

player.onHover = (hit) => show(hit && { run: runs[hit.racer]!.name, step: hit.step }, "surface");
player.onTime = () => {
  if (!shown) markCharts(playing());
};

function toggle(run: ComparisonRun, button: HTMLButtonElement): void {
  const now = !visible.get(run.name);
  visible.set(run.name, now);
  button.setAttribute("aria-pressed", String(now));
  for (const chart of [contour, loss]) setVisible(chart, run.name, now);
  player.setVisible(indexOf(run.name), now);
  rows[indexOf(run.name)]!.style.opacity = now ? "" : "0.45";
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parent: HTMLElement,
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}

/** A short line of a run's colour. */
function swatch(parent: HTMLElement, color: string): void {
  make("i", parent).style.background = color;
}

const legend = document.getElementById("legend")!;
for (const run of runs) {
  const button = make("button", legend);
  button.type = "button";
  button.setAttribute("aria-pressed", "true");
  swatch(button, run.color);
  button.append(run.name);
  button.addEventListener("click", () => toggle(run, button));
}
make("span", legend, `○ start   ◆ end${data.contour.minima.length > 0 ? "   ★ minimum" : ""}`);

const table = document.getElementById("results")!;
const head = make("tr", make("thead", table));
for (const text of ["optimizer", "status", "steps", "value", ...variables, "‖∇f‖"]) {
  make("th", head, text).scope = "col";
}
// A run that diverged went down a side without an end, or is on its way to one.
const results = runs.map(({ status, isOutside, end }) =>
  status === "diverged" || isOutside ? Number.POSITIVE_INFINITY : (end[0] ?? Number.POSITIVE_INFINITY),
);
const lowest = Math.min(...results);
const body = make("tbody", table);
const rows = runs.map((run, i) => {
  const row = make("tr", body);
  const name = make("th", row);
  name.scope = "row";
  swatch(name, run.color);
  name.append(` ${run.name}`);
  const status = make("td", row, run.status);
  // What the status says already isn't said again.
  for (const { text } of run.notes) if (!text.startsWith(run.status)) make("small", status, text);
  make("td", row, String(run.taken));
  for (const [column, number] of [...run.end, run.gradientNorm].entries()) {
    const isBest = column === 0 && results[i] === lowest && Number.isFinite(lowest);
    const cell = make(isBest ? "strong" : "span", make("td", row), format(number, 4));
    cell.title = format(number, 9);
  }
  return row;
});
