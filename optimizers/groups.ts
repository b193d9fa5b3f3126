/** Groups of parameters, each with an optimizer of its own. */
import { AdjointError, type Expr, type Shape } from "../graph/index.js";
import { describe, full, type Path, pathText } from "../graph/internal.js";
import { joinHyperparameters } from "./chain.js";
import { intern } from "./intern.js";
import { initialOf, slotShape } from "./maps.js";
import { sharedOptimizer } from "./optimizer.js";
import { isPattern, matches, type Pattern } from "./patterns.js";
import { applyTo, treeOptimizer } from "./tree.js";
import type { Landscape, NoSlots, Optimizer, Place, Slot, Update } from "./types.js";
import { checkOptimizer } from "./wrappers.js";

/**
 * An optimizer that moves nothing, for groups of parameters that are to stay.
 *
 * @example
 * const optimizer = groups(["embedding", frozen()], ["*", gradientDescent({ learningRate: 1 })]);
 * const start = { embedding: 1, W: 3 };
 * optimizer.step(start, { embedding: 1, W: 1 }, optimizer.init(start)).parameters; // { embedding: 1, W: 2 }
 */
export function frozen(): Optimizer<NoSlots> {
  return sharedOptimizer({
    name: "frozen",
    hyperparameters: {},
    slots: {},
    rule: (parameter) => ({ parameter, slots: {} }),
  });
}

/**
 * Parameters by path, and what moves them.
 * @example const group: Group = ["**.b", adam({ learningRate: 0.01 })];
 */
export type Group = readonly [pattern: Pattern, optimizer: Optimizer];

/**
 * Each parameter by the optimizer of the first group whose pattern it matches: own rules, rates and decays for subtrees or names, or
 * none (`frozen()`). One compiled step for all. A slot of a group is empty for the parameters of others.
 *
 * @param all pairs of a pattern and an optimizer: a path such as `"layers.0"` for it and all below, with `*` for a key and `**` for
 * any number of them (`"**.b"` is every `b`, `"*"` the rest), or a regular expression that paths must match
 *
 * @example
 * const optimizer = groups(
 *   ["layers.0", frozen()],
 *   ["**.b", sgd({ learningRate: 0.1 })],
 *   ["*", adamw({ learningRate: 0.001 })],
 * );
 * const start = { layers: [{ W: 1, b: 1 }, { W: 1, b: 1 }] };
 * const { parameters } = optimizer.step(start, start, optimizer.init(start));
 * parameters.layers[1]?.b; // 0.9
 *
 * optax's `partition`, torch's parameter groups.
 *
 * @throws where a parameter is in no group, or a pattern matches none
 */
export function groups(...all: readonly Group[]): Optimizer {
  const list = all.map((group, i): Group => readGroup(group, i));
  if (list.length === 0)
    throw new AdjointError('groups: there is no group; pass pairs such as ["*", adam({ … })].');
  return intern("groups", list, () => {
    const groupOf = (path: Path): number => {
      const found = list.findIndex(([pattern]) => matches(pattern, path));
      if (found >= 0) return found;
      throw new AdjointError(
        `groups: the parameter "${pathText(path)}" is in no group; end with ["*", …] for all others.`,
      );
    };
    const names = new Set(list.flatMap(([, { slots }]) => Object.keys(slots)));
    /** The slot of a name as a parameter's group has it; empty where it has none. */
    const slotAt = (name: string, path: Path): Slot => list[groupOf(path)]![1].slots[name] ?? none;
    return treeOptimizer({
      name: "groups",
      hyperparameters: joinHyperparameters(list.map(([, optimizer]) => optimizer)),
      slots: Object.fromEntries([...names].map((name) => [name, shared((path) => slotAt(name, path))])),
      treeRule(places, step, landscape) {
        const owners = places.map(({ path }) => groupOf(path));
        checkUsed(list, owners, places);
        const next: Update[] = [];
        for (const [k, [, optimizer]] of list.entries()) {
          const mine = places.flatMap((_, i) => (owners[i] === k ? [i] : []));
          if (mine.length === 0) continue;
          const own = Object.keys(optimizer.slots);
          const given = mine.map((i): Place => {
            const { slots } = places[i]!;
            return { ...places[i]!, slots: Object.fromEntries(own.map((name) => [name, slots[name]!])) };
          });
          const updates = applyTo(optimizer, given, step, within(landscape, places, mine));
          for (const [j, i] of mine.entries())
            next[i] = {
              parameter: updates[j]!.parameter,
              slots: { ...places[i]!.slots, ...updates[j]!.slots },
            };
        }
        return next;
      },
    });
  });
}

const none: Slot = { initial: 0, shape: () => [0] };

/** A slot that is another one for each path. */
function shared(slotAt: (path: Path) => Slot): Slot {
  return {
    shape: (parameter: Shape, path: Path) => slotShape(slotAt(path), parameter, path),
    initial: (shape: Shape, path: Path) => initialOf(slotAt(path), shape, path),
  };
}

function readGroup(group: unknown, place: number): Group {
  const [pattern, optimizer, ...more] = Array.isArray(group) ? (group as unknown[]) : [];
  if (!isPattern(pattern) || more.length > 0) {
    throw new AdjointError(
      `groups: group ${place} is ${describe(group)}; pass a pair of a pattern and an optimizer, such as ["*", adam({ … })].`,
    );
  }
  return [pattern, checkOptimizer(`groups: group ${place}`, optimizer)];
}

/** Throws where a pattern matches nothing: it would be a slip. One whose parameters are all in groups before it is none. */
function checkUsed(list: readonly Group[], owners: readonly number[], places: readonly Place[]): void {
  for (const [k, [pattern]] of list.entries()) {
    if (owners.includes(k) || places.some(({ path }) => matches(pattern, path))) continue;
    const paths = places.map(({ path }) => pathText(path)).join(", ");
    throw new AdjointError(`groups: ${String(pattern)} matches no parameter; the parameters are ${paths}.`);
  }
}

/** The objective in some parameters, the others staying where they are. */
function within(landscape: Landscape, places: readonly Place[], mine: readonly number[]): Landscape {
  const spread = (some: readonly Expr[], others: (place: Place) => Expr) =>
    places.map((place, i) => some[mine.indexOf(i)] ?? others(place));
  const point = (some: readonly Expr[]) => spread(some, ({ parameter }) => parameter);
  const direction = (some: readonly Expr[]) =>
    spread(some, ({ parameter }) => full(parameter.builder, 0, parameter.shape));
  const own = (all: readonly Expr[]) => mine.map((i) => all[i]!);
  return {
    value: (some) => landscape.value(point(some)),
    gradient: (some) => own(landscape.gradient(point(some))),
    hvp: (some, along) => own(landscape.hvp(point(some), direction(along))),
  };
}
