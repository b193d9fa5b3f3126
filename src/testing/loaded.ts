/** fast-check where it is installed. The package's CommonJS half has another such file, since it can't wait. */
export const loaded = await import("fast-check").then(
  (module) => module.default,
  () => undefined,
);
