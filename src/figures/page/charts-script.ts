/// <reference lib="dom" />
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
import { marksOf } from "../contour-chart.js";
import { curveMarks } from "../curve-chart.js";
import { type ChartHooks, type Mark, setVisible } from "../highlight.js";
import { themeOf } from "../style.js";
import { configurationOf, type PageChart } from "./chart.js";
import {
  csvOf,
  dataTable,
  legendButtons,
  pageTheme,
  pngOf,
  ring,
  saveButton,
  walkByKeys,
} from "./controls.js";
import { svgOfChart } from "./svg-chart.js";
import { bandsOf, namedOf, numbersOf, tell, toldAt } from "./told.js";

Chart.register(LinearScale, LineElement, Legend, LogarithmicScale);
Chart.register(PointElement, ScatterController, Title, Tooltip);

const given: readonly PageChart[] = JSON.parse(document.getElementById("data")!.textContent!);
const themeName = pageTheme(given[0]!.spec.theme);
const theme = themeOf(themeName);
const wanted = given.map((chart) => ({ ...chart, spec: { ...chart.spec, theme: themeName } }) as PageChart);
const [first] = wanted as [PageChart];
const runs = namedOf(first);
const hasButtons = runs.length > 1;
const hidden = new Set<number>();
const told = document.getElementById("told")!;
const charts: Chart[] = [];

const hooks: ChartHooks = { onHover: (mark) => show(mark) };

let shown: Mark | undefined;

function show(mark: Mark | undefined, chart: PageChart = first): void {
  // What is told of the pointer's place stays while it is at no step.
  if (!mark && !shown) return;
  shown = mark;
  ring(charts, mark);
  told.textContent = mark ? tell(chart, mark) : "";
}

/** A chart as pages have it: named by the page itself. */
function configuration(chart: PageChart): ChartConfiguration {
  const made = configurationOf(chart, hooks) as ChartConfiguration;
  // The legend of a lone fit tells its points from its curve and its bands.
  if (hasButtons || chart.kind !== "fit") made.options!.plugins!.legend!.display = false;
  if (wanted.length === 1) made.options!.plugins!.title!.display = false;
  return made;
}

wanted.forEach((chart, i) => {
  const canvas = document.getElementById(`chart-${i}`) as HTMLCanvasElement;
  charts.push(new Chart(canvas, configuration(chart)));
  canvas.addEventListener("mouseleave", () => {
    show(undefined);
    told.textContent = "";
  });
  walkByKeys(canvas, {
    runs: namedOf(chart),
    isShown: (run) => !hidden.has(run),
    show: (mark) => show(mark, chart),
  });
  canvas.addEventListener("mousemove", (event) => {
    const { x, y } = charts[i]!.scales;
    // What is told of a step comes first.
    if (!shown && x && y)
      told.textContent = toldAt(
        chart,
        x.getValueForPixel(event.offsetX)!,
        y.getValueForPixel(event.offsetY)!,
      );
  });
});

const legend = document.getElementById("legend-of-runs")!;
const key =
  first.kind === "curve"
    ? curveMarks(first.spec)
    : first.kind === "contour"
      ? marksOf(first.spec)
      : first.kind === "fit" && hasButtons
        ? bandsOf(first.spec)
        : "";
if (hasButtons || key !== "") {
  legendButtons(
    legend,
    runs,
    theme,
    (run, visible) => {
      if (visible) hidden.delete(run);
      else hidden.add(run);
      for (const chart of charts) setVisible(chart, runs[run]!.name, visible);
    },
    key,
  );
}

const tools = document.getElementById("tools")!;
const numbers = document.getElementById("numbers")!;
wanted.forEach((chart, i) => {
  const which = wanted.length > 1 ? ` ${i + 1}` : "";
  const { head, rows } = numbersOf(chart);
  saveButton(tools, `Save PNG${which}`, `chart${which}.png`, () => pngOf(charts[i]!.canvas, theme));
  saveButton(
    tools,
    `Save SVG${which}`,
    `chart${which}.svg`,
    () =>
      new Blob([svgOfChart(configurationOf(chart) as ChartConfiguration, theme.background)], {
        type: "image/svg+xml",
      }),
  );
  saveButton(
    tools,
    `Save CSV${which}`,
    `chart${which}.csv`,
    () => new Blob([csvOf(head, rows)], { type: "text/csv" }),
  );
  dataTable(numbers, `The numbers${which} as a table`, head, rows);
});
