/** `adjoint gradient`: value and exact derivatives at a point, or over a grid. */
import { compile, grad, hessian, type Traced, valueAndGrad } from "../../../graph/index.js";
import { sizeOf } from "../../../graph/internal.js";
import type { Command, ExitCode } from "../command.js";
import { type Chosen, chooseObjective, elementNames, elements, nested, readPoint } from "../objective.js";
import { type Given, has, numberOf, textOf } from "../options.js";
import { json, short, table, UsageError } from "../terminal.js";
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
    at: { value: "x=1,y=2", help: "the point; arrays as x=[1,2]; in a table what has no grid" },
    order: { value: "1|2", help: "2: the Hessian, too; default 1" },
    verify: { help: "finite differences beside the gradient" },
    table: { value: "x=0:0.1:1", help: "a row for each point of a grid instead" },
  },
  async run(given, terminal): Promise<ExitCode> {
    const { out } = terminal;
    const chosen = await chooseObjective(given.words[0], terminal);
    if (outputShape(chosen).length > 0)
      throw new UsageError("a gradient is of one number; the text's value is an array.");
    const order = numberOf(given, "order", { whole: true, least: 1 }) ?? 1;
    if (order > 2) throw new UsageError("--order is 1 or 2.");
    const grid = textOf(given, "table");
    if (grid !== undefined) {
      const unused = ["order", "verify"].find((name) => has(given, name));
      if (unused !== undefined) throw new UsageError(`--${unused} is of a point, not of a table.`);
      return tabulate(chosen, grid, given, out);
    }
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
        ...(second && { hessian: second }),
        ...(differences && { differences: nested(byInput(differences, chosen), chosen) }),
      };
      out.write(json(all));
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

/** Elements one after the other, by input. */
function byInput(flat: readonly number[], { f }: Chosen): Tree {
  let place = 0;
  return Object.fromEntries(
    f.graph.inputs.map(({ name, shape }) => {
      const own = flat.slice(place, place + sizeOf(shape));
      place += sizeOf(shape);
      return [name, shape.length === 0 ? own[0] : Float64Array.from(own)];
    }),
  );
}

function hessianRows(second: Record<string, Tree>, chosen: Chosen): string[][] {
  const inputs = chosen.f.graph.inputs;
  const names = elementNames(chosen);
  const rows = inputs.flatMap((row) =>
    Array.from({ length: sizeOf(row.shape) }, (_, i) =>
      inputs.flatMap((column) => {
        const block = second[row.name]![column.name] as number | Float64Array;
        const width = sizeOf(column.shape);
        return typeof block === "number" ? [block] : [...block.slice(i * width, (i + 1) * width)];
      }),
    ),
  );
  return [["Hessian", ...names], ...rows.map((row, i) => [names[i]!, ...row.map((one) => short(one, 10))])];
}

function tabulate(chosen: Chosen, text: string, given: Given, out: { write(text: string): void }): 0 {
  const grids = assignments("--table", text, "x=0:0.1:1", readGrid);
  const { inputs } = chosen.f.graph;
  for (const name of grids.keys())
    if (!inputs.some((input) => input.name === name && input.shape.length === 0))
      throw new UsageError(`--table: the objective has no number "${name.slice(0, 40)}".`);
  const names = [...grids.keys()];
  const at = textOf(given, "at");
  const others = inputs.map(({ name }) => name).filter((name) => !grids.has(name));
  if (others.length > 0 && at === undefined)
    throw new UsageError(`--table has no grid for ${others.join(", ")}; give the rest by --at.`);
  if (others.length === 0 && at !== undefined)
    throw new UsageError("--at: all inputs have a grid in --table.");
  const held = others.length === 0 ? {} : readPoint("--at", at!, chosen, new Set(names));
  const count = names.reduce((all, name) => all * grids.get(name)!.length, 1);
  if (count > 100_000) throw new UsageError(`--table: ${count} points are more than 100000.`);
  const points = names.reduce<number[][]>(
    (all, name) => all.flatMap((row) => grids.get(name)!.map((one) => [...row, one])),
    [[]],
  );
  const both = compile(valueAndGrad(chosen.f as Traced));
  const rows = points.map((row) => {
    const own = Object.fromEntries(names.map((name, i) => [name, row[i]!]));
    const { value, grad } = both({ ...held, ...own } as never) as unknown as { value: number; grad: Tree };
    return { point: own, value, slopes: elements({ ...grad }, chosen), gradient: nested(grad, chosen) };
  });
  if (has(given, "json"))
    out.write(json({ table: rows.map(({ point, value, gradient }) => ({ point, value, gradient })) }));
  else {
    const body = rows.map(({ point, value, slopes }) =>
      [...Object.values(point), value, ...slopes.map(([, slope]) => slope)].map((one) => short(one)),
    );
    const heads = elementNames(chosen).map((name) => `∂/∂${name}`);
    out.write(`${table([[...names, "value", ...heads], ...body])}\n`);
  }
  return 0;
}
