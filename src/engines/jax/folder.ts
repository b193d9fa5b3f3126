/** A folder that trains elsewhere: the model, its start, and the program that trains it. */
import { type Dtype, type Graph, type Shapes, type Tree, valueAndGrad } from "../../../graph/index.js";
import { graphOf, isId, mapTree, type Path } from "../../../graph/internal.js";
import type { Optimizer } from "../../../optimizers/index.js";
import { encodeCheckpoint } from "../../runs/index.js";
import { isTensor, type Tensor } from "../../runs/internal.js";
import { readTarget } from "../target.js";
import { type Problem, readProblem, stepOf, type TrainingProblem } from "../training-step.js";
import { checkpointScript } from "./checkpoint-script.js";
import { type dtypes, JaxModule } from "./module.js";
import { npz } from "./npz.js";
import { functionOf, moduleText, python } from "./to-jax.js";
import { trainScript } from "./train-script.js";
import { treeText, tuple } from "./values.js";

/**
 * Options of `exportJax`.
 * @example const options: JaxFolderOptions = { name: "loss", dtype: "f32" };
 */
export interface JaxFolderOptions {
  /** The name of the objective's function in Python: an identifier; default "objective". */
  readonly name?: string;
  /** What the numbers are; default "f64". "bf16" is "f32" whose products of matrices take factors of bfloat16. */
  readonly dtype?: Dtype | "bf16";
}

/** Names that the module has besides the objective's. */
const own = ["value_and_grad", "train_step", "check_dtype", "METHOD", "SHAPES", "STATE", "DATA"];

/**
 * A folder, as files by name, that trains a model with JAX on one device, on many, or on many hosts:
 *
 * - `model.py`: the objective, `value_and_grad` (the gradient that Adjoint derived), and `train_step`, the optimizer's rule
 *   with both as one function, on public parts of jax.numpy and jax.lax alone;
 * - `start.safetensors`: the first parameters and slots, a checkpoint of Adjoint's; `constants.npz`: large constants, if any;
 * - `train.py` and `checkpoint.py`: the program, which `python train.py --help` explains.
 *
 * Its checkpoints are those of `minimize`: each goes on where the other stopped. Texts depend on the problem alone.
 *
 * @example
 * const objective = trace({ w: vector(3), X: matrix(32, 3), y: vector(32) }, ({ w, X, y }) =>
 *   mean(square(subtract(matmul(X, w), y))),
 * );
 * const problem = { objective, start: { w: [0, 0, 0] }, optimizer: adam({ learningRate: 0.1 }) };
 * const files = exportJax(problem);
 * [...files.keys()]; // ["model.py", "start.safetensors", "checkpoint.py", "train.py"]
 *
 * @throws where the objective is no scalar, the start doesn't fit it, an option is wrong, or an op of the user's has neither
 *   a recipe nor an `expand`
 */
export function exportJax<I extends Shapes>(
  problem: TrainingProblem<I>,
  options: JaxFolderOptions = {},
): ReadonlyMap<string, string | Uint8Array> {
  const what = "exportJax";
  const { name, dtype } = readTarget(what, options, { ...python(own), name: "objective" });
  const whole = readProblem(what, problem);
  const { graph, objective, optimizer, parameters, slots, data } = whole;
  const module = new JaxModule();
  const differentiated = valueAndGrad(objective, ...Object.keys(parameters));
  const functions = [
    functionOf(module, name, graph, what),
    functionOf(module, "value_and_grad", graphOf(differentiated, what), what),
  ];
  if (optimizer)
    functions.push(functionOf(module, "train_step", graphOf(stepOf(whole, optimizer), what), what));
  const files = new Map<string, string | Uint8Array>();
  const lists = [
    `METHOD = ${optimizer ? JSON.stringify(optimizer.name) : "None"}`,
    `STATE = ${treeText({ parameters, slots }, isTensor as never, (path) => JSON.stringify(nameOf(path)))}`,
    `DATA = ${treeText(data, isId, (path) => JSON.stringify(nameOf(path)))}`,
    `SHAPES = {${leavesText(data, graph)}}`,
  ];
  files.set("model.py", moduleText(module, dtype, [lists.join("\n"), ...functions]));
  if (module.constants.size > 0) files.set("constants.npz", npz(module.constants));
  files.set("start.safetensors", startOf(optimizer, { parameters, slots }, dtype));
  files.set("checkpoint.py", checkpointScript);
  files.set("train.py", trainScript);
  return files;
}

/** A tensor's name in checkpoints, in which a dot within a key is told from one between two. */
const nameOf = (path: Path) => path.map((key) => String(key).replaceAll(/[\\.]/g, "\\$&")).join(".");

function leavesText(data: Problem["data"], { inputs }: Graph): string {
  const texts: string[] = [];
  mapTree(data as Tree<number>, isId, (i, path) =>
    texts.push(`${JSON.stringify(nameOf(path))}: ${tuple(inputs[i]!.shape)}`),
  );
  return texts.join(", ");
}

/** The checkpoint of a run that hasn't taken a step. */
function startOf(
  optimizer: Optimizer | undefined,
  state: Pick<Problem, "parameters" | "slots">,
  dtype: keyof typeof dtypes,
): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  mapTree(state as Tree<Tensor>, isTensor as never, ({ data, shape }: Tensor, path: Path) => {
    tensors[nameOf(path)] = {
      data: dtype === "f64" ? Float64Array.from(data) : Float32Array.from(data),
      shape,
    };
  });
  tensors["run.counts"] = { data: Float64Array.of(0, 0, -1), shape: [3] };
  const method = optimizer?.name ?? "";
  return encodeCheckpoint({ version: 1, run: "minimize", method, steps: 0, tensors });
}
