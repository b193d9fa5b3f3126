/** Elimination with exchanges of rows and columns: which element is brought up. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fc, forAll } from "../../property-tests/support/law.js";
import { compile, matrix, trace } from "../index.js";
import { apply } from "../node.js";
import { luOp } from "./lu.js";

const elimination = suite("elimination");

elimination(
  "of all that is left the largest is brought up: nothing in L nor in its row of U exceeds it",
  () => {
    const element = fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, -0, 1, -1));
    const f = trace({ x: matrix(4, 4) }, ({ x }) => apply(luOp, [x], { complete: 1 }));
    const factors = compile(f);
    forAll(200, fc.array(element, { minLength: 16, maxLength: 16 }), (x) => {
      const lu = [...(factors({ x: Float64Array.from(x) }) as Float64Array)];
      const size = (i: number, j: number) => Math.abs(lu[4 * i + j]!);
      for (let k = 0; k < 4; k++) {
        for (let i = k + 1; i < 4; i++) {
          assert.ok(size(i, k) <= 1, `L of ${x}`);
          assert.ok(size(k, i) <= size(k, k), `U of ${x}`);
        }
      }
    });
  },
);

elimination.run();
