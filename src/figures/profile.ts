/** The performance profile of solvers over problems: a picture and a page. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe, isRecord, reading, readList } from "../../graph/internal.js";
import { chartFigure } from "./chart-figure.js";
import { type RunColors, readRunColors } from "./colors.js";
import type { Figure } from "./figure.js";
import { checkText, readLook, readSize, type SizeOptions, sizeOptions } from "./options.js";
import type { ProfileRun, ProfileSpec } from "./profile-chart.js";
import { runStyle } from "./style.js";

/**
 * Options of `profileFigure`.
 * @example const options: ProfileOptions = { costs: { lbfgs: [12, 30], newton: [10, null] } };
 */
export interface ProfileOptions extends SizeOptions {
  /**
   * What each solver took, by its name: a number above 0 for each problem, all lists in the same order of problems; null, NaN or
   * ∞ where it didn't solve the problem.
   */
  readonly costs: Readonly<Record<string, ArrayLike<number | null>>>;
  /** What the costs are of, as in "gradients"; default "cost". */
  readonly costLabel?: string;
  /** Text above the figure; default: none. */
  readonly title?: string;
  /** Colours by the solvers' names or in order; default: eight, of which the colour-blind tell six apart. */
  readonly runColors?: RunColors;
}

const profileOptions = ["costs", "costLabel", "title", "runColors", ...sizeOptions];

/**
 * Draws the performance profile of solvers (Dolan and Moré, "Benchmarking optimization software with performance profiles",
 * Mathematical Programming 91, 2002): of each solver s the part of the problems p that it solves with at most τ times the
 * least cost of all,
 *
 *     ρₛ(τ) = |{ p : cost(p, s) ≤ τ · minᵣ cost(p, r) }| / |{ p }|.
 *
 * At τ = 1 it tells how often a solver is the best one, on the right how many problems it solves at all. A problem that none
 * solves counts for none.
 *
 * @example
 * const costs = { lbfgs: [12, 40, 33], nelderMead: [90, null, 30] };
 * await profileFigure({ costs, costLabel: "evaluations" }).save("profile.png");
 *
 * @returns a figure with the formats png, svg, pdf (760×440 by default) and html, where a step tells solver, τ and part to the pointer
 * @throws AdjointError where there is no solver or no problem, lists differ in length, a cost isn't above 0, or an option isn't
 *   known or can't be used
 */
export function profileFigure(options: ProfileOptions): Figure {
  const what = "profileFigure";
  const own = checkOptions(what, options, profileOptions);
  const spec = profileSpec(own);
  return chartFigure({
    what,
    charts: [{ kind: "profile", spec }],
    size: readSize(what, own, { width: 760, height: 440 }),
    look: readLook(what, own),
    description: spec.title ?? `Performance profile: ${spec.runs.map(({ name }) => name).join(", ")}`,
  });
}

/** What `profileChart` draws of the options of `profileFigure`. */
export function profileSpec(options: ProfileOptions): ProfileSpec {
  const what = "profileFigure";
  const own = checkOptions(what, options, profileOptions);
  const { costs, costLabel = "cost", title, runColors } = own;
  const { theme } = readLook(what, own);
  checkText(what, "title", title);
  checkText(what, "costLabel", costLabel);
  const entries = readCosts(what, costs);
  const problems = entries[0]![1].length;
  const least = Array.from({ length: problems }, (_, p) => Math.min(...entries.map(([, list]) => list[p]!)));
  const names = entries.map(([name]) => name);
  const colors = readRunColors(`${what}: runColors`, runColors, names, undefined, "solvers");
  const runs = entries.map(([name, list], i): ProfileRun => {
    const ratios = list
      .map((cost, p) => cost / least[p]!)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const steps = ratios.filter((ratio, k) => ratio !== ratios[k + 1]);
    const parts = steps.map((ratio) => (ratios.lastIndexOf(ratio) + 1) / problems);
    // The curve begins at τ = 1, whoever is the best there.
    if (steps[0] !== 1) {
      steps.unshift(1);
      parts.unshift(0);
    }
    return { name, ...runStyle(i), color: colors[i]!, status: "", ratios: steps, parts };
  });
  const last = Math.max(...runs.map(({ ratios }) => ratios.at(-1)!));
  return {
    ...(theme !== undefined && { theme }),
    ...(title !== undefined && { title }),
    ...{ costLabel, problems, last: last > 1 ? last * 1.1 : 2, runs },
  };
}

/** The costs by name, ∞ where a solver failed. */
function readCosts(what: string, costs: unknown): [string, number[]][] {
  const entries = isRecord(costs) ? Object.entries(reading(`${what}: costs`, () => ({ ...costs }))) : [];
  if (entries.length === 0) {
    const found = isRecord(costs) ? "empty" : describe(costs);
    throw new AdjointError(
      `${what}: costs is ${found}; pass a list of costs for each solver, such as { lbfgs: [12, 40] }.`,
    );
  }
  const read = entries.map(([name, list]): [string, number[]] => [
    name,
    readList(list, `${what}: costs.${name}`, (cost, p) => {
      if (cost === null || Number.isNaN(cost)) return Number.POSITIVE_INFINITY;
      if (typeof cost === "number" && cost > 0) return cost;
      throw new AdjointError(
        `${what}: costs.${name}[${p}] must be a number above 0, or null where it wasn't solved, not ${describe(cost)}.`,
      );
    }),
  ]);
  const [first, list] = read[0]!;
  const other = read.find(([, costs]) => costs.length !== list.length);
  if (other) {
    throw new AdjointError(
      `${what}: costs.${other[0]} is of ${other[1].length} problems, costs.${first} of ${list.length}; pass a cost for each problem, null where it wasn't solved.`,
    );
  }
  if (list.length === 0)
    throw new AdjointError(`${what}: costs.${first} is empty; pass the cost of one problem at least.`);
  return read;
}
