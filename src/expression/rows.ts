/** The functions of models of data: of numbers, each row by itself. */
import * as ops from "../../graph/index.js";
import { folded, functions, of, reductions, type TextFunction } from "./functions.js";

/** Functions that mix elements, or make arrays: none is of one row alone. */
const arrays = new Set<unknown>(
  [
    ...[
      "softmax",
      "logSoftmax",
      "transpose",
      "inv",
      "det",
      "cholesky",
      "pinv",
      "expm",
      "svdvals",
      "eigvalsh",
      "diag",
    ],
    ...[
      "diagonal",
      "matrixTrace",
      "tril",
      "triu",
      "sort",
      "cumsum",
      "cumprod",
      "dot",
      "outer",
      "matmul",
      "solve",
      "kron",
    ],
    ...[
      "cross",
      "norm",
      "quantile",
      "zeros",
      "ones",
      "identity",
      "range",
      "linspace",
      "concat",
      "reshape",
      "size",
      "count",
    ],
    ...Object.keys(reductions),
  ].map((name) => functions.get(name)),
);

/** The functions of numbers, by which many rows may be computed at once, each by itself. */
export const rowFunctions: ReadonlyMap<string, TextFunction> = /* @__PURE__ */ ofRows();

function ofRows(): ReadonlyMap<string, TextFunction> {
  const each = { multiply: ops.multiply, divide: ops.divide, power: ops.power, pow: ops.power };
  const many = { max: folded(ops.maximum), min: folded(ops.minimum) };
  const plain = [...functions].filter(([, one]) => !arrays.has(one));
  const all = new Map<string, TextFunction>(plain);
  for (const [name, op] of Object.entries(each)) all.set(name, of(2, op));
  for (const [name, of] of Object.entries(many)) all.set(name, of);
  return all;
}
