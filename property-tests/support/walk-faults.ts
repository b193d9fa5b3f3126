/**
 * Faults of the walks that differentiate graphs, as changes of their text: an expression that must occur once, and what it
 * is made into. All are planted in one program, behind a switch each.
 */
import { type Change, faultsOf, plantFaults } from "./switches.js";

const changes: Readonly<Record<string, readonly Change[]>> = {
  "derivatives/reverse.ts": [
    ["arrived[id - low] = [present, adjoint]", "arrived[id - low] = adjoint"],
    ["present.push(adjoint)", "present.length"],
    ["combine(present)", "present[0]"],
    ['op.derivative.kind === "constant"', "operands.length > 0"],
    ["scale(adjoint, partial())", "scale(unmasked(materialize(adjoint)), partial())"],
    ["derivative.discrete?.includes(i)", "false"],
    ["adjoint.mask ?? (sparse ? fullLike(value, 1) : undefined)", "adjoint.mask"],
    ["derivative.carries && one ? on(one) : undefined", "undefined"],
    ["along(adjoint.rest)", "undefined"],
    [
      "pullback(builder, [[tangent, adjoint]], placeholders)",
      "pullback(builder, [[tangent, unmasked(materialize(adjoint))]], placeholders)",
    ],
    [
      "derivative.reverse(adjoint, matters, application)",
      "derivative.reverse(unmasked(materialize(adjoint)), matters, application)",
    ],
  ],
  "derivatives/forward.ts": [
    ["scale(tangent, partial())", "scale(unmasked(materialize(tangent)), partial())"],
    ["value ?? fullLike(operands[i]!, 0)", "value ?? fullLike(operands[i]!, 1)"],
    ["derivative.carries && apply(op, tangents.map(maskLike(operands)), params)", "undefined"],
    ["tangents.some((tangent) => tangent?.rest)", "false"],
    ["tangent?.rest ?? fullLike(operands[i]!, 0)", "fullLike(operands[i]!, 0)"],
    ["everywhere ? undefined : mask", "undefined"],
    ["!tangent || derivative.discrete?.includes(i)", "!tangent"],
    ["along(tangent.mask)", "undefined"],
    ["along(tangent.rest)", "undefined"],
    [
      "derivative.forward(tangents, application)",
      "derivative.forward(tangents.map((one) => one && unmasked(materialize(one))), application)",
    ],
    ["tangent.mask ?? fullLike(operands[i]!, 1)", "fullLike(operands[i]!, 1)"],
    ["tangents.some((tangent) => tangent?.mask)", "false"],
  ],
  "derivatives/masked.ts": [
    ["mask === undefined || zeroed ? value : where(mask, value, settled(rest))", "value"],
    ["mask ? logicalAnd(mask, own) : own", "own"],
    ["zeroed && finite", "zeroed"],
    ["rest && where(own, rest, 0)", "rest"],
    ["rest && mask ? logicalOr(mask, rest) : mask", "mask"],
    ["present ? logicalAnd(present, kink.holds) : kink.holds", "kink.holds"],
    ["before ?? 0", "0"],
    ["zeroed && factor === 1", "factor === 1"],
    ["settled(left)", "0"],
    ["rests.length > 0 ? together(rests, add) : undefined", "undefined"],
    ["rest ? shadow(rest) : 0", "0"],
    ["before.some((given) => given?.broken)", "false"],
    ["before.some((given) => given?.marked)", "false"],
    ["parts.some(({ sparse }) => sparse)", "false"],
    ["taint ? multiply(times(value, factor), taint) : times(value, factor)", "times(value, factor)"],
    ["!(taint && sparse)", "true"],
    ["union(parts.map(({ mask }) => mask))", "parts[0]!.mask"],
    ["present.length < masks.length", "present.length === 0"],
    ["logicalOr(left, right)", "left"],
    ["coversAll(mask)", "true"],
    [
      "factor === -1 ? negative(value) : multiply(value, factor)",
      "multiply(value, factor === -1 ? 1 : factor)",
    ],
  ],
  "derivatives/jacobian.ts": [
    ["size === 1 ? unmasked(seed) : zeroed(seed, seed)", "unmasked(seed)"],
    ["derive(zeroed(seed, seed))", "derive(unmasked(seed))"],
    ["transposeExpr(blocks[k]!, [1, 0])", "reshapeExpr(blocks[k]!, blocks[k]!.shape.toReversed())"],
    ["unit(number)", "unit(0)"],
  ],
  "scan/legs.ts": [
    ["seen.every((one) => one === arriving || areAlike(derived(one), derived(arriving)))", "true"],
    ["start === 0 ? step : (add(step, start) as Expr)", "step"],
    ["masked ? 1 : 0", "1"],
    ["agreed(arriving, after)", "after"],
    ["add(marksOf(a), marksOf(b))", "logicalOr(marksOf(a), marksOf(b))"],
    ["masked?.rest ?? full(builder, 0, shape)", "full(builder, 0, shape)"],
    [
      "concatenate([masks, marks], masks.shape.length - 1)",
      "concatenate([masks, masks], masks.shape.length - 1)",
    ],
  ],
  "scan/forward.ts": [
    ["maskedBy(dc, arriving, unknown)", "unmasked(dc)"],
    ["areAlike(least, most) && textOf(least.after) === textOf(most.after)", "true"],
    ["zeroed(value, inputs[nextMask++]!, inputs[nextMask++]!, true)", "unmasked(value)"],
    ["zeroed(value, reshapeExpr(mask, value.shape), undefined, true)", "unmasked(value)"],
    ["history.mask && element(history.mask, i)", "undefined"],
  ],
  "scan/reverse.ts": [
    ["isNothing(state) && isNothing(known(to))", "isNothing(known(to))"],
    ["eitherOf(unknown, historyMask)", "unknown"],
    ["maskedBy(value, arriving, seen)", "unmasked(value)"],
    ["shaped(flat.rest)", "undefined"],
  ],
  "scan/totals.ts": [
    ["eitherOf(seen, own)", "own"],
    ["maskedBy(value, arriving, unknown ?? full(builder, 0, [0]))", "unmasked(value)"],
    ["marks[i]", "undefined"],
  ],
  "ops/kinks.ts": [
    ["logicalOr(moves, logicalAnd(holds, notEqual(value, value)))", "moves"],
    ["mask && rest ? logicalOr(mask, rest) : mask", "mask"],
    ["marked || holdsMarks(value)", "false"],
    ["rest ? mark(by, rest) : marks", "marks"],
    ["mask ?? fullLike(value, 1)", "mask ?? nothing"],
  ],
  "ops/runs.ts": [
    ["previous(stays, back)", "stays"],
    ["logicalOr(again, next)", "again"],
  ],
  "scan/presence.ts": [
    ["(2 - a)", "(a)"],
    ["top <= covered[i]!", "true"],
    ["top >= to || bottom <= from", "false"],
  ],
};

export const walkFaults = faultsOf(changes);

/** What is remembered of a loop's body is so for each fault apart. */
function apart(text: string): string {
  const head = "export function memo<T>(body: Graph, key: string, make: () => T): T {";
  if (!text.includes(head)) throw new Error("There is no memo.");
  return text.replace(head, () => `${head}\nkey += \` \${globalThis.plantedFault}\`;`);
}

/** From here on, imports of the walks get those with switches. */
export function plantSwitches(): void {
  plantFaults("graph", walkFaults, { "scan/body.ts": apart });
}
