/**
 * How exact the library's functions and their derivatives of orders 1 to 5 are: in units in the last place (ulps), against
 * arithmetic of as many digits as it takes, at numbers of all magnitudes and close to each function's special points.
 *
 * npm run accuracy -- [--op NAME] [--order N] [--wide] [--check] [--json]
 *
 * A row: median; worst where operands are between 1e-6 and 1e6; worst of all; whether that is within the bound of
 * property-tests/support/precise/measure.ts or is one of exceptions.ts; where the worst is, and what is right there.
 *
 * `--op` names an op or a function of the table (also by its beginning), `--order` one order (0 is the value), `--wide`
 * looks at four times as many numbers, `--check` ends with exit code 1 where a bound isn't kept (or an exception isn't
 * needed any more), `--json` writes the rows as JSON.
 */
import { parseArgs } from "node:util";
import { exceptionFor } from "../property-tests/support/precise/exceptions.js";
import {
  bounds,
  highestOrder,
  measure,
  type Place,
  type Row,
} from "../property-tests/support/precise/measure.js";
import { subjects } from "../property-tests/support/precise/subjects.js";

const { values: options } = parseArgs({
  options: {
    op: { type: "string" },
    order: { type: "string" },
    wide: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function chosenSubjects() {
  const { op } = options;
  if (op === undefined) return subjects;
  const exact = subjects.filter(({ name }) => name === op);
  const some = exact.length > 0 ? exact : subjects.filter(({ name }) => name.startsWith(op));
  if (some.length > 0) return some;
  return fail(`accuracy: there is no "${op}"; the table has ${subjects.map(({ name }) => name).join("; ")}.`);
}

function chosenOrder(): number | undefined {
  if (options.order === undefined) return undefined;
  const order = Number(options.order);
  if (Number.isInteger(order) && order >= 0 && order <= highestOrder) return order;
  return fail(`accuracy: --order is ${options.order}; pass a whole number from 0 to ${highestOrder}.`);
}

type Verdict = "yes" | "no" | "excepted" | "needs no exception";

function verdictOf({ name, order, worst, differs }: Row): Verdict {
  const exception = exceptionFor(name, order);
  const isWithin = worst <= bounds[order]! && !differs;
  if (isWithin) return exception ? "needs no exception" : "yes";
  return exception && (!differs || exception.differs) ? "excepted" : "no";
}

function formatUlps(ulps: number): string {
  if (ulps === 0) return "0";
  return ulps < 1e5 ? String(Number(ulps.toPrecision(2))) : ulps.toExponential(0);
}

/** ∂aab at (1, 2): 0.5, right is 0.25 */
function formatPlace({ partial: [byFirst, bySecond], point, actual, right }: Place): string {
  const by = "a".repeat(byFirst) + "b".repeat(bySecond);
  const where = point.length === 1 ? `at ${point[0]}` : `at (${point.join(", ")})`;
  return `${by && point.length > 1 ? `∂${by} ` : ""}${where}: ${actual}, right is ${right}`;
}

function formatRow(row: Row, verdict: Verdict): string {
  const { name, order, median, usual, worst, at, differs } = row;
  const cells = [
    name.padEnd(24),
    String(order).padStart(5),
    formatUlps(median).padStart(8),
    formatUlps(usual).padStart(8),
    formatUlps(worst).padStart(8),
    verdict.padEnd(9),
  ];
  const places = [worst > 0 && at ? formatPlace(at) : ""];
  if (differs) places.push(`interpreted otherwise than compiled, ${formatPlace(differs)}`);
  const reason = verdict === "excepted" ? `[${exceptionFor(name, order)!.reason}]` : "";
  return `${cells.join(" ")} ${[...places, reason].filter(Boolean).join("; ")}`.trimEnd();
}

/** JSON has no infinities; as text they can be read back by Number. */
const readable = (_key: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

const order = chosenOrder();
const chosen = chosenSubjects();
const started = performance.now();
const all: (Row & { verdict: Verdict })[] = [];
const lost: string[] = [];
if (!options.json) console.log(`${"function".padEnd(24)} order   median    usual    worst within`);
for (const subject of chosen) {
  const { rows, unknown } = measure(subject, {
    density: options.wide ? 4 : 1,
    highest: order ?? highestOrder,
  });
  for (const row of rows) {
    if (order !== undefined && row.order !== order) continue;
    const verdict = verdictOf(row);
    all.push({ ...row, verdict });
    if (!options.json) console.log(formatRow(row, verdict));
  }
  if (unknown.length > 0)
    lost.push(`${subject.name} at ${unknown.map((at) => `(${at.join(", ")})`).join(", ")}`);
}

const count = (verdict: Verdict) => all.filter((row) => row.verdict === verdict).length;
const beyond = count("no");
const idle = count("needs no exception");
if (options.json) console.log(JSON.stringify(all, readable, 1));
else {
  const numbers = all.reduce((sum, row) => sum + row.count, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${all.length} rows over ${numbers} numbers, in ${seconds} s: ${count("yes")} within ` +
      `(${bounds[0]} ulps for value and gradient, ${bounds[2]} for second derivatives, 1e-12 of the number from the ` +
      `third on), ${count("excepted")} excepted, ${beyond} beyond, ${idle} with an exception that isn't needed.`,
  );
  for (const line of lost) console.log(`No digits to measure by: ${line}.`);
}
if (options.check && beyond + idle + lost.length > 0) process.exitCode = 1;
