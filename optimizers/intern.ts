/** Optimizers and schedules of equal options are the same object, and so is what is compiled of them. */
import { lru } from "../graph/internal.js";

/** What was made of so many different options is kept. */
const keep = lru<string, object>(512);

/** All that was made here, which options may hold, with what it was made of. */
const contents = new WeakMap<object, string>();

/**
 * What `make` makes, or what it made before of equal options: numbers, texts, flags, lists, and what comes from here. With
 * others among them, such as expressions and functions of the user's, it is made anew.
 */
export function intern<T extends object>(owner: string, options: object, make: () => T): T {
  const content = contentOf(Object.values(options));
  if (content === undefined) return make();
  return keep(owner + content, () => {
    const made = Object.freeze(make());
    contents.set(made, owner + content);
    return made;
  }) as T;
}

function contentOf(one: unknown): string | undefined {
  if (Array.isArray(one)) {
    const all = one.map(contentOf);
    return all.includes(undefined) ? undefined : `(${all})`;
  }
  if (one instanceof Object) return contents.get(one);
  return Object.is(one, -0) ? "-0" : typeof one === "string" ? JSON.stringify(one) : String(one);
}
