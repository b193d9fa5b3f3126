/** Values that one pass of a loop hands to the next. */
import type { Affine } from "../../affine.js";
import { elementKey } from "./access.js";
import type { Binding, ElementWriter } from "./element-writer.js";

/** A value that a pass of a loop takes over from the pass before: there it stood at `current`, here at `previous`. */
export interface Carried {
  readonly id: number;
  readonly previous: readonly Affine[];
  readonly current: readonly Affine[];
}

/**
 * Values that a pass of the innermost loop needs both here and one place back: they are carried over from the pass
 * before instead of being computed again.
 */
export function findCarried(
  elements: ElementWriter,
  axis: number,
  binding: Binding,
  emitBody: () => void,
): Carried[] {
  elements.bindings.set(axis, binding);
  const asked = elements.tryOut(() => {
    elements.open();
    emitBody();
    elements.scopes.pop();
  });
  const keys = new Set(asked.map(({ id, index }) => elementKey(id, index)));
  const carried = new Map<string, Carried>();
  for (const { id, index, within } of asked) {
    const current = shifted(index, axis);
    if (!current || !keys.has(elementKey(id, current))) continue;
    // What is only needed for a value that is carried itself needn't be carried.
    if (within.some((outer) => carried.has(outer))) continue;
    carried.set(elementKey(id, index), { id, previous: index, current });
  }
  return [...carried.values()];
}

/** The place one further along a loop axis, if just one axis of the node moves with the loop. */
function shifted(index: readonly Affine[], axis: number): readonly Affine[] | undefined {
  let moving = 0;
  const result = index.map((place) => {
    const factor = place.terms.find(([own]) => own === axis)?.[1];
    if (factor === undefined) return place;
    moving++;
    return { terms: place.terms, offset: place.offset + factor };
  });
  return moving === 1 ? result : undefined;
}
