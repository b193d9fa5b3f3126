/** A fit's report: what was found, how well it is known, and how well the model describes the data. */
import type { Solved } from "../runs/internal.js";

/**
 * What stands where there is no number to give.
 * @example const reason: NoNumber = "at bound";
 */
export type NoNumber = "fixed" | "at bound" | "undetermined" | "no degrees of freedom" | "unbounded";

/**
 * A parameter's estimate; of a parameter of several elements one for each.
 * @example const tell = ({ name, value }: Estimate): string => `${name} = ${value}`;
 */
export interface Estimate {
  readonly name: string;
  readonly value: number;
  readonly start: number;
  readonly standardError: number | NoNumber;
  /** Value ∓ t·standard error. */
  readonly interval: readonly [lower: number, upper: number] | NoNumber;
}

/**
 * How well the model describes the data.
 * @example const isGood = ({ rSquared }: Quality): boolean => rSquared > 0.99;
 */
export interface Quality {
  readonly count: number;
  readonly degreesOfFreedom: number;
  /** Σ ((model − y)/σ)². */
  readonly chiSquare: number;
  readonly reducedChiSquare: number | NoNumber;
  /** √(χ²/degrees of freedom): NIST's residual standard deviation. */
  readonly residualDeviation: number | NoNumber;
  /** 1 − χ²/Σ ((y − ȳ)/σ)². */
  readonly rSquared: number;
  /** n·log(χ²/n) + 2p; −∞ for a perfect fit. */
  readonly aic: number;
  /** n·log(χ²/n) + p·log n. */
  readonly bic: number;
  /** Of the Jacobian with columns of length 1, for the parameters that are free. */
  readonly conditionNumber: number;
}

/**
 * A parameter that follows from others, with what their covariance makes of its error.
 * @example const valueOf = ({ value }: Derived): number => value;
 */
export type Derived = Omit<Estimate, "start">;

/**
 * How much of χ² the rows of a group have.
 * @example const nameOf = ({ name }: GroupQuality): string => name;
 */
export interface GroupQuality {
  readonly name: string;
  readonly count: number;
  readonly chiSquare: number;
}

export interface Described {
  readonly status: Solved["status"];
  readonly message: string;
  readonly level: number;
  readonly estimates: readonly Estimate[];
  /** Parameters that follow from others by `expressions`: standard errors to first order, √(gᵀ·C·g) with their gradient g. */
  readonly derived: readonly Derived[];
  /** Correlations of pairs of parameters, by the order of the estimates, row by row; NaN where there is none. */
  readonly correlation: Float64Array;
  readonly quality: Quality;
  /** Of groups that were fitted together; empty where there are none. */
  readonly groups: readonly GroupQuality[];
}

/** A number as a paper gives it. */
function short(x: number, digits = 6): string {
  const text = x.toPrecision(digits);
  return text.includes("e") || !text.includes(".") ? text : text.replace(/\.?0+$/, "");
}

function errorText({ value, standardError }: Derived): string[] {
  if (typeof standardError === "string") return [standardError, ""];
  const share = value === 0 ? "" : `${short((100 * standardError) / Math.abs(value), 2)}%`;
  return [short(standardError, 4), share];
}

/** Correlations below this aren't told. */
const leastCorrelation = 0.1;

/** The report as a table. */
export function tableOf({
  status,
  message,
  level,
  estimates,
  derived,
  correlation,
  quality,
  groups,
}: Described): string {
  const percent = short(100 * level, 4);
  const head = ["parameter", "value", "std. error", "", `${percent}% interval`, "start"];
  const row = (one: Derived) => [
    one.name,
    short(one.value, 8),
    ...errorText(one),
    typeof one.interval === "string" ? "" : `[${short(one.interval[0])}, ${short(one.interval[1])}]`,
  ];
  const rows = [
    ...estimates.map((one) => [...row(one), short(one.start)]),
    ...derived.map((one) => [...row(one), ""]),
  ];
  const widths = head.map((title, k) => Math.max(title.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join("  ")
      .trimEnd();
  const tell = (x: number | string, digits?: number) => (typeof x === "string" ? x : short(x, digits));
  const { count, degreesOfFreedom, chiSquare, reducedChiSquare, residualDeviation } = quality;
  const about = [
    `${count} data, ${degreesOfFreedom} degrees of freedom`,
    `χ² = ${short(chiSquare)}, reduced χ² = ${tell(reducedChiSquare)}, residual deviation = ${tell(residualDeviation)}`,
    `R² = ${short(quality.rSquared, 8)}, AIC = ${short(quality.aic)}, BIC = ${short(quality.bic)}, ` +
      `condition number = ${short(quality.conditionNumber, 3)}`,
    ...groups.map(({ name, count, chiSquare }) => `${name}: ${count} data, χ² = ${short(chiSquare)}`),
  ];
  const n = estimates.length;
  const pairs: [number, string][] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const c = correlation[i * n + j]!;
      if (Math.abs(c) >= leastCorrelation)
        pairs.push([c, `${estimates[i]!.name}, ${estimates[j]!.name}: ${c.toFixed(3)}`]);
    }
  }
  pairs.sort(([a], [b]) => Math.abs(b) - Math.abs(a));
  const told = pairs.length > 0 ? ["", "correlations", ...pairs.map(([, text]) => text)] : [];
  return [`fit: ${status}. ${message}`, "", line(head), ...rows.map(line), "", ...about, ...told].join("\n");
}

/** The report as JSON has it, with keys that stay: a number that JSON can't hold is a text. */
export function jsonOf({
  status,
  message,
  level,
  estimates,
  derived,
  correlation,
  quality,
  groups,
}: Described): object {
  const plain = (x: number | string) => (typeof x === "string" || Number.isFinite(x) ? x : String(x));
  const n = estimates.length;
  const intervalOf = ({ interval }: Derived) =>
    typeof interval === "string" ? interval : interval.map(plain);
  return {
    status,
    message,
    level,
    parameters: estimates.map((one) => {
      const { name, value, start, standardError } = one;
      return { name, value, start, standardError, interval: intervalOf(one) };
    }),
    derived: derived.map((one) => {
      const { name, value, standardError } = one;
      return { name, value: plain(value), standardError, interval: intervalOf(one) };
    }),
    correlation: estimates.map((_, i) => Array.from(correlation.subarray(i * n, (i + 1) * n), plain)),
    quality: Object.fromEntries(
      Object.entries(quality).map(([key, x]) => [key, plain(x as number | string)]),
    ),
    groups: groups.map(({ name, count, chiSquare }) => ({ name, count, chiSquare: plain(chiSquare) })),
  };
}
