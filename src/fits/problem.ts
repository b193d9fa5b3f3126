/** A fit as a problem of least squares: its model traced over its rows, its parameters named. */
import {
  AdjointError,
  add,
  concatenate,
  divide,
  Expr,
  multiply,
  reshape,
  type Shape,
  slice,
  subtract,
  type Traced,
  tensor,
  trace,
} from "../../graph/index.js";
import {
  checkKeys,
  describe,
  flattenTree,
  formatShape,
  isRecord,
  leavesOf,
  lru,
  mapTree,
  pathText,
  readFunction,
  reading,
  readList,
  readText,
  readValues,
  serialOf,
  sizeOf,
} from "../../graph/internal.js";
import {
  checkFinite,
  type Given,
  isTensor,
  makeResiduals,
  placeIn,
  type ResidualFunction,
  readStart,
  type Tensor,
  type Tensors,
} from "../runs/internal.js";
import type { Group, Table } from "./table.js";

/**
 * A model: what it gives for each row, from parameters and predictors by name.
 * @example const line: Model = ({ a, b, x }: { a: Expr; b: Expr; x: Expr }) => add(multiply(a, x), b);
 */
export type Model = (inputs: never) => unknown;

/**
 * Parameters that follow from others: expressions of parameters by name.
 * @example const expressions: Expressions = { b: ({ a }: { a: Expr }) => multiply(2, a) };
 */
export type Expressions = Readonly<Record<string, (parameters: never) => unknown>>;

/** What a fit's residuals are made of besides numbers. */
export interface Form {
  /** The function that the user called. */
  readonly what: string;
  readonly model: Model;
  readonly expressions: Expressions;
  readonly parameters: Tensors;
  /** Parameters of which each group has its own, by the group's name. */
  readonly own: readonly string[];
}

/**
 * The start as tensors; of own parameters a record of one for each group, each with what was given for it or for all.
 * @throws where the start isn't a tree of finite numbers, or own parameters can't be told apart
 */
export function readParameters(
  what: string,
  start: unknown,
  given: unknown,
  groups: readonly Group[] | undefined,
): Pick<Form, "parameters" | "own"> {
  const first = readStart(what, start);
  const own =
    given === undefined
      ? []
      : readList(given, `${what}: own`, (one, i) => readText(one, `${what}: own[${i}]`));
  const unknown = own.find((name) => !Object.hasOwn(first, name));
  if (unknown !== undefined)
    throw new AdjointError(
      `${what}: own names "${unknown}", which is no parameter; they are ${Object.keys(first).join(", ")}.`,
    );
  if (own.length > 0 && !groups)
    throw new AdjointError(
      `${what}: own parameters (${own.join(", ")}) need groups; name the column that tells them, or give data by group.`,
    );
  const names = (groups ?? []).map(({ name }) => name);
  const byGroup = (value: unknown) =>
    isRecord(value) &&
    reading(`${what}: start`, () => String(Object.keys(value).sort()) === String([...names].sort()))
      ? value
      : Object.fromEntries(names.map((name) => [name, value]));
  const whole = Object.fromEntries(
    Object.entries(first).map(([name, value]) => [name, own.includes(name) ? byGroup(value) : value]),
  );
  const parameters = readValues(whole, placeIn(`${what}: start`)) as unknown as Tensors;
  for (const [name, tree] of Object.entries(parameters))
    mapTree(tree, isTensor, (leaf, path) => {
      checkFinite(what, [name, ...path], leaf.data);
    });
  return { parameters, own };
}

/** The names of all elements: `a`, or `a[0]`, `a[1]`. */
export function elementNames(parameters: Tensors): string[] {
  return flattenTree<Tensor>(parameters, isTensor).flatMap(({ path, leaf: { data, shape } }) =>
    Array.from(data, (_, i) => (shape.length === 0 ? pathText(path) : `${pathText(path)}[${i}]`)),
  );
}

/** How far predictors stand from what was measured: shifts in their standard deviations, each an input of its own. */
export interface Shifted {
  readonly name: string;
  /** The input that holds the shifts of this predictor. */
  readonly input: string;
  readonly sigma: Float64Array;
}

/** The inputs of `traceResiduals`. */
export function specsOfResiduals(
  { parameters }: Form,
  columns: Table["columns"],
  rows: number,
  shifted: readonly Shifted[],
) {
  const column = tensor([rows]);
  return {
    parameters: specsOf(parameters),
    predictors: specsOf(columns),
    response: column,
    sigma: column,
    ...Object.fromEntries(shifted.map(({ input }) => [input, column])),
  };
}

/** The residuals (model − y)/σ as a function of parameters, predictors, y and σ, and of shifts of predictors. */
export function traceResiduals(
  form: Form,
  { columns, rows, groups }: Pick<Table, "columns" | "rows" | "groups">,
  shifted: readonly Shifted[] = [],
): ResidualFunction {
  readFunction(form.model, `${form.what}: the model`);
  const traceThem = () => traceOnce(form, columns, rows, groups, shifted);
  // Groups and shifts are numbers in the graph, which are others each time.
  if (groups || shifted.length > 0) return traceThem();
  const traced = byModel.get(form.model) ?? lru<string, ResidualFunction>(8);
  byModel.set(form.model, traced);
  const shapes = (tensors: Tensors) => mapTree(tensors, isTensor, ({ shape }) => shape);
  const expressions = Object.entries(form.expressions).map(([name, one]) => [name, serialOf(one)]);
  return traced(JSON.stringify([shapes(form.parameters), shapes(columns), rows, expressions]), traceThem);
}

/** Residuals of a model that were traced before, by the shapes of all that they are of. */
const byModel = new WeakMap<Model, (key: string, make: () => ResidualFunction) => ResidualFunction>();

function traceOnce(
  form: Form,
  columns: Table["columns"],
  rows: number,
  groups: Table["groups"],
  shifted: readonly Shifted[],
): ResidualFunction {
  const specs = specsOfResiduals(form, columns, rows, shifted);
  return trace(specs as never, (inputs: never) => {
    const all = inputs as Readonly<Record<string, Given>>;
    const predictors: Record<string, unknown> = { ...all.predictors };
    for (const { name, input, sigma } of shifted)
      predictors[name] = add(predictors[name] as Expr, multiply(all[input] as unknown as Expr, sigma));
    const values = modelled(form, all.parameters!, predictors, rows, groups);
    return divide(subtract(values, all.response as unknown as Expr), all.sigma as unknown as Expr);
  }) as unknown as ResidualFunction;
}

/** What the model gives for the rows of one group, with that group's parameters, as a function like residuals. */
export function traceModel(
  form: Form,
  { columns, rows }: Table,
  group: string | undefined,
): ResidualFunction {
  const specs = { parameters: specsOf(form.parameters), predictors: specsOf(columns) };
  return trace(specs as never, (inputs: never) => {
    const { parameters, predictors } = inputs as Readonly<Record<string, Given>>;
    return valuesOf(form, parametersOf(form, parameters!, group), predictors!, rows, "predict");
  }) as unknown as ResidualFunction;
}

/** Parameters that follow from others, as one vector with the names of its elements; none where nothing follows. */
export function traceExpressions(
  form: Form,
  groups: readonly Group[] | undefined,
): { readonly f: ResidualFunction; readonly names: readonly string[] } | undefined {
  const names: string[] = [];
  const byGroup = groups && form.own.length > 0 ? groups.map(({ name }) => name) : [undefined];
  if (Object.keys(form.expressions).length === 0) return undefined;
  const f = trace({ parameters: specsOf(form.parameters) } as never, (inputs: never) => {
    const { parameters } = inputs as Readonly<Record<string, Given>>;
    const parts = byGroup.flatMap((group) => {
      const all = followed(form, parametersOf(form, parameters!, group), form.what);
      return Object.keys(form.expressions).flatMap((name) => {
        const value = all[name];
        // What is no expression is a number of the user's.
        if (!(value instanceof Expr)) return [];
        const path = pathText(group === undefined ? [name] : [name, group]);
        const size = sizeOf(value.shape);
        for (let i = 0; i < size; i++) names.push(value.shape.length === 0 ? path : `${path}[${i}]`);
        return [reshape(value, [size])];
      });
    });
    // A trace must give something.
    return (parts.length > 0 ? concatenate(parts) : parameters) as never;
  }) as unknown as ResidualFunction;
  return names.length > 0 ? { f, names } : undefined;
}

/** What the model gives: a number a row, group by group where there are groups. */
function modelled(
  form: Form,
  parameters: Given,
  predictors: Given,
  rows: number,
  groups: readonly Group[] | undefined,
): Expr {
  if (!groups) return valuesOf(form, parameters, predictors, rows, form.what);
  const parts = groups.map(({ name, from, rows: count }) => {
    const part = Object.entries(predictors).map(
      ([key, column]) => [key, slice(column as Expr, from, from + count)] as const,
    );
    return valuesOf(form, parametersOf(form, parameters, name), Object.fromEntries(part), count, form.what);
  });
  return concatenate(parts) as unknown as Expr;
}

function parametersOf({ own }: Form, parameters: Given, group: string | undefined): Given {
  if (group === undefined) return parameters;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      own.includes(name) ? (value as Given)[group] : value,
    ]),
  );
}

function valuesOf(form: Form, parameters: Given, predictors: Given, rows: number, owner: string): Expr {
  const all = followed(form, parameters, owner);
  const given = asked(form.model, { ...all, ...predictors }, owner, "the model");
  if (given instanceof Expr && given.shape.length === 1 && given.shape[0] === rows) return given;
  const found = given instanceof Expr ? `of shape ${formatShape(given.shape)}` : describe(given);
  throw new AdjointError(
    `${owner}: the model must give a number for each of the ${rows} rows, not ${found}.`,
  );
}

/** The parameters with those that follow from them. */
function followed({ expressions }: Form, parameters: Given, owner: string): Record<string, unknown> {
  const all: Record<string, unknown> = { ...parameters };
  for (const [name, expression] of Object.entries(expressions)) {
    readFunction(expression, `${owner}: the expression of "${name}"`);
    all[name] = asked(expression, all, owner, `the expression of "${name}"`);
  }
  return all;
}

/** Calls a function of named inputs. @throws where it fails after it asked for a name that isn't there: the name is told */
function asked(f: unknown, inputs: Given, owner: string, who: string): unknown {
  const call = f as (inputs: Given) => unknown;
  if ((f as Partial<Traced>).graph) return call(inputs);
  let missing: string | undefined;
  const watched = new Proxy(inputs, {
    get(target, key) {
      if (typeof key === "string" && !Object.hasOwn(target, key)) missing ??= key;
      return Reflect.get(target, key) as unknown;
    },
  });
  try {
    return call(watched);
  } catch (cause) {
    if (missing === undefined) throw cause;
    throw new AdjointError(
      `${owner}: ${who} asks for "${missing}", which isn't given; there are ${Object.keys(inputs).join(", ")}.`,
      { cause },
    );
  }
}

function specsOf(tensors: Tensors) {
  return mapTree(tensors, isTensor, ({ shape }) => tensor(shape));
}

/** @throws where names of parameters, expressions and data meet, or a model's inputs aren't all given */
export function checkNamesOf({ what, model, parameters, expressions }: Form, predictors: Given): void {
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

/** @throws where what the model gives doesn't depend on a parameter */
export function checkParametersUsed(
  what: string,
  { graph: { nodes, inputs, outputs, inputTree } }: ResidualFunction,
): void {
  const used = new Set<number>([outputs as number]);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (used.has(i)) for (const operand of nodes[i]!.operands) used.add(operand as number);
  }
  const isId = (tree: unknown): tree is number => typeof tree === "number";
  const { parameters } = inputTree as Readonly<Record<string, Tensors>>;
  const unused = (leavesOf(parameters as never, isId as never) as unknown as number[]).find(
    (i) => !used.has(i),
  );
  if (unused === undefined) return;
  const path = pathText(inputs[unused]!.path.slice(1));
  throw new AdjointError(`${what}: the model doesn't depend on "${path}"; leave it out of start.`);
}

/** Binds residuals to columns, y and σ, and to shifts where there are some. */
export function bindResiduals(
  f: ResidualFunction,
  { parameters }: Form,
  predictors: Tensors,
  others: Readonly<Record<string, Float64Array>>,
): ReturnType<typeof makeResiduals> {
  const columns = Object.entries(others).map(([name, data]): [string, Tensor] => [
    name,
    { data, shape: [data.length] as Shape },
  ]);
  return makeResiduals(
    f,
    { parameters } as unknown as Tensors,
    { predictors, ...Object.fromEntries(columns) } as unknown as Tensors,
  );
}
