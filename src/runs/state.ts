/** A run's state: all that a step reads and writes, as one array of numbers. */
import type { Dtype, Shape, Tree } from "../../graph/index.js";
import {
  flattenTree,
  isRecord,
  keepShape,
  mapTree,
  type Path,
  sizeOf,
  unflattenTree,
} from "../../graph/internal.js";

/** The arrays of both dtypes. */
export type Floats = Float64Array | Float32Array;

export function makeFloats(dtype: Dtype, length: number): Floats {
  return dtype === "f32" ? new Float32Array(length) : new Float64Array(length);
}

/** Numbers with their shape: what parameters and data are inside. */
export interface Tensor {
  readonly data: Floats;
  readonly shape: Shape;
}

/** Tensors by name, and trees of them. */
export type Tensors = { readonly [name: string]: Tree<Tensor> };

export function isTensor(tree: Tree<Tensor>): tree is Tensor {
  return isRecord(tree) && ArrayBuffer.isView(tree.data);
}

/** What a tensor is to a user: the number of a scalar, else a flat array. */
export function plainValue({ data, shape }: Tensor): number | Floats {
  keepShape(data, shape);
  return shape.length === 0 ? data[0]! : data;
}

/** A tensor whose elements have a dtype; itself where they do. */
export function asDtype({ data, shape }: Tensor, dtype: Dtype): Tensor {
  const own = makeFloats(dtype, 0);
  if (data.constructor === own.constructor) return { data, shape };
  const copy = makeFloats(dtype, data.length);
  copy.set(data);
  return { data: copy, shape };
}

/** Tensors in their tree, as a user has them. */
export function plainTree(tensors: Tensors): Readonly<Record<string, Tree<number | Floats>>> {
  return mapTree(tensors, isTensor, plainValue) as ReturnType<typeof plainTree>;
}

/** What a state is made of: `["parameters", "x"]` and `["slots", "mean", "x"]` are paths of its tensors. */
export type StateTree = {
  readonly parameters: Tensors;
  readonly slots: Readonly<Record<string, Tensors>>;
};

/** Where a tensor of the state lies. */
export interface Leaf {
  readonly path: Path;
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
}

/**
 * The state at a point of a run is one array, in which the tensors lie one after the other, the parameters first. A step
 * reads it and writes the next one, and the one before is kept: three arrays take turns.
 */
export class State {
  readonly tree: StateTree;
  readonly leaves: readonly Leaf[];
  /** Those of the leaves that are parameters. */
  readonly parameters: readonly Leaf[];
  readonly arrays: readonly Floats[];
  readonly dtype: Dtype;
  /** Which of the three arrays is now. */
  turn = 0;
  /** Steps taken. */
  steps = 0;
  /** Evaluations of the objective at the points before this one. */
  evaluations = 0;
  /** The steps before the last point that callbacks were told of, so that none is told twice. */
  seen = -1;
  /** The step or the epoch whose callback runs; 0 for none. */
  told = 0;

  constructor(tree: StateTree, dtype: Dtype = "f64") {
    this.tree = tree;
    this.dtype = dtype;
    const tensors = flattenTree(tree, isTensor);
    let offset = 0;
    this.leaves = tensors.map(({ path, leaf: { shape } }): Leaf => {
      const size = sizeOf(shape);
      offset += size;
      return { path, shape, offset: offset - size, size };
    });
    this.parameters = this.leaves.filter(({ path }) => path[0] === "parameters");
    this.arrays = [0, 1, 2].map(() => makeFloats(dtype, offset));
    tensors.forEach(({ leaf }, i) => {
      this.now.set(leaf.data, this.leaves[i]!.offset);
    });
  }

  get now(): Floats {
    return this.arrays[this.turn]!;
  }

  /** The state before the last step. */
  get before(): Floats {
    return this.arrays[(this.turn + 2) % 3]!;
  }

  /** The state that a step wrote, to which it would go next. */
  get next(): Floats {
    return this.arrays[(this.turn + 1) % 3]!;
  }

  /** Goes to the next state, or once (−1) to the one before. */
  move(steps: 1 | -1): void {
    this.turn = (this.turn + steps + 3) % 3;
    this.steps += steps;
  }

  /** A copy of the parameters, or of those that stand in another array: numbers for scalars, flat arrays for tensors. */
  point(from: Floats = this.now): Readonly<Record<string, Tree<number | Floats>>> {
    const values = this.parameters.map(({ shape, offset, size }) =>
      plainValue({ data: from.slice(offset, offset + size), shape }),
    );
    return unflattenTree(this.tree.parameters, isTensor, values) as ReturnType<State["point"]>;
  }
}
