/** What errors say of a value that a user gave: short, and safe, whatever the value is. */
import { AdjointError } from "./errors.js";
import { Expr } from "./node.js";
import { formatShape, isLength } from "./shape.js";
import { isRecord } from "./tree.js";

/** A value in a few words: `2.5`, `the text "10"`, `the list [1, 2]`, `an object (axis)`, `a Map`. */
export function describe(value: unknown): string {
  try {
    return wordsFor(value);
  } catch {
    return "something that can't be read";
  }
}

/** Said of what this library makes, where it isn't of this library's own classes: two copies or versions are installed. */
export const elsewhere = " of another copy of adjoint (npm ls adjoint)";

function wordsFor(value: unknown): string {
  const type = typeof value;
  if (type === "string") return `the text ${JSON.stringify(shortened(value as string))}`;
  if (type === "function" && Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false)
    return "a class";
  if (type === "function" || type === "bigint" || type === "symbol") return `a ${type}`;
  if (type !== "object" || value === null) return String(value);
  if (value instanceof Expr) return `an expression of shape ${formatShape(value.shape)}`;
  if ("builder" in (value as object)) return `an expression${elsewhere}`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, 5).map((one) => (Array.isArray(one) ? "[…]" : describe(one)));
    return `the list [${shown.join(", ")}${value.length > 5 ? ", …" : ""}]`;
  }
  if (isRecord(value)) return `an object (${shortened(Object.keys(value).slice(0, 3).join(", "))})`;
  const { name } = value!.constructor;
  if (!/^[A-Z]\w{0,39}$/i.test(name)) return "an object";
  const article = /^[AEIO]/i.test(name) ? "an" : "a";
  if (value instanceof Promise) return "a Promise (await it)";
  if (value instanceof Error) return `${article} ${name} (${shortened(value.message)})`;
  const { length } = value as Float64Array;
  return `${article} ${name}${isLength(length) ? ` of length ${length}` : ""}`;
}

/** Of a long text, its beginning. */
export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** Whether something is a function that can be called: no class, and nothing that throws when it is looked at. */
export function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return describe(value) === "a function";
}

/** What `read` gives. It reads a user's value, whose getters and traps may throw anything. */
export function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof AdjointError) throw cause;
    throw new AdjointError(`${what} can't be read: ${describe(cause)}.`, { cause });
  }
}
