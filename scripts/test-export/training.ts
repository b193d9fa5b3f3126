/** Folders that train on JAX: exported programs, their data, and runs of `train.py`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportPrograms } from "../../property-tests/support/exported-programs.js";
import { exportJax } from "../../src/engines/index.js";
import { npz } from "../../src/engines/jax/npz.js";
import { writeFolder } from "../../src/files/index.js";
import { adam, minimize, readCsv } from "../../src/index.js";
import { relative } from "./compare.js";
import { expect, place, type Ran, type RunOptions, run, succeed } from "./support.js";

export const rule = () => adam({ learningRate: 0.01 });
export const steps = 20;

export interface Trained {
  readonly folder: string;
  /** What `minimize` finds, step by step. */
  readonly losses: readonly number[];
}

let folders = 0;

/** A program's folder with its data, and the losses that 20 steps of Adam have here. */
export function exported(name: string, dtype: "f64" | "f32" | "bf16" = "f64"): Trained {
  const { objective, start, data } = exportPrograms[name]!();
  const folder = join(place, `${name}-${folders++}`);
  mkdirSync(folder);
  writeFolder(join(folder, "model"), exportJax({ objective, start, optimizer: rule() }, { dtype }));
  const arrays = Object.entries(data).map(
    ([key, { data: values, shape }]) => [key, { values, shape }] as const,
  );
  writeFileSync(join(folder, "data.npz"), npz(arrays));
  const { trajectory } = minimize(objective, start as never, rule(), {
    steps,
    data: data as never,
    tolerance: 0,
  });
  return { folder, losses: [...trajectory.values] };
}

const script = (args: readonly string[]) => [
  "model/train.py",
  "--data",
  "data.npz",
  "--report",
  "0",
  ...args,
];

/** Trains; the process has to succeed. */
export function train(
  python: string,
  { folder }: Pick<Trained, "folder">,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return succeed(python, script(args), { ...options, cwd: folder });
}

/** Trains, whatever comes of it. */
export function tryTrain(
  python: string,
  { folder }: Pick<Trained, "folder">,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return run(python, script(args), { ...options, cwd: folder });
}

/** The losses of a log. */
export function lossesOf({ folder }: Pick<Trained, "folder">, file: string): readonly number[] {
  const { columns } = readCsv(readFileSync(join(folder, file), "utf8"));
  return [...(columns as Readonly<Record<string, ArrayLike<number> & Iterable<number>>>).loss!];
}

/** The largest relative difference of losses. @throws where it is beyond the bound, or some are missing */
export function agree(found: readonly number[], expected: readonly number[], bound: number): string {
  expect(found.length === expected.length, `${found.length} losses instead of ${expected.length}`);
  const worst = Math.max(...found.map((loss, i) => relative(expected[i]!, loss)));
  expect(worst <= bound, `losses differ by ${worst.toExponential(1)} (bound ${bound})`);
  return `losses within ${worst.toExponential(1)}`;
}
