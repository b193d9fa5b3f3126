/** Proves the derivatives of a traced function, or finds where they are wrong. */
import { AdjointError, type Shapes, type Traced } from "../../graph/index.js";
import {
  checkOptions,
  describe,
  graphOf,
  isId,
  isLength,
  type Path,
  pathText,
  readAlong,
  readCount,
  readList,
  readValue,
  rowsOf,
  sizeOf,
  unravel,
  type ValuesOf,
} from "../../graph/internal.js";
import { type RandomSource, randomSource } from "../data/index.js";
import { flattened, type Level, levelsOf, nameValues, type Values } from "./derivative.js";
import { type Slope, slopesAt } from "./differences.js";
import { draw, type InputDomains, isReal, resolveDomains } from "./domains.js";
import { type Deviation, derivativeName, describeFailure, describeSuccess, elementName } from "./report.js";

/** @example const options: GradientOptions = { domain: [0.1, 2], order: 2 }; */
export interface GradientOptions<I extends Shapes = Shapes> {
  /**
   * Where inputs are drawn from: one domain for all, or some by name (`layers`, `layers.0.W`); default [−2, 2]. Inputs whose domain is whole
   * numbers or booleans are data, by which nothing is differentiated.
   */
  readonly domain?: InputDomains<(keyof I & string) | `${keyof I & string}.${string}`>;
  /** The order of derivatives up to which they are checked, 1 to 3; default 1. */
  readonly order?: number;
  /** Of the points drawn; default 0. */
  readonly seed?: number;
  /** How many points are drawn; default 20, and none where `at` gives some. */
  readonly points?: number;
  /** How far a derivative d may be off, relative to max(1, |d|); default 1e-6. */
  readonly tolerance?: number;
  /** A point, or several, at which to check: values in the inputs' tree. */
  readonly at?: PointOf<I> | readonly PointOf<I>[];
  /** The fraction of derivatives that may lie at kinks; default ½. */
  readonly maxSkipped?: number;
}

/** Values in the inputs' tree, as the traced function takes them. */
type PointOf<I extends Shapes> = ValuesOf<I>;

/** @example const isRight = ({ ok }: GradientReport): boolean => ok; */
export interface GradientReport {
  readonly ok: boolean;
  /** How many points were visited. */
  readonly points: number;
  /** How many derivatives were compared: one for each number of the result, each element of an input, and order. */
  readonly compared: number;
  /** How many weren't, since differences say nothing there: at a kink, a jump, or where `f` isn't finite. */
  readonly skipped: number;
  /** How many are wrong. */
  readonly wrong: number;
  /** The derivative furthest off, wrong or not. */
  readonly worst?: Deviation;
  /** What was found, to be read. */
  readonly message: string;
}

const known = ["domain", "order", "tolerance", "maxSkipped"];

/** Where fast-check doesn't draw the points. */
const ownPoints = ["seed", "points", "at"];

/**
 * Compares every derivative that the graph of `f` gives, by reverse and by forward mode, with differences of its value: ∂fᵢ/∂xⱼ of each number of the
 * result by each element of an input, and up to `order` the derivatives of these. Orders 2 and 3 are compared with
 * differences of the derivative one order lower. Of large functions, 32 numbers of the result and 32 elements are
 * chosen anew at each point.
 *
 * The differences are five-point ones, whose step adapts itself. Where the slopes of both sides don't agree there is a
 * kink or a jump, and no derivative to compare with: it is skipped and counted. A derivative that is NaN or infinite
 * where the function is smooth is wrong.
 *
 * @example
 * checkGradient(trace({ x: vector(3) }, ({ x }) => log(x)), { domain: [0.1, 2], order: 2 }).ok; // true
 * @throws AdjointError for what is no traced function, and for wrong options; a wrong gradient is reported
 */
export function checkGradient<I extends Shapes, O>(
  f: Traced<I, O>,
  options: GradientOptions<I> = {},
): GradientReport {
  return check("checkGradient", f, options);
}

/** `checkGradient` under the name of the function that the user called. */
function check(what: string, f: unknown, options: unknown): GradientReport {
  const { seed = 0, at, ...given } = checkOptions(what, options as GradientOptions, [...known, ...ownPoints]);
  const { points: count, ...others } = given;
  const checker = new Checker(what, f, others);
  const listed = rowsOf(at)
    ? readList(at, `${what}: at`, (point) => checker.read(point))
    : at === undefined
      ? []
      : [checker.read(at)];
  const points = readCount(count === undefined ? (listed.length > 0 ? 0 : 20) : count, `${what}: points`);
  if (!(isLength(seed) && seed < 2 ** 32)) {
    throw new AdjointError(
      `${what}: seed is ${describe(seed)}; it must be a whole number from 0 to 4294967295.`,
    );
  }
  const random = randomSource(seed);
  const tally = new Tally();
  for (const point of listed) checker.check(point, random, tally);
  for (let i = 0; i < points; i++) checker.check(checker.draw(random), random, tally);
  return checker.report(tally, listed.length + points);
}

/**
 * `checkGradient` that throws.
 *
 * @example
 * assertGradient(trace({ x: vector(2) }, ({ x }) => sum(sin(x))), { domain: [-2, 2], order: 2 });
 * @throws AdjointError where a derivative is wrong, or too many couldn't be compared
 */
export function assertGradient<I extends Shapes, O>(
  f: Traced<I, O>,
  options: GradientOptions<I> = {},
): GradientReport {
  const report = check("assertGradient", f, options);
  if (report.ok) return report;
  throw new AdjointError(report.message);
}

/** What was counted so far. */
export class Tally {
  compared = 0;
  skipped = 0;
  wrong = 0;
  worst: Deviation | undefined;

  add(deviation: Deviation): void {
    this.compared++;
    if (deviation.error > 1) this.wrong++;
    if (!this.worst || deviation.error > this.worst.error) this.worst = deviation;
  }
}

/** Of more numbers of a result, or elements of an input, so many are chosen anew for each point. */
const chosenAtOnce = 32;

/** The check of one function. */
export class Checker {
  readonly #f: Traced;
  readonly #what: string;
  readonly #levels: readonly Level[];
  readonly #domains: ReturnType<typeof resolveDomains>;
  readonly #tolerance: number;
  readonly #maxSkipped: number;
  /** The elements that move: which input, and where in it, in the order of a gradient's row. */
  readonly #moving: readonly {
    readonly input: number;
    /** The input's place among those that move. */
    readonly rank: number;
    readonly offset: number;
  }[];

  constructor(what: string, f: unknown, options: Omit<GradientOptions, "at" | "points" | "seed">) {
    const { inputs } = graphOf(f, what);
    const { order = 1, tolerance = 1e-6, maxSkipped = 0.5, domain } = checkOptions(what, options, known);
    if (![1, 2, 3].includes(order))
      throw new AdjointError(`${what}: order must be 1, 2 or 3, not ${describe(order)}.`);
    const isFraction = typeof maxSkipped === "number" && maxSkipped >= 0 && maxSkipped <= 1;
    if (typeof tolerance !== "number" || !(tolerance > 0) || !isFraction) {
      throw new AdjointError(
        `${what}: tolerance must be above 0 and maxSkipped from 0 to 1, not ${describe(tolerance)} and ${describe(maxSkipped)}.`,
      );
    }
    this.#f = f as Traced;
    this.#what = what;
    this.#tolerance = tolerance;
    this.#maxSkipped = maxSkipped;
    this.#domains = resolveDomains(
      what,
      inputs.map(({ path }) => path),
      domain,
    );
    const real = inputs.map((_, i) => i).filter((i) => isReal(this.#domains[i]!));
    this.#moving = real.flatMap((input, rank) =>
      Array.from({ length: sizeOf(inputs[input]!.shape) }, (_, offset) => ({ input, rank, offset })),
    );
    const flat = flattened(this.#f);
    const names = real.map((i) => flat.graph.inputs[i]!.name);
    this.#levels = this.#moving.length === 0 ? [] : levelsOf(flat, names, order);
  }

  get domains(): ReturnType<typeof resolveDomains> {
    return this.#domains;
  }

  draw(random: RandomSource): Values {
    return this.#f.graph.inputs.map(({ shape }, i) =>
      draw(this.#what, this.#domains[i]!, random, sizeOf(shape)),
    );
  }

  /** A user's point. */
  read(point: unknown): Values {
    const { inputs, inputTree } = this.#f.graph;
    const place = (path: Path) =>
      path.length === 0 ? `${this.#what}: at` : `${this.#what}: input "${pathText(path)}"`;
    const values: number[][] = [];
    readAlong(inputTree, isId, point, place, (value, i, path) =>
      values.push(Array.from(readValue(value, inputs[i]!.shape, place(path)))),
    );
    return values;
  }

  check(point: Values, random: RandomSource, tally: Tally): void {
    let rows: Row[] = [{ choices: [], by: [] }];
    for (const level of this.#levels) {
      const next: Row[] = [];
      for (const row of rows) {
        for (const i of choose(level.elements.length, chosenAtOnce, random)) {
          const { path, shape, offset } = level.elements[i]!;
          const name = elementName(pathText(path) || "f", shape, offset);
          next.push({
            choices: [...row.choices, ...level.choice(i)],
            number: i,
            before: row,
            ...(row.output === undefined
              ? { output: name, by: [] }
              : { output: row.output, by: [...row.by, name] }),
          });
        }
      }
      rows = choose(next.length, chosenAtOnce, random).map((i) => next[i]!);
      this.#checkLevel(level, point, rows, random, tally);
    }
  }

  /** Compares the derivatives of numbers of a level. */
  #checkLevel(level: Level, point: Values, rows: readonly Row[], random: RandomSource, tally: Tally): void {
    const columns = choose(this.#moving.length, chosenAtOnce, random);
    for (const group of groupsOf(rows)) {
      const inputs = [...point, ...group[0]!.before!.choices];
      const gradients = group.map(({ choices }) => level.gradient([...point, ...choices]));
      for (const column of columns) {
        const { input, rank, offset } = this.#moving[column]!;
        const x = point[input]![offset]!;
        const tangents = level.tangent(inputs, rank, offset);
        const slopes = (step: number) =>
          slopesAt(
            (t) => {
              const values = level.value(inputs.with(input, point[input]!.with(offset, x + t)));
              return group.map(({ number }) => values[number!]!);
            },
            { step: step * Math.max(1, Math.abs(x)), tolerance: this.#tolerance },
          );
        const wide = slopes(0.0113);
        // A function that oscillates fast can deceive wide steps: what disagrees is looked at more closely.
        let close: ReturnType<typeof slopes> | undefined;
        group.forEach(({ output, by, number }, i) => {
          const byMode = { reverse: gradients[i]![column]!, forward: tangents[number!]! };
          let deviation = this.#deviation(byMode, wide[i]);
          if (deviation && deviation.error > 1) {
            close ??= slopes(0.0000113);
            const second = this.#deviation(byMode, close[i]);
            if (second && second.error < deviation.error) deviation = second;
          }
          if (!deviation) {
            tally.skipped++;
            return;
          }
          const { name, shape } = this.#f.graph.inputs[input]!;
          tally.add({
            derivative: derivativeName(output!, [...by, elementName(name, shape, offset)]),
            order: level.order,
            input: name,
            element: unravel(offset, shape),
            at: nameValues(this.#f.graph, point),
            ...deviation,
          });
        });
      }
    }
  }

  /** How far off the mode is that is further off; `undefined` where differences can't tell. */
  #deviation(
    byMode: { readonly reverse: number; readonly forward: number },
    slope: Slope | undefined,
  ): Pick<Deviation, "expected" | "found" | "mode" | "error"> | undefined {
    if (slope === undefined || slope.error > this.#allowed(slope.value)) return undefined;
    const errorOf = (found: number) => {
      const error = Math.abs(found - slope.value) / this.#allowed(slope.value);
      return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    };
    const [reverse, forward] = [errorOf(byMode.reverse), errorOf(byMode.forward)];
    // Where both are wrong, they are alike but for rounding.
    const mode = forward > 1 && !(reverse > 1) ? "forward" : "reverse";
    return {
      expected: slope.value,
      found: byMode[mode],
      mode,
      error: mode === "forward" ? forward : reverse,
    };
  }

  #allowed(derivative: number): number {
    return this.#tolerance * Math.max(1, Math.abs(derivative));
  }

  report(tally: Tally, points: number): GradientReport {
    const { compared, skipped, wrong, worst } = tally;
    const enough = compared > 0 && skipped <= this.#maxSkipped * (compared + skipped);
    const ok = wrong === 0 && enough;
    const counts = { ok, points, compared, skipped, wrong, ...(worst && { worst }) };
    const message = (ok ? describeSuccess : describeFailure)(this.#what, counts, this.#tolerance);
    return { ...counts, message };
  }
}

/** One number of a level, whose derivatives are compared: the inputs that choose it, and how it is called. */
interface Row {
  readonly choices: Values;
  /** Its place in the level. */
  readonly number?: number;
  /** The number of the level before, whose derivative it is. */
  readonly before?: Row;
  /** The number of the function's own result. */
  readonly output?: string;
  /** The elements by which that one was differentiated. */
  readonly by: readonly string[];
}

/** Rows that are derivatives of one number: a difference serves all of them. */
function groupsOf(rows: readonly Row[]): Row[][] {
  const groups = new Map<Row | undefined, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.before);
    if (group) group.push(row);
    else groups.set(row.before, [row]);
  }
  return [...groups.values()];
}

/** The places 0 … count − 1, or `limit` of them. */
function choose(count: number, limit: number, random: RandomSource): number[] {
  if (count <= limit) return Array.from({ length: count }, (_, i) => i);
  return Array.from(random.permutation(count).subarray(0, limit)).sort((a, b) => a - b);
}
