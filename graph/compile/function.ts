let serial = 0;

/**
 * A function of generated text, or `undefined` where a content-security policy forbids it. A number of its own keeps the
 * engine from sharing code and type feedback between kernels that happen to have the same text.
 */
export function makeFunction(
  names: readonly string[],
  text: string,
): ((...values: unknown[]) => unknown) | undefined {
  try {
    return new Function(...names, `"use strict"; // kernel ${++serial}\n${text}`) as () => unknown;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
