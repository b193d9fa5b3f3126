/** Ops that JAX has by itself, with the same meaning: factorizations and running sums, which loops would make slow. */
import type { Node, Shape } from "../../../graph/index.js";
import { libraryName } from "../lowering/lower.js";
import type { JaxDialect } from "./dialect.js";
import { atom, type PythonValue } from "./values.js";

type Native = (dialect: JaxDialect, operands: readonly string[], params: never) => string;

const truth = (flag: number) => (flag ? "True" : "False");

interface Course {
  readonly axis: number;
  readonly reverse: 0 | 1;
}

const running =
  (name: string): Native =>
  (_, [x], { axis, reverse }: Course) =>
    `lax.${name}(${x}, axis=${axis}${reverse ? ", reverse=True" : ""})`;

const natives: Readonly<Record<string, Native>> = {
  cumsum: running("cumsum"),
  cummax: running("cummax"),
  cummin: running("cummin"),
  triangularSolve: (_, [a, b], params: { lower: number; transpose: number; unit: number }) =>
    `lax.linalg.triangular_solve(${a}, ${b}, left_side=True, lower=${truth(params.lower)}, ` +
    `transpose_a=${truth(params.transpose)}, unit_diagonal=${truth(params.unit)})`,
  cholesky: (_, [a]) => `lax.linalg.cholesky(${a}, symmetrize_input=False)`,
};

export function hasNative({ op, shape }: Node, shapes: readonly Shape[]): boolean {
  return Object.hasOwn(natives, libraryName(op)) && ![...shapes, shape].some((one) => one.includes(0));
}

export function nativeOf(
  dialect: JaxDialect,
  node: Node,
  shapes: readonly Shape[],
): ((operands: readonly PythonValue[]) => PythonValue) | undefined {
  if (!hasNative(node, shapes)) return undefined;
  const { op, params, shape } = node;
  const write = natives[op.name]!;
  return (operands) =>
    atom(
      write(
        dialect,
        operands.map((operand) => dialect.text(operand)),
        params as never,
      ),
      shape,
    );
}
