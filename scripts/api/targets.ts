/**
 * What is called: every function that an entry exports, found by its exports, and the functions that those make. One of
 * which no valid call is known is tried out on usual arguments.
 */
import { Expr, square, sum, trace, vector } from "adjoint";
import type { Example, Examples, Made } from "./examples.js";
import { withinTime } from "./time.js";

export interface Target extends Examples {
  readonly name: string;
  readonly names: readonly string[];
  /** Whether expressions are among its usual arguments. */
  readonly onExpressions: boolean;
  /** Whether what it returns is called, too. */
  readonly followed: boolean;
  /** Whether no valid call of it was known, so that usual arguments were tried. */
  readonly isTriedOut?: boolean;
  /** Made anew, where it holds state. */
  make(): (...args: unknown[]) => unknown;
}

/** The valid calls that are known; those of ops stand apart, since they take expressions. */
interface Known {
  readonly ops: Readonly<Record<string, Examples>>;
  readonly others: Readonly<Record<string, Examples>>;
  readonly made: Readonly<Record<string, Made>>;
}

/** Loaded only for the library itself: it takes a second. */
async function knownCalls(): Promise<Known> {
  const { graphs, madeOfGraphs, ops } = await import("./examples.js");
  const { madeOfRuns, runs } = await import("./examples-of-runs.js");
  const { engines } = await import("./examples-of-engines.js");
  const { texts } = await import("./examples-of-texts.js");
  const { fits, madeOfFits } = await import("./examples-of-fits.js");
  const { files, madeOfFiles } = await import("./examples-of-files.js");
  return {
    ops,
    others: { ...graphs, ...runs, ...fits, ...texts, ...files, ...engines },
    made: { ...madeOfGraphs, ...madeOfRuns, ...madeOfFits, ...madeOfFiles },
  };
}

/** Foreign objects come out of these, whose methods aren't the library's. */
const makersOfForeign = new Set([
  "numbers",
  "tensors",
  "shapes",
  "graphs",
  "gradientProperty",
  "unary",
  "binary",
]);

/** The functions of modules, each once, whatever the number of entries that have it. */
export async function findTargets(modules: readonly string[]): Promise<Target[]> {
  const known = modules.some((one) => one.startsWith("adjoint"))
    ? await knownCalls()
    : { ops: {}, others: {}, made: {} };
  const targets = new Map<unknown, Target>();
  for (const module of modules) {
    const exports: Record<string, unknown> = await import(module);
    for (const [name, exported] of Object.entries(exports)) {
      if (typeof exported === "function")
        targets.set(exported, ofExport(name, exported as AnyFunction, known));
      else for (const [inner, target] of innerTargets(name, exported, known)) targets.set(inner, target);
    }
  }
  return [...targets.values(), ...Object.entries(known.made).map(([name, one]) => ofMade(name, one))];
}

type AnyFunction = (...args: unknown[]) => unknown;

function ofExport(name: string, exported: AnyFunction, { ops, others }: Known): Target {
  const isClass = Object.getOwnPropertyDescriptor(exported, "prototype")?.writable === false;
  const call: AnyFunction = isClass
    ? (...args) => Reflect.construct(exported, args) as unknown
    : (...args) => exported(...args);
  const found = ops[name] ?? others[name];
  const examples = found ?? { calls: tryOut(call, exported.length || 3) };
  return {
    ...examples,
    name,
    names: [name, ...(examples.names ?? [])],
    onExpressions: name in ops || "op" in exported || !found,
    isTriedOut: !found,
    followed: !makersOfForeign.has(name),
    make: () => call,
  };
}

function ofMade(name: string, made: Made): Target {
  return {
    ...made,
    name,
    names: made.names ?? [name],
    onExpressions: true,
    followed: false,
    make: made.make as Target["make"],
  };
}

/** The functions in an exported record: `cubic.f`, `torch.adam`. */
function* innerTargets(name: string, exported: unknown, { others }: Known): Generator<[unknown, Target]> {
  if (typeof exported !== "object" || exported === null || Array.isArray(exported)) return;
  for (const [key, inner] of Object.entries(exported)) {
    if (typeof inner !== "function") continue;
    const names = ["inputs", "input", key];
    // A preset takes what the function of its name does.
    const calls = others[key]?.calls ?? [() => [{ x: [1, 2] }]];
    const make = () => inner as AnyFunction;
    yield [
      inner,
      { name: `${name}.${key}`, names, calls, make, onExpressions: true, followed: false, rarity: 4 },
    ];
  }
}

const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));

const usual: readonly (() => unknown)[] = [
  () => 0.5,
  () => [0.5, 1.5],
  () => [
    [2, 0.5],
    [0.5, 1],
  ],
  () => 1,
  () => f,
  () => "x",
  () => ({}),
  () => (x: unknown) => x,
];

/** Up to four calls of usual arguments, at most so many, that give something. */
function tryOut(call: AnyFunction, most: number): Example[] {
  const found: Example[] = [];
  const consider = (makers: readonly (() => unknown)[]) => {
    const example = () => makers.map((make) => make());
    try {
      const given = withinTime(() => call(...example()));
      if (given !== undefined && !(given instanceof Expr)) found.push(example);
    } catch {
      // It isn't made for these.
    }
  };
  for (let count = 1; count <= most && count <= 3 && found.length < 4; count++) {
    const tuple = new Array<number>(count).fill(0);
    for (let n = 0; n < usual.length ** count && found.length < 4; n++) {
      consider(tuple.map((_, i) => usual[Math.floor(n / usual.length ** i) % usual.length]!));
    }
  }
  return found.length > 0 ? found : [() => []];
}
