/** Whole training steps as traced functions: loss, gradient and the optimizer's rule in one graph. */
import { type Expr, scalar, type Traced, tensor, trace, valueAndGrad } from "../../../graph/index.js";
import { isId, mapTree } from "../../../graph/internal.js";
import { adam, type Optimizer } from "../../../optimizers/index.js";
import type { ExportCase } from "../exported.js";
import { type ExportProgram, exportPrograms } from "../exported-programs.js";

type Named = Readonly<Record<string, Expr>>;

/** A step of a rule, of parameters, slots, the step's number and data; the slots before the first. */
export function trainingStep(
  { objective, start, data }: ExportProgram,
  rule: Optimizer = adam({ learningRate: 0.1 }),
): { readonly f: Traced; readonly slots: object } {
  const specOf = ({ graph }: Traced, name: string) =>
    mapTree((graph.inputTree as Readonly<Record<string, never>>)[name]!, isId, (i) =>
      tensor(graph.inputs[i]!.shape),
    );
  const specs = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, specOf(objective as unknown as Traced, name)]));
  const parameters = specs(Object.keys(start));
  const differentiated = valueAndGrad(objective, ...Object.keys(start));
  const first = trace(parameters, (given) => rule.initialSlots(given as never) as never) as unknown as Traced;
  const { outputs, nodes } = first.graph;
  const slots = mapTree(outputs, isId, (id) => tensor(nodes[id]!.shape));
  const inputs = { parameters, slots, step: scalar(), data: specs(Object.keys(data)) };
  const f = trace(inputs as never, (given: { readonly [K in keyof typeof inputs]: Named }) => {
    const point = { ...given.parameters, ...given.data };
    const { value, grad } = differentiated(point as never) as unknown as { value: Expr; grad: never };
    const next = rule.update(
      given.parameters as never,
      grad,
      given.slots as never,
      given.step as never,
      {} as never,
    );
    return { value, parameters: next.parameters, slots: next.slots } as never;
  }) as unknown as Traced;
  return { f, slots: first(start as never) as unknown as object };
}

/** The first step of each program. */
export function* stepCases(): Generator<ExportCase> {
  for (const [name, make] of Object.entries(exportPrograms)) {
    const program = make();
    const { f, slots } = trainingStep(program);
    const data = Object.fromEntries(Object.entries(program.data).map(([key, { data }]) => [key, data]));
    const inputs = { parameters: program.start, slots, step: 1, data };
    yield { name: `${name}, a step`, f, inputs: inputs as never };
  }
}
