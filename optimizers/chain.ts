/** Optimizers made of parts, one after the other: what changes gradients, one optimizer, what changes or watches parameters. */
import { AdjointError, type Expr } from "../graph/index.js";
import { describe } from "../graph/internal.js";
import { intern } from "./intern.js";
import { isOptimizer } from "./optimizer.js";
import { applyTo, treeOptimizer } from "./tree.js";
import type { BySlot, Landscape, Optimizer, Place, Slot, Slots } from "./types.js";

/**
 * A parameter on its way through a chain.
 * @example const change = ({ start, parameter }: Passing) => subtract(parameter, start);
 */
export interface Passing<S extends Slots = Slots> extends Place<S> {
  /** The parameter before the step; `parameter` is what the parts before have made of it. */
  readonly start: Expr;
}

/**
 * What a part makes of a gradient or a parameter, and the next values of its slots.
 * @example const changedOf = ({ changed }: Changed): Expr => changed;
 */
export interface Changed<S extends Slots = Slots> {
  readonly changed: Expr;
  readonly slots: BySlot<S, Expr>;
}

/**
 * A link of a chain that is no optimizer by itself, such as `clipByGlobalNorm(1)`.
 * @example const part: Part = clipByGlobalNorm(1);
 */
export interface Part<S extends Slots = Slots> {
  readonly name: string;
  readonly slots: S;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** Gradients on their way to the optimizer, or parameters before or after its step. */
  readonly changes: "gradients" | "parameters";
  apply(places: readonly Passing<S>[], step: Expr, landscape: Landscape): readonly Changed<S>[];
}

const made = new WeakSet<object>();

/** A part of a definition that is right; of equal hyperparameters it is the same object. */
export function makePart<S extends Slots>(definition: Part<S>): Part<S> {
  return intern(definition.name, definition.hyperparameters, () => {
    const part = Object.freeze(definition);
    made.add(part);
    return part;
  });
}

/** A part that changes every gradient or parameter by itself and remembers nothing. */
export function plainPart(
  definition: Pick<Part, "name" | "hyperparameters" | "changes">,
  change: (place: Passing, step: Expr) => Expr,
): Part {
  return makePart({
    ...definition,
    slots: {},
    apply: (places, step) => places.map((place) => ({ changed: change(place, step), slots: {} })),
  });
}

/**
 * An optimizer of parts, which are applied in their order in one compiled step: first those that change gradients, such as
 * `clipByGlobalNorm(1)`; one optimizer; after it those that change or watch parameters, such as `lookahead()`. Its slots are
 * those of its parts; one whose name is taken gets a number.
 *
 * @example
 * const optimizer = chain(clipByGlobalNorm(1), adamw({ learningRate: 0.1 }));
 * const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
 * minimize(f, { x: [3, 4] }, optimizer, { steps: 200 }).value < 1e-3; // true
 * Object.keys(optimizer.slots); // ["mean", "meanSquare", "beta1Power", "beta2Power"]
 *
 * optax's `chain`, whose parts change updates; here an optimizer's step is one of the parts.
 *
 * @throws where a part is none, there isn't exactly one optimizer, or a part changes gradients after it
 */
export function chain(...parts: readonly (Part | Optimizer)[]): Optimizer {
  checkParts(parts);
  return intern("chain", parts, () => {
    const { slots, links } = joinSlots(parts);
    return treeOptimizer({
      name: "chain",
      hyperparameters: joinHyperparameters(parts),
      slots,
      treeRule(places, step, landscape) {
        let passing = places.map((place): Passing => ({ ...place, start: place.parameter }));
        const next = places.map((): Record<string, Expr> => ({}));
        for (const [k, part] of parts.entries()) {
          const given = passing.map((place, i) => ({
            ...place,
            slots: takeSlots(places[i]!.slots, links[k]!),
          }));
          const results = applyPart(part, given, step, landscape);
          for (const [i, { slots }] of results.entries())
            for (const [own, outer] of links[k]!) next[i]![outer] = slots[own]!;
          passing = passing.map((place, i) => ({ ...place, ...results[i]!.change }));
        }
        return passing.map(({ parameter }, i) => ({ parameter, slots: next[i]! }));
      },
    });
  });
}

function applyPart(
  part: Part | Optimizer,
  places: readonly Passing[],
  step: Expr,
  landscape: Landscape,
): readonly { readonly change: Partial<Place>; readonly slots: BySlot<Slots, Expr> }[] {
  if (isOptimizer(part)) {
    return applyTo(part, places, step, landscape).map(({ parameter, slots }) => ({
      change: { parameter },
      slots,
    }));
  }
  const key = part.changes === "gradients" ? "gradient" : "parameter";
  return part
    .apply(places, step, landscape)
    .map(({ changed, slots }) => ({ change: { [key]: changed }, slots: slots }));
}

function checkParts(parts: readonly unknown[]): void {
  let optimizer: Optimizer | undefined;
  for (const [i, part] of parts.entries()) {
    const isPart = typeof part === "object" && part !== null && made.has(part);
    if (!isPart && !isOptimizer(part)) {
      throw new AdjointError(
        `chain: part ${i} is ${describe(part)}; pass parts such as clipByGlobalNorm(1) and one optimizer.`,
      );
    }
    if (isOptimizer(part)) {
      if (optimizer)
        throw new AdjointError(
          `chain: ${optimizer.name} and ${part.name} are both optimizers; one of them moves the parameters, or each its own by groups.`,
        );
      optimizer = part;
    } else if (optimizer && (part as Part).changes === "gradients") {
      const { name } = part as Part;
      throw new AdjointError(
        `chain: ${name} changes gradients, which ${optimizer.name} before it has used already; put it before.`,
      );
    }
  }
  if (!optimizer)
    throw new AdjointError(
      "chain: there is no optimizer among the parts; add one such as adam({ learningRate: 0.1 }).",
    );
}

/** How the slots of each part are named in the whole: pairs of names. */
export type Links = readonly (readonly [own: string, outer: string])[];

/** The slots of several as those of one: a name that is taken gets a number. */
export function joinSlots(parts: readonly { readonly slots: Slots }[]): {
  readonly slots: Slots;
  readonly links: readonly Links[];
} {
  const slots = new Map<string, Slot>();
  const links = parts.map((part) =>
    Object.entries(part.slots).map(([own, slot]) => {
      let outer = own;
      for (let i = 2; slots.has(outer); i++) outer = own + i;
      slots.set(outer, slot);
      return [own, outer] as const;
    }),
  );
  return { slots: Object.fromEntries(slots), links };
}

/** The slots of one of several, by its own names. */
export function takeSlots<T>(slots: Readonly<Record<string, T>>, links: Links): Record<string, T> {
  return Object.fromEntries(links.map(([own, outer]) => [own, slots[outer]!]));
}

/** Hyperparameters by part and name, for readers. */
export function joinHyperparameters(
  parts: readonly { readonly name: string; readonly hyperparameters: Readonly<Record<string, unknown>> }[],
): Record<string, unknown> {
  const names = parts.map(({ name }) => name);
  return Object.fromEntries(
    parts.flatMap(({ name, hyperparameters }, i) => {
      const before = names.slice(0, i).filter((other) => other === name).length;
      const title = before === 0 ? name : `${name}${before + 1}`;
      return Object.entries(hyperparameters).map(([option, value]) => [`${title}.${option}`, value]);
    }),
  );
}
