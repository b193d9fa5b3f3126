/**
 * Forward mode, Graph → Graph: one walk from the inputs to the results, by the same derivative definitions that reverse
 * mode transposes.
 */
import { fullLike } from "../elementwise.js";
import { ancestors } from "../interpret.js";
import { apply, type Builder, type Expr } from "../node.js";
import type { Application } from "../op.js";
import { placeholder } from "../placeholder.js";
import {
  combine,
  following,
  isEverywhere,
  type Masked,
  materialize,
  scale,
  unmasked,
  zeroed,
} from "./masked.js";
import { dependents } from "./reverse.js";

/** The tangents of `results`, given those of inputs. All belong to `builder`, whose nodes are extended. */
export function pushforward(
  builder: Builder,
  inputs: readonly (readonly [input: Expr, tangent: Masked])[],
  results: readonly Expr[],
): (Masked | undefined)[] {
  const low = inputs.reduce((least, [{ id }]) => Math.min(least, id), builder.nodes.length);
  const high = results.reduce((most, { id }) => Math.max(most, id), -1);
  const leaves = inputs.map(([input]) => input);
  const active = dependents(builder.nodes, leaves, low, high);
  const needed = ancestors(
    builder,
    results.map(({ id }) => id),
    low,
  );
  // By node, from `low` on.
  const tangents = new Array<Masked | undefined>(Math.max(0, high - low + 1)).fill(undefined);
  const given = new Map(inputs.map(([{ id }, tangent]) => [id, tangent]));
  for (let id = low; id <= high; id++) {
    if (!needed[id - low] || !active[id - low]) continue;
    builder.origin = builder.nodes[id]!.origin;
    const before = builder.nodes[id]!.operands.map((operand) => tangents[operand - low]);
    tangents[id - low] = given.get(id) ?? following(push(builder, id, before), before);
  }
  builder.origin = undefined;
  return results.map(({ id }) => tangents[id - low]);
}

/** The tangent of a node by those of its operands; `undefined` where all are absent. */
function push(builder: Builder, id: number, tangents: readonly (Masked | undefined)[]): Masked | undefined {
  const { op, operands: ids, params } = builder.nodes[id]!;
  const operands = ids.map((operand) => builder.expr(operand));
  const application: Application = { operands, params, result: builder.expr(id) };
  if (tangents.every((tangent) => tangent === undefined)) return undefined;
  const values = () => tangents.map((tangent) => tangent && materialize(tangent));
  const { derivative } = op;
  switch (derivative.kind) {
    case "partials": {
      const partials = derivative.partials(application);
      const terms = tangents.flatMap((tangent, i) => {
        const partial = partials[i];
        return tangent && partial ? [scale(tangent, partial())] : [];
      });
      return terms.length > 1 ? combine(terms) : terms[0];
    }
    case "transpose": {
      if (derivative.linear === "jointly") {
        const filled = values().map((value, i) => value ?? fullLike(operands[i]!, 0));
        const mask = derivative.carries && apply(op, tangents.map(maskLike(operands)), params);
        const everywhere = !mask || isEverywhere(mask);
        const rests = tangents.map((tangent, i) => tangent?.rest ?? fullLike(operands[i]!, 0));
        const rest = tangents.some((tangent) => tangent?.rest) ? apply(op, rests, params) : undefined;
        return zeroed(apply(op, filled, params), everywhere ? undefined : mask, rest);
      }
      const terms = tangents.flatMap((tangent, i): Masked[] => {
        if (!tangent || derivative.discrete?.includes(i)) return [];
        const on = (value: Expr) => apply(op, operands.with(i, value), params);
        const along = (one: Expr | undefined) => (derivative.carries && one ? on(one) : undefined);
        return [zeroed(on(materialize(tangent)), along(tangent.mask), along(tangent.rest))];
      });
      return terms.length > 1 ? combine(terms) : terms[0];
    }
    case "tangent":
      // Where there may be none, the rule for placeholders is gone through in its turn, so that there is none in the result.
      return tangents.some((tangent) => tangent?.mask)
        ? pushThrough(builder, tangents, (marked) => derivative.tangent(marked, application))
        : unmasked(derivative.tangent(values(), application));
    case "forwardReverse":
      return unmasked(derivative.forward(values(), application));
    case "masked":
      return derivative.forward(tangents, application);
    case "constant":
      return undefined;
    default:
      throw new Error(`No rule for the derivative of ${op.name}: ${derivative satisfies never}`);
  }
}

function pushThrough(
  builder: Builder,
  tangents: readonly (Masked | undefined)[],
  rule: (tangents: readonly (Expr | undefined)[]) => Expr,
): Masked | undefined {
  const standing = tangents.map((tangent) => tangent && placeholder(builder, tangent.value.shape));
  const inputs = standing.flatMap((one, i): [Expr, Masked][] => (one ? [[one, tangents[i]!]] : []));
  return pushforward(builder, inputs, [rule(standing)])[0];
}

/** Where tangents are present, as expressions in the operands' shapes. */
function maskLike(operands: readonly Expr[]) {
  return (tangent: Masked | undefined, i: number): Expr =>
    tangent ? (tangent.mask ?? fullLike(operands[i]!, 1)) : fullLike(operands[i]!, 0);
}
