/** Optimizers and schedules of equal options are the same object, and so is what is compiled of them. */
import { Expr } from "../graph/index.js";
import { lru } from "../graph/internal.js";

/** What was made of so many different options is kept. */
const keep = lru<string, object>(512);

/** All that was made here, which options may hold, with what it was made of. */
const contents = new WeakMap<object, string>();

/**
 * What `make` makes, or what it made before of equal options: numbers, flags, lists, and what comes from here. With others
 * among them, such as expressions and functions of the user's, it is made anew.
 */
export function intern<T extends object>(owner: string, options: object, make: () => T): T {
  let content = owner;
  for (const one of Object.values(options)) {
    const own = contents.get(one);
    if (own === undefined && (typeof one === "function" || one instanceof Expr)) return make();
    content += ` (${own ?? (Object.is(one, -0) ? "-0" : one)})`;
  }
  return keep(content, () => {
    const made = Object.freeze(make());
    contents.set(made, content);
    return made;
  }) as T;
}
