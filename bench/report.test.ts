/** What the benchmark says of what it measured. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saying } from "../property-tests/support/saying.js";
import { checkAgreement, checkDifferences } from "./agreement.js";
import type { Outcome } from "./child.js";
import { formatRatio, formatTime, ratioTable, summarize, verdicts } from "./report.js";
import type { Workload } from "./workload.js";

const spread = (median: number) => ({ median, min: median / 2, max: 2 * median });

const measured = (ratio: number, nanoseconds = 10): Outcome => ({
  measured: {
    ratio: spread(ratio),
    subject: spread(nanoseconds),
    hand: spread(nanoseconds / ratio),
    first: 1,
    memory: 90,
  },
});

const cubic = { name: "cubic", title: "cubic" } as unknown as Workload;

const report = suite("report");

report("ratios have two digits and no exponent, times a unit", () => {
  assert.equal([0.0837, 0.997, 1.04, 9.96, 36.4, 847, 1234, 28_400, 365_000].map(formatRatio), [
    "0.08",
    "1.0",
    "1.0",
    "10",
    "36",
    "850",
    "1200",
    "28 000",
    "370 000",
  ]);
  assert.equal([3.14, 99.7, 2500, 1.5e6, 4.7e10].map(formatTime), [
    "3.1 ns",
    "100 ns",
    "2.5 µs",
    "1.5 ms",
    "47 s",
  ]);
});

report("what counts is the median of the processes; one that fails fails all", () => {
  assert.is(summarize([measured(3), measured(1), measured(2)]).ratio!.median, 2);
  assert.is(summarize([measured(3), measured(1), measured(2)]).ratio!.max, 6);
  assert.is(summarize([measured(1), { failed: "out of memory" }]).failed, "out of memory");
});

report("a subject that can't is a dash, with its reason below", () => {
  const table = ratioTable([cubic], { cubic: { adjoint: [measured(1)], rose: [{ failed: "no such op" }] } });
  assert.match(table, "| cubic | 10 ns | **1.0** | –¹ |");
  assert.match(table, "¹ no such op");
});

report("a bound holds up to its value", () => {
  const holds = (ratio: number) =>
    verdicts([cubic], { cubic: { adjoint: [measured(ratio)] } }).map((verdict) => verdict.holds);
  assert.equal(holds(1.1), [true, true]);
  assert.equal(holds(1.11), [false, true]);
  assert.equal(
    verdicts([cubic], { cubic: { adjoint: [{ failed: "wrong result" }] } }).map(({ holds }) => holds),
    [false],
  );
});

report("results agree within a tolerance of the largest number, and NaN doesn't", () => {
  checkAgreement({ x: [1, 1e6 + 1e-4] }, { x: [1, 1e6] }, 1e-9);
  assert.throws(() => checkAgreement({ x: [1, 1e6 + 1e-2] }, { x: [1, 1e6] }, 1e-9), saying("x[1]"));
  assert.throws(() => checkAgreement({ x: [Number.NaN] }, { x: [1] }, 1e-9), saying("NaN"));
  assert.throws(() => checkAgreement({}, { x: [1] }, 1e-9), saying("x has no numbers"));
});

report("a hand-written gradient is compared with finite differences", () => {
  const program = (factor: number) => {
    const x = Float64Array.of(2, 3);
    const results = { value: [0], x: [0, 0] };
    return {
      run: () => {
        results.value = [x[0]! ** 2 + x[0]! * x[1]!];
        results.x = [2 * x[0]! + x[1]!, factor * x[0]!];
      },
      results: () => results,
      parameters: { x },
    };
  };
  checkDifferences(program(1));
  assert.throws(() => checkDifferences(program(1.01)), saying("the hand-written gradient by x is wrong"));
});

report.run();
