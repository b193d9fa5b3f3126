/** Optimizers that look at all parameters at once: their rule is one graph of the whole tree. */
import {
  AdjointError,
  compile,
  type Expr,
  type Shape,
  type Spec,
  scalar,
  type Tree,
  tensor,
  trace,
} from "../graph/index.js";
import {
  contentOf,
  flattenTree,
  graphOf,
  isSpec,
  lru,
  mapTree,
  readValues,
  serialOf,
} from "../graph/internal.js";
import { intern } from "./intern.js";
import { landscapeOf } from "./landscape.js";
import { placeIn, slotShape } from "./maps.js";
import type { NumericPlace, NumericUpdate, Stepper } from "./numeric.js";
import { type Engine, makeOptimizer } from "./optimizer.js";
import { type Apply, checkUpdate, type Plain } from "./symbolic.js";
import type {
  BySlot,
  Landscape,
  Optimizer,
  ParameterExprs,
  Place,
  Problem,
  Rule,
  Slots,
  TreeDefinition,
  Update,
} from "./types.js";

type TreeRule = TreeDefinition["treeRule"];

/** An optimizer of the library that looks at all parameters, as `sharedOptimizer`. */
export function sharedTree<const S extends Slots>(definition: TreeDefinition<S>): Optimizer<S> {
  const { name, hyperparameters } = definition;
  return intern(name, hyperparameters, () => treeOptimizer(definition));
}

/** An optimizer of a definition that is right. Its `rule` is that of a tree of one parameter. */
export function treeOptimizer<const S extends Slots>(definition: TreeDefinition<S>): Optimizer<S> {
  const { name, treeRule } = definition;
  const alone = landscapeOf(name, [], undefined);
  return makeOptimizer(
    {
      ...definition,
      rule: (parameter: Expr, gradient: Expr, slots: BySlot<S, Expr>, step: Expr) =>
        treeRule([{ path: [], parameter, gradient, slots }], step, alone)[0]!,
    },
    whole(treeRule as unknown as TreeRule),
  );
}

/** The rule of any optimizer on all places, whose order is that of their paths. */
export function applyTo(
  { rule, treeRule }: Optimizer,
  places: readonly Place[],
  step: Expr,
  landscape: Landscape,
): readonly Update[] {
  if (treeRule) return treeRule(places, step, landscape);
  return places.map(({ parameter, gradient, slots }) => (rule as Rule)(parameter, gradient, slots, step));
}

const whole =
  (treeRule: TreeRule): Engine =>
  (optimizer) => {
    const apply: Apply = (places, step, problem) => {
      // The order of keys must not change a sum over parameters, not even in the last place.
      const order = places
        .map((_, i) => i)
        .sort((a, b) => (textOf(places[a]!) < textOf(places[b]!) ? -1 : 1));
      const sorted = order.map((i) => places[i]!);
      const landscape = landscapeOf(optimizer.name, sorted, problem);
      const given: unknown = treeRule(sorted, step, landscape);
      if (!Array.isArray(given) || given.length !== sorted.length) {
        throw new AdjointError(
          `${optimizer.name}: the rule must give a list of ${sorted.length} updates, one for each parameter.`,
        );
      }
      const updates: Update[] = [];
      for (const [k, i] of order.entries()) updates[i] = checkUpdate(optimizer, sorted[k]!, given[k]);
      return updates;
    };
    return { apply, stepper: wholeStepper(optimizer, apply) };
  };

/** Keys may hold dots, so that joined ones may be equal. */
const textOf = ({ path }: { readonly path: Place["path"] }): string => JSON.stringify(path);

type Kernel = (inputs: Readonly<Record<string, number | Float64Array>>) => {
  readonly updates: readonly NumericUpdate[];
};

/** Equal graphs share a kernel, whoever made them. */
const shared = lru<string, Kernel>(64);

/** A kernel for each tree of parameters and each problem. */
function wholeStepper(optimizer: Plain, apply: Apply): Stepper {
  const kernels = lru<string, Kernel>(64);
  return (places, step, problem) => {
    if (places.length === 0) return [];
    const data = problem?.data ?? {};
    const constants = constantsOf(optimizer, data);
    const forms = [places, constants.map(({ path, leaf: { shape } }) => ({ path, shape }))].map((list) =>
      list.map(({ path, shape }) => [path, shape]),
    );
    const objective = problem ? serialOf(problem.objective) : 0;
    const kernel = kernels(JSON.stringify([objective, forms]), () => {
      const traced = traceTree(optimizer, apply, places, problem?.objective, data as never);
      const content = contentOf(graphOf(traced, optimizer.name));
      const compiled = () => compile(traced as never) as unknown as Kernel;
      return content === undefined ? compiled() : shared(content, compiled);
    });
    const inputs: Record<string, number | Float64Array> = { step };
    for (const [i, { parameter, gradient, slots }] of places.entries()) {
      inputs[`p${i}`] = parameter;
      inputs[`g${i}`] = gradient;
      for (const [k, [slot]] of optimizer.slots.entries()) inputs[`s${i}_${k}`] = slots[slot]!;
    }
    for (const [i, { leaf }] of constants.entries())
      inputs[`d${i}`] = leaf.shape.length === 0 ? leaf.data[0]! : leaf.data;
    return kernel(inputs).updates;
  };
}

interface Constant {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** The numbers of a problem's data, one after the other. */
function constantsOf(optimizer: Plain, data: unknown) {
  const isConstant = (tree: Tree<Constant>): tree is Constant => isSpec(tree);
  return flattenTree<Constant>(readValues(data, placeIn(optimizer, "data")), isConstant);
}

/** A step of the whole tree as a graph, whose inputs go by their places. */
function traceTree(
  optimizer: Plain,
  apply: Apply,
  places: readonly NumericPlace[],
  objective: Problem["objective"] | undefined,
  data: unknown,
): unknown {
  const specs: Record<string, Spec> = { step: scalar() };
  for (const [i, { path, shape }] of places.entries()) {
    specs[`p${i}`] = tensor(shape);
    specs[`g${i}`] = tensor(shape);
    for (const [k, [, slot]] of optimizer.slots.entries())
      specs[`s${i}_${k}`] = tensor(slotShape(slot, shape, path));
  }
  for (const [i, { leaf }] of constantsOf(optimizer, data).entries()) specs[`d${i}`] = tensor(leaf.shape);
  return trace(specs, (given: Readonly<Record<string, Expr>>) => {
    const all = places.map(
      ({ path }, i): Place => ({
        path,
        parameter: given[`p${i}`]!,
        gradient: given[`g${i}`]!,
        slots: Object.fromEntries(optimizer.slots.map(([slot], k) => [slot, given[`s${i}_${k}`]!])),
      }),
    );
    let next = 0;
    const named = mapTree(
      readValues(data, placeIn(optimizer, "data")),
      isSpec,
      () => given[`d${next++}`]!,
    ) as ParameterExprs;
    return { updates: apply(all, given.step!, objective && { objective, data: named }) } as never;
  });
}
