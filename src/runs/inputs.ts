/** The inputs of an objective as users give them: a start, and data. */
import { AdjointError } from "../../graph/index.js";
import { checkKeys, formatShape, graphOf, isId, readAlong, readValue } from "../../graph/internal.js";
import { checkFinite, type Given, placeIn, readData, readStart } from "./checks.js";
import type { Tensor, Tensors } from "./state.js";

/** Parameters and data: trees of a function's inputs. */
export interface Inputs {
  readonly parameters: Tensors;
  readonly data: Tensors;
}

/** The objective's inputs as numbers of their own, those of the start apart. @throws where it is no scalar */
export function readInputs(what: string, objective: unknown, start: unknown, data: unknown): Inputs {
  return readNumbers(what, objective, start, data, () => {
    const { outputs, nodes } = graphOf(objective, what);
    const shape = typeof outputs === "number" ? nodes[outputs]!.shape : undefined;
    if (shape?.length === 0) return;
    const found = shape ? `of shape ${formatShape(shape)}; sum or mean it` : "a record of outputs";
    throw new AdjointError(`${what}: the objective must be a scalar, not ${found}.`);
  });
}

/** A function's inputs as numbers of their own, those of the start apart; `check` comes once their names are right. */
export function readNumbers(
  what: string,
  f: unknown,
  start: unknown,
  data: unknown,
  check: () => void = () => {},
): Inputs {
  const { inputs, inputTree } = graphOf(f, what);
  const own = readStart(what, start);
  const others = readData(what, data, own);
  checkKeys({ ...own, ...others }, Object.keys(inputTree), `${what}: start and data`);
  check();
  const read = (given: Given): Tensors => {
    const like = Object.fromEntries(Object.entries(inputTree).filter(([key]) => Object.hasOwn(given, key)));
    return readAlong(like, isId, given, placeIn(what), (value, i): Tensor => {
      const { path, shape } = inputs[i]!;
      const data = readValue(value, shape, placeIn(what)(path));
      checkFinite(what, path, data);
      return { data: data.slice(), shape };
    }) as Tensors;
  };
  return { parameters: read(own), data: read(others) };
}
