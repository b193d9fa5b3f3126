/** Programs that train: 20 steps of the own Adam on one device, on eight, in two processes; their all-reduces. */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { exportPrograms } from "../../property-tests/support/exported-programs.js";
import { check, expect, type Setting } from "./support.js";
import { agree, exported, lossesOf, steps, train } from "./training.js";

const usual = ["--steps", String(steps), "--log", "loss.csv"];
const devices = (count: number) => ({ XLA_FLAGS: `--xla_force_host_platform_device_count=${count}` });

/** How far the losses in fewer digits may be from those in f64. */
const bounds = { f64: 1e-12, f32: 1e-5, bf16: 0.1 } as const;

export async function testPrograms({ python }: Setting): Promise<void> {
  for (const name of Object.keys(exportPrograms))
    for (const dtype of ["f64", "f32", "bf16"] as const)
      await check(`${name}, ${steps} steps of Adam, ${dtype}`, async () => {
        // JAX has Cholesky's factor in no fewer than 32 bits.
        const trained = exported(name, dtype);
        await train(python, trained, usual);
        return agree(lossesOf(trained, "loss.csv"), trained.losses, bounds[dtype]);
      });
  await check("mlp, 20 steps of optax's Adam", async () => {
    const trained = exported("mlp");
    await train(python, trained, [...usual, "--optax", "adam", "--learning-rate", "0.01"]);
    // Its epsilon stands outside of the root and is 1e-8, too.
    return agree(lossesOf(trained, "loss.csv"), trained.losses, 1e-5);
  });
}

/** How parameters lie on two axes of devices. */
const tensors: Readonly<Record<string, readonly string[]>> = {
  mlp: ["layers.0.W=None,model", "layers.0.b=model", "layers.1.W=model,None"],
  convolution: ["K=None,None,None,model", "W=model,None"],
};

/** A port that nothing listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

export async function testDevices({ python }: Setting): Promise<void> {
  const names = ["mlp", "convolution", "lstm", "linearFit"];
  for (const name of names) {
    const trained = exported(name);
    const compiled = () => {
      const text = readFileSync(join(trained.folder, "compiled.txt"), "utf8");
      const count = text.match(/all-reduce(?:-start)?\(/g)?.length ?? 0;
      expect(count > 0, "the compiled step has no all-reduce");
      return `${count} all-reduces`;
    };
    const found = () => `${agree(lossesOf(trained, "loss.csv"), trained.losses, 1e-12)}, ${compiled()}`;
    const args = [...usual, "--compiled", "compiled.txt"];
    const count = name === "lstm" ? 4 : 8;
    await check(`${name} on ${count} devices, by data`, async () => {
      await train(python, trained, [...args, "--mesh", `data=${count}`], { env: devices(count) });
      return found();
    });
    const shards = tensors[name];
    if (shards)
      await check(`${name} on 8 devices, 4 by data × 2 by tensor`, async () => {
        const lying = shards.flatMap((text) => ["--shard", text]);
        await train(python, trained, [...args, "--mesh", "data=4,model=2", ...lying], { env: devices(8) });
        return found();
      });
    if (name === "lstm") continue;
    await check(`${name} in 2 processes of 4 devices`, async () => {
      const together = [
        "--mesh",
        "data=8",
        "--coordinator",
        `127.0.0.1:${await freePort()}`,
        "--processes",
        "2",
      ];
      await Promise.all(
        [0, 1].map((process) =>
          train(
            python,
            trained,
            [...(process === 0 ? args : usual.slice(0, 2)), ...together, "--process", `${process}`],
            {
              env: devices(4),
            },
          ),
        ),
      );
      return found();
    });
  }
}
