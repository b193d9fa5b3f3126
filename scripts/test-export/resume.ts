/** Runs that go on: killed ones to the same bits, and from JAX to `minimize` and back. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportPrograms, wave } from "../../property-tests/support/exported-programs.js";
import { npz } from "../../src/engines/jax/npz.js";
import { lossFigure } from "../../src/figures/index.js";
import { checkpointFile } from "../../src/files/index.js";
import { minimize, readCsv, train as trainHere } from "../../src/index.js";
import { check, expect, type Setting } from "./support.js";
import { agree, exported, lossesOf, rule, steps, type Trained, train, tryTrain } from "./training.js";

/** A fit whose data are 20 batches, gone through in another order each time. */
function inBatches(): Trained {
  const trained = exported("linearFit");
  const rows = 20 * 32;
  const arrays = [
    ["X", { values: wave(rows * 3, 1), shape: [rows, 3] }],
    ["y", { values: wave(rows, 2), shape: [rows] }],
  ] as const;
  writeFileSync(join(trained.folder, "data.npz"), npz(arrays));
  return trained;
}

const lines = (path: string) => (existsSync(path) ? readFileSync(path, "utf8").split("\n").length : 0);

async function killedAndResumed({ python }: Setting): Promise<string> {
  const trained = inBatches();
  const at = (file: string) => join(trained.folder, file);
  const total = 4000;
  const args = (name: string) => [
    ...["--steps", `${total}`, "--every", "150", "--shuffle", "7", "--report", "20"],
    ...["--checkpoint", `${name}.safetensors`, "--log", `${name}.csv`],
  ];
  await train(python, trained, args("whole"));
  let timer: NodeJS.Timeout | undefined;
  const killed = await tryTrain(python, trained, args("killed"), {
    started(child) {
      timer = setInterval(() => {
        if (lines(at("killed.csv")) > 500) child.kill("SIGKILL");
      }, 5);
    },
  });
  clearInterval(timer);
  const left = lines(at("killed.csv")) - 2;
  expect(killed.status === null && left < total, "the run ended before it could be killed");
  const { out } = await train(python, trained, [...args("killed"), "--resume"]);
  const done = /(\d+) steps done/.exec(out)?.[1];
  for (const file of ["safetensors", "csv"])
    expect(
      readFileSync(at(`whole.${file}`)).equals(readFileSync(at(`killed.${file}`))),
      `the resumed run's ${file} differs`,
    );
  return `killed at step ${left} of ${total}, the last ${done} made anew to the same bits`;
}

/** The first half there, the second here. */
async function fromThere({ python }: Setting): Promise<string> {
  const trained = exported("mlp");
  const { objective, start, data } = exportPrograms.mlp!();
  await train(python, trained, ["--steps", `${steps / 2}`, "--checkpoint", "run.safetensors"]);
  const resume = checkpointFile(join(trained.folder, "run.safetensors")).load();
  const options = { steps, data: data as never, tolerance: 0 };
  const found = minimize(objective, start as never, rule(), { ...options, resume } as never);
  const { trajectory, steps: last } = found as unknown as {
    trajectory: { values: Iterable<number> };
    steps: number;
  };
  expect(last === steps, `it ended at step ${last}`);
  const losses = [...trajectory.values];
  return agree(losses, trained.losses.slice(-losses.length), 1e-12);
}

/** The first half here, the second there. */
async function fromHere({ python }: Setting): Promise<string> {
  const trained = exported("mlp");
  const { objective, start, data } = exportPrograms.mlp!();
  const file = checkpointFile(join(trained.folder, "run.safetensors"));
  minimize(objective, start as never, rule(), {
    steps: steps / 2,
    data: data as never,
    tolerance: 0,
    checkpoint: { every: steps / 2, save: file.save },
  } as never);
  const args = [
    "--steps",
    `${steps}`,
    "--checkpoint",
    "run.safetensors",
    "--resume",
    "--log",
    "loss.csv",
    "--report",
    "20",
  ];
  const { out } = await train(python, trained, args);
  expect(out.includes(`${steps / 2} steps done`), out);
  return agree(lossesOf(trained, "loss.csv"), trained.losses.slice(steps / 2, steps), 1e-12);
}

/** What `train` has begun goes on there: its parameters, slots and steps. */
async function fromTrain({ python }: Setting): Promise<string> {
  const trained = inBatches();
  const { objective, start } = exportPrograms.linearFit!();
  const rows = 20 * 32;
  const data = {
    X: { data: wave(rows * 3, 1), shape: [rows, 3] },
    y: { data: wave(rows, 2), shape: [rows] },
  };
  const file = checkpointFile(join(trained.folder, "run.safetensors"));
  trainHere(objective as never, start as never, data as never, rule(), {
    epochs: 1,
    batchSize: 32,
    checkpoint: { every: 20, save: file.save },
  } as never);
  const args = ["--epochs", "2", "--checkpoint", "run.safetensors", "--resume", "--log", "loss.csv"];
  await train(python, trained, args);
  const found = lossesOf(trained, "loss.csv");
  expect(found.length === 20 && found.every(Number.isFinite), `${found.length} losses`);
  return `20 steps here, ${found.length} there`;
}

/** A log is a picture. */
async function drawn({ python }: Setting): Promise<string> {
  const trained = exported("lstm");
  await train(python, trained, ["--steps", "50", "--log", "loss.csv"]);
  const { columns } = readCsv(readFileSync(join(trained.folder, "loss.csv"), "utf8"));
  const { loss, epoch } = columns as Readonly<Record<"loss" | "epoch", Float64Array>>;
  const epochLosses = [...new Set(epoch)].map((one) => {
    const own = loss.filter((_, i) => epoch[i] === one);
    return own.reduce((sum, x) => sum + x, 0) / own.length;
  });
  const jax = {
    status: "completed",
    iterationLosses: loss,
    epochLosses: Float64Array.from(epochLosses),
  } as const;
  const svg = Buffer.from(await lossFigure({ trainings: { jax } }).render("svg")).toString();
  expect(svg.includes("<svg"), "no picture");
  return `${Object.keys(columns).join(", ")}: ${loss.length} losses, ${svg.length} characters of SVG`;
}

export async function testResume(setting: Setting): Promise<void> {
  await check("a killed run resumes to the same bits", () => killedAndResumed(setting));
  await check("train.py, then minimize", () => fromThere(setting));
  await check("minimize, then train.py", () => fromHere(setting));
  await check("train, then train.py", () => fromTrain(setting));
  await check("the log is drawn by lossFigure", () => drawn(setting));
}
