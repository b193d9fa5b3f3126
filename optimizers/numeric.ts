/** Steps on numbers: the rule is traced and compiled once for each shape of a parameter, when it is first needed. */
import { compile, type Expr, type Shape, type Spec, scalar, tensor, trace } from "../graph/index.js";
import {
  isSpec,
  keepShape,
  leavesOf,
  lru,
  mapTree,
  readCount,
  readShape,
  readTree,
  readValue,
  readValues,
  sizeOf,
} from "../graph/internal.js";
import {
  bySlot,
  type Form,
  joinUpdates,
  placeIn,
  readLeaves,
  readMap,
  readNamed,
  readSlots,
} from "./maps.js";
import type { OptimizerState, ParameterValues } from "./optimizer.js";
import { applyRule, type Plain } from "./symbolic.js";

type Numbers = Readonly<Record<string, number | Float64Array>>;

/** A compiled rule: the numbers of one parameter in, its slots by their places, fresh ones out. */
type Kernel = (inputs: Numbers) => { readonly parameter: number | Float64Array; readonly slots: Numbers };

/** For so many shapes. */
const mostKernels = 64;

/** The numeric half of an optimizer. */
export interface Numeric {
  init(parameters: unknown): OptimizerState;
  step(
    parameters: unknown,
    gradients: unknown,
    state: unknown,
  ): { parameters: ParameterValues; state: OptimizerState };
}

export function numeric(optimizer: Plain): Numeric {
  const kernels = lru<string, Kernel>(mostKernels);
  const kernelFor = (shape: Shape) => kernels(shape.join("×"), () => compileRule(optimizer, shape));
  return {
    init: (parameters) => init(optimizer, parameters),
    step: (parameters, gradients, state) => step(optimizer, kernelFor, parameters, gradients, state),
  };
}

function init(optimizer: Plain, parameters: unknown): OptimizerState {
  const place = placeIn(optimizer, "parameters");
  const tree = readValues(readMap(optimizer, parameters, "parameters"), place);
  const shapes = mapTree(tree, isSpec, ({ shape }) => shape) as OptimizerState["shapes"];
  const slots = bySlot(optimizer, (_, { initial, scalar }) =>
    mapTree(tree, isSpec, ({ shape }) =>
      scalar || shape.length === 0 ? initial : new Float64Array(sizeOf(shape)).fill(initial),
    ),
  );
  return { step: 0, shapes, slots: slots as OptimizerState["slots"] };
}

function step(
  optimizer: Plain,
  kernelFor: (shape: Shape) => Kernel,
  parameters: unknown,
  gradients: unknown,
  state: unknown,
): { parameters: ParameterValues; state: OptimizerState } {
  const point = readMap(optimizer, parameters, "parameters");
  const own = readNamed(optimizer, state, ["step", "shapes", "slots"], "state");
  const taken = readCount(own.step, `${optimizer.name}: state.step, the number of steps taken,`);
  const form = formOf(optimizer, own.shapes, Object.keys(point));
  const read = (value: unknown, { shape }: Spec, what: string) => {
    const data = readValue(value, shape, what);
    return shape.length === 0 ? data[0]! : data;
  };
  const now = readLeaves(optimizer, form, point, "parameters", read);
  const slopes = readLeaves(optimizer, form, gradients, "gradients", read);
  const slots = readSlots(optimizer, form, own.slots, "state.slots", (value, spec, { scalar }, what) =>
    read(value, scalar ? number : spec, what),
  );
  const updates = leavesOf(form.like, isSpec).map(({ shape }, i) => {
    const update = kernelFor(shape)({
      parameter: now[i]!,
      gradient: slopes[i]!,
      step: taken + 1,
      ...Object.fromEntries(optimizer.slots.map(([slot], k) => [slotKey(k), slots[i]![slot]!])),
    });
    keepShape(update.parameter, shape);
    return update;
  });
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

const number: Spec = { shape: [] };

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
function compileRule(optimizer: Plain, shape: Shape): Kernel {
  const slots = optimizer.slots.map(
    ([, { scalar }], i) => [slotKey(i), tensor(scalar ? [] : shape)] as const,
  );
  const inputs = { parameter: tensor(shape), gradient: tensor(shape), step: scalar() };
  const traced = trace(
    { ...inputs, ...Object.fromEntries(slots) },
    (given: Readonly<Record<string, Expr>>) => {
      const own = optimizer.slots.map(([name], i) => [name, given[slotKey(i)]!] as const);
      const { parameter, gradient, step } = given;
      const next = applyRule(optimizer, parameter!, gradient!, Object.fromEntries(own), step!);
      return { parameter: next.parameter, slots: next.slots };
    },
  );
  return compile(traced) as unknown as Kernel;
}

/** Slots stand beside other inputs, so they go by their places. */
function slotKey(place: number): string {
  return `slot${place}`;
}
