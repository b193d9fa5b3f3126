/** Every function that can be run can be written down and read back; a damaged text gives a function or says what is wrong. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AdjointError, compile, grad, hessian, jvp, type Traced, valueAndGrad, vjp } from "../graph/index.js";
import { countElements } from "../graph/interpret.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import { validate } from "../graph/validate.js";
import { deserialize, serialize } from "../src/export/index.js";
import { appliedOf } from "./support/arbitraries.js";
import { flatten, give, objectiveOf, operandName, type Point } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { large, pointOf, programOf, smooth, traceObjective, traceProgram, wild } from "./support/programs.js";
import { allOps, foundOps, ops } from "./support/registry.js";
import { assertSame } from "./support/tolerance.js";

const texts = suite("texts");

texts("the list of all ops holds every op of graph/ops and graph/scan, and each name once", () => {
  const names = (list: Iterable<{ readonly name: string }>) => [...list].map(({ name }) => name).sort();
  assert.equal(names(allOps), names(foundOps));
  assert.ok(allOps.every((op) => foundOps.has(op)));
  assert.is(new Set(names(allOps)).size, allOps.length);
});

/** What is read computes the same bits, by kernel and interpreter, and is written in the same words. */
function checkRoundTrip(f: Traced, point: Point): void {
  const text = serialize(f);
  const copy = deserialize(text);
  assert.is(serialize(copy), text);
  const drawn = (_: unknown, i: number) => Math.cos(i);
  const inputs = f.graph.inputs.map(({ name, shape }) => [
    name,
    point[name] ?? Array.from({ length: sizeOf(shape) }, drawn),
  ]);
  const given = give(f, Object.fromEntries(inputs));
  assertSame(flatten(copy(given)), flatten(f(given)), "interpreted");
  const [kernel, expected] = [compile(copy), compile(f)];
  assert.is(kernel.source, expected.source);
  assertSame(flatten(kernel(given)), flatten(expected(given)), "compiled");
}

/** A function, and its derivatives by both modes and of second order, those that there are. */
function derivativesOf(f: Traced): Traced[] {
  const g = f;
  const gradient = () => grad(g);
  const makers: (() => unknown)[] = [
    () => f,
    () => valueAndGrad(g),
    () => jvp(g),
    () => hessian(g),
    () => vjp(gradient()),
  ];
  return makers.flatMap((make) => {
    try {
      return [make() as Traced];
    } catch (error) {
      // Rounding has no gradient to differentiate again, and the like.
      if (!(error instanceof AdjointError)) throw error;
      return [];
    }
  });
}

for (const op of ops) {
  texts(`${op.name}: the function and its derivatives survive, to the last bit`, () => {
    forAll(1, appliedOf(op), (applied) => {
      const point = Object.fromEntries(applied.values.map((values, i) => [operandName(i), values]));
      for (const f of derivativesOf(objectiveOf(applied) as Traced)) checkRoundTrip(f, point);
    });
  });
}

texts("random graphs and their derivatives survive", () => {
  for (const style of [smooth, wild, large]) {
    forAll(15, programOf(style), (program) => {
      checkRoundTrip(traceProgram(program), pointOf(program));
      checkRoundTrip(valueAndGrad(traceObjective(program)) as Traced, pointOf(program));
    });
  }
});

/** Values that stand in such texts, and some that don't. */
const piece = fc.oneof(
  fc.integer({ min: -3, max: 30 }),
  fc.double(),
  fc.constantFrom<unknown>(null, true, "", "x", "add", "scan", "__proto__", [], {}, [0], [[1]], {
    number: "NaN",
  }),
  fc.constantFrom<unknown>({ graph: 0 }, { Float64Array: [1, 2] }, { record: {} }, 1e9, 2 ** 53, -1, 0.5),
);

/** A text with one value replaced, left out or doubled. */
function mutate(text: string, place: number, change: "replace" | "drop" | "double", value: unknown): string {
  const data: unknown = JSON.parse(text);
  const spots: (readonly [holder: object, key: string])[] = [];
  const visit = (holder: unknown) => {
    if (typeof holder !== "object" || holder === null) return;
    for (const [key, child] of Object.entries(holder)) {
      spots.push([holder, key]);
      visit(child);
    }
  };
  visit(data);
  const [holder, key] = spots[place % spots.length]!;
  if (Array.isArray(holder)) {
    const i = Number(key);
    holder.splice(
      i,
      change === "double" ? 0 : 1,
      ...(change === "drop" ? [] : [change === "double" ? holder[i] : value]),
    );
  } else if (change === "drop") Reflect.deleteProperty(holder, key);
  else Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
  return JSON.stringify(data);
}

texts("a damaged text gives a function that runs or an AdjointError, never another error", () => {
  const mutations = fc.tuple(
    fc.nat(10_000),
    fc.constantFrom("replace" as const, "drop" as const, "double" as const),
    piece,
    fc.nat(),
  );
  let read = 0;
  const orOwnError = (run: () => unknown, message = /./) => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof AdjointError)) throw error;
      assert.match(error.message, message);
    }
  };
  const tryToRead = (text: string) => {
    let copy: Traced | undefined;
    orOwnError(() => {
      copy = deserialize(text);
      validate(copy.graph);
      read++;
    }, /^deserialize: /);
    if (!copy || countElements(copy.graph) > 1e4) return;
    const f = copy;
    const given = give(f, Object.fromEntries(f.graph.inputs.map(({ name, shape }) => [name, halves(shape)])));
    orOwnError(() => f(given));
    orOwnError(() => compile(f)(given));
  };
  const halves = (shape: Shape) => new Array<number>(sizeOf(shape)).fill(0.5);
  const sources = fc.oneof(
    programOf(wild).map((program) => serialize(valueAndGrad(traceObjective(program)))),
    fc
      .constantFrom(...ops)
      .chain(appliedOf)
      .map((applied) => serialize(objectiveOf(applied))),
  );
  forAll(20, fc.tuple(sources, fc.array(mutations, { minLength: 20, maxLength: 40 })), ([text, changes]) => {
    for (const [place, change, value, cut] of changes) {
      tryToRead(mutate(text, place, change, value));
      const at = cut % text.length;
      tryToRead(text.slice(0, at) + text.slice(at + 1));
      tryToRead(text.slice(0, at));
    }
  });
  assert.ok(read > 20, `${read} texts were still functions`);
});

texts.run();
