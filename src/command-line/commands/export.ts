/** `adjoint export`: a model as a folder for another engine. */
import { resolve } from "node:path";
import { type Traced, valueAndGrad } from "../../../graph/index.js";
import { exportJax, toC, toOnnx, toStableHlo, trainingStep } from "../../engines/index.js";
import { npz, readProblem, toJaxFiles, withConstants } from "../../engines/internal.js";
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

/** A function that leaves; what is added to the name of the model for it. */
interface Part {
  readonly f: Traced;
  readonly suffix: "" | "_step";
}

/**
 * What leaves for engines that don't train by themselves: of a problem the value with the gradient, and a step of its rule with
 * where it starts, the first parameters and slots by the names that they have among its inputs.
 */
function filesOf(
  { f, problem }: Model,
  { name = "model" }: Settings,
  write: (part: Part, name: string) => Files,
): Files {
  const files = (part: Part) => [...write(part, `${name}${part.suffix}`)];
  if (f) return new Map(files({ f, suffix: "" }));
  const { objective, parameters, optimizer } = readProblem("export", problem);
  const gradient = valueAndGrad(objective, ...Object.keys(parameters)) as unknown as Traced;
  const alone = files({ f: gradient, suffix: "" });
  if (!optimizer) return new Map(alone);
  const { step, start } = trainingStep(problem);
  return new Map([...alone, ...files({ f: step, suffix: "_step" }), ["start.npz", startOf(step, start)]]);
}

function startOf({ graph }: Traced, start: object): Uint8Array {
  const arrays = graph.inputs.flatMap(({ path, shape }) => {
    if (!Object.hasOwn(start, path[0]!)) return [];
    const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], start);
    const values = typeof value === "number" ? Float64Array.of(value) : (value as Float64Array);
    return [[path.join("."), { values, shape }] as const];
  });
  return npz(arrays);
}

const targets = {
  jax: (model: Model, { name, dtype }: Settings): Files => {
    const own = { ...(name !== undefined && { name }), ...(dtype !== undefined && { dtype }) };
    return model.problem ? exportJax(model.problem, own) : toJaxFiles(model.f, { name: "model", ...own });
  },
  stablehlo: (model: Model, settings: Settings): Files =>
    filesOf(model, settings, ({ f, suffix }, name) => {
      const { source, constants } = toStableHlo(f, { ...settings, name });
      return withConstants(`model${suffix}.mlir`, source, constants, `constants${suffix}.npz`);
    }),
  onnx: (model: Model, settings: Settings): Files =>
    filesOf(model, settings, ({ f, suffix }, name) => {
      return new Map([[`model${suffix}.onnx`, toOnnx(f, { ...settings, name } as never)]]);
    }),
  c: (model: Model, settings: Settings): Files =>
    filesOf(model, settings, ({ f }, name) => {
      return new Map([[`${name}.c`, toC(f, { ...settings, name } as never)]]);
    }),
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
