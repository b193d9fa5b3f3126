/** What bad input gets: one sentence each, of `adjoint export` and of `train.py`, without a traceback. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npz } from "../../src/engines/jax/npz.js";
import { serialize, square, sum, trace, vector } from "../../src/index.js";
import { check, expect, place, type Ran, root, run, type Setting } from "./support.js";
import { exported, train, tryTrain } from "./training.js";

/** The one sentence of a program that failed. */
function sentenceOf({ status, errors }: Ran, wanted: RegExp): string {
  const lines = errors.trim().split("\n");
  expect(status !== 0 && status !== null, `it ended with ${status}`);
  expect(lines.length === 1 && wanted.test(errors), `it said: ${errors.trim().slice(-600)}`);
  return lines[0]!;
}

const loader = ["-C", "adjoint-source", "--import", "tsx", join(root, "src/command-line/bin.ts")];
const command = (args: readonly string[]) =>
  run(process.execPath, [...loader, "export", ...args], { cwd: root, env: { NO_COLOR: "1" } });

async function ofCommand(): Promise<void> {
  const folder = join(place, "messages");
  mkdirSync(join(folder, "full"), { recursive: true });
  writeFileSync(join(folder, "full/kept.txt"), "kept");
  const file = join(folder, "f.json");
  writeFileSync(file, serialize(trace({ x: vector(2) }, ({ x }) => sum(square(x)))));
  const out = ["--out", join(folder, "out")];
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown target", [file, "--to", "tensorflow", ...out], /--to must be jax.*"tensorflow"/],
    ["no target", [file, ...out], /--to is missing/],
    ["a name that is no identifier", [file, "--to", "jax", "--name", "a b", ...out], /"a b" can't name/],
    ["a dtype that it lacks", [file, "--to", "jax", "--dtype", "f16", ...out], /--dtype must be f64.*"f16"/],
    ["a folder that exists", [file, "--to", "jax", "--out", join(folder, "full")], /full.*--force/],
    ["no file", ["none.json", "--to", "jax", ...out], /none\.json.*can't be read/],
    ["no folder to write", [file, "--to", "jax"], /--out is missing/],
  ];
  for (const [name, args, wanted] of cases)
    await check(`adjoint export: ${name}`, async () => sentenceOf(await command(args), wanted));
}

async function ofTraining({ python }: Setting): Promise<void> {
  const trained = exported("mlp");
  const at = (name: string) => join(trained.folder, name);
  const numbers = (...shape: number[]) => {
    const values = new Float64Array(shape.reduce((a, b) => a * b, 1));
    return { values, shape };
  };
  writeFileSync(
    at("fewer.npz"),
    npz([
      ["X", numbers(10, 4)],
      ["y", numbers(10, 1)],
    ]),
  );
  writeFileSync(
    at("other.npz"),
    npz([
      ["X", numbers(64, 3)],
      ["y", numbers(64, 1)],
    ]),
  );
  writeFileSync(
    at("uneven.npz"),
    npz([
      ["X", numbers(128, 4)],
      ["y", numbers(192, 1)],
    ]),
  );
  writeFileSync(at("some.npz"), npz([["X", numbers(64, 4)]]));
  writeFileSync(
    at("nan.npz"),
    npz([
      ["X", { values: new Float64Array(256).fill(Number.NaN), shape: [64, 4] }],
      ["y", numbers(64, 1)],
    ]),
  );
  const bytes = readFileSync(at("model/start.safetensors"));
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(at("damaged.safetensors"), bytes);
  writeFileSync(at("cut.safetensors"), bytes.subarray(0, 40));
  const eight = { env: { XLA_FLAGS: "--xla_force_host_platform_device_count=8" } };
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["a mesh that doesn't divide the batch", ["--mesh", "data=7"], /batch of 64 .* 7 devices/],
    ["a mesh of more devices than there are", ["--mesh", "data=16"], /16 devices, and there are 8/],
    ["a mesh that is none", ["--mesh", "data"], /--mesh 'data'.*name=/],
    ["a mesh whose length is no number", ["--mesh", "data=x"], /--mesh.*data=x/],
    ["a mesh of 0 devices", ["--mesh", "data=0"], /--mesh.*data=0/],
    ["a shard of no array", ["--mesh", "data=4,model=2", "--shard", "Q=model"], /--shard.*Q/],
    ["a shard along no axis", ["--mesh", "data=8", "--shard", "layers.0.W=model"], /no axis model/],
    [
      "a shard that doesn't divide",
      ["--mesh", "data=4,model=2", "--shard", "layers.1.b=model"],
      /of 1 .* 2 devices/,
    ],
    ["data that are missing", ["--data", "some.npz"], /no y/],
    ["data of another shape", ["--data", "other.npz"], /X is \(64, 3\)/],
    ["data of fewer samples than a batch", ["--data", "fewer.npz"], /10 samples.*batch is 64/],
    ["data of different lengths", ["--data", "uneven.npz"], /number of samples: \[128, 192\]/],
    ["data that aren't there", ["--data", "none.npz"], /none\.npz can't be read/],
    ["a loss that is NaN", ["--data", "nan.npz"], /loss of step 0 is nan/],
    ["a damaged checkpoint", ["--checkpoint", "damaged.safetensors", "--resume"], /damaged.*checksum/],
    ["a checkpoint that is cut off", ["--checkpoint", "cut.safetensors", "--resume"], /cut\.safetensors/],
    ["a checkpoint in no folder", ["--checkpoint", "none/run.safetensors"], /--checkpoint none.*no folder/],
    ["resuming from nothing", ["--resume"], /--resume wants --checkpoint/],
    ["a count that is no number", ["--epochs", "x"], /--epochs.*'x'/],
    ["an option that isn't there", ["--batch", "3"], /--batch/],
    [
      "a process beyond the last",
      ["--coordinator", "127.0.0.1:1", "--processes", "2", "--process", "2"],
      /--process 2/,
    ],
    ["processes without a coordinator", ["--processes", "2"], /--coordinator/],
    ["an optimizer that optax lacks", ["--optax", "adamm"], /no optimizer adamm/],
    ["steps below 0", ["--steps", "-1"], /--steps.*-1/],
  ];
  for (const [name, args, wanted] of cases)
    await check(`train.py: ${name}`, async () =>
      sentenceOf(
        await (args[0] === "--data"
          ? run(python, ["model/train.py", ...args, "--report", "0"], { ...eight, cwd: trained.folder })
          : tryTrain(python, trained, args, eight)),
        wanted,
      ),
    );
  await check("model.py: x64 isn't enabled", async () => {
    const inputs = "{'layers': [{'W': 0, 'b': 0}, {'W': 0, 'b': 0}], 'X': 0, 'y': 0}";
    const { status, errors } = await run(python, ["-c", `import model; model.objective(${inputs})`], {
      cwd: at("model"),
    });
    const last = errors.trim().split("\n").at(-1)!;
    expect(status !== 0 && /float64.*jax_enable_x64/.test(last), errors.slice(-500));
    return last;
  });
  await check("train.py: another version of JAX", async () => {
    const other = "import jax, runpy, sys; jax.__version_info__ = (0, 99, 0); jax.__version__ = '0.99.0'; ";
    const ran = await run(
      python,
      [
        "-c",
        `${other}sys.argv[1:] = ['--data', 'data.npz']; runpy.run_path('model/train.py', run_name='__main__')`,
      ],
      { cwd: trained.folder },
    );
    expect(ran.status === 0 && /tested with JAX 0\.10, and this is 0\.99\.0/.test(ran.errors), ran.errors);
    return ran.errors.trim().split("\n")[0]!;
  });
  await check("train.py: a checkpoint of another rule", async () => {
    await train(python, trained, ["--steps", "2", "--checkpoint", "adam.safetensors"]);
    const ran = await tryTrain(python, trained, [
      "--checkpoint",
      "adam.safetensors",
      "--resume",
      "--optax",
      "sgd",
    ]);
    return sentenceOf(ran, /is a checkpoint of .*, and this run is of optax\.sgd/);
  });
}

export async function testMessages(setting: Setting): Promise<void> {
  await ofCommand();
  await ofTraining(setting);
}
