/** `adjoint gradient`: value and exact derivatives at a point, or over a grid. */
import { grad, hessian, type Traced } from "../../../graph/index.js";
import type { Command } from "../command.js";
import { type Chosen, chooseObjective, elements, nested, readPoint } from "../objective.js";
import { has, numberOf, textOf } from "../options.js";
import { short, table, UsageError } from "../terminal.js";
import { assignments, readGrid } from "../values.js";

type Tree = Readonly<Record<string, unknown>>;

export const gradient: Command = {
  summary: "value, gradient and Hessian of an objective at a point",
  usage: '"TEXT" --at x=1,y=2',
  examples: [
    'adjoint gradient "x1^2 + x2^2 + x2^3 + x1*x2" --at x1=2,x2=3',
    'adjoint gradient "exp(-x^2)" --at x=1 --order 2 --verify',
    'adjoint gradient "sin(x)/x" --table x=1:0.5:4',
  ],
  options: {
    at: { value: "x=1,y=2", help: "the point; arrays as x=[1,2]" },
    order: { value: "1|2", help: "2: the Hessian, too; default 1" },
    verify: { help: "finite differences beside the gradient" },
    table: { value: "x=0:0.1:1", help: "a row for each point of a grid instead" },
  },
  run(given, { out }) {
    const chosen = chooseObjective(given.words[0]);
    if (outputShape(chosen).length > 0)
      throw new UsageError("a gradient is of one number; the text's value is an array.");
    const order = numberOf(given, "order", { whole: true, least: 1 }) ?? 1;
    if (order > 2) throw new UsageError("--order is 1 or 2.");
    const grid = textOf(given, "table");
    if (grid !== undefined) return tabulate(chosen, grid, has(given, "json"), out);
    const at = textOf(given, "at");
    if (at === undefined && chosen.f.graph.inputs.length > 0)
      throw new UsageError(
        `--at is missing: --at ${chosen.f.graph.inputs.map(({ name }) => `${name}=…`).join(",")}`,
      );
    const point = at === undefined ? {} : readPoint("--at", at, chosen);
    const value = chosen.f(point as never) as unknown as number;
    const slopes = grad(chosen.f)(point as never) as unknown as Tree;
    const second =
      order === 2 ? (hessian(chosen.f)(point as never) as unknown as Record<string, Tree>) : undefined;
    const differences = has(given, "verify") ? differencesAt(chosen, point) : undefined;
    if (has(given, "json")) {
      const all = {
        value,
        gradient: nested(slopes, chosen),
        ...(second && { hessian: plain(second) }),
        ...(differences && { differences }),
      };
      out.write(`${JSON.stringify(all)}\n`);
      return 0;
    }
    const rows = elements(slopes, chosen).map(([name, slope], i) => [
      `∂/∂${name}`,
      short(slope, 15),
      ...(differences ? [short(differences[i]!, 8)] : []),
    ]);
    out.write(`value  ${short(value, 15)}\n\n`);
    out.write(`${table([["", "gradient", ...(differences ? ["differences"] : [])], ...rows])}\n`);
    if (second) out.write(`\n${table(hessianRows(second, chosen))}\n`);
    return 0;
  },
};

function outputShape({ f }: Chosen): readonly number[] {
  const { outputs, nodes } = f.graph;
  return typeof outputs === "number" ? nodes[outputs]!.shape : [];
}

/** Central differences by each element, of the step that rounding and curvature leave best. */
function differencesAt(chosen: Chosen, point: Tree): number[] {
  const { f } = chosen;
  const flat = elements(flattened(point), chosen).map(([, value]) => value);
  const at = (i: number, h: number) => {
    let k = 0;
    const moved = (value: unknown): unknown =>
      Array.isArray(value) ? value.map(moved) : (value as number) + (k++ === i ? h : 0);
    const next = Object.fromEntries(f.graph.inputs.map(({ name }) => [name, moved(point[name])]));
    return f(next as never) as unknown as number;
  };
  return flat.map((value, i) => {
    const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(value));
    return (at(i, h) - at(i, -h)) / (value + h - (value - h));
  });
}

function flattened(point: Tree): Tree {
  const flat = (value: unknown): unknown => (Array.isArray(value) ? value.flat(Infinity) : value);
  return Object.fromEntries(Object.entries(point).map(([name, value]) => [name, flat(value)]));
}

function plain(tree: Record<string, Tree>): unknown {
  return JSON.parse(
    JSON.stringify(tree, (_, one) => (ArrayBuffer.isView(one) ? [...(one as Float64Array)] : one)),
  );
}

function hessianRows(second: Record<string, Tree>, chosen: Chosen): string[][] {
  const inputs = chosen.f.graph.inputs;
  const size = (shape: readonly number[]) => shape.reduce((all, length) => all * length, 1);
  const names = elements(
    Object.fromEntries(
      inputs.map(({ name, shape }) => [name, shape.length === 0 ? 0 : new Float64Array(size(shape))]),
    ),
    chosen,
  ).map(([name]) => name);
  const rows = inputs.flatMap((row) =>
    Array.from({ length: size(row.shape) }, (_, i) =>
      inputs.flatMap((column) => {
        const block = second[row.name]![column.name] as number | Float64Array;
        const width = size(column.shape);
        return typeof block === "number" ? [block] : [...block.slice(i * width, (i + 1) * width)];
      }),
    ),
  );
  return [["Hessian", ...names], ...rows.map((row, i) => [names[i]!, ...row.map((one) => short(one, 10))])];
}

function tabulate(chosen: Chosen, text: string, json: boolean, out: { write(text: string): void }): 0 {
  const grids = assignments("--table", text, "x=0:0.1:1", readGrid);
  const { inputs } = chosen.f.graph;
  for (const name of grids.keys())
    if (!inputs.some((input) => input.name === name))
      throw new UsageError(`--table: the objective has no "${name}".`);
  const other = inputs.find(({ name, shape }) => !grids.has(name) || shape.length > 0);
  if (other)
    throw new UsageError(`--table needs a grid for each input, all numbers: "${other.name}" has none.`);
  const names = inputs.map(({ name }) => name);
  const points = names.reduce<number[][]>(
    (all, name) => all.flatMap((row) => grids.get(name)!.map((one) => [...row, one])),
    [[]],
  );
  if (points.length > 100_000) throw new UsageError(`--table: ${points.length} points are more than 100000.`);
  const slope = grad(chosen.f as Traced);
  const rows = points.map((row) => {
    const point = Object.fromEntries(names.map((name, i) => [name, row[i]!])) as never;
    const slopes = slope(point) as unknown as Record<string, number>;
    return { point, value: chosen.f(point) as unknown as number, gradient: slopes };
  });
  if (json) out.write(`${JSON.stringify(rows)}\n`);
  else {
    const body = rows.map(({ point, value, gradient }) =>
      [...names.map((name) => point[name] as number), value, ...names.map((name) => gradient[name]!)].map(
        (one) => short(one),
      ),
    );
    out.write(`${table([[...names, "value", ...names.map((name) => `∂/∂${name}`)], ...body])}\n`);
  }
  return 0;
}
