/** Steps on expressions: the rule applied to every parameter of a map, its names and shapes checked. */
import { AdjointError, Expr, type Operand, type Shape } from "../graph/index.js";
import { describe, formatShape, full, lift, sameShape } from "../graph/internal.js";
import { bySlot, checkNames, checkSlots, fromNames, namesOf, place } from "./maps.js";
import type { Exprs, Rule, Slot } from "./optimizer.js";

/** A definition without its types. */
export interface Plain {
  readonly name: string;
  readonly slots: readonly (readonly [name: string, slot: Slot])[];
  readonly rule: Rule;
}

/** What may be given for expressions: constants too. */
export type Operands = Readonly<Record<string, Operand>>;

export function update(
  optimizer: Plain,
  parameters: Exprs,
  gradients: Operands,
  slots: Readonly<Record<string, Operands>>,
  step: Expr | number,
): { parameters: Exprs; slots: Readonly<Record<string, Exprs>> } {
  const names = namesOf(optimizer, parameters);
  checkNames(optimizer, gradients, names, "gradients");
  checkSlots(optimizer, slots, names, "slots");
  const results = fromNames(names, (name) => {
    const parameter = expressionAt(optimizer, parameters, name);
    const { builder, shape } = parameter;
    const read = (map: Operands, what: string, wanted: Shape): Expr => {
      const where = place(optimizer, what, name);
      const expr = lift(builder, map[name]!, where);
      if (sameShape(expr.shape, wanted)) return expr;
      throw new AdjointError(
        `${where}: expected shape ${formatShape(wanted)}, got ${formatShape(expr.shape)}.`,
      );
    };
    return applyRule(
      optimizer,
      parameter,
      read(gradients, "gradients", shape),
      bySlot(optimizer, (slot, { scalar }) => read(slots[slot]!, `slots.${slot}`, scalar ? [] : shape)),
      lift(builder, step, `${optimizer.name}: step`),
    );
  });
  return {
    parameters: fromNames(names, (name) => results[name]!.parameter),
    slots: bySlot(optimizer, (slot) => fromNames(names, (name) => results[name]!.slots[slot]!)),
  };
}

export function initialSlots(optimizer: Plain, parameters: Exprs): Readonly<Record<string, Exprs>> {
  const names = namesOf(optimizer, parameters);
  return bySlot(optimizer, (_, { initial, scalar }) =>
    fromNames(names, (name) => {
      const { builder, shape } = expressionAt(optimizer, parameters, name);
      return full(builder, initial, scalar ? [] : shape);
    }),
  );
}

/** The rule for one parameter, with what it gives checked: a user's own may be wrong. */
export function applyRule(
  optimizer: Plain,
  parameter: Expr,
  gradient: Expr,
  slots: Exprs,
  step: Expr,
): { parameter: Expr; slots: Exprs } {
  const result = optimizer.rule(parameter, gradient, slots, step);
  const check = (given: unknown, what: string, wanted: Shape): Expr => {
    if (given instanceof Expr && sameShape(given.shape, wanted)) return given;
    const found = given instanceof Expr ? `one of shape ${formatShape(given.shape)}` : describe(given);
    throw new AdjointError(
      `${optimizer.name}: the rule must give ${what} as an expression of shape ${formatShape(wanted)}, not ${found}.`,
    );
  };
  return {
    parameter: check(result.parameter, "the parameter", parameter.shape),
    slots: bySlot(optimizer, (slot) => check(result.slots[slot], `the slot "${slot}"`, slots[slot]!.shape)),
  };
}

function expressionAt(optimizer: Plain, parameters: Exprs, name: string): Expr {
  const parameter: unknown = parameters[name];
  if (parameter instanceof Expr) return parameter;
  throw new AdjointError(
    `${place(optimizer, "parameters", name)}: expected an expression, got ${describe(parameter)}; update works ` +
      "on expressions inside a trace, step on numbers.",
  );
}
