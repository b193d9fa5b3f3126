/** Elements at places that are known only when a graph runs: take, and its transpose, scatterAdd. */
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import { type Arithmetic, defineOp, type Instances, integer, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { normalizeAxis } from "./axes.js";
import { equal, where } from "./comparison.js";

interface GatherParams {
  readonly axis: number;
}

/** The lengths before, along and behind an axis. */
function around(shape: Shape, axis: number): [outer: number, length: number, inner: number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))];
}

const gatherOp: Op<GatherParams> = defineOp<GatherParams>({
  name: "gather",
  shape: ([x, indices], { axis }) => [...x!.slice(0, axis), ...indices!, ...x!.slice(axis + 1)],
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [values, indices]: readonly (readonly T[])[],
    { operands }: { readonly operands: readonly Shape[] },
    { axis }: GatherParams,
  ) {
    const [outer, length, inner] = around(operands[0]!, axis);
    const result: T[] = [];
    for (let o = 0; o < outer; o++) {
      for (const index of indices!) {
        for (let i = 0; i < inner; i++) {
          // Whatever the arithmetic, an index is compared with all places there are.
          let chosen = arithmetic.constant(Number.NaN);
          for (let k = 0; k < length; k++) {
            const hit = arithmetic.apply(equal.op, [index, arithmetic.constant(k)]);
            chosen = arithmetic.apply(where.op, [hit, values![(o * length + k) * inner + i]!, chosen]);
          }
          result.push(chosen);
        }
      }
    }
    return result;
  },
  routine({ operands: [x, indices] }, { axis }) {
    const [outer, length, inner] = around(x!, axis);
    const count = sizeOf(indices!);
    return {
      run: (result, values, at) => gather(result, values!, at!, outer, length, inner, count),
      text: () => `(r, x, at) => (${gather})(r, x, at, ${outer}, ${length}, ${inner}, ${count})`,
    };
  },
  work: ({ operands, result }, { axis }) => 3 * sizeOf(result) * operands[0]![axis]!,
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    sparse: true,
    discrete: [1],
    transpose: (adjoint, _operand, { operands: [x, indices], params: { axis } }) =>
      apply(scatterOp, [adjoint, indices!], { axis, length: x!.shape[axis]! }),
  },
  domains: [real(), integer(0, 2)],
});

function gather(
  result: { [i: number]: number },
  values: ArrayLike<number>,
  at: ArrayLike<number>,
  outer: number,
  length: number,
  inner: number,
  count: number,
): void {
  let next = 0;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const k = at[j]!;
      const inside = k >= 0 && k < length && k === Math.floor(k);
      const from = (o * length + k) * inner;
      for (let i = 0; i < inner; i++) result[next++] = inside ? values[from + i]! : Number.NaN;
    }
  }
}

interface ScatterParams extends GatherParams {
  readonly length: number;
}

/** Operands: values as `gather` gives them, and their indices. */
const scatterOp: Op<ScatterParams> = defineOp<ScatterParams>({
  name: "scatter",
  shape: ([values, indices], { axis, length }) => [
    ...values!.slice(0, axis),
    length,
    ...values!.slice(axis + indices!.length),
  ],
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [values, indices]: readonly (readonly T[])[],
    { result }: { readonly result: Shape },
    { axis }: ScatterParams,
  ) {
    const [outer, length, inner] = around(result, axis);
    const count = indices!.length;
    const zero = arithmetic.constant(0);
    const sums = new Array<T>(sizeOf(result)).fill(zero);
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < count; j++) {
        for (let k = 0; k < length; k++) {
          const hit = arithmetic.apply(equal.op, [indices![j]!, arithmetic.constant(k)]);
          for (let i = 0; i < inner; i++) {
            const at = (o * length + k) * inner + i;
            const value = values![(o * count + j) * inner + i]!;
            sums[at] = arithmetic.add(sums[at]!, arithmetic.apply(where.op, [hit, value, zero]));
          }
        }
      }
    }
    return sums;
  },
  routine({ operands: [, indices], result: shape }, { axis }) {
    const [outer, length, inner] = around(shape, axis);
    const count = sizeOf(indices!);
    return {
      run: (result, values, at) => scatter(result, values!, at!, outer, length, inner, count),
      text: () => `(r, x, at) => (${scatter})(r, x, at, ${outer}, ${length}, ${inner}, ${count})`,
    };
  },
  work: ({ operands, result }) => 3 * sizeOf(result) * sizeOf(operands[1]!),
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    discrete: [1],
    transpose: (adjoint, _operand, { operands, params: { axis } }) =>
      apply(gatherOp, [adjoint, operands[1]!], { axis }),
  },
  domains: [real(), integer(0, 2)],
});

function scatter(
  result: { [i: number]: number },
  values: ArrayLike<number>,
  at: ArrayLike<number>,
  outer: number,
  length: number,
  inner: number,
  count: number,
): void {
  for (let i = 0; i < outer * length * inner; i++) result[i] = 0;
  let next = 0;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const k = at[j]!;
      const inside = k >= 0 && k < length && k === Math.floor(k);
      const to = (o * length + k) * inner;
      for (let i = 0; i < inner; i++) {
        if (inside) result[to + i] = result[to + i]! + values[next]!;
        next++;
      }
    }
  }
}

export const gatherInstances: Instances = {
  op: gatherOp as Op,
  instances: [
    { shapes: [[3], []], params: { axis: 0 } },
    { shapes: [[3, 2], [2]], params: { axis: 0 } },
    {
      shapes: [
        [2, 3],
        [2, 2],
      ],
      params: { axis: 1 },
    },
    { shapes: [[3], [0]], params: { axis: 0 } },
  ],
};

export const scatterInstances: Instances = {
  op: scatterOp as Op,
  instances: [
    { shapes: [[], []], params: { axis: 0, length: 3 } },
    { shapes: [[2, 2], [2]], params: { axis: 0, length: 3 } },
    {
      shapes: [
        [2, 2, 2],
        [2, 2],
      ],
      params: { axis: 1, length: 3 },
    },
    { shapes: [[0], [0]], params: { axis: 0, length: 2 } },
  ],
};

/**
 * The elements (or rows) at whole-numbered indices along an axis, the first by default: element `i` of `take(x, at)` is
 * x[at[i]], NaN for an index outside. The indices may be an input, and have no derivative.
 * @throws where known indices are outside
 */
export const take: ((x: Operand, indices: Operand, axis?: number) => Expr) & WithOp =
  /* @__PURE__ */ Object.assign(
    (x: Operand, indices: Operand, axis = 0): Expr =>
      withOperands("take", [x, indices], ([values, at]) => {
        const along = normalizeAxis(axis, values!.shape.length, "take");
        checkKnown("take", indices, values!.shape[along]!);
        return apply(gatherOp, [values!, at!], { axis: along });
      }) as Expr,
    { op: gatherOp as Op },
  );

/**
 * The transpose of `take` along the first axis: zeros of `length` rows, to which row `i` of `values` is added at
 * `indices[i]`. What falls outside is dropped.
 * @throws where the indices aren't as many as there are values, or known ones are outside
 */
export const scatterAdd: ((values: Operand, indices: Operand, length: number) => Expr) & WithOp =
  /* @__PURE__ */ Object.assign(
    (values: Operand, indices: Operand, length: number): Expr =>
      withOperands("scatterAdd", [values, indices], ([given, at]) => {
        const leading = given!.shape.slice(0, at!.shape.length);
        if (formatShape(leading) !== formatShape(at!.shape)) {
          throw new AdjointError(
            `scatterAdd: values ${formatShape(given!.shape)} and indices ${formatShape(at!.shape)} differ; there must be an index for each value (or row).`,
          );
        }
        checkKnown("scatterAdd", indices, length);
        return apply(scatterOp, [given!, at!], { axis: 0, length });
      }) as Expr,
    { op: scatterOp as Op },
  );

/** Indices that are known when a graph is made are checked then. */
function checkKnown(what: string, indices: unknown, length: number): void {
  const visit = (one: unknown): void => {
    if (typeof one === "number" && !(Number.isInteger(one) && one >= 0 && one < length)) {
      throw new AdjointError(
        `${what}: the index ${one} is none of the ${length} places, 0 to ${length - 1}.`,
      );
    }
    if (Array.isArray(one) || ArrayBuffer.isView(one))
      for (const child of one as unknown as Iterable<unknown>) visit(child);
  };
  visit(indices);
}
