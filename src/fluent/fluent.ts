/**
 * `import "adjoint/fluent"` gives expressions methods by the names of the ops: `x.square().add(y).sum()` is
 * `sum(add(square(x), y))`. They are the functions themselves, with the expression as first operand; functions whose first
 * argument is none (`stack`, `concatenate`, `einsum`, and those that make plain arrays) have no method. `slice` is the op:
 * of arrays' methods expressions have none.
 *
 * @example
 * import "adjoint/fluent";
 * const f = trace({ x: vector(2), y: vector(2) }, ({ x, y }) => x.square().add(y).sum());
 */
import { Expr } from "../../graph/index.js";
import { methods } from "../../graph/internal.js";
import "./methods.js";
import "./regular-methods.js";

for (const [name, f] of methods) {
  Object.defineProperty(Expr.prototype, name, {
    value(this: Expr, ...others: unknown[]) {
      return (f as (...operands: unknown[]) => unknown)(this, ...others);
    },
    configurable: true,
    writable: true,
  });
}
