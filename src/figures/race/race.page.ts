/// <reference lib="dom" />
/** The script of a race's page. */
import { formatNumber } from "../numbers.js";
import { csvOf, dataTable, legendButtons, pageTheme, pngOf, saveButton } from "../page/controls.js";
import { themeOf } from "../style.js";
import { RacePlayer } from "./player.js";
import type { RaceScene } from "./scene.js";
import { raceSvg } from "./svg.js";

const given: RaceScene = JSON.parse(document.getElementById("data")!.textContent!);
const scene: RaceScene = { ...given, theme: pageTheme(given.theme), title: "" };
const theme = themeOf(scene.theme);
const root = document.getElementById("race")!;
const player = new RacePlayer(root, scene, { legend: false });

const told = document.getElementById("told")!;
player.onPlace = (place) => {
  told.textContent = place
    ? scene.labels.map((label, i) => `${label} ${i < 2 ? "=" : "≈"} ${formatNumber(place[i]!, 4)}`).join(", ")
    : "";
};
player.onHover = (hit) => {
  if (hit) told.textContent = "";
};

const legend = document.getElementById("legend-of-runs")!;
const named = scene.racers.map(({ name, color, dash, notes, same }) => ({
  ...{ name, color, dash },
  note: [...notes.map(({ text }) => text), ...(same === undefined ? [] : [`same as ${same}`])].join(", "),
}));
legendButtons(
  legend,
  named,
  theme,
  (run, visible) => player.setVisible(run, visible),
  scene.minima.length > 0 ? "★ minimum" : "",
);

const tools = document.getElementById("tools")!;
const head = ["run", "step", ...scene.labels];
const rows = scene.racers.flatMap(({ name, times, points }) =>
  times.map((step, i) => [name, step, ...points.slice(3 * i, 3 * i + 3)]),
);
saveButton(tools, "Save PNG", "race.png", () => pngOf(root.querySelector("canvas")!, theme));
saveButton(tools, "Save SVG", "race.svg", () => raceSvg(given, scene.theme!, player.time));
saveButton(tools, "Save CSV", "race.csv", () => new Blob([csvOf(head, rows)], { type: "text/csv" }));
dataTable(document.getElementById("numbers")!, "The numbers as a table", head, rows);
