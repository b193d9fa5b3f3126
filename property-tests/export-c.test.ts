/** C99 that `toC` writes computes what the interpreter does, where the machine has a compiler; its text and its names. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toC } from "../src/engines/index.js";
import { cubic, cumsum, multiply, sign, type Traced, trace, valueAndGrad, vector } from "../src/index.js";
import { sample } from "./support/engines/cases.js";
import { errorOf, expectedOf } from "./support/engines/random-cases.js";
import { compilers, hasExactBits, othersOf, runC } from "./support/engines/run-c.js";

const c = suite("C99");

for (const compiler of compilers()) {
  c(`is compiled by ${compiler} without warnings and computes what the interpreter does`, () => {
    const cases = sample();
    runC(cases, compiler).forEach((found, i) => {
      const one = cases[i]!;
      const expected = expectedOf(one);
      const error = errorOf(found, expected);
      assert.ok(error < 1e-13, `${one.name}: ${error} from the interpreter`);
      // Where the mathematical library has no say, all bits are the same.
      if (hasExactBits(one.f)) assert.is(othersOf(found, expected), 0, one.name);
    });
  });
}

c("is a text of the graph alone", () => {
  const text = toC(valueAndGrad(cubic.f), { name: "cubic" });
  assert.is(text, readFileSync(new URL("fixtures/cubic.c", import.meta.url), "utf8"));
});

c("names parameters by the keys, but for what C has", () => {
  const names = { int: vector(2), "a b": vector(2), b0: vector(2), sinf: vector(2) };
  const f = trace(names, (x) => multiply(multiply(x.int, x["a b"]), multiply(x.b0, x.sinf)));
  const text = toC(f, { name: "all" });
  for (const name of ["int_2", "a_b", "b0_2", "sinf_2", "result"])
    assert.match(text, new RegExp(`\\*restrict ${name}[,)]`));
  assert.match(text, 'sinf_2 ("sinf"): (2), 2 in all');
});

/** What stands before the function begins with its name, too. */
c("parameters may be called as what stands beside them", () => {
  const inputs = { f0x_sign: vector(2), f0x_c0: vector(2), F0X_WORKSPACE: vector(2) };
  const f = trace(inputs, (x) => {
    const first = multiply(sign(x.f0x_sign), [0.5, -2]);
    return multiply(cumsum(multiply(first, x.f0x_c0)), x.F0X_WORKSPACE);
  }) as unknown as Traced;
  const given = { f0x_sign: [-3, 2], f0x_c0: [1, 4], F0X_WORKSPACE: [5, 7] };
  const values = Object.entries(given).map(([name, list]) => [name, Float64Array.from(list)]);
  const one = { name: "beside", f, inputs: Object.fromEntries(values) };
  for (const compiler of compilers()) assert.equal(runC([one], compiler), [[-2.5, -59.5]]);
});

c("refuses names of C's and other dtypes", () => {
  const given = (options: object) => () => toC(cubic.f, options as never);
  for (const name of ["double", "exp", "expf", "NULL", "M_PI", "linux", "index", "1x", "_x", "", "x-y", 7])
    assert.throws(given({ name }), /^toC: .* can't name a function of C; give an identifier/);
  assert.throws(given({ name: "f", dtype: "bf16" }), /^toC: dtype is "f64" or "f32", not the text "bf16"\./);
  assert.throws(given({ name: "f", language: "c" }), /language/);
});

c.run();
