/** A fit in the making: what is given is read, the parameters are found, and the report is put together. */
import { AdjointError } from "../../graph/index.js";
import { describe, flattenTree, isRecord } from "../../graph/internal.js";
import { allFinite, project } from "../../optimizers/solvers/internal.js";
import {
  type LeastSquares,
  levenbergMarquardt,
  readLeastSquaresSolver,
} from "../../optimizers/solvers/least-squares/index.js";
import {
  type Driven,
  isTensor,
  readLimits,
  readWeighing,
  type Tensor,
  type Waiting,
} from "../runs/internal.js";
import { type FitReport, reportOf } from "./assemble.js";
import {
  type CurveFitOptions,
  fix,
  readOwnBounds,
  readRowWeights,
  readSigma,
  readXSigma,
} from "./options.js";
import { makeOrthogonal } from "./orthogonal.js";
import {
  bindResiduals,
  checkNamesOf,
  checkParametersUsed,
  elementNames,
  type Form,
  type Model,
  readParameters,
  traceResiduals,
} from "./problem.js";
import { search } from "./search.js";
import { readLevel } from "./student.js";
import { asGiven, type FittedData, readTable, type Table } from "./table.js";

/** Fits a model to data; `what` is the function that the user called. */
export function* fitting(
  what: string,
  waiting: Waiting,
  model: Model,
  start: unknown,
  data: unknown,
  given: CurveFitOptions,
): Driven<FitReport> {
  const { response = "y", level: wanted = 0.95, expressions = {}, solver = levenbergMarquardt() } = given;
  readLeastSquaresSolver(solver, what);
  if (!isRecord(expressions))
    throw new AdjointError(
      `${what}: expressions must be an object of functions by name, not ${describe(expressions)}.`,
    );
  const level = readLevel(what, wanted);
  const table = readTable(data, what, given.groups);
  const groups = (table.groups ?? []).map(({ name }) => name);
  const { parameters, own } = readParameters(what, start, given.own, table.groups);
  const form: Form = { what, model, expressions, parameters, own };
  const { [response]: y, ...columns } = table.columns;
  if (y?.shape.length !== 1)
    throw new AdjointError(
      `${what}: data has no column "${response}" for the response; it has ${Object.keys(table.columns).join(", ")}.`,
    );
  checkNamesOf(form, columns);
  const names = elementNames(parameters);
  const sigma = readSigma(what, given.sigma, table);
  const xSigma = readXSigma(what, given.xSigma, table, response);
  const predictors: Table = { ...table, columns };
  const shifted = Object.entries(xSigma).map(([name, one], k) => ({ name, input: `shift${k}`, sigma: one }));
  const f = traceResiduals(form, predictors, shifted);
  checkParametersUsed(what, f);
  const others = { response: y.data, sigma };
  const orthogonal = shifted.length > 0 ? makeOrthogonal(f, form, predictors, others, shifted) : undefined;
  const first = Float64Array.from(
    flattenTree<Tensor>(parameters, isTensor).flatMap(({ leaf }) => [...leaf.data]),
  );
  const bounds = fix(
    what,
    given.fixed,
    parameters,
    own,
    readOwnBounds(what, given.bounds, parameters, own, groups),
    first,
  );
  const { weights, ...weighed } = given;
  const problem: LeastSquares = {
    residuals: orthogonal ?? bindResiduals(f, form, columns, others),
    weighing: {
      ...readWeighing(what, weighed, table.rows),
      weights: readRowWeights(what, weights, table),
    },
    bounds,
  };
  project(bounds, first);
  const free = names.filter((_, j) => bounds.lower[j] !== bounds.upper[j]).length;
  if (free > table.rows)
    throw new AdjointError(
      `${what}: ${free} parameters can't be told from ${table.rows} rows; fix some, or give more data.`,
    );
  checkFirst(what, problem, first, table);
  const limits = readLimits(what, given);
  const task = { problem, solver, limits, nameOf: (j: number) => names[j]! };
  const found = yield* search(what, task, first, parameters, waiting, given);
  const fitted: FittedData = {
    response,
    columns: Object.fromEntries(
      Object.entries(table.columns).map(([name, column]) => [name, asGiven(column.data, table)]),
    ),
    sigma: given.sigma === undefined ? undefined : asGiven(sigma, table),
    xSigma: Object.fromEntries(Object.entries(xSigma).map(([name, one]) => [name, asGiven(one, table)])),
    groups: table.groups && labelsOf(table),
  };
  const absolute = given.absoluteSigma ?? false;
  return reportOf({
    ...{ problem, found, form, names, first, level, solver, limits, orthogonal },
    ...{ y: y.data, sigma, absolute, table, data: fitted },
  });
}

/** The group of each row, as rows were given. */
function labelsOf({ groups, order, rows }: Table): string[] {
  const labels = new Array<string>(rows);
  for (const { name, from, rows: count } of groups!)
    for (let i = from; i < from + count; i++) labels[order?.[i] ?? i] = name;
  return labels;
}

/** @throws where the model isn't finite at the start: the row is named, with what it holds */
function checkFirst(
  what: string,
  { residuals }: LeastSquares,
  first: Float64Array,
  { columns, order }: Table,
): void {
  const r = new Float64Array(residuals.count);
  residuals.residuals(first, r);
  if (allFinite(r)) return;
  const row = r.findIndex((one) => !Number.isFinite(one));
  const held = Object.entries(columns).map(([name, { data, shape }]) =>
    shape.length === 1 ? `${name} = ${data[row]}` : `${name} has ${data.length / shape[0]!} numbers`,
  );
  throw new AdjointError(
    `${what}: the model is ${r[row]} at the start in row ${order?.[row] ?? row} (${held.join(", ")}); start where it is finite.`,
  );
}
