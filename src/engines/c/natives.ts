/** Ops whose elements C moves as the interpreter does, so that they are the same bits: boxes, sliding windows. */
import type { Node, Shape } from "../../../graph/index.js";
import type { AssembleParams } from "../../../graph/internal.js";
import { sizeOf } from "../../../graph/internal.js";
import { libraryName } from "../lowering/lower.js";
import type { Sliding } from "../lowering/windows.js";
import type { CDialect } from "./dialect.js";
import { type CValue, placeText } from "./values.js";

/** The place in the whole of one in the windows. */
function inWhole(
  places: readonly string[],
  { axis, windows, strides, dilations }: Sliding,
): readonly string[] {
  const rank = windows.length;
  const moved = windows.map((_, i) => {
    const text = placeText([places[axis + i]!, places[axis + rank + i]!], [strides[i]!, dilations[i]!]);
    return /^\w+$/.test(text) ? text : `(${text})`;
  });
  return [...places.slice(0, axis), ...moved, ...places.slice(axis + 2 * rank)];
}

type Native = (dialect: CDialect, operand: CValue, params: never, shape: Shape) => CValue;

const natives: Readonly<Record<string, Native>> = {
  assemble: (dialect, x, { parts: [part] }: AssembleParams, shape) =>
    dialect.spread(x, shape, part!.starts, part!.steps),
  windows: (dialect, x, sliding: Sliding, shape) =>
    dialect.seen(dialect.plain(x), shape, (places) => inWhole(places, sliding)),
  addWindows: (dialect, x, sliding: Sliding, shape) => {
    const whole = dialect.zeros(shape);
    dialect.add(whole, x, (places) => inWhole(places, sliding));
    return whole;
  },
};

export function hasNative({ op, operands, shape }: Node, shapes: readonly Shape[]): boolean {
  const isEmpty = [...shapes, shape].some((one) => sizeOf(one) === 0);
  // Of several boxes one may lie on another.
  return Object.hasOwn(natives, libraryName(op)) && operands.length === 1 && !isEmpty;
}

export function nativeOf(
  dialect: CDialect,
  node: Node,
  shapes: readonly Shape[],
): ((given: readonly CValue[]) => CValue) | undefined {
  if (!hasNative(node, shapes)) return undefined;
  return ([x]) => natives[node.op.name]!(dialect, x!, node.params as never, node.shape);
}
