/** The table of a run, as Markdown. */
import { bounds, gradientBound } from "./bounds.js";
import type { Outcome } from "./child.js";
import { spread } from "./measure.js";
import { type Spread, type Subject, subjects, type Workload } from "./workload.js";

/** The processes of one workload and subject: what each measured. */
export type Cell = readonly Outcome[];

/** Cells by workload and subject. */
export type Cells = Readonly<Record<string, Readonly<Partial<Record<Subject, Cell>>>>>;

/** What a cell comes to: the median of the processes, or why there is none. */
export interface Summary {
  readonly ratio?: Spread;
  readonly nanoseconds?: number;
  readonly hand?: number;
  readonly first?: number;
  readonly memory?: number;
  readonly gradient?: number;
  readonly failed?: string;
}

export function summarize(cell: Cell): Summary {
  const measured = cell.flatMap((outcome) => ("measured" in outcome ? [outcome.measured] : []));
  const failed = cell.flatMap((outcome) => ("failed" in outcome ? [outcome.failed] : []));
  if (failed.length > 0) return { failed: failed[0]! };
  const median = (numbers: readonly number[]) => spread(numbers).median;
  const gradients = measured.flatMap(({ gradient }) => (gradient ? [gradient.median] : []));
  return {
    ratio: {
      median: median(measured.map(({ ratio }) => ratio.median)),
      min: Math.min(...measured.map(({ ratio }) => ratio.min)),
      max: Math.max(...measured.map(({ ratio }) => ratio.max)),
    },
    nanoseconds: median(measured.map(({ subject }) => subject.median)),
    hand: median(measured.map(({ hand }) => hand.median)),
    first: median(measured.map(({ first }) => first)),
    memory: median(measured.map(({ memory }) => memory)),
    ...(gradients.length > 0 && { gradient: median(gradients) }),
  };
}

/** Two significant digits, and no exponent: 0.14, 1.0, 28 000. */
export function formatRatio(ratio: number): string {
  if (ratio >= 100) {
    const digits = String(Number(ratio.toPrecision(2)));
    return digits.length > 4 ? digits.replace(/(\d)(?=(\d{3})+$)/g, "$1 ") : digits;
  }
  return ratio >= 9.95 ? ratio.toFixed(0) : ratio >= 0.995 ? ratio.toFixed(1) : ratio.toFixed(2);
}

/** A time with its unit. */
export function formatTime(nanoseconds: number): string {
  const units = ["ns", "µs", "ms", "s"];
  let value = nanoseconds;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 99.5 ? value.toFixed(0) : value.toPrecision(2)} ${units[unit]}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Subjects as columns, workloads as rows, ratios to hand-written JavaScript; the reasons of dashes below. */
export function ratioTable(workloads: readonly Workload[], cells: Cells): string {
  const columns = subjects.filter((subject) => workloads.some(({ name }) => cells[name]?.[subject]));
  const notes: string[] = [];
  const noteOf = (reason: string): string => {
    const known = notes.indexOf(reason);
    return `–${superscript(known < 0 ? notes.push(reason) : known + 1)}`;
  };
  const rows = workloads.map(({ name, title }) => {
    const own = cells[name] ?? {};
    const summaries = columns.map((subject) => own[subject] && summarize(own[subject]));
    const hand = summaries.find((summary) => summary?.hand !== undefined)?.hand;
    return row([
      title,
      hand === undefined ? "" : formatTime(hand),
      ...summaries.map((summary, i) => {
        if (!summary) return "";
        const text = summary.ratio ? formatRatio(summary.ratio.median) : noteOf(summary.failed!);
        return columns[i] === "adjoint" ? `**${text}**` : text;
      }),
    ]);
  });
  return [
    row(["value and gradient", "by hand", ...columns.map((name) => (name === "adjoint" ? "Adjoint" : name))]),
    row(["---", "--:", ...columns.map(() => "--:")]),
    ...rows,
    ...(notes.length > 0
      ? ["", `${notes.map((reason, i) => `${superscript(i + 1)} ${reason}`).join(" · ")}.`]
      : []),
  ].join("\n");
}

function superscript(number: number): string {
  return [...String(number)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
}

/** All that is measured of Adjoint, with the spread of the ratio over rounds and processes. */
export function adjointTable(workloads: readonly Workload[], cells: Cells): string {
  const rows = workloads.flatMap(({ name, title, steps }) => {
    const cell = cells[name]?.adjoint;
    const summary = cell && summarize(cell);
    if (!summary?.ratio) return [];
    const { ratio, nanoseconds, hand, first, memory, gradient } = summary;
    return [
      row([
        title,
        `${formatTime(hand!)}${steps ? " a step" : ""}`,
        `${formatTime(nanoseconds!)}${steps ? " a step" : ""}`,
        ratio.median.toFixed(2),
        `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`,
        gradient === undefined ? "" : gradient.toFixed(2),
        formatTime(first! * 1e6),
        memory!.toFixed(0),
      ]),
    ];
  });
  return [
    row(["Adjoint", "by hand", "Adjoint", "ratio", "of rounds", "gradient / value", "first result", "MiB"]),
    row(["---", "--:", "--:", "--:", "--:", "--:", "--:", "--:"]),
    ...rows,
  ].join("\n");
}

export interface Verdict {
  readonly holds: boolean;
  readonly text: string;
}

/** What is expected of Adjoint, and whether it holds. */
export function verdicts(workloads: readonly Workload[], cells: Cells): Verdict[] {
  return workloads.flatMap(({ name }): Verdict[] => {
    const cell = cells[name]?.adjoint;
    if (!cell) return [];
    const summary = summarize(cell);
    if (summary.failed !== undefined) return [{ holds: false, text: `${name}: ${summary.failed}` }];
    const {
      ratio,
      nanoseconds,
      overhead,
      first,
      memory,
      ahead,
      gradient = gradientBound,
    } = bounds[name] ?? {};
    const found: Verdict[] = [];
    const atMost = (what: string, actual: number | undefined, bound: number | undefined, digits: number) => {
      if (actual === undefined || bound === undefined) return;
      const text = `${name}: ${what} ${actual.toFixed(digits)}, at most ${bound}`;
      found.push({ holds: actual <= bound, text });
    };
    atMost("ratio", summary.ratio!.median, ratio, 2);
    atMost("nanoseconds", summary.nanoseconds, nanoseconds, 1);
    atMost("nanoseconds beyond", summary.nanoseconds! - summary.hand!, overhead, 1);
    atMost("milliseconds to the first result", summary.first, first, 2);
    atMost("MiB", summary.memory, memory, 0);
    atMost("gradient / value", summary.gradient, gradient, 2);
    const rival = ahead && cells[name]?.[ahead as Subject];
    const other = rival && summarize(rival).ratio;
    if (other) atMost(`ratio to that of ${ahead}`, summary.ratio!.median / other.median, 1, 2);
    return found;
  });
}
