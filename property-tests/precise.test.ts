/** What the accuracy table measures by: numbers of any precision, their series, and the distance in ulps. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sin } from "../graph/index.js";
import { type BigNumber, bigNumbers, isKnown } from "./support/big-numbers.js";
import { mutantsOf } from "./support/mutants.js";
import { exceptionFor, exceptions } from "./support/precise/exceptions.js";
import { exponentOf, type Float, Floats, fromDouble, toDouble } from "./support/precise/floats.js";
import { pointsOf } from "./support/precise/grid.js";
import {
  bounds,
  highestOrder,
  measure,
  type Partial,
  rightAt,
  unitsApart,
} from "./support/precise/measure.js";
import { SeriesOf } from "./support/precise/series.js";
import { type Subject, subjects } from "./support/precise/subjects.js";
import { elementwiseOps } from "./support/registry.js";

const precise = suite("any precision");

const named = (name: string): Subject => subjects.find((one) => one.name === name)!;

/** All digits that mathjs keeps. */
function bigOf({ m, e }: Float): BigNumber {
  const whole = bigNumbers.constant(1).times(m.toString());
  const power = bigNumbers.constant(2).pow(Math.abs(e));
  return e < 0 ? whole.div(power) : whole.times(power);
}

/** A derivative of a function of the table, as a double. */
function derivative(name: string, point: readonly number[], partial: Partial): number {
  const right = rightAt(named(name), point);
  if (typeof right !== "function") throw new Error(`${name} has no value at ${point}`);
  return toDouble(right(partial).value);
}

precise("doubles are taken and given back to the last bit, and rounded half to even", () => {
  for (const x of [0, 1, -0.1, 5e-324, 2.2e-308, Number.MAX_VALUE, Math.PI, 1e-310, -123456789.125])
    assert.is(toDouble(fromDouble(x)), x);
  const f = new Floats(200);
  assert.is(toDouble(f.add(f.one, { m: 1n, e: -53 })), 1);
  assert.is(toDouble(f.add(fromDouble(1 + 2 ** -52), { m: 1n, e: -53 })), 1 + 2 ** -51);
  assert.is(toDouble({ m: 1n, e: 1024 }), Number.POSITIVE_INFINITY);
  assert.is(toDouble({ m: 3n, e: -1076 }), 5e-324);
  assert.is(exponentOf(fromDouble(0.75)), -1);
});

precise("the distance of doubles is counted in ulps; from the largest to infinity it is one", () => {
  const right = (x: Float, exponent: number) => ({ value: x, unit: { m: 1n, e: exponent - 52 } });
  const one = right(fromDouble(1), 0);
  assert.is(unitsApart(1, one), 0);
  assert.is(unitsApart(1 - 2 ** -52, one), 1);
  assert.is(unitsApart(1 + 2 ** -50, one), 4);
  assert.is(unitsApart(Number.NaN, one), Number.POSITIVE_INFINITY);
  const huge = right({ m: 1n, e: 2000 }, 1023);
  assert.is(unitsApart(Number.POSITIVE_INFINITY, huge), 0);
  assert.is(unitsApart(Number.MAX_VALUE, huge), 1);
  assert.is(unitsApart(5e-324, right({ m: 1n, e: -3000 }, -1022)), 1);
});

precise("the unit is an ulp of the value, or of what an ulp of the operands moves it by", () => {
  const unit = (name: string, x: number) => {
    const right = rightAt(named(name), [x]);
    return typeof right === "function" ? right([0, 0]).unit.e : undefined;
  };
  assert.is(unit("exp", 1), 1 - 52);
  // x·exp′ is 512 times exp here, of which a fourth counts.
  assert.is(unit("exp", 512), exponentOf(fromDouble(Math.exp(512))) + 7 - 52);
  assert.is(unit("log", 1), -2 - 52);
  assert.is(unit("negative", 5e-324), -1074);
});

precise("known constants to sixty digits", () => {
  const s = new SeriesOf(256, 1, 3);
  const near = (x: Float, digits: string) => {
    const apart = bigOf(x).minus(bigNumbers.constant(1).times(digits)).abs();
    assert.ok(apart.lt(1e-58), `${digits}: ${bigOf(x)}`);
  };
  const atOne = s.gammaln(s.variable(1, 0));
  near(s.derivative(atOne, 1, 0), "-0.57721566490153286060651209008240243104215933593992359880577");
  near(s.derivative(atOne, 2, 0), "1.64493406684822643647241516664602518921894990120679843773556");
  near(
    s.gammaln(s.variable(0.5, 0))[0]![0]!,
    "0.57236494292470008707171367567652935582364740645765578575681",
  );
  near(
    s.errorFunction(s.variable(1, 0), true)[0]![0]!,
    "0.157299207050285130658779364917390740703933002033697091540062",
  );
  near(s.log(s.constant(2))[0]![0]!, "0.69314718055994530941723212145817656807550013436025525412068");
  near(s.atan(s.constant(1))[0]![0]!, "0.78539816339744830961566084581987572104929234984377645524374");
});

for (const one of subjects) {
  if (!one.op || !isKnown(one.op) || one.op.name === "polygamma") continue;
  const op = one.op;
  precise(`${one.name} has the value that mathjs gives in 64 digits`, () => {
    const s = new SeriesOf(256, one.variables, 0);
    for (const point of pointsOf(one).filter((_, i) => i % 61 === 7)) {
      const sizes = point.map((x) => Math.abs(x));
      // What cancels, or is turned round, leaves mathjs too few digits.
      if (sizes.some((x) => (x !== 0 && x < 1e-6) || x > 60) || rightAt(one, point) === undefined) continue;
      if (op.name === "gammaln" && point[0]! < 0) continue;
      const value = one.meaning(s, s.variable(point[0]!, 0), s.variable(point[1] ?? 0, 0))[0]![0]!;
      const expected = bigNumbers.apply(op, point.map(bigNumbers.constant));
      const apart = bigOf(value).minus(expected).abs();
      assert.ok(
        apart.lte(expected.abs().plus(1e-20).times(1e-40)),
        `at ${point}: ${bigOf(value)}, ${expected}`,
      );
    }
  });
}

precise("derivatives are those of closed forms", () => {
  const close = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) <= 1e-15 * Math.abs(expected), `${actual} instead of ${expected}`);
  const x = 1.7;
  for (const [k, factorial] of [1, 1, 2, 6, 24].entries())
    close(derivative("log", [x], [k + 1, 0]), ((-1) ** k * factorial) / x ** (k + 1));
  close(derivative("tan", [0.5], [2, 0]), (2 * Math.tan(0.5)) / Math.cos(0.5) ** 2);
  close(derivative("power(·, −5)", [x], [2, 0]), 30 * x ** -7);
  close(derivative("atan2", [3, 4], [2, 0]), (-2 * 3 * 4) / 625);
  close(derivative("atan2", [3, 4], [1, 1]), (9 - 16) / 625);
  close(derivative("power", [2, 3], [1, 1]), 4 + 12 * Math.log(2));
  close(derivative("divide", [2, 3], [1, 3]), -6 / 81);
  close(derivative("erf", [x], [3, 0]), (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * (4 * x * x - 2));
  close(derivative("polygamma", [1], [1, 0]), Math.PI ** 2 / 6);
  close(derivative("polygamma(2, ·)", [1], [1, 0]), Math.PI ** 4 / 15);
  close(derivative("softmax [a, b]", [0, 0], [1, 1]), 0);
  close(derivative("logSumExp [a, b, 1]", [1, 1], [1, 1]), -1 / 9);
  close(derivative("variance [a, b, 1]", [5, 7], [1, 1]), -2 / 9);
});

precise("digits are added until none is lost", () => {
  const tiny = 2 ** -1000;
  assert.is(derivative("asin", [tiny], [2, 0]), tiny);
  assert.is(derivative("sigmoid", [tiny], [2, 0]), -tiny / 8);
  assert.is(derivative("hypot", [tiny, 1], [0, 2]), 0);
  assert.is(derivative("hypot", [2 ** -30, 1], [0, 2]), 2 ** -60);
  assert.is(derivative("logSoftmax [a, b]", [700, 0], [0, 0]), -Math.exp(-700));
  assert.is(derivative("atan2", [tiny, tiny], [1, 1]), 0);
});

precise("there is no value outside of domains, at poles and kinks", () => {
  const places: [string, number[]][] = [
    ["log", [-1]],
    ["sqrt", [0]],
    ["abs", [0]],
    ["gammaln", [-3]],
    ["maximum", [2, 2]],
    ["hypot", [0, 0]],
    ["acosh", [0.5]],
  ];
  for (const [name, point] of places) assert.is(rightAt(named(name), point), undefined, name);
});

precise("every elementwise op is in the table, exceptions are of its rows and have their reason", () => {
  const known = new Set(subjects.map(({ name }) => name));
  assert.is(known.size, subjects.length);
  assert.equal(
    elementwiseOps.map(({ name }) => name).filter((name) => name !== "where" && !known.has(name)),
    [],
  );
  for (const { name, orders, reason } of exceptions) {
    assert.ok(known.has(name), name);
    assert.ok(orders.every((order) => order >= 0 && order <= highestOrder) && reason.length > 0, name);
  }
});

precise("a sample of the table keeps its bounds", () => {
  for (const subject of subjects) {
    for (const { order, worst, at, differs } of measure(subject, { highest: 2, every: 41 }).rows) {
      if (exceptionFor(subject.name, order)) continue;
      const where = `${subject.name}, order ${order}: ${worst} ulps; ${JSON.stringify(differs ?? at)}`;
      assert.ok(worst <= bounds[order]! && !differs, where);
    }
  }
});

precise("a wrong derivative rule is seen from its order on, and gone when it is mended", () => {
  const worst = () => measure(named("sin"), { highest: 2 }).rows.map((row) => row.worst);
  const mutant = mutantsOf(sin.op).find(({ fault }) => fault === "∂/∂a off by 0.1 %")!;
  mutant.plant();
  const wrong = worst();
  mutant.remove();
  assert.ok(wrong[0]! < 2);
  assert.ok(wrong[1]! > 1e12 && wrong[2]! > 1e12, `${wrong}`);
  assert.ok(worst().every((ulps) => ulps < 2));
});

precise.run();
