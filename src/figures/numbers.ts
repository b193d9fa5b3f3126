// Numbers on axes: nice steps, and texts as short as they can be. No import, so that pages use it, too.

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten: `10⁻³`. */
export function formatPower(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/**
 * A number with at most so many significant digits, no trailing zeros, U+2212 for minus, and a power of ten where it
 * is very large or small: `−0.25`, `1.5·10⁶`.
 */
export function formatNumber(x: number, digits = 6): string {
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  const [mantissa, power] = Math.abs(x)
    .toExponential(digits - 1)
    .split("e") as [string, string];
  const exponent = Number(power);
  const sign = x < 0 ? "−" : "";
  if (exponent >= -3 && exponent < Math.max(6, digits)) return sign + String(Number(`${mantissa}e${power}`));
  const factor = Number(mantissa);
  return sign + (factor === 1 ? "" : `${factor}·`) + formatPower(exponent);
}

/** Texts of ascending numbers, with the fewest digits that show each of them to a thousandth of its distance to the next. */
export function formatLevels(levels: readonly number[]): string[] {
  if (levels.length < 2) return levels.map((level) => formatNumber(level));
  for (let digits = 1; digits < 17; digits++) {
    const isClose = levels.every((level, i) => {
      const distance = Math.min(
        Math.abs(level - (levels[i - 1] ?? Number.NEGATIVE_INFINITY)),
        Math.abs(level - (levels[i + 1] ?? Number.POSITIVE_INFINITY)),
      );
      return level === 0 || Math.abs(Number(level.toPrecision(digits)) - level) <= distance / 1000;
    });
    if (isClose) return levels.map((level) => formatNumber(level, digits));
  }
  return levels.map((level) => formatNumber(level, 17));
}

/** Numbers on an axis as they are written: less `offset`, which its title names where it isn't 0. */
export interface AxisNumbers {
  readonly offset: number;
  /** The title of the axis, of what it measures. */
  readonly title: (label: string) => string;
  readonly texts: (values: readonly number[]) => string[];
}

/**
 * How numbers from `low` to `high` are written. Those that have their first digits in common are written without them, as
 * matplotlib's are, and the title says so: `x1 − 1000000`.
 */
export function axisNumbers(low: number, high: number): AxisNumbers {
  const range = high - low;
  const size = Math.max(Math.abs(low), Math.abs(high));
  const isFar = range > 0 && range < 1e-4 * size && Number.isFinite(range);
  const power = isFar ? Math.ceil(Math.log10(range)) : 0;
  const unit = low / Number(`1e${power}`);
  // The round number among them, or the last one below.
  const round = (count: number) => Number(`${count}e${power}`);
  const given = !isFar
    ? 0
    : round(Math.ceil(unit)) <= high
      ? round(Math.ceil(unit))
      : round(Math.floor(unit));
  const offset = Number.isFinite(given) ? given : 0;
  return {
    offset,
    title: (label) =>
      offset === 0 ? label : `${label} ${offset < 0 ? "+" : "−"} ${formatNumber(Math.abs(offset), 15)}`,
    texts: (values) => formatLevels(values.map((value) => Number((value - offset).toPrecision(12)))),
  };
}

const niceFactors = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** The nice steps from the first that isn't below `least`: 1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten. */
export function* niceSteps(least: number): Generator<number> {
  // Of 0 and of what is infinite there is no power of ten, and nothing compares with NaN.
  const wanted = Math.max(1e-300, least || 0);
  const first = Math.floor(Math.log10(Math.min(1e300, wanted)));
  for (let exponent = first; ; exponent++) {
    for (const factor of niceFactors) {
      const step = Number(`${factor}e${exponent}`);
      if (step >= wanted * (1 - 1e-12)) yield step;
    }
  }
}

/** The multiple of a step, without the dust of floating point: 3 · 0.1 is 0.3. */
export function multiple(count: number, step: number): number {
  return Number((count * step).toPrecision(15));
}

/** The ticks of a logarithmic axis: powers of ten, or 1, 2 and 5 times those where there are fewer than `fewest`. */
export function logTicks({ min, max }: { readonly min: number; readonly max: number }, fewest = 2): number[] {
  const ticksBy = (factors: readonly number[]) => {
    const ticks: number[] = [];
    for (let exponent = Math.floor(Math.log10(min)); 10 ** exponent <= max; exponent++) {
      ticks.push(...factors.map((factor) => Number(`${factor}e${exponent}`)));
    }
    return ticks.filter((tick) => tick >= min && tick <= max);
  };
  const powers = ticksBy([1]);
  if (powers.length < fewest) return ticksBy([1, 2, 5]);
  // Labels need room: of many powers every second, third, … has one.
  const stride = Math.ceil(powers.length / 10);
  return powers.filter((_, i) => i % stride === 0);
}

/** Whether a number is a power of ten. */
export function isPower(x: number): boolean {
  return x === Number(`1e${Math.round(Math.log10(x))}`);
}
