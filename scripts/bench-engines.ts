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

const rule = () => adam({ learningRate: 1e-3 });
const steps = 20;
const [rounds, seconds] = [5, 0.2];
const script = fileURLToPath(new URL("bench-engines/steps.py", import.meta.url));

type Precision = "f64" | "f32";

function trained({ objective, start, data }: ExportProgram, dtype: Precision, count: number) {
  const given = { steps: count, data: data as never, tolerance: 0, dtype, trajectory: count === steps };
  return minimize(objective, start as never, rule(), given as never);
}

/** Seconds a step: the fastest of a few rounds, each of many steps. */
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
  return Math.min(...times) / count;
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

const chosen = (["f64", "f32"] as const).flatMap((dtype) =>
  benchModels.filter(({ name }) => new RegExp(options.only).test(name)).map((model) => ({ ...model, dtype })),
);

interface Found {
  readonly name: string;
  readonly compiling: number;
  readonly step: number;
  readonly worst: number;
  readonly here: number;
}

const milliseconds = (value: number) => (1000 * value).toFixed(3).padStart(10);

/** Each model here and there, one right after the other, so that a ratio is of one moment. */
async function compare(): Promise<void> {
  const { python, about } = await environment({
    python: options.python ?? process.env.EXPORT_PYTHON,
    wheels: options.wheels ?? process.env.EXPORT_WHEELS,
  });
  console.log(`${about}; Node ${process.version}; ${cpus().length} cores of ${cpus()[0]?.model}`);
  console.log(`${"".padEnd(24)} Adjoint ms     XLA ms  Adjoint/XLA  compiled in s  losses differ by`);
  for (const { name, make, dtype } of chosen) {
    const folder = mkdtempSync(join(tmpdir(), "adjoint-engines-"));
    try {
      write(join(folder, "model"), name, make(), dtype, true);
      const { out } = await succeed(python, [script, folder, "--json"], { env: { OMP_NUM_THREADS: "" } });
      const { step, worst, here, compiling, name: own } = JSON.parse(out) as Found;
      const ratio = (here / step).toFixed(2).padStart(11);
      const rest = `${compiling.toFixed(2).padStart(13)}  ${worst.toExponential(1)}`;
      console.log(`${own.padEnd(24)} ${milliseconds(here)} ${milliseconds(step)}  ${ratio}  ${rest}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

if (options.export === undefined) await compare();
else {
  for (const [number, { name, make, dtype }] of chosen.entries()) {
    const own = `${String(number).padStart(2, "0")}-${name.replaceAll(/\W/g, "-")}-${dtype}`;
    write(join(options.export, own), name, make(), dtype, false);
  }
  copyFileSync(script, join(options.export, "steps.py"));
}
