/** Builders as all of the library makes them: their expressions can be taken apart. */
import { Builder } from "./node.js";
import { element } from "./ops/boxes.js";

/** `capacity`: how many nodes are expected; more can come. */
export function makeBuilder(capacity = 0): Builder {
  return new Builder(element, capacity);
}
