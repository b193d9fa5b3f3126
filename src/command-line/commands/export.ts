/** `adjoint export`: a model as a folder for another engine. */
import { resolve } from "node:path";
import { valueAndGrad } from "../../../graph/index.js";
import { exportJax, toC, toOnnx, toStableHlo } from "../../engines/index.js";
import { toJaxFiles, withConstants } from "../../engines/internal.js";
import { writeFolder } from "../../files/index.js";
import type { Command, ExitCode } from "../command.js";
import { type Model, readModel } from "../model.js";
import { choiceOf, type Given, has, textOf } from "../options.js";
import { UsageError } from "../terminal.js";

type Files = ReadonlyMap<string, string | Uint8Array>;

interface Settings {
  readonly name?: string;
  readonly dtype?: "f64" | "f32" | "bf16";
}

/** The function that leaves for engines that don't train by themselves: of a problem, the value and the gradient. */
function functionOf({ f, problem }: Model) {
  return f ?? valueAndGrad(problem.objective as never, ...(Object.keys(problem.start) as never[]));
}

const targets = {
  jax: (model: Model, { name, dtype }: Settings): Files => {
    const own = { ...(name !== undefined && { name }), ...(dtype !== undefined && { dtype }) };
    return model.problem ? exportJax(model.problem, own) : toJaxFiles(model.f, { name: "model", ...own });
  },
  stablehlo: (model: Model, settings: Settings): Files => {
    const { source, constants } = toStableHlo(functionOf(model) as never, settings);
    return withConstants("model.mlir", source, constants);
  },
  onnx: (model: Model, settings: Settings): Files =>
    new Map([["model.onnx", toOnnx(functionOf(model) as never, settings as never)]]),
  c: (model: Model, settings: Settings): Files => {
    const { name = "model" } = settings;
    return new Map([[`${name}.c`, toC(functionOf(model) as never, { ...settings, name } as never)]]);
  },
} as const;

function settingsOf(given: Given): Settings {
  const name = textOf(given, "name");
  const dtype = choiceOf(given, "dtype", ["f64", "f32", "bf16"] as const);
  return { ...(name !== undefined && { name }), ...(dtype !== undefined && { dtype }) };
}

export const exportModel: Command = {
  summary: "a program's model as a folder for JAX, as StableHLO, ONNX or C",
  usage: "FILE --to jax|stablehlo|onnx|c --out FOLDER",
  examples: [
    "adjoint export model.ts --to jax --out model",
    "adjoint export loss.json --to stablehlo --out model --dtype f32",
    "adjoint export loss.json --to c --out model --name loss",
  ],
  options: {
    to: { value: Object.keys(targets).join("|"), help: "the engine" },
    out: { value: "FOLDER", help: "where to write; it must be empty or not there" },
    name: { value: "NAME", help: "the name of the function" },
    dtype: { value: "f64|f32|bf16", help: "what the numbers are; default f64" },
    force: { help: "write into a folder that isn't empty" },
  },
  async run(given, { out }): Promise<ExitCode> {
    const target = choiceOf(given, "to", Object.keys(targets) as (keyof typeof targets)[]);
    if (target === undefined) throw new UsageError(`--to is missing: ${Object.keys(targets).join(", ")}.`);
    const folder = textOf(given, "out");
    if (folder === undefined) throw new UsageError("--out is missing: the folder to write.");
    const files = targets[target](await readModel(given.words[0]), settingsOf(given));
    writeFolder(folder, files, { force: has(given, "force") });
    const names = [...files.keys()];
    out.write(
      has(given, "json")
        ? `${JSON.stringify({ folder: resolve(folder), files: names })}\n`
        : `${names.map((name) => `${folder.replace(/\/$/, "")}/${name}`).join("\n")}\n`,
    );
    return 0;
  },
};
