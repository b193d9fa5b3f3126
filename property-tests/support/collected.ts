/**
 * Stands in for uvu where tests are to be called one by one: suites register here, and nothing runs by itself.
 * `collect` makes the imports of uvu that follow come here.
 */
import { register } from "node:module";

export interface Test {
  readonly suite: string;
  readonly name: string;
  run(): void | Promise<void>;
}

/** In the order in which the suites' files were imported. */
export const tests: Test[] = [];

export function suite(name: string) {
  const add = (test: string, run: Test["run"]) => tests.push({ suite: name, name: test, run });
  return Object.assign(add, { run: () => {} });
}

/** From here on, `import … from "uvu"` finds this file. */
export function collect(): void {
  const hook = `export const resolve = (specifier, context, next) =>
    specifier === "uvu" ? { url: ${JSON.stringify(import.meta.url)}, shortCircuit: true } : next(specifier, context);`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}
