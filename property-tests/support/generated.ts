/** Counting what the compiler generates. */

/** How many functions are generated while `run` runs. */
export function generated(run: () => unknown): number {
  const { Function: Original } = globalThis;
  let count = 0;
  globalThis.Function = new Proxy(Original, {
    construct(target, args, newTarget) {
      count++;
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  try {
    run();
  } finally {
    globalThis.Function = Original;
  }
  return count;
}
