/** Slopes by differences against derivatives known in closed form. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sidesAt, slopeAt, slopesAt } from "./differences.js";

const differences = suite("differences");

type Function1 = (x: number) => number;

/** Function, derivative, points. */
const smooth: Readonly<Record<string, readonly [Function1, Function1, readonly number[]]>> = {
  "x²": [(x) => x * x, (x) => 2 * x, [0, 1, -3, 1e4, 1e-6]],
  "sin x": [Math.sin, Math.cos, [0, 1, -2, 100]],
  "sin 1000x": [(x) => Math.sin(1000 * x), (x) => 1000 * Math.cos(1000 * x), [0, 0.3, 2]],
  eˣ: [Math.exp, Math.exp, [-30, 0, 1, 20]],
  "log x": [Math.log, (x) => 1 / x, [1e-9, 0.01, 1, 50]],
  "|x|³": [(x) => Math.abs(x) ** 3, (x) => 3 * x * Math.abs(x), [0, 1e-4, -0.2]],
  "|x| beside its kink": [Math.abs, Math.sign, [1e-2, -1e-4, 1e-7]],
  "⌊x⌋ beside its jump": [Math.floor, () => 0, [0.5, 1 - 1e-6, 2 + 1e-5]],
};

for (const [name, [f, derivative, points]] of Object.entries(smooth)) {
  differences(`${name}: the slope is the derivative, and its error is no larger than it says`, () => {
    for (const x of points) {
      const slope = slopeAt((t) => f(x + t), { step: 0.0113 * Math.max(1, Math.abs(x)) })!;
      assert.ok(slope, `${x} is no kink`);
      const scale = Math.max(1, Math.abs(derivative(x)));
      const off = Math.abs(slope.value - derivative(x));
      assert.ok(off <= 1e-7 * scale, `at ${x}: ${slope.value}, ${off} off`);
      assert.ok(off <= 4 * slope.error + 1e-10 * scale, `at ${x}: ${off} off, said ${slope.error}`);
    }
  });
}

const broken: Readonly<Record<string, Function1>> = {
  "|x|": Math.abs,
  "1.01 on one side": (x) => (x > 0 ? 1.01 * x : x),
  "a step": (x) => (x >= 0 ? 1 : 0),
  "a single point": (x) => (x === 0 ? 1 : 0),
  "√x": Math.sqrt,
  "∛x": Math.cbrt,
  "√|x|": (x) => Math.sqrt(Math.abs(x)),
  "1/x": (x) => 1 / x,
  "log x": Math.log,
  NaN: () => Number.NaN,
};

for (const [name, f] of Object.entries(broken)) {
  differences(`${name} has no slope at 0`, () => {
    assert.is(slopeAt(f), undefined);
    assert.is(
      slopeAt((t) => 5 + f(-t)),
      undefined,
    );
    assert.is(
      slopeAt((t) => f(t) + Math.exp(t)),
      undefined,
    );
  });
}

differences("several numbers are measured at once, each by itself", () => {
  const [square, kink, line] = slopesAt((t) => [(t + 1) ** 2, Math.abs(t), 1e-3 * t]);
  assert.ok(Math.abs(square!.value - 2) < 1e-9);
  assert.is(kink, undefined);
  assert.ok(Math.abs(line!.value - 1e-3) < 1e-12);
});

differences("the slopes of both sides", () => {
  const [left, right] = sidesAt((t) => (t > 0 ? 3 * t + t * t : Math.sin(t)));
  assert.ok(Math.abs(left - 1) < 1e-7);
  assert.ok(Math.abs(right - 3) < 1e-7);
});

differences.run();
