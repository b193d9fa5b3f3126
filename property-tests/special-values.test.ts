/**
 * Special functions against a source outside the project: both what the accuracy table measures by, in many digits, and the
 * ops themselves.
 */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exceptionFor } from "./support/precise/exceptions.js";
import { toDouble } from "./support/precise/floats.js";
import { bounds, derivativesOf, type Partial, rightAt, unitsApart } from "./support/precise/measure.js";
import { subjects } from "./support/precise/subjects.js";

const independent = suite("special functions by mpmath");

/** By functions, rows of operands, the value and the derivative by each operand: special-values.py. */
const table: Readonly<Record<string, readonly (readonly number[])[]>> = JSON.parse(
  readFileSync(new URL("reference/special-values.json", import.meta.url), "utf8"),
);

const partials: readonly Partial[] = [
  [0, 0],
  [1, 0],
  [0, 1],
];

for (const [name, rows] of Object.entries(table)) {
  const subject = subjects.find((one) => one.name === name)!;
  const { variables } = subject;
  const derivatives = derivativesOf(subject, 1);
  independent(`${name}: values and slopes at ${rows.length} places`, () => {
    for (const row of rows) {
      const at = row.slice(0, variables);
      const right = rightAt(subject, at, 1);
      if (typeof right !== "function") throw new Error(`${name} has no meaning at ${at}`);
      for (const [i, partial] of partials.slice(0, variables + 1).entries()) {
        const [meant, expected] = [right(partial), row[variables + i]!];
        const where = `${name}(${at}), ${partial}`;
        const digits = toDouble(meant.value);
        assert.ok(
          Math.abs(digits - expected) <= 2 ** -52 * Math.abs(expected),
          `${where}: ${digits}, ${expected}`,
        );
        const { compiled } = derivatives.find(({ partial: [p, q] }) => p === partial[0] && q === partial[1])!;
        const [a, b = 0] = at as [number, number?];
        const ulps = unitsApart(compiled(a, b), meant);
        const order = partial[0] + partial[1];
        if (exceptionFor(name, order)) assert.ok(ulps <= 10 * bounds[order]!, `${where}: ${ulps} ulps`);
        else assert.ok(ulps <= bounds[order]!, `${where}: ${ulps} ulps, ${compiled(a, b)}, ${expected}`);
      }
    }
  });
}

independent("each function of many digits is in the table", () => {
  assert.ok(Object.keys(table).length > 15);
});

independent.run();
