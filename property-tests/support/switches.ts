/** Faults as changes of a program's text: all are planted in one program, behind a switch each. */
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { transformSync } from "esbuild";

/** An expression that occurs once in a file, and what it is made into. */
export interface Fault {
  /** In a folder of the sources. */
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
}

export type Change = readonly [right: string, wrong: string];

/** Changes by file as a list. */
export function faultsOf(changes: Readonly<Record<string, readonly Change[]>>): readonly Fault[] {
  return Object.entries(changes).flatMap(([file, list]) =>
    list.map(([right, wrong]) => ({ file, right, wrong })),
  );
}

declare global {
  /** The number of the fault that is on. */
  var plantedFault: number | undefined;
}

/** A file's text with all its faults, each behind its switch. */
function withFaults(file: string, text: string, faults: readonly Fault[]): string {
  let changed = text;
  faults.forEach(({ file: own, right, wrong }, number) => {
    if (own !== file) return;
    if (text.split(right).length !== 2) throw new Error(`${file}: "${right}" doesn't occur once.`);
    changed = changed.replace(
      right,
      () => `(globalThis.plantedFault === ${number} ? (${wrong}) : (${right}))`,
    );
  });
  return changed;
}

/** From here on, imports of these files of a folder get those with switches, or what `others` makes of a file's text. */
export function plantFaults(
  folder: string,
  faults: readonly Fault[],
  others: Readonly<Record<string, (text: string) => string>> = {},
): void {
  const files = new Set([...faults.map(({ file }) => file), ...Object.keys(others)]);
  const sources = Object.fromEntries(
    [...files].map((file) => {
      const url = new URL(`../../${folder}/${file}`, import.meta.url);
      const text = readFileSync(url, "utf8");
      const changed = others[file]?.(text) ?? withFaults(file, text, faults);
      return [url.href, transformSync(changed, { loader: "ts", format: "esm", target: "es2023" }).code];
    }),
  );
  const hook = `const sources = ${JSON.stringify(sources)};
    export const load = (url, context, next) => {
      const source = sources[url.split("?")[0]];
      return source ? { format: "module", source, shortCircuit: true } : next(url, context);
    };`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}
