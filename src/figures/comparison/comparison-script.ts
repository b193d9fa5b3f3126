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
import { highlight, lastNotAfter, type Mark, setVisible, showUntil } from "../highlight.js";
import { lossChart } from "../loss-chart.js";
import { formatNumber } from "../numbers.js";
import {
  csvOf,
  dataTable,
  legendButtons,
  make,
  pageTheme,
  pngOf,
  saveButton,
  swatch,
  walkByKeys,
} from "../page/controls.js";
import { svgOfChart } from "../page/svg-chart.js";
import { valueAt } from "../page/told.js";
import { RacePlayer } from "../race/player.js";
import { raceSvg } from "../race/svg.js";
import { dashIn, inTheme, themeOf } from "../style.js";
import { type ComparisonData, type ComparisonRun, contourOf, lossOf, sceneOf } from "./data.js";

Chart.register(LinearScale, LineElement, LogarithmicScale, PointElement, ScatterController, Tooltip);

const data: ComparisonData = JSON.parse(document.getElementById("data")!.textContent!);
const { runs } = data;
const variables = data.contour.labels;
const themeName = pageTheme(data.contour.theme);
const theme = themeOf(themeName);
const visible = new Map(runs.map(({ name }) => [name, true]));

const format = (x: number | null | undefined, digits?: number) => formatNumber(x ?? Number.NaN, digits);
const indexOf = (name: string) => runs.findIndex((run) => run.name === name);

const hooks = { onHover: (mark: Mark | undefined) => show(mark, "chart") };
const plane = { ...contourOf(data), theme: themeName };
const losses = { ...lossOf(data), theme: themeName };
const contour = draw("contour", contourChart(plane, hooks));
const loss = draw("loss", lossChart(losses, hooks));
const player = new RacePlayer(
  document.getElementById("surface")!,
  { ...sceneOf(data), theme: themeName, title: "" },
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
  walkByKeys(canvas, {
    runs: runs.map(({ name, steps, losses }) => ({ name, steps: id === "loss" ? losses.steps : steps })),
    isShown: (run) => visible.get(runs[run]!.name)!,
    show: (mark) => show(mark, "chart"),
    play: () => player.toggle(),
  });
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
player.onPlace = (place) => {
  if (!shown) tellPlace(place);
};
player.onTime = (time) => {
  // The paths grow in all panels.
  const until = time >= player.scene.steps ? Number.POSITIVE_INFINITY : time;
  for (const chart of [contour, loss]) showUntil(chart, until);
  markCharts(shown ? [shown] : playing());
};

function toggle(run: ComparisonRun, now: boolean): void {
  visible.set(run.name, now);
  for (const chart of [contour, loss]) setVisible(chart, run.name, now);
  player.setVisible(indexOf(run.name), now);
  rows[indexOf(run.name)]!.style.opacity = now ? "" : "0.45";
}

const named = runs.map(({ name, color, dash, same }) => ({
  ...{ name, color, dash },
  ...(same !== undefined && { note: `same as ${same}` }),
}));
const key = `○ start   ◆ end${data.contour.minima.length > 0 ? "   ★ minimum" : ""}`;
legendButtons(document.getElementById("legend")!, named, theme, (run, now) => toggle(runs[run]!, now), key);

const canvas = document.getElementById("contour") as HTMLCanvasElement;
canvas.addEventListener("mousemove", (event) => {
  const { x, y } = contour.scales;
  const [x1, x2] = [x!.getValueForPixel(event.offsetX), y!.getValueForPixel(event.offsetY)] as [
    number,
    number,
  ];
  const value = valueAt(plane, x1, x2);
  if (!shown && value !== undefined) tellPlace([x1, x2, value]);
});

/** The value at a place of the plane, between steps. */
function tellPlace(place: readonly [number, number, number] | undefined): void {
  const [x1, x2, value] = (place ?? []).map((one) => format(one, 4));
  document.getElementById("mark")!.textContent = place
    ? `(${variables.join(", ")}) = (${x1}, ${x2}), f ≈ ${value}`
    : "";
}

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
  swatch(name, inTheme(run.color, theme), dashIn(theme, run.dash, i));
  name.append(` ${run.name}`);
  name.title = run.name;
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

const columns = ["run", "step", ...variables, "value"];
const points = runs.flatMap(({ name, steps, x1, x2, values }) =>
  steps.map((step, i) => [name, step, x1[i], x2[i], values[i]]),
);
const tools = document.getElementById("tools")!;
const surface = document.querySelector<HTMLCanvasElement>("#surface canvas")!;
for (const [label, source] of [
  ["contours", contour.canvas],
  ["surface", surface],
  ["losses", loss.canvas],
] as const) {
  saveButton(tools, `Save PNG of ${label}`, `${label}.png`, () => pngOf(source, theme));
}
for (const [label, make] of [
  ["contours", () => contourChart(plane)],
  ["losses", () => lossChart({ ...losses, legend: true })],
] as const) {
  saveButton(
    tools,
    `Save SVG of ${label}`,
    `${label}.svg`,
    () => new Blob([svgOf(make())], { type: "image/svg+xml" }),
  );
}
saveButton(tools, "Save SVG of surface", "surface.svg", () => raceSvg(sceneOf(data), themeName, player.time));
saveButton(tools, "Save CSV", "runs.csv", () => new Blob([csvOf(columns, points)], { type: "text/csv" }));
dataTable(document.getElementById("numbers")!, "The numbers as a table", columns, points);

function svgOf(configuration: ChartConfiguration<"scatter">): string {
  return svgOfChart(configuration as ChartConfiguration, theme.background);
}
