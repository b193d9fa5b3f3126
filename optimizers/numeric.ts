/** Steps on numbers: the rule is traced and compiled once for each shape of a parameter, when it is first needed. */
import { compile, type Expr, type Shape, type Spec, scalar, tensor, trace } from "../graph/index.js";
import {
  flattenTree,
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
  readLeaves,
  readMap,
  readNamed,
  readSlots,
  slotShape,
} from "./maps.js";
import { applyEach, type Plain } from "./symbolic.js";
import type { OptimizerState, ParameterValues, Problem, Rule } from "./types.js";

type Numbers = Readonly<Record<string, number | Float64Array>>;

/** A compiled rule: the numbers of one parameter in, its slots by their places, fresh ones out. */
type Kernel = (inputs: Numbers) => NumericUpdate;

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
        ...Object.fromEntries(optimizer.slots.map(([slot], i) => [slotKey(i), slots[slot]!])),
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
    shapes: mapTree(tree, isSpec, ({ shape }) => shape) as OptimizerState["shapes"],
    slots: slots as OptimizerState["slots"],
  };
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
  const read = (value: unknown, shape: Shape, what: string) => plain(readValue(value, shape, what), shape);
  const readOwn = (value: unknown, { shape }: Spec, what: string) => read(value, shape, what);
  const now = readLeaves(optimizer, form, point, "parameters", readOwn);
  const slopes = readLeaves(optimizer, form, gradients, "gradients", readOwn);
  const slots = readSlots(optimizer, form, own.slots, "state.slots", (value, { shape }, slot, what, path) =>
    read(value, slotShape(slot, shape, path), what),
  );
  const places = flattenTree(form.like, isSpec).map(({ path, leaf: { shape } }, i) => ({
    path,
    shape,
    parameter: now[i]!,
    gradient: slopes[i]!,
    slots: slots[i]!,
  }));
  const updates = stepper(places, taken + 1, problem);
  for (const [i, { parameter }] of updates.entries()) keepShape(parameter, places[i]!.shape);
  const next = joinUpdates(optimizer, form, updates);
  return {
    parameters: next.parameters as ParameterValues,
    state: {
      step: taken + 1,
      shapes: mapTree(form.like, isSpec, ({ shape }) => shape) as OptimizerState["shapes"],
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
  const slots = optimizer.slots.map(
    ([, slot], i) => [slotKey(i), tensor(slotShape(slot, shape, []))] as const,
  );
  const inputs = { parameter: tensor(shape), gradient: tensor(shape), step: scalar() };
  const traced = trace(
    { ...inputs, ...Object.fromEntries(slots) },
    (given: Readonly<Record<string, Expr>>) => {
      const own = Object.fromEntries(optimizer.slots.map(([name], i) => [name, given[slotKey(i)]!]));
      const { parameter, gradient, step } = given;
      const place = { path: [], parameter: parameter!, gradient: gradient!, slots: own };
      return { ...applyEach(optimizer, rule, [place], step!)[0]! };
    },
  );
  return compile(traced) as unknown as Kernel;
}

/** Slots stand beside other inputs, so they go by their places. */
function slotKey(place: number): string {
  return `slot${place}`;
}
