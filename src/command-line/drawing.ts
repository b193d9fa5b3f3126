/** What a short run looks like in a terminal: contours with paths, and losses by steps. Functions of data alone. */
import { Dots } from "./braille.js";
import { short } from "./terminal.js";

/** The size of a picture in characters, its labels included, and what paints an ink: 0 the ground, 1, 2, … the series. */
export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly paint?: (ink: number, text: string) => string;
}

type Range = readonly [low: number, high: number];

/** Numbers at numbers: a path in the plane, or losses by steps. */
export interface Series {
  /** One character that stands at its end. */
  readonly mark: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface ContourPicture {
  readonly f: (x: number, y: number) => number;
  readonly names: readonly [string, string];
  readonly window: readonly [Range, Range];
  readonly paths: readonly Series[];
  /** Points with a plus. */
  readonly minima?: readonly (readonly [number, number])[];
}

/** How many lines of equal value there are. */
const lineCount = 6;

/** The boundaries of bands that each cover as much of the picture. */
function levelsOf(values: Float64Array): number[] {
  const sorted = values.filter(Number.isFinite).sort();
  return Array.from(
    { length: lineCount },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / (lineCount + 1))] ?? 0,
  );
}

/**
 * Dotted lines of equal value, each between bands of as much of the picture; paths are solid, hide them, begin at an `o` and
 * end at their marks.
 */
export function contourLines(picture: ContourPicture, canvas: Canvas): string[] {
  const { f, names, window, paths, minima = [] } = picture;
  const [[left, right], [low, high]] = window;
  const ends = [short(high, 4), short(low, 4)];
  const margin = Math.max(...ends.map((end) => end.length)) + 1;
  const dots = new Dots(canvas.columns - margin, canvas.rows - 2);
  const { width, height } = dots;
  const values = new Float64Array(width * height);
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++)
      values[j * width + i] = f(
        left + ((right - left) * (i + 0.5)) / width,
        high - ((high - low) * (j + 0.5)) / height,
      );
  const levels = levelsOf(values);
  const bands = Uint8Array.from(values, (value) =>
    Number.isNaN(value) ? 255 : levels.filter((one) => one < value).length,
  );
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const band = bands[j * width + i];
      if (
        (i + j) % 2 === 0 &&
        ((i + 1 < width && bands[j * width + i + 1] !== band) ||
          (j + 1 < height && bands[(j + 1) * width + i] !== band))
      )
        dots.dot(i, j, 0);
    }
  const place = (x: number, y: number) =>
    [
      Math.floor(((x - left) / (right - left)) * width),
      Math.floor(((high - y) / (high - low)) * height),
    ] as const;
  for (const [k, path] of paths.entries()) trail(dots, path, place, k + 1);
  for (const [x, y] of minima) dots.mark(...place(x, y), "+", 0);
  for (const [k, path] of paths.entries()) ended(dots, path, place, k + 1, "o");
  const rows = dots.rows(canvas.paint);
  const axis = rows.map((row, j) => {
    const label = j === 0 ? ends[0]! : j === rows.length - 1 ? ends[1]! : "";
    return `${label.padStart(margin - 1)} ${row}`.trimEnd();
  });
  return [`${names[1]!.padStart(margin - 1)}`, ...axis, below(margin, width / 2, names[0]!, [left, right])];
}

type Place = (x: number, y: number) => readonly [number, number];

/** The way from point to point. Where one isn't finite there is a gap. */
function trail(dots: Dots, { x, y }: Series, place: Place, ink: number): void {
  for (let i = 0; i < x.length; i++) {
    const to = place(x[i]!, y[i]!);
    const from = i > 0 ? place(x[i - 1]!, y[i - 1]!) : to;
    if (![...from, ...to].every(Number.isFinite)) continue;
    dots.line(...from, ...to, ink);
  }
}

/** Marks where a series begins, if asked, and where it ends. */
function ended(dots: Dots, { x, y, mark }: Series, place: Place, ink: number, start?: string): void {
  if (start !== undefined && x.length > 0) dots.mark(...place(x[0]!, y[0]!), start, ink);
  let last = x.length - 1;
  while (last > 0 && !(Number.isFinite(x[last]!) && Number.isFinite(y[last]!))) last--;
  if (x.length > 0) dots.mark(...place(x[last]!, y[last]!), mark, ink);
}

/** The line below: the ends of the axis, and its name between. */
function below(margin: number, columns: number, name: string, [low, high]: Range): string {
  const [first, last] = [short(low, 4), short(high, 4)];
  const room = columns - first.length - last.length;
  const middle = name.slice(0, Math.max(0, room - 2));
  const before = Math.floor((room - middle.length) / 2);
  return `${" ".repeat(margin)}${first}${" ".repeat(before)}${middle}${" ".repeat(room - middle.length - before)}${last}`;
}

export interface CurvePicture {
  readonly series: readonly Series[];
  readonly names: readonly [x: string, y: string];
  /** The part of y that is shown; what is above or below is cut. Default: all that is finite. */
  readonly range?: Range;
}

/** Whether values are better told by their powers of ten: all above 0, and over two decades. */
const spansDecades = ([low, high]: Range) => low > 0 && high / low >= 100;

/** Lines through points, over a logarithmic axis where the values span decades. */
export function curveLines({ series, names, range }: CurvePicture, canvas: Canvas): string[] {
  const all = series.flatMap(({ y }) => Array.from(y)).filter(Number.isFinite);
  const shown = range ?? extent(all);
  // What fell to 0 can't be on the axis: it lies at the lowest power that can.
  const positive = all.filter((one) => one > 0);
  const least = positive.reduce((a, b) => Math.min(a, b), Infinity);
  const isLog = all.every((one) => one >= 0) && spansDecades([Math.min(least, shown[1]), shown[1]]);
  const scaled = (value: number) => (isLog ? Math.log10(Math.max(value, least)) : value);
  const [low, high] = widened(isLog ? [scaled(least), scaled(shown[1])] : shown);
  const ends = [high, low].map((one) => short(isLog ? 10 ** one : one, 3));
  const margin = Math.max(...ends.map((end) => end.length)) + 1;
  const dots = new Dots(canvas.columns - margin, canvas.rows - 2);
  const [left, right] = widened(extent(series.flatMap(({ x }) => Array.from(x))));
  const place: Place = (x, y) => {
    const value = scaled(y);
    return [
      Math.round(((x - left) / (right - left)) * (dots.width - 1)),
      Math.round(((high - Math.min(Math.max(value, low), high)) / (high - low)) * (dots.height - 1)),
    ];
  };
  for (const [k, one] of series.entries()) trail(dots, one, place, k + 1);
  for (const [k, one] of series.entries()) if (one.mark !== "") ended(dots, one, place, k + 1);
  const rows = dots.rows(canvas.paint);
  const lines = rows.map((row, j) => {
    const label = j === 0 ? ends[0]! : j === rows.length - 1 ? ends[1]! : "";
    return `${label.padStart(margin - 1)} ${row}`.trimEnd();
  });
  const name = `${names[1]}${isLog ? " (logarithmic)" : ""}`;
  return [name.padStart(margin - 1), ...lines, below(margin, dots.width / 2, names[0], [left, right])];
}

function extent(values: readonly number[]): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

/** A range with an extent. */
const widened = ([low, high]: Range): Range =>
  high > low ? [low, high] : [low - Math.max(Math.abs(low), 1) / 2, high + Math.max(Math.abs(high), 1) / 2];
