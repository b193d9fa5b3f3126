/** The inputs of an objective as users give them: a start, and data. */
import { AdjointError } from "../../graph/index.js";
import { checkKeys, formatShape, graphOf, isId, readAlong, readValue } from "../../graph/internal.js";
import { checkFinite, type Given, placeIn, readData, readStart } from "./checks.js";
import type { Tensor, Tensors } from "./state.js";

/** The objective's inputs as numbers of their own, those of the start apart: trees of its inputs' form. */
export function readInputs(
  what: string,
  objective: unknown,
  start: unknown,
  data: unknown,
): { parameters: Tensors; data: Tensors } {
  const { inputs, inputTree, outputs, nodes } = graphOf(objective, what);
  const own = readStart(what, start);
  const others = readData(what, data, own);
  checkKeys({ ...own, ...others }, Object.keys(inputTree), `${what}: start and data`);
  const shape = typeof outputs === "number" ? nodes[outputs]!.shape : undefined;
  if (shape?.length !== 0) {
    const found = shape ? `of shape ${formatShape(shape)}; sum or mean it` : "a record of outputs";
    throw new AdjointError(`${what}: the objective must be a scalar, not ${found}.`);
  }
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
