/** A run's state: all that a step reads and writes, as one array of numbers. */
import type { Shape, Tree } from "../../graph/index.js";
import { flattenTree, isRecord, keepShape, type Path, sizeOf, unflattenTree } from "../../graph/internal.js";

/** Numbers with their shape: what parameters and data are inside. */
export interface Tensor {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** Tensors by name, and trees of them. */
export type Tensors = { readonly [name: string]: Tree<Tensor> };

export function isTensor(tree: Tree<Tensor>): tree is Tensor {
  return isRecord(tree) && tree.data instanceof Float64Array;
}

/** What a tensor is to a user: the number of a scalar, else a flat array. */
export function plainValue({ data, shape }: Tensor): number | Float64Array {
  keepShape(data, shape);
  return shape.length === 0 ? data[0]! : data;
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
  readonly arrays: readonly Float64Array[];
  /** Which of the three arrays is now. */
  turn = 0;
  /** Steps taken. */
  steps = 0;
  /** The step or the epoch whose callback runs; 0 for none. */
  told = 0;

  constructor(tree: StateTree) {
    this.tree = tree;
    const tensors = flattenTree(tree, isTensor);
    let offset = 0;
    this.leaves = tensors.map(({ path, leaf: { shape } }): Leaf => {
      const size = sizeOf(shape);
      offset += size;
      return { path, shape, offset: offset - size, size };
    });
    this.parameters = this.leaves.filter(({ path }) => path[0] === "parameters");
    this.arrays = [0, 1, 2].map(() => new Float64Array(offset));
    tensors.forEach(({ leaf }, i) => {
      this.now.set(leaf.data, this.leaves[i]!.offset);
    });
  }

  get now(): Float64Array {
    return this.arrays[this.turn]!;
  }

  /** The state before the last step. */
  get before(): Float64Array {
    return this.arrays[(this.turn + 2) % 3]!;
  }

  /** Goes to the next state, or once (−1) to the one before. */
  move(steps: 1 | -1): void {
    this.turn = (this.turn + steps + 3) % 3;
    this.steps += steps;
  }

  /** A copy of the parameters: numbers for scalars, flat arrays for tensors. */
  point(): Readonly<Record<string, Tree<number | Float64Array>>> {
    const values = this.parameters.map(({ shape, offset, size }) =>
      plainValue({ data: this.now.slice(offset, offset + size), shape }),
    );
    return unflattenTree(this.tree.parameters, isTensor, values) as ReturnType<State["point"]>;
  }
}
