/**
 * The kernels of a traced function's residuals: their values, Jacobian, products with it, and second derivatives along a
 * direction, each compiled when it is first asked for. They take the parameters as one flat array.
 */
import {
  type Expr,
  jacobian,
  jvp,
  reshape,
  type Shape,
  scalar,
  type Traced,
  type Tree,
  tensor,
  trace,
  transpose,
  vjp,
} from "../../graph/index.js";
import { leavesOf, lru, sizeOf, unflattenTree } from "../../graph/internal.js";
import type { Residuals } from "../../optimizers/solvers/least-squares/index.js";
import { firstAlike, type Program, programOf } from "./kernels.js";
import { isTensor, plainValue, type Tensors } from "./state.js";
import { keys, record } from "./step.js";

/** Residuals of named inputs: a vector. */
export type ResidualFunction = Traced<{ readonly [name: string]: Tree<Shape> }, Expr>;

/** What kernels are given. */
type Inputs = Record<string, number | Float64Array>;

/** A function of expressions by name, whose derivatives are graphs, too. */
type Named = (inputs: Readonly<Record<string, Expr>>) => Expr;

/** Makes the residuals of parameters and data of these forms; `data` is bound. */
export function makeResiduals(given: ResidualFunction, parameters: Tensors, data: Tensors): Residuals {
  const f = firstAlike(given);
  const leaves = leavesOf(parameters, isTensor).map(({ shape }) => ({ shape, size: sizeOf(shape) }));
  const constants = leavesOf(data, isTensor);
  const own = keys("y", leaves.length);
  const others = keys("d", constants.length);
  const along = keys("v", leaves.length);
  const specs = () =>
    record(
      [...own, ...others],
      [...leaves, ...constants].map(({ shape }) => specOf(shape)),
    );
  const base = (): Traced =>
    trace(specs(), (inputs: Readonly<Record<string, Expr>>) => {
      const tree = (like: Tensors, names: readonly string[]) =>
        unflattenTree(
          like,
          isTensor,
          names.map((name) => inputs[name]!),
        );
      const all = { ...(tree(parameters, own) as object), ...(tree(data, others) as object) };
      return (f as unknown as (inputs: object) => Expr)(all);
    }) as unknown as Traced;
  const text = JSON.stringify(Object.keys(parameters));
  const program = (name: string, make: () => Traced): (() => Program["kernel"]) => {
    let kernel: Program["kernel"] | undefined;
    return () => {
      kernel ??= programOf(name, [f], text, "f64", make).kernel;
      return kernel;
    };
  };
  const value = program("residuals", base);
  const matrix = program("jacobian", () => columnsOf(base(), specs(), own));
  const forward = program("forward", () => jvp(base() as never, ...(own as never[])) as unknown as Traced);
  const backward = program("backward", () => vjp(base() as never, ...(own as never[])) as unknown as Traced);
  const bent = program("curvature", () => secondOf(base(), specs(), own, along));

  const bound = record<number | Float64Array>(others, constants.map(plainValue) as (number | Float64Array)[]);
  const tangents = keys("tangent.y", leaves.length);
  // A map for each kind of kernel: they refuse names that they don't know where something can't be read.
  const plain = inputsOf([...others, ...own], bound);
  const pushed = inputsOf([...others, ...own, ...tangents], bound);
  const pulled = inputsOf([...others, ...own, "cotangent"], bound);
  const twice = inputsOf([...others, ...own, ...along, ...tangents], bound);
  const size = leaves.reduce((sum, leaf) => sum + leaf.size, 0);
  const count = f.graph.nodes[f.graph.outputs as number]!.shape[0]!;
  /** Binds a flat array's parts under these names. */
  const bind = (inputs: Inputs, names: readonly string[], flat: Float64Array): Inputs => {
    let offset = 0;
    for (let i = 0; i < leaves.length; i++) {
      const { shape, size: length } = leaves[i]!;
      inputs[names[i]!] = shape.length === 0 ? flat[offset]! : flat.subarray(offset, offset + length);
      offset += length;
    }
    return inputs;
  };
  const spare = new Float64Array(count);
  /** The parts of arrays that were written before: there are few, which take turns. */
  const known = new WeakMap<Float64Array, Record<string, Float64Array>>();
  const parts = (into: Float64Array, width: number): Record<string, Float64Array> => {
    const found = known.get(into);
    if (found) return found;
    let offset = 0;
    const made = record(
      own,
      leaves.map(({ size: length }) => {
        offset += length * width;
        return into.subarray(offset - length * width, offset);
      }),
    );
    known.set(into, made);
    return made;
  };
  return {
    size,
    count,
    residuals(x, into) {
      value().into(bind(plain, own, x) as never, into as never);
    },
    jacobian(x, into) {
      matrix().into(bind(plain, own, x) as never, parts(into, count) as never);
    },
    forward(x, v, into) {
      bind(pushed, own, x);
      forward().into(bind(pushed, tangents, v) as never, { value: spare, tangent: into } as never);
    },
    backward(x, u, into) {
      bind(pulled, own, x).cotangent = u;
      backward().into(pulled as never, { value: spare, grad: parts(into, 1) } as never);
    },
    curvature(x, v, into) {
      bind(twice, own, x);
      bind(twice, along, v);
      bent().into(bind(twice, tangents, v) as never, { value: spare, tangent: into } as never);
    },
  };
}

/** Inputs of these names, some of them given. They are copies of one that is kept, with names at places that engines know. */
function inputsOf(names: readonly string[], given: Readonly<Inputs>): Inputs {
  return Object.assign(
    {
      ...templates(names.join(), () =>
        record(
          names,
          names.map(() => 0),
        ),
      ),
    },
    given,
  );
}

const templates = lru<string, Inputs>(64);

function specOf(shape: Shape) {
  return shape.length === 0 ? scalar() : tensor(shape);
}

type Specs = ReturnType<typeof record<ReturnType<typeof specOf>>>;

/** The Jacobian by each parameter, transposed: its elements by the residuals. */
function columnsOf(f: Traced, specs: Specs, own: readonly string[]): Traced {
  const all = jacobian(f as never, ...(own as never[])) as unknown as (
    inputs: object,
  ) => Record<string, Expr>;
  return trace(specs, (inputs: Readonly<Record<string, Expr>>) => {
    const blocks = all(inputs);
    return record(
      own,
      own.map((name) => {
        const block = blocks[name]!;
        const size = sizeOf(specs[name]!.shape);
        if (block.shape.length === 1) return block;
        return transpose(
          reshape(block, [block.shape[0]!, size]) as never,
          [1, 0] as never,
        ) as unknown as Expr;
      }),
    );
  }) as unknown as Traced;
}

/** The tangent of the tangent, both along one direction. */
function secondOf(f: Traced, specs: Specs, own: readonly string[], along: readonly string[]): Traced {
  const first = jvp(f as never, ...(own as never[])) as unknown as (inputs: object) => { tangent: Expr };
  const directions = record(
    along,
    own.map((name) => specs[name]!),
  );
  const tangent: Named = (inputs) =>
    first({
      ...Object.fromEntries(Object.keys(specs).map((name) => [name, inputs[name]!])),
      ...Object.fromEntries(own.map((name, i) => [`tangent.${name}`, inputs[along[i]!]!])),
    }).tangent;
  const traced = trace({ ...specs, ...directions }, tangent as never);
  return jvp(traced as never, ...(own as never[])) as unknown as Traced;
}
