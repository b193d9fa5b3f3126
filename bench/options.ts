/** The command line of the benchmark. */
import { parseArgs } from "node:util";
import { workloads } from "./registry.js";
import { type Settings, type Subject, subjects, type Workload } from "./workload.js";

export const usage = `npm run bench -- [options]

  --only a,b       these workloads, or those whose names start so: ${workloads.map(({ name }) => name).join(", ")}
  --subjects a,b   these subjects: ${subjects.join(", ")}
  --processes n    processes for each workload and subject; the median of them counts (3, with --quick 1)
  --quick          shorter rounds, one process
  --document       put the table into docs/speed.md
  --check          fail where Adjoint misses a bound
  --help           this text`;

export interface Options {
  readonly workloads: readonly Workload[];
  readonly subjects: readonly Subject[];
  readonly processes: number;
  readonly settings: Settings;
  readonly quick: boolean;
  readonly check: boolean;
  readonly document: boolean;
  readonly help: boolean;
}

/** What `--quick` takes. */
export const quickSettings: Settings = { round: 10, budget: 300 };

/** @throws with a sentence for the user where an option or a name is unknown */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      subjects: { type: "string" },
      processes: { type: "string" },
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      document: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { only, subjects: named, quick, check, document, help } = values;
  if (document && (only !== undefined || named !== undefined)) {
    throw new Error("--document takes a whole run: leave out --only and --subjects.");
  }
  const processes = Number(values.processes ?? (quick ? 1 : 3));
  if (!(Number.isInteger(processes) && processes >= 1)) {
    throw new Error(`--processes is a whole number from 1 on, not ${values.processes}.`);
  }
  return {
    workloads: pick(only, workloads, ({ name }) => name, "--only", "workload", true),
    subjects: pick(named, subjects, (name) => name, "--subjects", "subject", false),
    processes,
    settings: quick ? quickSettings : { round: 20, budget: 800 },
    quick,
    check,
    document,
    help,
  };
}

/** The items of a comma-separated list of names, in their own order; all of them where there is no list. */
function pick<T>(
  list: string | undefined,
  all: readonly T[],
  nameOf: (item: T) => string,
  option: string,
  kind: string,
  prefixes: boolean,
): readonly T[] {
  if (list === undefined) return all;
  const picked = new Set<T>();
  for (const wanted of list.split(",").map((name) => name.trim())) {
    const exact = all.filter((item) => nameOf(item) === wanted);
    const found =
      exact.length > 0 || !prefixes || wanted === ""
        ? exact
        : all.filter((item) => nameOf(item).startsWith(wanted));
    if (found.length === 0) {
      throw new Error(`${option}: there is no ${kind} "${wanted}"; there are ${all.map(nameOf).join(", ")}.`);
    }
    for (const item of found) picked.add(item);
  }
  return all.filter((item) => picked.has(item));
}
