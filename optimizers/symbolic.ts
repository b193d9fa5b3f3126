/** Steps on expressions: the rule applied to every parameter of a tree, its paths and shapes checked. */
import { AdjointError, Expr, type Operand, type Shape, type Tree } from "../graph/index.js";
import {
  constant,
  describe,
  formatShape,
  full,
  isExpr,
  isNumeric,
  liftTo,
  mapTree,
  readList,
  readTree,
  sameShape,
} from "../graph/internal.js";
import {
  bySlot,
  type Given,
  initialOf,
  joinUpdates,
  placeIn,
  readMap,
  readNamed,
  readPlaces,
  slotShape,
} from "./maps.js";
import type { ParameterExprs, Place, Problem, Rule, Slot, TreeDefinition, Update } from "./types.js";

/** A definition without its types. */
export interface Plain {
  readonly name: string;
  readonly slots: readonly (readonly [name: string, slot: Slot])[];
}

/** The next parameters and slots of all places, checked. */
export type Apply = (
  places: readonly Place[],
  step: Expr,
  problem: Problem<ParameterExprs> | undefined,
) => readonly Update[];

export function update(
  optimizer: Plain,
  apply: Apply,
  parameters: unknown,
  gradients: unknown,
  slots: unknown,
  step: Expr | number,
  problem: Problem<ParameterExprs> | undefined,
): ReturnType<typeof joinUpdates<Expr, Expr>> {
  const like = readExprs(optimizer, parameters);
  const form = { like, isLeaf: isExpr };
  const given = { parameters: like, gradients, slots };
  const places = readPlaces(optimizer, form, given, "slots", (value, shape, what, { builder }) =>
    liftTo(builder, value as Operand, shape, what),
  );
  const first = places[0];
  const updates = first
    ? apply(places, liftTo(first.parameter.builder, step, [], `${optimizer.name}: step`), problem)
    : [];
  return joinUpdates(optimizer, form, updates);
}

export function initialSlots(optimizer: Plain, parameters: unknown): Readonly<Record<string, Tree<Expr>>> {
  const exprs = readExprs(optimizer, parameters);
  return bySlot(optimizer, (_, slot) =>
    mapTree(exprs, isExpr, ({ builder, shape }, path) => {
      const own = slotShape(slot, shape, path);
      return typeof slot.initial === "number"
        ? full(builder, slot.initial, own)
        : constant(builder, initialOf(slot, own, path), own);
    }),
  );
}

/** The rule for one place. */
export function applyRule(optimizer: Plain, rule: Rule, place: Omit<Place, "path">, step: Expr): Update {
  return checkUpdate(optimizer, place, rule(place.parameter, place.gradient, place.slots, step));
}

/** A rule that may be called by hand, with anything. @throws where an argument isn't what the rule takes */
export function checkedRule(optimizer: Plain, rule: Rule): Rule {
  return (parameter, gradient, slots, step) => {
    checkPlace(optimizer, { parameter, gradient, slots });
    readRuled(optimizer, step, "the step", []);
    return rule(parameter, gradient, slots, step);
  };
}

/** As `checkedRule`, for rules of whole trees. */
export function checkedTreeRule(optimizer: Plain, rule: TreeDefinition["treeRule"]): typeof rule {
  return (places, step, landscape) => {
    const given = readList(places, `${optimizer.name}: the places of the rule`, (one) => one as Place);
    for (const place of given) checkPlace(optimizer, readMap(optimizer, place, "a place of the rule"));
    readRuled(optimizer, step, "the step", []);
    return rule(places, step, landscape);
  };
}

function checkPlace(optimizer: Plain, { parameter, gradient, slots }: Given): void {
  const { shape } = readRuled(optimizer, parameter, "the parameter");
  readRuled(optimizer, gradient, "the gradient", shape);
  const names = optimizer.slots.map(([name]) => name);
  const own = readNamed(optimizer, slots, names, "the slots of the rule");
  for (const name of names) readRuled(optimizer, own[name], `the slot "${name}"`);
}

function readRuled({ name }: Plain, given: unknown, what: string, shape?: Shape): Expr {
  if (given instanceof Expr && (!shape || sameShape(given.shape, shape))) return given;
  const wanted = shape ? ` of shape ${formatShape(shape)}` : "";
  throw new AdjointError(
    `${name}: ${what} of the rule is ${describe(given)}; pass an expression${wanted} of its trace.`,
  );
}

/** What a rule gives for a place: a user's own may be wrong. */
export function checkUpdate(
  optimizer: Plain,
  { parameter, slots }: Omit<Place, "path">,
  result: unknown,
): Update {
  const check = (given: unknown, what: string, wanted: Shape): Expr => {
    if (given instanceof Expr && sameShape(given.shape, wanted)) return given;
    throw new AdjointError(
      `${optimizer.name}: the rule must give ${what} as an expression of shape ${formatShape(wanted)}, not ${describe(given)}.`,
    );
  };
  const { parameter: next, slots: given } = readMap(optimizer, result, "what the rule gives");
  // A rule without slots needn't give any.
  const nextSlots =
    optimizer.slots.length === 0 ? {} : readMap(optimizer, given, "the slots that the rule gives");
  return {
    parameter: check(next, "the parameter", parameter.shape),
    slots: bySlot(optimizer, (slot) => check(nextSlots[slot], `the slot "${slot}"`, slots[slot]!.shape)),
  };
}

/** Whether lists hold nothing but lists; the first number tells. */
function isEmpty(list: readonly unknown[]): boolean {
  return list.every((one) => Array.isArray(one) && isEmpty(one));
}

/** Parameters that are all expressions. */
function readExprs(optimizer: Plain, parameters: unknown): Tree<Expr> {
  const place = placeIn(optimizer, "parameters");
  return readTree(
    readMap(optimizer, parameters, "parameters"),
    (one) => one instanceof Expr || (isNumeric(one) && !(Array.isArray(one) && isEmpty(one))),
    place,
    (leaf, path) => {
      if (leaf instanceof Expr) return leaf;
      throw new AdjointError(
        `${place(path)}: expected an expression, got ${describe(leaf)}; update works ` +
          "on expressions inside a trace, step on numbers.",
      );
    },
  );
}
