/** What graphs hold, as text: the same objective, traced twice, is told to be the same by it. */
import type { Graph } from "./graph.js";

const serials = new WeakMap<object, number>();
let lastSerial = 0;

/** A number of its own for each object. */
export function serialOf(one: object): number {
  const serial = serials.get(one) ?? ++lastSerial;
  serials.set(one, serial);
  return serial;
}

/**
 * The same text for graphs of the same content: of records and lists what they hold, of numbers their bits, of ops,
 * functions and all else who they are. `undefined` where there is none, since parameters hold themselves.
 */
export function contentOf(graph: Graph): string | undefined {
  try {
    return JSON.stringify(graph, (key, one: unknown) => {
      if (typeof one === "number") return Object.is(one, -0) ? "-0" : String(one);
      // A text is no number, and an array of doubles no list.
      if (typeof one === "string") return `'${one}`;
      if (ArrayBuffer.isView(one)) return [one.constructor.name, ...(one as Float64Array)];
      const isObject = typeof one === "object" && one !== null && !Array.isArray(one);
      if (typeof one !== "function" && !isObject) return one;
      return key === "op" || Object.getPrototypeOf(one) !== Object.prototype ? `#${serialOf(one)}` : one;
    });
  } catch {
    return undefined;
  }
}
