/**
 * An objective's value, gradient, Hessian and its products as kernels of the parameters in one flat array, each compiled when it
 * is first asked for, and counted.
 */
import {
  type Expr,
  hessian,
  hvp,
  reshape,
  type Shape,
  slice,
  type Traced,
  tensor,
  trace,
  valueAndGrad,
  vector,
} from "../../graph/index.js";
import { isOp, kink, leavesOf, mark, sizeOf, unflattenTree } from "../../graph/internal.js";
import type { Functions } from "../../optimizers/solvers/internal.js";
import { firstAlike, type Program, programOf } from "./kernels.js";
import { isTensor, plainValue, type Tensors } from "./state.js";
import { keys, type Objective, record } from "./step.js";

/** What kernels are given, and what they write. */
type Inputs = Record<string, number | Float64Array>;

/** The kernels of an objective for parameters and data of these forms, each traced when it is first asked for. */
export interface Programs {
  readonly parameters: Tensors;
  readonly data: Tensors;
  readonly value: () => Program;
  readonly gradient: () => Program;
  readonly product: () => Program;
  readonly hessian: () => Program;
}

export function makePrograms(given: Objective, parameters: Tensors, data: Tensors): Programs {
  const objective = firstAlike(given);
  const flat = () => flatten(objective, parameters, data) as never;
  const text = JSON.stringify(Object.keys(parameters));
  const program = (name: string, make: () => unknown): (() => Program) => {
    let found: Program | undefined;
    return () => {
      found ??= programOf(name, [objective], text, "f64", make as () => Traced);
      return found;
    };
  };
  return {
    parameters,
    data,
    value: program("value", flat),
    gradient: program("gradient", () => valueAndGrad(flat(), "x" as never)),
    product: program("product", () => hvp(flat(), "x" as never)),
    hessian: program("hessian", () => hessian(flat(), "x" as never)),
  };
}

/** Whether an objective has no kinks, where second derivatives say nothing of what comes next: its gradient would mark them. */
export function isSmooth({ gradient }: Programs): boolean {
  return gradient().graph.nodes.every((node) => !isOp(node, kink.op) && !isOp(node, mark.op));
}

/** The functions of an objective, of which the data are bound. */
export function makeFunctions(programs: Programs, counts: Float64Array): Functions {
  const constants = leavesOf(programs.data, isTensor);
  const others = keys("d", constants.length);
  const size = sizeOfAll(programs.parameters);
  const given = record(others, constants.map(plainValue)) as Inputs;
  const inputs: Inputs = { ...given };
  const along: Inputs = { ...given };
  const told: Float64Array = new Float64Array(1);
  const run = (name: "value" | "gradient" | "product" | "hessian", from: Inputs, into: unknown) => {
    programs[name]().kernel.into(from as never, into as never);
  };
  const count = (place: number) => {
    counts[place] = counts[place]! + 1;
  };
  const outputs = { value: told, grad: { x: told } };
  const matrix = { x: { x: told } };
  const image = { x: told };
  return {
    size,
    value(x) {
      count(0);
      inputs.x = x;
      run("value", inputs, told);
      return told[0]!;
    },
    gradient(x, into) {
      count(1);
      inputs.x = x;
      outputs.grad.x = into;
      run("gradient", inputs, outputs);
      return told[0]!;
    },
    product(x, direction, into) {
      count(2);
      along.x = x;
      along["tangent.x"] = direction;
      image.x = into;
      run("product", along, image);
    },
    hessian(x, into) {
      count(3);
      inputs.x = x;
      matrix.x.x = into;
      run("hessian", inputs, matrix);
    },
  };
}

/** The objective as a function of one vector `x`, the parameters one after the other, and of its data in order. */
function flatten(objective: Objective, parameters: Tensors, data: Tensors): Traced {
  const shapes = leavesOf(parameters, isTensor).map(({ shape }) => shape);
  const constants = leavesOf(data, isTensor);
  const others = keys("d", constants.length);
  const specs = record(
    others,
    constants.map(({ shape }) => tensor(shape)),
  );
  return trace({ x: vector(sizeOfAll(parameters)), ...specs }, (inputs: Readonly<Record<string, Expr>>) => {
    const parts = partsOf(inputs.x!, shapes);
    const tree = unflattenTree(parameters, isTensor, parts);
    const rest = unflattenTree(
      data,
      isTensor,
      others.map((name) => inputs[name]!),
    );
    const all = { ...(tree as object), ...(rest as object) };
    return (objective as unknown as (inputs: object) => Expr)(all);
  }) as unknown as Traced;
}

function sizeOfAll(tensors: Tensors): number {
  return leavesOf(tensors, isTensor).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The parts of a vector, one after the other, in these shapes. */
function partsOf(x: Expr, shapes: readonly Shape[]): Expr[] {
  let offset = 0;
  return shapes.map((shape) => {
    const start = offset;
    offset += sizeOf(shape);
    const part = shapes.length === 1 ? x : slice(x, start, offset);
    return shape.length === 1 ? part : reshape(part, shape);
  });
}
