/** The fuzzer of the public interface, tested: it finds faults that were planted, and nothing where there is none. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { entries, type FuzzReport, fuzzApi } from "../scripts/api/fuzz-api.js";
import { findTargets } from "../scripts/api/targets.js";

const fuzzer = suite("fuzzing the public interface");

const planted = new URL("../scripts/api/planted.ts", import.meta.url).href;
const fuzz = (only?: string, runs = 1000, seed = 0) =>
  fuzzApi({ runs, seconds: 60, seed, only, modules: [planted], patience: 1000, memory: 2 ** 30 });

const kindsOf = ({ faults }: FuzzReport, name: string) =>
  new Set(faults.filter(({ target }) => target === name).map(({ kind }) => kind));

fuzzer("each planted fault is found, and named by its kind", async () => {
  const report = await fuzz();
  for (const [name, kind] of Object.entries({
    throwsTypeError: "foreign error",
    hangs: "hang",
    mutates: "mutation",
    misnames: "name",
    takesText: "accepted",
    rejects: "unhandled",
    pollutes: "pollution",
    givesUndefined: "broken value",
    makes: "foreign error",
  }))
    assert.ok(kindsOf(report, name).has(kind), `${name}: ${[...kindsOf(report, name)]}`);
  assert.match([...kindsOf(report, "fillsMemory")].join(), /crash|hang/);
  for (const name of ["sound", "callsBack"]) {
    assert.ok(report.targets.includes(name));
    assert.equal([...kindsOf(report, name)], [], name);
  }
});

fuzzer("a fault is found again by its seed, and one function can be chosen", async () => {
  const found = await fuzz("throwsTypeError", 20);
  assert.equal(found.targets, ["throwsTypeError"]);
  const [fault] = found.faults;
  const again = await fuzz("throwsTypeError", 1, fault!.run);
  assert.is(again.faults[0]!.call, fault!.call);
});

fuzzer(
  "a valid call of every public function is known, in which one place at a time is made wrong",
  async () => {
    // These need an expression, which a call inside of a trace gives them.
    const needExpressions = /^(label|rateAt|scan|\w+\(…\)\.(update|initialSlots))$/;
    for (const target of await findTargets(entries)) {
      assert.not.ok(target.isTriedOut, `${target.name} lacks an example in scripts/api/examples*.ts`);
      // Figures take a second each, and have tests of their own.
      if (needExpressions.test(target.name) || (target.limit ?? 0) > 1000) continue;
      // Only ops make expressions; the class is public as a type.
      assert.ok(target.calls.length > 0 || target.name === "Expr", target.name);
      for (const example of target.calls) await target.make()(...example());
    }
  },
);

fuzzer("a draw of calls of all public functions finds nothing", async () => {
  // Patient: where others keep the machine busy, the clock says little.
  const limits = { seconds: 600, patience: 30_000 };
  const report = await fuzzApi({ runs: 500, seed: 12, modules: entries, ...limits });
  assert.is(report.calls, 500);
  const found = report.faults.filter(({ kind }) => kind !== "slow");
  assert.equal(
    found.map(({ call, kind, what }) => `${kind}: ${call} ${what}`),
    [],
  );
});

fuzzer.run();
