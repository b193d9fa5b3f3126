/** What a rule may ask of the objective besides the gradient that it is given: SAM, Sophia and rates that watch the value do. */
import { AdjointError, type Expr, grad, hvp, type Traced, type Tree } from "../graph/index.js";
import { atPath, graphOf, isExpr, isId, mapTree, type Path, pathText } from "../graph/internal.js";
import type { Landscape, ParameterExprs, Place, Problem } from "./types.js";

/** Points and directions are lists in the order of the places. */
export function landscapeOf(
  name: string,
  places: readonly Place[],
  problem: Problem<ParameterExprs> | undefined,
): Landscape {
  const known = () => {
    if (problem) return problem;
    throw new AdjointError(
      `${name}: it looks at the objective, which isn't known here; run it by minimize or train, or pass { objective }, ` +
        "a traced function, as the last argument of update or step.",
    );
  };
  const names = [...new Set(places.map(({ path }) => String(path[0])))];
  const placeOf = new Map(places.map(({ path }, i) => [JSON.stringify(path), i]));
  /** The inputs of the objective at a point, or of those named alone. */
  const inputsAt = (point: readonly Expr[], only?: readonly string[]): Record<string, Tree<Expr>> => {
    const { objective, data } = known();
    const { inputTree, inputs } = graphOf(objective, name);
    const at = (path: Path): Expr => {
      const own = point[placeOf.get(JSON.stringify(path)) ?? -1] ?? atPath(data, path);
      if (isExpr(own as Tree<Expr>)) return own as Expr;
      throw new AdjointError(
        `${name}: the objective's input "${pathText(path)}" is neither a parameter nor in data.`,
      );
    };
    const keys = only ?? Object.keys(inputTree);
    return Object.fromEntries(
      keys.map((key) => [
        key,
        mapTree((inputTree as Readonly<Record<string, Tree<number>>>)[key]!, isId, (id) =>
          at(inputs[id]!.path),
        ),
      ]),
    );
  };
  const listOf = (tree: unknown): Expr[] => places.map(({ path }) => atPath(tree, path) as Expr);
  const objective = () => known().objective as unknown as Traced;
  return {
    value: (point) => objective()(inputsAt(point) as never) as unknown as Expr,
    gradient: (point) => listOf(grad(objective() as never, ...(names as never[]))(inputsAt(point) as never)),
    hvp(point, direction) {
      const tangents = Object.entries(inputsAt(direction, names)).map(([key, tree]) => [
        `tangent.${key}`,
        tree,
      ]);
      const product = hvp(objective() as never, ...(names as never[]));
      return listOf(product({ ...inputsAt(point), ...Object.fromEntries(tangents) } as never));
    },
  };
}
