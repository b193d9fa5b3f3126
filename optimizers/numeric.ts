/** Steps on numbers: the rule is traced and compiled once for each shape of a parameter, when it is first needed. */
import { compile, type Shape, type Spec, scalar, type Tree, tensor, trace } from "../graph/index.js";
import {
  graphOf,
  isSpec,
  keepShape,
  lru,
  mapTree,
  type Path,
  readCount,
  readShape,
  readTree,
  readValue,
  readValues,
} from "../graph/internal.js";
import {
  bySlot,
  type Form,
  initialOf,
  joinUpdates,
  placeIn,
  readMap,
  readNamed,
  readPlaces,
  slotShape,
} from "./maps.js";
import { applyRule, type Plain } from "./symbolic.js";
import type { OptimizerState, ParameterValues, Problem, Rule } from "./types.js";

type Numbers = Readonly<Record<string, number | Float64Array>>;

/** A compiled rule: the numbers of one parameter in, fresh ones out. */
type Kernel = (inputs: Omit<NumericPlace, "path" | "shape"> & { readonly step: number }) => NumericUpdate;

/** For so many shapes. */
const mostKernels = 64;

/** The numbers of a parameter and all that belongs to it. */
export interface NumericPlace {
  readonly path: Path;
  readonly shape: Shape;
  readonly parameter: number | Float64Array;
  readonly gradient: number | Float64Array;
  readonly slots: Numbers;
}

export interface NumericUpdate {
  readonly parameter: number | Float64Array;
  readonly slots: Numbers;
}

/** The next numbers of all places, as fresh arrays; `step` is 1 at the first one. */
export type Stepper = (
  places: readonly NumericPlace[],
  step: number,
  problem: Problem<ParameterValues> | undefined,
) => readonly NumericUpdate[];

/** A stepper of a rule that looks at one parameter at a time. */
export function eachStepper(optimizer: Plain, rule: Rule): Stepper {
  const kernels = lru<string, Kernel>(mostKernels);
  return (places, step) =>
    places.map(({ shape, parameter, gradient, slots }) =>
      kernels(shape.join("×"), () => compileRule(optimizer, rule, shape))({
        parameter,
        gradient,
        step,
        slots,
      }),
    );
}

export function init(optimizer: Plain, parameters: unknown): OptimizerState {
  const place = placeIn(optimizer, "parameters");
  const tree = readValues(readMap(optimizer, parameters, "parameters"), place);
  const slots = bySlot(optimizer, (_, slot) =>
    mapTree(tree, isSpec, ({ shape }, path) => {
      const own = slotShape(slot, shape, path);
      return plain(initialOf(slot, own, path), own);
    }),
  );
  return {
    step: 0,
    shapes: shapesOf(tree),
    slots: slots as OptimizerState["slots"],
  };
}

function shapesOf(tree: Tree<Spec>): OptimizerState["shapes"] {
  return mapTree(tree, isSpec, ({ shape }) => shape) as OptimizerState["shapes"];
}

/** A number for a scalar. */
function plain(data: Float64Array, shape: Shape): number | Float64Array {
  return shape.length === 0 ? data[0]! : data;
}

export function step(
  optimizer: Plain,
  stepper: Stepper,
  parameters: unknown,
  gradients: unknown,
  state: unknown,
  problem: Problem<ParameterValues> | undefined,
): { parameters: ParameterValues; state: OptimizerState } {
  const point = readMap(optimizer, parameters, "parameters");
  const own = readNamed(optimizer, state, ["step", "shapes", "slots"], "state");
  const taken = readCount(own.step, `${optimizer.name}: state.step, the number of steps taken,`);
  const form = formOf(optimizer, own.shapes, Object.keys(point));
  const given = { parameters: point, gradients, slots: own.slots };
  const places = readPlaces(optimizer, form, given, "state.slots", (value, shape, what) =>
    plain(readValue(value, shape, what), shape),
  );
  const updates = stepper(places, taken + 1, problem);
  for (const [i, { parameter }] of updates.entries()) keepShape(parameter, places[i]!.shape);
  const next = joinUpdates(optimizer, form, updates);
  return {
    parameters: next.parameters as ParameterValues,
    state: {
      step: taken + 1,
      shapes: shapesOf(form.like),
      slots: next.slots as OptimizerState["slots"],
    },
  };
}

/** The form of the parameters by the shapes that a state holds. */
function formOf(optimizer: Plain, shapes: unknown, names: readonly string[]): Form<Spec> {
  const own = readNamed(optimizer, shapes, names, "state.shapes");
  const place = placeIn(optimizer, "state.shapes");
  const like = readTree(
    own,
    (one) => isSpec({ shape: one }),
    place,
    (shape, path): Spec => ({ shape: readShape(shape, place(path)) }),
  );
  return { like, isLeaf: isSpec };
}

/** The rule for parameters of one shape, on numbers. */
function compileRule(optimizer: Plain, rule: Rule, shape: Shape): Kernel {
  const inputs = {
    parameter: tensor(shape),
    gradient: tensor(shape),
    step: scalar(),
    slots: bySlot(optimizer, (_, slot) => tensor(slotShape(slot, shape, []))),
  };
  const traced = trace(inputs, (place) => ({ ...applyRule(optimizer, rule, place, place.step) }));
  graphOf(traced, optimizer.name);
  return compile(traced) as unknown as Kernel;
}
