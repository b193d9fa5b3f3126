/**
 * `npm run bench:engines [-- --only RE --export FOLDER --python PATH --wheels FOLDER]`: training steps of an MLP, a convolution and an
 * LSTM by Adam, by Adjoint's kernels and by XLA on the same machine's cores, in f64 and f32. `--export` only writes the models
 * with their losses and the script that times them: what `bench/gpu.sh` takes to a machine with an accelerator.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ExportProgram } from "../property-tests/support/exported-programs.js";
import { exportJax } from "../src/engines/index.js";
import { npz } from "../src/engines/jax/npz.js";
import { writeFolder } from "../src/files/index.js";
import { adam, minimize } from "../src/index.js";
import { benchModels } from "./bench-engines/models.js";
import { environment } from "./test-export/environment.js";
import { succeed } from "./test-export/support.js";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    export: { type: "string" },
    python: { type: "string" },
    wheels: { type: "string" },
  },
});

const rule = () => adam({ learningRate: 0.01 });
const steps = 20;
const [rounds, seconds] = [3, 0.4];
const script = fileURLToPath(new URL("bench-engines/steps.py", import.meta.url));

type Precision = "f64" | "f32";

function trained({ objective, start, data }: ExportProgram, dtype: Precision, count: number) {
  const given = { steps: count, data: data as never, tolerance: 0, dtype, trajectory: count === steps };
  return minimize(objective, start as never, rule(), given as never);
}

/** Seconds a step: the median of a few rounds, each of many steps. */
function timed(program: ExportProgram, dtype: Precision): number {
  const time = (count: number) => {
    const before = performance.now();
    trained(program, dtype, count);
    return (performance.now() - before) / 1000;
  };
  let count = 5;
  let took = time(count);
  while (took < seconds) {
    count = Math.ceil(count * Math.max(2, Math.min(20, (1.2 * seconds) / took)));
    took = time(count);
  }
  const times = [took, ...Array.from({ length: rounds - 1 }, () => time(count))];
  return times.sort((a, b) => a - b)[rounds >> 1]! / count;
}

/** A model's folder, with the losses of Adjoint's own steps and, where it's timed, the seconds of one. */
function write(
  folder: string,
  name: string,
  program: ExportProgram,
  dtype: Precision,
  isTimed: boolean,
): void {
  const { objective, start, data } = program;
  mkdirSync(folder, { recursive: true });
  writeFolder(folder, exportJax({ objective, start, optimizer: rule() }, { dtype }), { force: true });
  const arrays = Object.entries(data).map(
    ([key, { data: values, shape }]) => [key, { values, shape }] as const,
  );
  writeFileSync(join(folder, "data.npz"), npz(arrays));
  const losses = [...trained(program, dtype, steps).trajectory.values];
  const step = isTimed ? timed(program, dtype) : undefined;
  writeFileSync(join(folder, "expected.json"), JSON.stringify({ name: `${name} ${dtype}`, losses, step }));
}

const chosen = benchModels.filter(({ name }) => new RegExp(options.only).test(name));

function writeAll(folder: string, isTimed: boolean): void {
  let number = 0;
  for (const dtype of ["f64", "f32"] as const)
    for (const { name, make } of chosen) {
      const own = `${String(number++).padStart(2, "0")}-${name.replaceAll(/\W/g, "-")}-${dtype}`;
      write(join(folder, own), name, make(), dtype, isTimed);
    }
}

interface Found {
  readonly name: string;
  readonly compiling: number;
  readonly step: number;
  readonly worst: number;
  readonly here: number;
}

const milliseconds = (value: number) => (1000 * value).toFixed(3).padStart(10);

async function compare(): Promise<void> {
  const { python, about } = await environment({
    python: options.python ?? process.env.EXPORT_PYTHON,
    wheels: options.wheels ?? process.env.EXPORT_WHEELS,
  });
  const folder = mkdtempSync(join(tmpdir(), "adjoint-engines-"));
  try {
    console.log(`${about}; Node ${process.version}; ${cpus().length} cores of ${cpus()[0]?.model}`);
    console.log(
      `${"".padEnd(30)} ${"Adjoint ms".padStart(10)} ${"XLA ms".padStart(10)}  Adjoint/XLA  losses differ by`,
    );
    writeAll(folder, true);
    const line = (text: string) => {
      const { name, step, worst, here } = JSON.parse(text) as Found;
      const ratio = (here / step).toFixed(2).padStart(11);
      console.log(
        `${name.padEnd(30)} ${milliseconds(here)} ${milliseconds(step)}  ${ratio}  ${worst.toExponential(1)}`,
      );
    };
    await succeed(python, [script, folder, "--json"], { line });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (options.export === undefined) await compare();
else {
  mkdirSync(options.export, { recursive: true });
  writeAll(options.export, false);
  copyFileSync(script, join(options.export, "steps.py"));
}
