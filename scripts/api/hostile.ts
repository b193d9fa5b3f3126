/** Values that nobody should pass, each made anew for every call and told in a few words. */
import { types } from "node:util";
import { adam, compile, Expr, scalar, sum, trace, vector } from "adjoint";

/** What a value is, as far as the judge can tell what was certainly wrong to pass. */
export type Kind =
  | "number"
  | "numbers"
  | "text"
  | "boolean"
  | "nothing"
  | "function"
  | "record"
  | "object"
  | "unknown";

export interface Hostile {
  readonly text: string;
  readonly kind: Kind;
  make(): unknown;
}

/** Thrown by what a user passed: by a callback it may go through as it is, by a trap it may not. */
export class Thrown extends Error {
  readonly by: "callback" | "trap";

  constructor(by: "callback" | "trap") {
    super(`thrown by a ${by}`);
    this.by = by;
  }
}

export function trap(): never {
  throw new Thrown("trap");
}

const one = (kind: Kind, text: string, make: () => unknown): Hostile => ({ kind, text, make });

/** What a value is called in a call that is printed: its own source. */
const literal = (kind: Kind, ...values: readonly (readonly [string, unknown])[]): Hostile[] =>
  values.map(([text, value]) => one(kind, text, () => value));

const numbers: readonly Hostile[] = literal(
  "number",
  ...[
    NaN,
    Infinity,
    -Infinity,
    -0,
    -1,
    -2,
    2.5,
    2 ** 53,
    -(2 ** 53),
    1e308,
    5e-324,
    2 ** 31,
    2 ** 32,
    2 ** 26,
    4e4,
    7,
  ].map((x) => [Object.is(x, -0) ? "-0" : String(x), x] as const),
);

const primitives: readonly Hostile[] = [
  ...["", "0", "10", "x", "axis", "__proto__", "constructor", "toString", "length"].map((text) =>
    one("text", JSON.stringify(text), () => text),
  ),
  one("text", '"a".repeat(1e5)', () => "a".repeat(1e5)),
  one("text", '"\\ud800\\0\\n"', () => "\ud800\0\n"),
  ...literal("nothing", ["null", null], ["undefined", undefined]),
  ...literal("boolean", ["true", true], ["false", false]),
  ...literal("object", ["Symbol()", Symbol("s")], ["10n", 10n], ["Symbol.iterator", Symbol.iterator]),
];

/** An object that throws whatever is done with it, but for what can't be trapped. */
function throwingProxy(target: object): unknown {
  return new Proxy(target, new Proxy({}, { get: () => trap }));
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const fakeTraced = () => Object.assign(() => 1, { graph: {} });

class Instance {
  readonly x = 1;
}

const objects: readonly Hostile[] = [
  one("object", "new Date(0)", () => new Date(0)),
  one("object", "new Date(NaN)", () => new Date(Number.NaN)),
  one("object", "new Map([['x', 1]])", () => new Map([["x", 1]])),
  one("object", "new Set([1, 2])", () => new Set([1, 2])),
  one("object", "new WeakMap()", () => new WeakMap()),
  one("object", "/x/g", () => /x/g),
  one("object", "new Error('e')", () => new Error("e")),
  one("object", "new Number(1)", () => Object(1)),
  one("object", "new String('ab')", () => Object("ab")),
  one("object", "new ArrayBuffer(8)", () => new ArrayBuffer(8)),
  one("object", "new DataView(new ArrayBuffer(8))", () => new DataView(new ArrayBuffer(8))),
  one("object", "Promise.resolve(1)", () => Promise.resolve(1)),
  one("object", "a Promise that never ends", () => new Promise(() => {})),
  one("object", "a Promise that fails", () => {
    const failed = Promise.reject(new Error("failed"));
    failed.catch(() => {});
    return failed;
  }),
  one("object", "a Proxy of {} that throws", () => throwingProxy({})),
  one("object", "a Proxy of [] that throws", () => throwingProxy([])),
  one("unknown", "a Proxy of a function that throws", () => throwingProxy(() => 1)),
  one("object", "a revoked Proxy of {}", () => revoked({})),
  one("object", "a revoked Proxy of []", () => revoked([])),
  one("unknown", "a revoked Proxy of a function", () => revoked(() => 1)),
  one("object", "{ get x() { throw } }", () => ({
    get x() {
      return trap();
    },
  })),
  one("object", "{ get length() { throw } }", () => ({
    get length() {
      return trap();
    },
  })),
  one("object", "{ toString() { throw }, … }", () => ({ toString: trap, valueOf: trap, toJSON: trap })),
  // Without a text as a key they are records of nothing, as `{}` is.
  one("record", "{ [Symbol.iterator]() { throw } }", () => ({ [Symbol.iterator]: trap })),
  one("record", "{ [Symbol.toPrimitive]() { throw } }", () => ({ [Symbol.toPrimitive]: trap })),
  one("object", "an object of a class", () => new Instance()),
  // biome-ignore lint/suspicious/noThenProperty: what looks like a promise is what is passed
  one("object", "{ then() {} }", () => ({ then: () => {} })),
  one("object", "{ __proto__: own key }", () => JSON.parse('{"__proto__":{"polluted":1}}')),
  one("object", "{ constructor: { prototype: … } }", () =>
    JSON.parse('{"constructor":{"prototype":{"polluted":1}}}'),
  ),
  one("record", "{}", () => ({})),
  one("record", "Object.create(null)", () => Object.create(null)),
  one("object", "{ length: 3 }", () => ({ length: 3 })),
  one("object", "{ length: 2 ** 53 }", () => ({ length: 2 ** 53 })),
  one("object", "{ shape: [2.5] }", () => ({ shape: [2.5] })),
  one("object", "{ graph: {} }", () => ({ graph: {} })),
  one("object", "a cyclic object", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.x = cyclic;
    return cyclic;
  }),
];

/** Arrays that aren't arrays of numbers. */
const brokenArrays: readonly Hostile[] = [
  one("object", "[1, , 3]", () => Object.assign(new Array(3), { 0: 1, 2: 3 })),
  one("object", "new Array(3)", () => new Array(3)),
  one("object", "new Array(2 ** 32 - 1)", () => new Array(2 ** 32 - 1)),
  one("object", "['1', '2']", () => ["1", "2"]),
  one("object", "[null]", () => [null]),
  one("object", "[undefined, 1]", () => [undefined, 1]),
  one("object", "[Symbol()]", () => [Symbol("s")]),
  one("object", "[1n]", () => [1n]),
  one("object", "[true]", () => [true]),
  one("object", "[1, [2]]", () => [1, [2]]),
  one("object", "[[1, 2], [3]]", () => [[1, 2], [3]]),
  one("object", "[{}]", () => [{}]),
  one("object", "a cyclic array", () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    return cyclic;
  }),
  one("object", "an array with a getter that throws", () =>
    Object.defineProperty([0, 1], 0, { get: trap, enumerable: true }),
  ),
  one("object", "1e5 arrays in each other", () => {
    let nested: unknown = 1;
    for (let i = 0; i < 1e5; i++) nested = [nested];
    return nested;
  }),
  one("object", "2 ** 40 elements by sharing", () => {
    let shared: unknown = 1;
    for (let i = 0; i < 40; i++) shared = [shared, shared];
    return shared;
  }),
  one("object", "BigInt64Array.of(1n)", () => BigInt64Array.of(1n)),
  one("unknown", "a detached Float64Array", () => {
    const array = Float64Array.of(1, 2);
    structuredClone(array.buffer, { transfer: [array.buffer] });
    return array;
  }),
];

/** Arrays of numbers that are unlikely to fit. */
const arrays: readonly Hostile[] = [
  one("numbers", "[]", () => []),
  one("numbers", "[[]]", () => [[]]),
  one("numbers", "[0]", () => [0]),
  one("numbers", "[0, 0]", () => [0, 0]),
  one("numbers", "[-1]", () => [-1]),
  one("numbers", "[1, 3]", () => [1, 3]),
  one("numbers", "[2.5]", () => [2.5]),
  one("numbers", "[NaN]", () => [Number.NaN]),
  one("numbers", "[Infinity]", () => [Number.POSITIVE_INFINITY]),
  one("numbers", "[2 ** 53]", () => [2 ** 53]),
  one("numbers", "[2 ** 31, 2 ** 31]", () => [2 ** 31, 2 ** 31]),
  one("numbers", "[[1, 2], [3, 4]]", () => [
    [1, 2],
    [3, 4],
  ]),
  one("numbers", "[[[[1]]]]", () => [[[[1]]]]),
  one("numbers", "new Array(1e5).fill(1)", () => new Array(1e5).fill(1)),
  one("numbers", "new Float64Array(1e5)", () => new Float64Array(1e5)),
  one("numbers", "Float32Array.of(0.1, 2)", () => Float32Array.of(0.1, 2)),
  one("numbers", "Int32Array.of(1, 2)", () => Int32Array.of(1, 2)),
  one("numbers", "Uint32Array.of(1, 0)", () => Uint32Array.of(1, 0)),
  one("numbers", "Int8Array.of(-1)", () => Int8Array.of(-1)),
  one("numbers", "Uint8Array.of(0, 1)", () => Uint8Array.of(0, 1)),
  one("numbers", "Uint8ClampedArray.of(3)", () => Uint8ClampedArray.of(3)),
  one("numbers", "Int16Array.of()", () => Int16Array.of()),
  one("numbers", "Uint16Array.of(1, 2, 3)", () => Uint16Array.of(1, 2, 3)),
  one("numbers", "shared Float64Array(2)", () => new Float64Array(new SharedArrayBuffer(16))),
  one("numbers", "Object.freeze([1, 2])", () => Object.freeze([1, 2])),
];

export const functions: readonly Hostile[] = [
  one("function", "() => {}", () => () => {}),
  one("function", "() => NaN", () => () => Number.NaN),
  one("function", "() => 'text'", () => () => "text"),
  one("function", "() => null", () => () => null),
  one("function", "() => [1, 2]", () => () => [1, 2]),
  one("function", "() => ({})", () => () => ({})),
  one("function", "() => 1n", () => () => 1n),
  one("function", "() => Symbol()", () => () => Symbol("s")),
  one("function", "(x) => x", () => (x: unknown) => x),
  one("function", "() => a Proxy that throws", () => () => throwingProxy({})),
  one("function", "() => new Date()", () => () => new Date(0)),
  one("function", "() => new Map()", () => () => new Map()),
  one("function", "() => a traced function", () => () => fakeTraced()),
  one("function", "() => { throw }", () => () => {
    throw new Thrown("callback");
  }),
  one("function", "async () => 1", () => async () => 1),
  one(
    "function",
    "function* () {}",
    () =>
      function* () {
        yield 1;
      },
  ),
  one("function", "class {}", () => class {}),
  one("function", "Math.max", () => Math.max),
];

let foreign: Expr | undefined;
const square = trace({ x: vector(2) }, ({ x }) => {
  foreign = x;
  return sum(x);
});
const ofNothing = trace({}, () => 1);
const badShape = trace({ x: scalar() }, ({ x }) => ({ a: x, __b: x }));

/** The library's own things where others are wanted. */
const own: readonly Hostile[] = [
  one("unknown", "an expression of another trace", () => foreign),
  one("unknown", "a list of an expression of another trace", () => [foreign]),
  one("unknown", "trace({ x: vector(2) }, …)", () => square),
  one("unknown", "trace({}, () => 1)", () => ofNothing),
  one("unknown", "trace({ x: scalar() }, … a record)", () => badShape),
  one("unknown", "compile(trace(…))", () => compile(square)),
  one("object", "adam({ learningRate: 0.1 })", () => adam({ learningRate: 0.1 })),
  one("function", "sum", () => sum),
  one("unknown", "a function with a false graph", fakeTraced),
  one("object", "a graph", () => square.graph),
  // A map of a list that is empty, too.
  one("record", "scalar()", () => scalar()),
];

export const hostiles: readonly Hostile[] = [
  ...numbers,
  ...primitives,
  ...objects,
  ...brokenArrays,
  ...arrays,
  ...functions,
  ...own,
];

/** What a valid argument is. */
export function kindOf(value: unknown): Kind {
  if (typeof value === "number") return "number";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "function") return "function";
  if (value === null || value === undefined) return "nothing";
  if (types.isProxy(value)) return "unknown";
  if (ArrayBuffer.isView(value)) return "numbers";
  if (isPlainArray(value)) return value.length > 0 && isNumeric(value, 4) ? "numbers" : "unknown";
  return isRecord(value) ? "record" : "unknown";
}

function isNumeric(value: unknown, depth: number): boolean {
  if (typeof value === "number") return true;
  if (depth === 0 || !isPlainArray(value)) return false;
  return value.every((child) => isNumeric(child, depth - 1));
}

/** An expression; what is asked of a Proxy may throw. */
export function isExpr(value: unknown): value is Expr {
  return !types.isProxy(value) && value instanceof Expr;
}

/** A short array that can be read without harm. */
export function isPlainArray(value: unknown): value is unknown[] {
  if (types.isProxy(value) || !Array.isArray(value) || value.length > 100) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(({ get }) => get === undefined);
}

/** A plain object, as written in braces. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const never: Readonly<Record<Kind, readonly Kind[]>> = {
  number: ["text", "boolean", "object"],
  numbers: ["text", "boolean", "function", "object"],
  text: ["number", "numbers", "boolean", "function", "record", "object"],
  boolean: ["number", "numbers", "text", "function", "record", "object"],
  function: ["number", "numbers", "text", "boolean", "record", "object"],
  record: ["number", "numbers", "text", "boolean", "object"],
  nothing: [],
  object: [],
  unknown: [],
};

/** Whether one can't stand for the other: a text is never an axis. */
export function cannotBe(given: Hostile, wanted: Kind): boolean {
  return given.text === "null"
    ? wanted !== "nothing" && wanted !== "unknown"
    : never[wanted].includes(given.kind);
}
