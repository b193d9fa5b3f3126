/** Steps on numbers: the rule is traced and compiled once for each shape of a parameter, when it is first needed. */
import { compile, type Shape, scalar, tensor, trace } from "../graph/index.js";
import { lru, readCount, readShape, readValue, shapeOfValue, sizeOf } from "../graph/internal.js";
import { bySlot, fromNames, type Given, place, readMap, readNamed, readSlots } from "./maps.js";
import type { Exprs, OptimizerState, Values } from "./optimizer.js";
import { applyRule, type Plain } from "./symbolic.js";

type Numbers = Readonly<Record<string, number | Float64Array>>;

/** A compiled rule: the numbers of one parameter in, its slots by their places, fresh ones out. */
type Kernel = (inputs: Numbers) => { readonly parameter: number | Float64Array; readonly slots: Numbers };

/** For so many shapes. */
const mostKernels = 64;

/** The numeric half of an optimizer. */
export interface Numeric {
  init(parameters: Values): OptimizerState;
  step(
    parameters: Values,
    gradients: Values,
    state: OptimizerState,
  ): { parameters: Values; state: OptimizerState };
}

export function numeric(optimizer: Plain): Numeric {
  const kernels = lru<string, Kernel>(mostKernels);
  const kernelFor = (shape: Shape) => kernels(shape.join("×"), () => compileRule(optimizer, shape));
  return {
    init: (parameters) => init(optimizer, parameters),
    step: (parameters, gradients, state) => step(optimizer, kernelFor, parameters, gradients, state),
  };
}

function init(optimizer: Plain, parameters: Values): OptimizerState {
  const given = readMap(optimizer, parameters, "parameters");
  const names = Object.keys(given);
  const shapes = fromNames(names, (name) => shapeOfValue(given[name], place(optimizer, "parameters", name)));
  const slots = bySlot(optimizer, (_, { initial, scalar }) =>
    fromNames(names, (name) => {
      const shape = shapes[name]!;
      return scalar || shape.length === 0 ? initial : new Float64Array(sizeOf(shape)).fill(initial);
    }),
  );
  return { step: 0, shapes, slots };
}

function step(
  optimizer: Plain,
  kernelFor: (shape: Shape) => Kernel,
  parameters: Values,
  gradients: Values,
  state: OptimizerState,
): { parameters: Values; state: OptimizerState } {
  const point = readMap(optimizer, parameters, "parameters");
  const names = Object.keys(point);
  const slopes = readNamed(optimizer, gradients, names, "gradients");
  const { taken, shapes, slots } = readState(optimizer, state, names);
  const results = fromNames(names, (name) => {
    const shape = shapes[name]!;
    const read = (map: Given, what: string, wanted: Shape): number | Float64Array => {
      const data = readValue(map[name], wanted, place(optimizer, what, name));
      return wanted.length === 0 ? data[0]! : data;
    };
    return kernelFor(shape)({
      parameter: read(point, "parameters", shape),
      gradient: read(slopes, "gradients", shape),
      step: taken + 1,
      ...Object.fromEntries(
        optimizer.slots.map(([slot, { scalar }], i) => [
          slotKey(i),
          read(slots[slot]!, `state.slots.${slot}`, scalar ? [] : shape),
        ]),
      ),
    });
  });
  return {
    parameters: fromNames(names, (name) => results[name]!.parameter),
    state: {
      step: taken + 1,
      shapes,
      slots: bySlot(optimizer, (slot) => fromNames(names, (name) => results[name]!.slots[slot]!)),
    },
  };
}

/** The rule for parameters of one shape, on numbers. */
function compileRule(optimizer: Plain, shape: Shape): Kernel {
  const slots = optimizer.slots.map(
    ([, { scalar }], i) => [slotKey(i), tensor(scalar ? [] : shape)] as const,
  );
  const inputs = { parameter: tensor(shape), gradient: tensor(shape), step: scalar() };
  const traced = trace({ ...inputs, ...Object.fromEntries(slots) }, (given: Exprs) => {
    const own = optimizer.slots.map(([name], i) => [name, given[slotKey(i)]!] as const);
    const { parameter, gradient, step } = given;
    const next = applyRule(optimizer, parameter!, gradient!, Object.fromEntries(own), step!);
    return { parameter: next.parameter, slots: next.slots };
  });
  return compile(traced) as unknown as Kernel;
}

/** Slots stand beside other inputs, so they go by their places. */
function slotKey(place: number): string {
  return `slot${place}`;
}

/** A state's parts, each read once. */
function readState(
  optimizer: Plain,
  given: unknown,
  names: readonly string[],
): {
  readonly taken: number;
  readonly shapes: OptimizerState["shapes"];
  readonly slots: ReturnType<typeof readSlots>;
} {
  const { step, shapes, slots } = readNamed(optimizer, given, ["step", "shapes", "slots"], "state");
  const own = readNamed(optimizer, shapes, names, "state.shapes");
  return {
    taken: readCount(step, `${optimizer.name}: state.step, the number of steps taken,`),
    shapes: fromNames(names, (name) => readShape(own[name], place(optimizer, "state.shapes", name))),
    slots: readSlots(optimizer, slots, names, "state.slots"),
  };
}
