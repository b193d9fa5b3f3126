/** Whether an op that was read from a text can be run: what damage does to parameters would show only then. */
import type { Op, Shape } from "../../graph/index.js";
import { type Affine, along, at, doubles, isLength, type ShapesOf, sizeOf } from "../../graph/internal.js";

/** So many elements of a node are computed to see whether its parameters fit. */
const mostTried = 1e5;

/** @throws where an op of the library doesn't make what its shape says, or code can't be made of it */
export function tryOut(op: Op, operands: readonly Shape[], params: object, result: Shape): void {
  // Whether operands fit an op that works element by element, its rule for shapes has asked already.
  if (op.scalar) return;
  const shapes = { operands, result };
  const misfit = new Error(`the operands or the parameters of the op "${op.name}" don't fit`);
  if (!namesAxes(params, shapes) || !isCode(op, shapes, params)) throw misfit;
  const elements = operands.reduce((sum, shape) => sum + sizeOf(shape), sizeOf(result));
  const work = op.work?.(shapes, params) ?? 0;
  // Some can't say how long they work, as it depends on the numbers.
  if (!(elements + (work === Infinity ? elements ** 2 : work) <= mostTried)) return;
  const zeros = operands.map((shape) => new Array<number>(sizeOf(shape)).fill(0));
  const values = Array.from(op.evaluate(doubles, zeros, shapes, params));
  if (values.length !== sizeOf(result) || !values.every((value) => typeof value === "number")) throw misfit;
}

/** Whether the axes among parameters are those of an operand or of the result, and each is named once. */
function namesAxes(params: object, { operands, result }: ShapesOf): boolean {
  const { axis, axes = axis ?? [] } = params as { readonly axes?: unknown; readonly axis?: unknown };
  const listed: readonly unknown[] = Array.isArray(axes) ? axes : [axes];
  const rank = Math.max(result.length, ...operands.map((shape) => shape.length));
  return listed.every((one) => isLength(one) && one < rank) && new Set(listed).size === listed.length;
}

/** Whether the places to which elements move can be told, of which code is made. */
function isCode({ move, accumulate, overlaps, routine }: Op, shapes: ShapesOf, params: object): boolean {
  const { operands, result } = shapes;
  overlaps?.(params);
  routine?.(shapes, params, "f64", () => undefined);
  const [operand] = operands;
  const moves =
    !move || arePlaces((index) => move(index, { operand: operand!, result }, params), result, operand!);
  return (
    moves &&
    (!accumulate ||
      operands.every((shape, i) => arePlaces((index) => accumulate(index, params, i), shape, result)))
  );
}

function arePlaces(
  move: (index: readonly Affine[]) => readonly Affine[] | undefined,
  from: Shape,
  to: Shape,
): boolean {
  const places = move(from.map((_, axis) => along(axis))) ?? to.map(() => at(0));
  const isPlace = ({ terms, offset }: Affine) => [offset, ...terms.flat()].every(Number.isSafeInteger);
  return places.length === to.length && places.every(isPlace);
}
