/** What a user does, from the packed tarball in an empty project: a model in TypeScript, JavaScript or JSON, then Python. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { wave } from "../../property-tests/support/exported-programs.js";
import { npz } from "../../src/engines/jax/npz.js";
import { readCsv } from "../../src/index.js";
import { check, expect, place, root, type Setting, Skipped, succeed } from "./support.js";

const model = (annotation: string) => `
import { adam, matmul, matrix, mean, square, subtract, trace, vector } from "adjoint";
const batch${annotation} = 64;
export const objective = trace({ w: vector(3), X: matrix(batch, 3), y: vector(batch) }, ({ w, X, y }) =>
  mean(square(subtract(matmul(X, w), y))),
);
export const start = { w: [0, 0, 0] };
export const optimizer = adam({ learningRate: 0.1 });
`;

const serialized = `
import { writeFileSync } from "node:fs";
import { serialize, square, sum, trace, valueAndGrad, vector } from "adjoint";
writeFileSync("loss.json", serialize(valueAndGrad(trace({ x: vector(3) }, ({ x }) => sum(square(x))))));
`;

const tsx = pathToFileURL(join(root, "node_modules/tsx/dist/loader.mjs")).href;

/** A Node that runs TypeScript by itself, which comes as a package. */
async function newestNode(): Promise<string> {
  const folder = join(place, "newest");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  await succeed("npm", ["install", "--no-audit", "--no-fund", `${name}@latest`], { cwd: folder }).catch(
    (error: Error) => {
      throw new Skipped(`${name} can't be installed: ${error.message.split("\n")[0]}`);
    },
  );
  return join(folder, "node_modules", name, "bin/node");
}

export async function testPackage({ python }: Setting): Promise<void> {
  const project = join(place, "project");
  mkdirSync(project);
  const write = (file: string, text: string | Uint8Array) => writeFileSync(join(project, file), text);
  write("package.json", '{ "name": "mine", "private": true, "type": "module" }');
  write("model.ts", model(": number"));
  write("plain.js", model(""));
  write("serialized.js", serialized);
  const rows = 640;
  const data = { X: wave(rows * 3, 1), y: wave(rows, 2) };
  write(
    "data.npz",
    npz([
      ["X", { values: data.X, shape: [rows, 3] }],
      ["y", { values: data.y, shape: [rows] }],
    ]),
  );
  let installed = false;
  await check("the package is packed and installed", async () => {
    const pack = ["pack", "--json", "--silent", "--pack-destination", place];
    const { out } = await succeed("npm", pack, { cwd: root });
    const [{ filename }] = JSON.parse(out) as [{ filename: string }];
    await succeed("npm", ["install", "--no-audit", "--no-fund", join(place, filename)], { cwd: project });
    installed = true;
    return filename;
  });
  if (!installed) return;
  const own = join(project, "node_modules/adjoint/bin/adjoint.js");
  const leave = async (node: string, file: string, out: string, env: Record<string, string> = {}) => {
    const args = [own, "export", file, "--to", "jax", "--out", out];
    const ran = await succeed(node, args, { cwd: project, env });
    return ran.out.trim().split("\n").join(", ");
  };
  await check("model.ts by tsx", () =>
    leave(process.execPath, "model.ts", "model", { NODE_OPTIONS: `--import=${tsx}` }),
  );
  await check("model.ts by the newest Node alone", async () => {
    const node = await newestNode();
    const told = await leave(node, "model.ts", "model-newest");
    const version = (await succeed(node, ["-v"])).out.trim();
    const [one, other] = ["model", "model-newest"].map((out) =>
      readFileSync(join(project, out, "model.py"), "utf8"),
    );
    expect(one === other, "another text than by tsx");
    return `${version}: ${told}`;
  });
  await check("plain.js", () => leave(process.execPath, "plain.js", "plain"));
  await check("what serialize wrote", async () => {
    await succeed(process.execPath, ["serialized.js"], { cwd: project });
    const told = await leave(process.execPath, "loss.json", "loss");
    const program =
      "import jax; jax.config.update('jax_enable_x64', True); import model; print(model.model({'x': [1, 2, 3]}))";
    const { out } = await succeed(python, ["-c", program], { cwd: join(project, "loss") });
    expect(/14\.,? .*2\., *4\., *6\./s.test(out), out);
    return told;
  });
  const losses = (file: string) => [
    ...(readCsv(readFileSync(join(project, file), "utf8")).columns.loss as Float64Array),
  ];
  const python8 = (args: readonly string[]) =>
    succeed(python, ["model/train.py", "--data", "data.npz", "--mesh", "data=8", ...args], {
      cwd: project,
      env: { XLA_FLAGS: "--xla_force_host_platform_device_count=8" },
    });
  await check("python model/train.py --mesh data=8", async () => {
    await python8(["--epochs", "20", "--log", "loss.csv", "--checkpoint", "run.safetensors"]);
    const found = losses("loss.csv");
    expect(found.length === 200 && found.every(Number.isFinite), `${found.length} losses`);
    return `${found.length} steps, ${found[0]} to ${found.at(-1)}`;
  });
  await check("… --resume", async () => {
    const { out } = await python8([
      "--epochs",
      "25",
      "--log",
      "loss.csv",
      "--checkpoint",
      "run.safetensors",
      "--resume",
    ]);
    expect(losses("loss.csv").length === 250 && out.includes("50 steps done"), out);
    return "50 steps more";
  });
  await check("… --optax adam", async () => {
    await python8(["--epochs", "20", "--log", "optax.csv", "--optax", "adam", "--learning-rate", "0.1"]);
    const found = losses("optax.csv");
    const off = Math.max(
      ...losses("loss.csv")
        .slice(0, 200)
        .map((x, i) => Math.abs(x - found[i]!)),
    );
    expect(off < 1e-5, `losses differ by ${off}`);
    return `losses within ${off.toExponential(1)} of the own rule's`;
  });
}
