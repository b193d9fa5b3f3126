/** Runs drawn in the terminal: the way over the contours where there are two elements, and the loss. */
import { fitWindow } from "../figures/internal.js";
import type { Run } from "../runs/index.js";
import { contourLines, curveLines, type Series } from "./drawing.js";
import { type Chosen, elementNames } from "./objective.js";
import { numbersOf } from "./plane.js";
import { type Colour, paint, short, type Terminal } from "./terminal.js";

/** Of the series one after the other; the ground has none. */
const colours: readonly Colour[] = ["red", "blue", "green", "magenta", "cyan", "yellow"];

const usualColumns = 80;
const mostColumns = 120;
const contourRows = 18;
const curveRows = 10;

/** How large pictures are on a terminal, and how their inks are painted. */
export function canvasOf(terminal: Terminal, rows: number) {
  const columns = Math.max(30, Math.min(mostColumns, terminal.out.columns ?? usualColumns));
  return {
    columns,
    rows,
    paint: (ink: number, text: string) =>
      paint(terminal, ink === 0 ? "dim" : colours[(ink - 1) % colours.length]!, text),
  };
}

/** The ways and the losses of runs, with letters where there are several. `order` is the text that gave the start. */
export function pictureOf(
  runs: ReadonlyMap<string, Run>,
  chosen: Chosen,
  terminal: Terminal,
  { held = new Map<string, number>(), order = "" } = {},
): string {
  const marks = [...runs.keys()].map((_, i) =>
    runs.size === 1 ? "x" : String.fromCharCode("A".charCodeAt(0) + (i % 26)),
  );
  const legend = [...runs.keys()].map((name, i) => `${marks[i]} ${name}`).join("   ");
  const place = (name: string) => order.search(new RegExp(`(^|,)\\s*${name}\\s*=`));
  const names = elementNames(chosen).filter((name) => !held.has(name));
  // As they were typed, the first to the right.
  if (names.every((name) => /^\w+$/.test(name))) names.sort((a, b) => place(a) - place(b));
  const parts: string[][] = [];
  if (names.length === 2) parts.push(contour(runs, chosen, names as [string, string], held, marks, terminal));
  else
    parts.push([
      `The way is drawn over contours where two elements are free; here ${names.length === 1 ? "is one" : `are ${names.length}`}.`,
    ]);
  parts.push(losses(runs, marks, terminal));
  if (runs.size > 1) parts.push([legend]);
  return parts.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

type Names = readonly [string, string];

function contour(
  runs: ReadonlyMap<string, Run>,
  chosen: Chosen,
  names: Names,
  held: ReadonlyMap<string, number>,
  marks: readonly string[],
  terminal: Terminal,
): string[] {
  const paths = [...runs.values()].map((run) => {
    const [x1, x2] = pathOf(run, chosen, names);
    return { x1: x1!, x2: x2!, status: run.status };
  });
  const { known } = chosen;
  const minima = known ? known.minima.map(({ x }) => ({ x1: x[0]!, x2: x[1]! })) : [];
  const { x1, x2 } = fitWindow(paths as never, minima, known?.window);
  const series = paths.map((path, i): Series => ({ mark: marks[i]!, x: path.x1, y: path.x2 }));
  const f = numbersOf(chosen, names, held);
  return contourLines(
    { f, names, window: [x1, x2], paths: series, minima: minima.map((one) => [one.x1, one.x2] as const) },
    canvasOf(terminal, contourRows),
  );
}

/** The points of a run by elements, the last one too. */
function pathOf({ trajectory, parameters }: Run, chosen: Chosen, names: Names): Float64Array[] {
  const all = elementNames(chosen);
  return names.map((name) => {
    let place = all.indexOf(name);
    const input = chosen.f.graph.inputs.find(({ shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      if (place < size) return true;
      place -= size;
      return false;
    })!;
    const rows = (trajectory.parameters as Readonly<Record<string, Float64Array>>)[input.name]!;
    const last = (parameters as Readonly<Record<string, number | Float64Array>>)[input.name]!;
    const size = typeof last === "number" ? 1 : last.length;
    const end = typeof last === "number" ? last : last[place]!;
    return Float64Array.from({ length: trajectory.steps + 1 }, (_, i) =>
      i < trajectory.steps ? rows[i * size + place]! : end,
    );
  });
}

function losses(runs: ReadonlyMap<string, Run>, marks: readonly string[], terminal: Terminal): string[] {
  const series = [...runs.values()].map(({ trajectory, value, steps }, i): Series => {
    const count = trajectory.steps;
    return {
      mark: runs.size > 1 ? marks[i]! : "",
      x: Float64Array.from({ length: count + 1 }, (_, k) =>
        k < count ? trajectory.start + k * trajectory.stride : steps,
      ),
      y: Float64Array.from({ length: count + 1 }, (_, k) => (k < count ? trajectory.values[k]! : value)),
    };
  });
  // What runs away would press all others to the ground.
  const kept = [...runs.values()].flatMap(({ status }, i) => (status === "diverged" ? [] : [series[i]!]));
  const values = kept.flatMap(({ y }) => Array.from(y)).filter(Number.isFinite);
  const range = [Math.min(...values.slice(0, 1e5)), Math.max(...values.slice(0, 1e5))] as const;
  const isWhole = kept.length === series.length || values.length === 0;
  return curveLines(
    { series, names: ["step", "value"], ...(!isWhole && { range }) },
    canvasOf(terminal, curveRows),
  );
}

/** A curve over an interval, as `plot` draws it without a file. */
export function curveOf(
  f: (x: number) => number,
  name: string,
  [low, high]: readonly [number, number],
  terminal: Terminal,
): string {
  const count = 400;
  const x = Float64Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
  const y = x.map((one) => f(one));
  const finite = y.filter(Number.isFinite);
  if (finite.length === 0)
    return `No value is finite for ${name} from ${short(low, 4)} to ${short(high, 4)}.\n`;
  const lines = curveLines(
    { series: [{ mark: "", x, y }], names: [name, "value"] },
    canvasOf(terminal, contourRows),
  );
  return `${lines.join("\n")}\n`;
}
