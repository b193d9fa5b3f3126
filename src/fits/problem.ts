/** A fit as a problem of least squares: its data read row by row, its model traced, its parameters named. */
import {
  AdjointError,
  divide,
  Expr,
  type Shape,
  subtract,
  type Traced,
  tensor,
  trace,
} from "../../graph/index.js";
import {
  checkKeys,
  describe,
  formatShape,
  isRecord,
  mapTree,
  readFunction,
  readValues,
} from "../../graph/internal.js";
import type { Residuals } from "../../optimizers/solvers/least-squares/index.js";
import {
  checkFinite,
  type Given,
  isTensor,
  makeResiduals,
  placeIn,
  type ResidualFunction,
  readStart,
  type Tensors,
} from "../runs/internal.js";

/** A model: what it gives for each row, from parameters and predictors by name. */
export type Model = (inputs: never) => unknown;

/** Parameters that follow from others: expressions of parameters by name. */
export type Expressions = Readonly<Record<string, (parameters: never) => unknown>>;

/** Columns of data, a number a row. */
export interface Columns {
  readonly predictors: Tensors;
  readonly rows: number;
}

const what = "curveFit";

/** @throws where a column isn't one of finite numbers, or columns are of unequal lengths: the row is named */
export function readColumns(given: unknown, owner = what): Columns {
  if (!isRecord(given))
    throw new AdjointError(`${owner}: data must be an object with columns by name, not ${describe(given)}.`);
  let rows: number | undefined;
  let first = "";
  const columns: Record<string, { data: Float64Array; shape: Shape }> = {};
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (!Array.isArray(value) && !ArrayBuffer.isView(value))
      throw new AdjointError(
        `${owner}: data "${name}" must be an array, a number a row, not ${describe(value)}.`,
      );
    const column = value as ArrayLike<unknown>;
    for (let i = 0; i < column.length; i++) {
      const one = column[i];
      if (typeof one === "number" && Number.isFinite(one)) continue;
      if (Array.isArray(one) || ArrayBuffer.isView(one)) break;
      throw new AdjointError(
        `${owner}: data "${name}" holds ${describe(one)} in row ${i}; leave out rows in which something is missing.`,
      );
    }
    const read = readValues({ column: value }, placeIn(owner)) as unknown as {
      column: { data: Float64Array; shape: Shape };
    };
    checkFinite(owner, [name], read.column.data);
    columns[name] = { data: Float64Array.from(read.column.data), shape: read.column.shape };
    const own = read.column.shape[0]!;
    if (rows !== undefined && own !== rows)
      throw new AdjointError(`${owner}: data "${name}" has ${own} rows, and "${first}" has ${rows}.`);
    if (rows === undefined) [rows, first] = [own, name];
  }
  if (rows === undefined || rows === 0) throw new AdjointError(`${owner}: data holds no rows.`);
  return { predictors: columns, rows };
}

/** @throws where the start isn't a tree of finite numbers */
export function readParameters(start: unknown): Tensors {
  const own = readStart(what, start);
  const read = readValues(own, placeIn(`${what}: start`)) as unknown as Tensors;
  for (const [name, tree] of Object.entries(read))
    mapTree(tree, isTensor, (leaf, path) => {
      checkFinite(what, [name, ...path], leaf.data);
    });
  return read;
}

/** The residuals (model − y)/σ as a function of parameters, predictors, y and σ. */
export function traceResiduals(
  model: Model,
  expressions: Expressions,
  parameters: Tensors,
  predictors: Tensors,
  rows: number,
): ResidualFunction {
  readFunction(model, `${what}: the model`);
  const specs = {
    parameters: specsOf(parameters),
    predictors: specsOf(predictors),
    response: tensor([rows]),
    sigma: tensor([rows]),
  };
  return trace(specs as never, (inputs: never) => {
    const { parameters, predictors, response, sigma } = inputs as Readonly<Record<string, Given>>;
    const values = modelled(model, expressions, parameters!, predictors!, rows);
    return divide(subtract(values, response as unknown as Expr), sigma as unknown as Expr);
  }) as unknown as ResidualFunction;
}

/** What the model gives: a number a row. */
function modelled(
  model: Model,
  expressions: Expressions,
  parameters: Given,
  predictors: Given,
  rows: number,
): Expr {
  const all: Record<string, unknown> = { ...parameters };
  for (const [name, expression] of Object.entries(expressions)) {
    readFunction(expression, `${what}: the expression of "${name}"`);
    all[name] = expression(all as never);
  }
  const given = (model as unknown as (inputs: Given) => unknown)({ ...all, ...predictors });
  if (given instanceof Expr && given.shape.length === 1 && given.shape[0] === rows) return given;
  const found = given instanceof Expr ? `of shape ${formatShape(given.shape)}` : describe(given);
  throw new AdjointError(`${what}: the model must give a number for each of the ${rows} rows, not ${found}.`);
}

function specsOf(tensors: Tensors) {
  return mapTree(tensors, isTensor, ({ shape }) => tensor(shape));
}

/** Binds the residuals to data. */
export function bindResiduals(
  f: ResidualFunction,
  parameters: Tensors,
  predictors: Tensors,
  response: Float64Array,
  sigma: Float64Array,
): Residuals {
  const column = (data: Float64Array) => ({ data, shape: [data.length] });
  return makeResiduals(
    f,
    { parameters } as unknown as Tensors,
    { predictors, response: column(response), sigma: column(sigma) } as unknown as Tensors,
  );
}

/** @throws where names of parameters, expressions and data meet, or a model's inputs aren't all given */
export function checkNamesOf(model: unknown, parameters: Given, expressions: Given, predictors: Given): void {
  const names = [...Object.keys(parameters), ...Object.keys(expressions), ...Object.keys(predictors)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new AdjointError(
      `${what}: "${twice}" is given twice; a name is a parameter, an expression or data.`,
    );
  const graph = (model as Partial<Traced>).graph;
  if (graph)
    checkKeys(
      Object.fromEntries(names.map((name) => [name, 0])),
      Object.keys(graph.inputTree),
      `${what}: start and data`,
    );
}
