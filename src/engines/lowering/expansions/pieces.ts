/** Steps that expansions share: polynomials, repetitions that end at each element's own time, numbers known beforehand. */
import { AdjointError, add, type Expr, multiply, scan, where } from "../../../../graph/index.js";
import { full, fullOp, isOp } from "../../../../graph/internal.js";

export type Numeric = Expr | number;

/** A polynomial by its coefficients, the highest first. */
export function horner(coefficients: readonly number[], x: Expr): Expr {
  return coefficients
    .slice(1)
    .reduce<Numeric>((sum, c) => add(multiply(sum, x) as Expr, c) as Expr, coefficients[0]!) as Expr;
}

/** The number in every element of an operand, where that is known before the graph runs. */
export function knownNumber({ builder, id }: Expr): number | undefined {
  const node = builder.nodes[id]!;
  return isOp(node, fullOp) ? node.params.value : undefined;
}

/** @throws where the order of a derivative is known only when the graph runs, which no derivative makes */
export function knownOrder(order: Expr, name: string): number {
  const known = knownNumber(order);
  if (known !== undefined) return known;
  throw new AdjointError(`${name}: its order must be a number that is known before the function runs.`);
}

/** A number in the shape of an expression. */
export function like({ builder, shape }: Expr, value: number): Expr {
  return full(builder, value, shape);
}

/** Expressions by name. */
export type State = Readonly<Record<string, Expr>>;

/** What becomes of a state in so many steps, of which each element takes those for which `goes` holds. */
export function repeated<S extends State>(
  start: S,
  length: number,
  goes: (state: S, i: Expr) => Expr,
  next: (state: S, i: Expr) => { readonly [K in keyof S]?: Expr },
  reverse = false,
): S {
  const { last } = scan(
    (carry, _x, i) => {
      const state = carry as unknown as S;
      const [going, moved] = [goes(state, i), next(state, i)];
      const entries = Object.entries(state).map(([key, value]) => {
        const to = moved[key];
        return [key, to === undefined ? value : (where(going, to, value) as Expr)];
      });
      return Object.fromEntries(entries) as never;
    },
    start,
    { length, reverse },
  ) as unknown as { readonly last: S };
  return last;
}
