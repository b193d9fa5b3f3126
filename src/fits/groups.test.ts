/** Groups fitted together: SciPy's values, what groups are given as, and what belongs to each. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, type Expr, exp, multiply } from "../../graph/index.js";
import { curveFit } from "./curve-fit.js";

const fits = suite("groups");

type Inputs = Readonly<Record<string, Expr>>;
type Columns = { readonly x: readonly number[]; readonly y: readonly number[] };

const file = new URL("../../property-tests/reference/fits.json", import.meta.url);
const { groups: reference } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly groups: {
    readonly groups: Readonly<Record<"a" | "b" | "c", Columns>>;
    readonly names: readonly string[];
    readonly parameters: readonly number[];
    readonly covariance: readonly (readonly number[])[];
    readonly chiSquare: number;
  };
};
const data = reference.groups;
const decay = ({ height, k, offset, x }: Inputs) =>
  add(multiply(height!, exp(multiply(-1, k!, x!))), offset!);
const start = { k: 1, height: 1, offset: 0 };
const own = ["height", "offset"] as const;
const together = curveFit(decay, start, data, { own });

/** The rows of all groups in one table, in an order that mixes them. */
const rows = Object.entries(data)
  .flatMap(([strain, { x, y }]) => x.map((at, i) => ({ strain, x: at, y: y[i]!, key: Math.sin(7 * at + i) })))
  .sort((a, b) => a.key - b.key);
const table = {
  x: rows.map(({ x }) => x),
  y: rows.map(({ y }) => y),
  strain: rows.map(({ strain }) => strain),
};

const close = (found: number, wanted: number, digits = 1e-9) =>
  assert.ok(Math.abs(found - wanted) <= digits * (1e-3 + Math.abs(wanted)), `${found} beside ${wanted}`);

fits("parameters and their joint covariance are SciPy's", () => {
  assert.is(together.status, "converged");
  assert.equal(
    together.estimates.map(({ name }) => name),
    reference.names,
  );
  const n = reference.names.length;
  together.estimates.forEach(({ value }, i) => {
    close(value, reference.parameters[i]!, 1e-8);
    reference.covariance[i]!.forEach((one, j) => {
      close(together.covariance[i * n + j]!, one, 1e-6);
    });
  });
  close(together.quality.chiSquare, reference.chiSquare);
  assert.is(together.parameters.height.b, together.estimates[2]!.value);
  assert.is(together.quality.degreesOfFreedom, 42 - 7);
  assert.equal(
    together.groups.map(({ name, count }) => [name, count]),
    [
      ["a", 14],
      ["b", 11],
      ["c", 17],
    ],
  );
  close(
    together.groups.reduce((sum, { chiSquare }) => sum + chiSquare, 0),
    together.quality.chiSquare,
  );
  assert.match(together.toString(), /\nb: 11 data, χ² = /);
});

fits("a column that names groups, in any order of rows, and a list are the same as groups by name", () => {
  const mixed = curveFit(decay, start, table, { groups: "strain", own });
  const listed = curveFit(decay, start, Object.values(data), { own });
  reference.names.forEach((name, i) => {
    const [parameter, group] = name.split(".") as ["k" | "height" | "offset", string | undefined];
    const found =
      group === undefined
        ? mixed.parameters.k
        : (mixed.parameters as unknown as Record<string, Record<string, number>>)[parameter]![group]!;
    close(found, together.estimates[i]!.value, 1e-8);
    close(listed.estimates[i]!.value, together.estimates[i]!.value, 1e-8);
  });
  assert.equal(Object.keys(listed.parameters.height), ["0", "1", "2"]);
  // Everything by row is in the order of the rows as they were given.
  assert.equal([...mixed.data.columns.x!], table.x);
  assert.equal(mixed.data.groups, table.strain);
  rows.forEach(({ x, y, strain }, i) => {
    const { values } = mixed.predict({ x: [x] }, { group: strain });
    close(mixed.fitted[i]!, values[0]!);
    assert.ok(Math.abs(mixed.residuals[i]! - (values[0]! - y)) < 1e-9);
  });
});

fits("sigmas and weights are by row of the table, or by group", () => {
  const sigmas = { a: 0.05, b: 0.1, c: data.c.x.map((_, i) => 0.05 + 0.01 * (i % 4)) };
  const byGroup = curveFit(decay, start, data, { own, sigma: sigmas });
  const places: Record<string, number> = { a: 0, b: 0, c: 0 };
  const sorted = Object.entries(data).flatMap(([strain, { x }]) =>
    x.map((at) => {
      const one = sigmas[strain as "a"] as number | number[];
      return { strain, at, sigma: typeof one === "number" ? one : one[places[strain]!++]! };
    }),
  );
  const sigma = rows.map(
    ({ strain, x }) => sorted.find((one) => one.strain === strain && one.at === x)!.sigma,
  );
  const byRow = curveFit(decay, start, table, { groups: "strain", own, sigma });
  close(byRow.quality.chiSquare, byGroup.quality.chiSquare);
  close(byRow.parameters.k, byGroup.parameters.k, 1e-8);
  // A group without weight is as good as none.
  const { a, b } = data;
  const without = curveFit(decay, start, data, {
    own,
    weights: { a: 1, b: 1, c: 0 },
    fixed: ["height.c", "offset.c"],
  });
  const less = curveFit(decay, start, { a, b }, { own });
  close(without.parameters.k, less.parameters.k, 1e-8);
  close(without.quality.chiSquare, less.quality.chiSquare);
});

fits("starts, bounds, fixed ones, ties and other starts work by group, too", () => {
  const begun = curveFit(decay, { ...start, height: { a: 4, b: 2, c: 9 } }, data, { own });
  close(begun.parameters.k, together.parameters.k, 1e-8);
  assert.equal(
    begun.estimates.filter(({ name }) => name.startsWith("height")).map((one) => one.start),
    [4, 2, 9],
  );
  const bounded = curveFit(decay, start, data, {
    own,
    bounds: { height: { upper: 6 }, "offset.b": { lower: 0.3 } },
  });
  assert.is(bounded.parameters.height.c, 6);
  assert.is(bounded.parameters.offset.b, 0.3);
  assert.ok(bounded.parameters.height.a < 6);
  const fixed = curveFit(decay, { ...start, offset: 0.5 }, data, { own, fixed: ["offset"] });
  assert.equal(Object.values(fixed.parameters.offset), [0.5, 0.5, 0.5]);
  assert.is(fixed.quality.degreesOfFreedom, 42 - 4);
  const tied = curveFit(decay, { k: 1, height: 1 }, data, {
    own: ["height"],
    expressions: { offset: ({ height }: Inputs) => multiply(0.1, height!) },
  });
  const { values } = tied.predict({ x: [1e6] }, { group: "c" });
  close(values[0]!, 0.1 * tied.parameters.height.c);
  assert.equal(
    tied.derived.map(({ name }) => name),
    ["offset.a", "offset.b", "offset.c"],
  );
  close(Number(tied.derived[2]!.standardError), 0.1 * Number(tied.estimates[3]!.standardError));
  const far = curveFit(decay, { ...start, k: 900 }, data, { own, starts: 12, seed: 4 });
  close(far.parameters.k, together.parameters.k, 1e-8);
});

fits("without own parameters groups share all; errors in predictors and profiles are of all groups", () => {
  const shared = curveFit(decay, start, { a: data.a, b: data.a });
  const once = curveFit(decay, start, data.a);
  close(shared.parameters.k, once.parameters.k, 1e-7);
  close(shared.quality.chiSquare, 2 * once.quality.chiSquare);
  const { lower } = together.profile("height.b");
  const [low] = together.estimates[2]!.interval as [number, number];
  assert.ok(Math.abs((lower as number) - low) < 0.02);
  const odd = curveFit(decay, start, data, { own, sigma: 0.05, xSigma: { x: 0.02 } });
  const mixed = curveFit(decay, start, table, {
    groups: "strain",
    own,
    sigma: 0.05,
    xSigma: { x: 0.02 },
  });
  close(odd.quality.chiSquare, mixed.quality.chiSquare);
  rows.forEach(({ x }, i) => {
    assert.ok(Math.abs(mixed.truePredictors.x![i]! - x) < 0.2);
  });
});

fits("what doesn't fit together is told", () => {
  const refuse = (pattern: RegExp, run: () => unknown) => assert.throws(run, pattern);
  const fit = (given: unknown, options: object) => curveFit(decay, start, given as never, options);
  refuse(/own names "rate", which is no parameter; they are k, height, offset/, () =>
    fit(data, { own: ["rate"] }),
  );
  refuse(/own parameters \(height\) need groups/, () => fit(data.a, { own: ["height"] }));
  refuse(/groups names the column "batch", which data doesn't have; it has x, y, strain/, () =>
    fit(table, { groups: "batch" }),
  );
  refuse(/data is given by groups already/, () => fit(data, { groups: "strain" }));
  refuse(/data "strain" holds null in row 3; it must name each row's group/, () =>
    fit({ ...table, strain: table.strain.with(3, null as never) }, { groups: "strain" }),
  );
  refuse(/data "b" has no column "x", which "a" has/, () => fit({ a: data.a, b: { y: [1] } }, { own }));
  refuse(/data "b": "y" holds NaN in row 1/, () =>
    fit({ a: data.a, b: { x: [1, 2], y: [1, Number.NaN] } }, { own }),
  );
  refuse(/sigma must have the groups a, b, c; it has "d"/, () => fit(data, { own, sigma: { a: 1, d: 1 } }));
  refuse(/predict: each group has its own height, offset; name one, as in \{ group: "a" \}/, () =>
    together.predict({ x: [1] }),
  );
  refuse(/predict: the group is the text "d"; the fit's are a, b, c/, () =>
    together.predict({ x: [1] }, { group: "d" }),
  );
});

fits.run();
