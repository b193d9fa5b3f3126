/// <reference lib="dom" />
/** What pages offer beside their drawings: buttons of runs, keys, numbers as a table, files. */
import type { Chart } from "chart.js";
import { highlight, lastNotAfter } from "../highlight.js";
import { dashIn, inTheme, type Theme, type ThemeName } from "../style.js";

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parent: Element,
  text = "",
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

/** The theme of a page: its own, or what its reader asks for. */
export function pageTheme(own: ThemeName | undefined): ThemeName {
  if (own !== undefined) return own;
  const asks = (query: string) => window.matchMedia(query);
  const [dark, more, forced] = [
    "(prefers-color-scheme: dark)",
    "(prefers-contrast: more)",
    "(forced-colors: active)",
  ].map(asks);
  for (const query of [dark!, more!, forced!]) query.addEventListener("change", () => location.reload());
  if (dark!.matches) return "dark";
  return more!.matches || forced!.matches ? "contrast" : "light";
}

/** A short line as a run's are. */
export function swatch(parent: Element, color: string, dash: readonly number[]): void {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const line = document.createElementNS(namespace, "path");
  for (const [name, value] of Object.entries({
    class: "swatch",
    width: "26",
    height: "8",
    "aria-hidden": "true",
  }))
    svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({
    d: "M1 4H25",
    stroke: color,
    "stroke-width": "4",
    "stroke-dasharray": dash.join(" "),
  }))
    line.setAttribute(name, value);
  svg.append(line);
  parent.append(svg);
}

/** A run as its button shows it. */
export interface Named {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly note?: string;
}

/** Buttons that show and hide runs. */
export function legendButtons(
  parent: Element,
  runs: readonly Named[],
  theme: Theme,
  toggle: (run: number, visible: boolean) => void,
  key = "",
): void {
  runs.forEach(({ name, color, dash, note }, i) => {
    const button = make("button", parent, "", { type: "button", "aria-pressed": "true", title: name });
    swatch(button, inTheme(color, theme), dashIn(theme, dash, i));
    make("span", button, name);
    if (note) make("small", button, note);
    button.addEventListener("click", () => {
      const visible = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", String(visible));
      toggle(i, visible);
    });
  });
  if (key !== "") make("span", parent, key);
}

/** A run as keys walk along it. */
interface Walked {
  readonly name: string;
  readonly steps: readonly number[];
}

/** What stands where in a chart, for keys and for who is told. */
export interface Walk {
  readonly runs: readonly Walked[];
  readonly isShown: (run: number) => boolean;
  readonly show: (mark: { readonly run: string; readonly step: number } | undefined) => void;
  readonly play?: () => void;
}

/** Arrows step along a run and from run to run, Home and End go to its ends, space plays, Escape leaves. */
export function walkByKeys(element: HTMLElement, { runs, isShown, show, play }: Walk): void {
  let [run, place] = [0, 0];
  const turn = (by: number) => {
    for (let k = 1; k <= runs.length; k++) {
      const next = (run + by * k + runs.length * k) % runs.length;
      if (!isShown(next)) continue;
      const step = runs[run]!.steps[place] ?? 0;
      run = next;
      place = lastNotAfter(runs[run]!.steps, step);
      return;
    }
  };
  const to = (wanted: number) => {
    place = Math.min(runs[run]!.steps.length - 1, Math.max(0, wanted));
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => to(place + 1),
    ArrowLeft: () => to(place - 1),
    ArrowDown: () => turn(1),
    ArrowUp: () => turn(-1),
    Home: () => to(0),
    End: () => to(Number.POSITIVE_INFINITY),
  };
  element.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || runs.length === 0) return;
    if (event.key === " " && play) play();
    else if (event.key === "Escape") show(undefined);
    else if (Object.hasOwn(keys, event.key)) {
      if (!isShown(run)) turn(1);
      else keys[event.key]!();
      show({ run: runs[run]!.name, step: runs[run]!.steps[place]! });
    } else return;
    event.preventDefault();
  });
  element.addEventListener("blur", () => show(undefined));
}

/** Rings a step in charts, or nothing. */
export function ring(
  charts: readonly Chart[],
  mark: { readonly run: string; readonly step: number } | undefined,
): void {
  for (const chart of charts) highlight(chart, ...(mark ? [mark] : []));
}

export type Rows = readonly (readonly (string | number | null | undefined)[])[];

/** More rows than anybody reads; the file has all of them. */
const mostRows = 300;

/** Numbers as a table that opens, and as a file. */
export function dataTable(parent: Element, caption: string, head: readonly string[], rows: Rows): void {
  const details = make("details", parent);
  make("summary", details, caption);
  const scroll = make("div", details, "", {
    class: "scroll",
    tabindex: "0",
    role: "region",
    "aria-label": caption,
  });
  const table = make("table", scroll);
  details.addEventListener(
    "toggle",
    () => {
      const top = make("tr", make("thead", table));
      for (const text of head) make("th", top, text, { scope: "col" });
      const body = make("tbody", table);
      for (const row of rows.slice(0, mostRows)) {
        const line = make("tr", body);
        for (const cell of row) make("td", line, cell === null || cell === undefined ? "" : String(cell));
      }
      if (rows.length > mostRows)
        make("p", details, `The first ${mostRows} of ${rows.length} rows; the file has all.`);
    },
    { once: true },
  );
}

/** Numbers as comma-separated values (RFC 4180). */
export function csvOf(head: readonly string[], rows: Rows): string {
  const cell = (value: string | number | null | undefined) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

/** A button that saves a file, which is made when it is asked for. */
export function saveButton(
  parent: Element,
  label: string,
  name: string,
  content: () => Promise<Blob> | Blob,
): void {
  const button = make("button", parent, label, { type: "button" });
  button.addEventListener("click", async () => {
    const link = document.createElement("a");
    const place = URL.createObjectURL(await content());
    link.setAttribute("href", place);
    link.download = name;
    link.click();
    URL.revokeObjectURL(place);
  });
}

/** The picture of a canvas as PNG, on its background. */
export function pngOf(canvas: HTMLCanvasElement, { background }: Theme): Promise<Blob> {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  const ctx = copy.getContext("2d")!;
  ctx.fillStyle = background;
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, 0);
  return new Promise((done) => copy.toBlob((blob) => done(blob!), "image/png"));
}
